import type { AgentStore } from './agent-store.ts';
import type { LifeSignStore } from './life-sign-store.ts';
import type { SignInLimitStore } from './sign-in-limit-store.ts';
import type { SiteStore } from './site-store.ts';

/** One open store: all ports of one database. */
export interface Store extends AgentStore, LifeSignStore, SignInLimitStore, SiteStore {
  /** Whether other processes may begin, change or end sessions in the same database. */
  readonly hasOtherWriters: boolean;
  close(): Promise<void>;
}
