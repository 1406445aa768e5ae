import { describe } from 'vitest';
import { withSqliteStores } from '../support/sqlite-stores.ts';
import { describeAgentStates } from './agent-state-contract.ts';
import { describeAgentStore } from './agent-store-contract.ts';
import { describeAgentTime } from './agent-time-contract.ts';
import { describeBatchProperty } from './batch-property.ts';
import { describeBulletins } from './bulletin-contract.ts';
import { describeEventPush, describeLoneSender } from './event-push-contract.ts';
import { describeFanOut } from './fan-out-contract.ts';
import { describeNotes } from './note-contract.ts';
import { describeSiteStore } from './site-store-contract.ts';

describe('SQLite', () => {
  describeAgentStore(withSqliteStores);
  describeAgentStates(withSqliteStores);
  describeAgentTime(withSqliteStores);
  describeEventPush(withSqliteStores);
  describeLoneSender(withSqliteStores);
  describeBulletins(withSqliteStores);
  describeFanOut(withSqliteStores);
  describeNotes(withSqliteStores);
  describeSiteStore(withSqliteStores);
  describeBatchProperty(withSqliteStores);
});
