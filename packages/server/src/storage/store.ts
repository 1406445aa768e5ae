import type { AgentStore } from './agent-store.ts';
import type { SiteStore } from './site-store.ts';

/** One open store: all ports of one database. */
export interface Store extends AgentStore, SiteStore {
  readonly kind: 'sqlite' | 'postgres';
  close(): Promise<void>;
}
