import type { AgentStore } from './agent-store.ts';
import type { AgentTimeStore } from './agent-time-store.ts';
import type { BulletinStore } from './bulletin-store.ts';
import type { DeadlineStore } from './deadline-store.ts';
import type { DirectoryStore } from './directory-store.ts';
import type { EventPushStore } from './event-push-store.ts';
import type { FanOutStore } from './fan-out-store.ts';
import type { FeedStore } from './feed-store.ts';
import type { LifeSignStore } from './life-sign-store.ts';
import type { PeerStore } from './peer-store.ts';
import type { ReadPositionStore } from './read-position-store.ts';
import type { SignInLimitStore } from './sign-in-limit-store.ts';
import type { SiteStore } from './site-store.ts';
import type { WebhookStore } from './webhook-store.ts';

/** One open store: all ports of one database. */
export interface Store
  extends AgentStore,
    AgentTimeStore,
    BulletinStore,
    DeadlineStore,
    DirectoryStore,
    EventPushStore,
    FanOutStore,
    FeedStore,
    LifeSignStore,
    PeerStore,
    ReadPositionStore,
    SignInLimitStore,
    SiteStore,
    WebhookStore {
  /** Whether other processes may begin, change or end sessions in the same database. */
  readonly hasOtherWriters: boolean;
  /** Name of this history of the agents' logs, 1 to 16 of `[a-z0-9]`: the first part of each event's position. */
  readonly logEpoch: string;
  close(): Promise<void>;
}
