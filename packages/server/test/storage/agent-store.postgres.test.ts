import { describe } from 'vitest';
import { withPostgresStores } from '../support/postgres-stores.ts';
import { describeAgentStates } from './agent-state-contract.ts';
import { describeAgentStore } from './agent-store-contract.ts';
import { describeAgentTime } from './agent-time-contract.ts';
import { describeBatchProperty } from './batch-property.ts';
import { describeBulletins } from './bulletin-contract.ts';
import { describeEventPush, describeSharedSenders } from './event-push-contract.ts';
import { describeFanOut } from './fan-out-contract.ts';
import { describeNotes } from './note-contract.ts';
import { describeSiteStore } from './site-store-contract.ts';

describe('PostgreSQL', () => {
  describeAgentStore(withPostgresStores);
  describeAgentStates(withPostgresStores);
  describeAgentTime(withPostgresStores);
  describeEventPush(withPostgresStores);
  describeSharedSenders(withPostgresStores);
  describeBulletins(withPostgresStores);
  describeFanOut(withPostgresStores);
  describeNotes(withPostgresStores);
  describeSiteStore(withPostgresStores);
  describeBatchProperty(withPostgresStores);
});
