import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { PoolClient, QueryConfig, QueryResult } from 'pg';
import type { AgentRecord } from '../../domain/agent-session/agent-record.ts';
import type { Command } from '../../domain/agent-session/commands.ts';
import type { NoteBox } from '../../domain/agent-session/note.ts';
import type {
  PhoneHolders,
  PhoneKey,
  SeatCounters,
  WorkingSet,
} from '../../domain/agent-session/working-set.ts';
import { AGENT_COLUMNS, type AgentRow, recordFromRow } from '../agent-rows.ts';
import { needsOf, phoneAskedBy } from '../command-needs.ts';
import { LIFE_SIGN_COLUMNS, type LifeSignRow, lifeSignFromRow } from '../life-sign-rows.ts';
import { holdersFromRows, type PhoneRow } from '../phone-rows.ts';
import type { PolicyCache } from '../policy-cache.ts';
import { type BulletinRows, bulletinReads, bulletinSets } from './batch-bulletins.ts';
import type { TransactionIdentity } from './commit-lookup.ts';
import { inOneTrip, statement } from './statement.ts';
import { type NoteRows, noteBoxes, noteReads } from './waiting-notes.ts';

// The one order of locks (rule TX-1): agents, phones, licence counters, bulletin boards; the feed heads follow in
// batch-writes.ts.
const LOCK_AGENTS = statement(
  'lock agents',
  `SELECT ${AGENT_COLUMNS.join(', ')} FROM agent WHERE work_number = ANY($1::int4[]) ORDER BY work_number FOR UPDATE`,
);
/** Phones that the batch asks for, and those that its agents hold. */
const ASKED_OR_HELD = `SELECT * FROM unnest($1::int4[], $2::text[]) AS asked (tenant_id, number)
   UNION SELECT tenant_id, number FROM phone WHERE work_number = ANY($3::int4[])`;
// A phone nobody holds has no row to lock. Two numbers that share a lock only wait for each other.
const LOCK_PHONES = statement(
  'lock phones',
  `SELECT pg_advisory_xact_lock(tenant_id, lock) FROM (
     SELECT DISTINCT tenant_id, hashtext(number) AS lock FROM (${ASKED_OR_HELD}) AS phones ORDER BY tenant_id, lock
   ) AS ordered`,
);
// Read after the lock: who waited for it sees what the batch before has left.
const PHONES = statement(
  'phones',
  `SELECT tenant_id, number, work_number, shared FROM phone
   WHERE (tenant_id, number) IN (${ASKED_OR_HELD}) ORDER BY work_number`,
);
const LIFE_SIGNS = statement(
  'life signs',
  `SELECT ${LIFE_SIGN_COLUMNS} FROM life_sign WHERE work_number IN (
     SELECT unnest($3::int4[])
     UNION SELECT work_number FROM phone WHERE (tenant_id, number) IN
       (SELECT * FROM unnest($1::int4[], $2::text[]) AS asked (tenant_id, number)))`,
);
const LOCK_LICENCES = statement(
  'lock licences',
  `SELECT tenant_id, agent_used, video_used FROM licence
   WHERE tenant_id IN (
     SELECT unnest($1::int4[])
     UNION SELECT tenant_id FROM agent WHERE work_number = ANY($2::int4[]) AND seats <> 'none')
   ORDER BY tenant_id FOR UPDATE OF licence`,
);
const POLICIES = statement(
  'policies',
  'SELECT tenant_id, policy FROM tenant WHERE tenant_id = ANY($1::int4[])',
);
// Read after the locks, so that no batch is older than one that it waited for. The identity is for the look-up.
const CLOCK_AND_IDENTITY = statement(
  'clock and identity',
  `SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::int8 AS now, pg_current_xact_id()::text AS xid,
     substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) AS timeline`,
);

/** What a batch holds locked. The fold changes `set`; the rest stays as it was found. */
export interface LockedBatch {
  readonly set: WorkingSet;
  readonly agentsBefore: ReadonlyMap<WorkNumber, AgentRecord>;
  readonly seatsBefore: ReadonlyMap<TenantId, SeatCounters>;
  readonly phonesBefore: ReadonlyMap<PhoneKey, PhoneHolders>;
  readonly notesBefore: ReadonlyMap<WorkNumber, NoteBox>;
  /** Epoch ms by the database's clock, rounded down. */
  readonly now: number;
  readonly transaction: TransactionIdentity;
}

/** Begins the transaction, then locks and loads what the commands touch: one round trip. */
export async function lockBatch(
  client: PoolClient,
  commands: readonly Command[],
  parsed: PolicyCache,
): Promise<LockedBatch> {
  const asked = {
    agents: LOCK_AGENTS([[...new Set(commands.map(({ workNumber }) => workNumber))]]),
    ...sessionLocks(commands),
    ...bulletinReads(commands),
    ...policyReads(commands),
    ...noteReads(commands),
    clock: CLOCK_AND_IDENTITY([]),
  };
  const [, ...answers] = await inOneTrip(client, [
    'BEGIN ISOLATION LEVEL READ COMMITTED',
    ...Object.values(asked),
  ]);
  const answerTo = new Map(Object.keys(asked).map((name, index) => [name, answers[index]]));
  const agents = new Map(
    rowsOf<AgentRow>(answerTo.get('agents')).map((row) => [
      row.work_number as WorkNumber,
      recordFromRow(row),
    ]),
  );
  const phones = holdersFromRows(rowsOf<PhoneRow>(answerTo.get('phones')));
  const seats = new Map(
    rowsOf<LicenceRow>(answerTo.get('licences')).map((row) => [
      row.tenant_id,
      { agent: row.agent_used, video: row.video_used },
    ]),
  );
  const notes = noteBoxes(commands, {
    counts: rowsOf<NoteRows['counts'][number]>(answerTo.get('noteCounts')),
    rows: rowsOf<NoteRows['rows'][number]>(answerTo.get('notes')),
  });
  const bulletins = bulletinSets({
    boards: rowsOf<BulletinRows['boards'][number]>(answerTo.get('boards')),
    bulletins: rowsOf<BulletinRows['bulletins'][number]>(answerTo.get('bulletins')),
    memberships: rowsOf<BulletinRows['memberships'][number]>(answerTo.get('memberships')),
  });
  const [clock] = rowsOf<ClockRow>(answerTo.get('clock'));
  if (clock === undefined) throw new TypeError('this cannot happen: the clock statement gave no row');
  return {
    set: {
      agents,
      phoneHolders: new Map(phones),
      noteBoxes: new Map(notes),
      ...bulletins,
      lifeSigns: new Map(
        rowsOf<LifeSignRow>(answerTo.get('lifeSigns')).map((row) => [
          row.work_number as WorkNumber,
          lifeSignFromRow(row),
        ]),
      ),
      seatsInUse: new Map(seats),
      policies: new Map(
        rowsOf<PolicyRow>(answerTo.get('policies')).map((row) => [
          row.tenant_id,
          parsed.parse(row.tenant_id, row.policy),
        ]),
      ),
    },
    agentsBefore: new Map(agents),
    seatsBefore: seats,
    phonesBefore: phones,
    notesBefore: notes,
    now: clock.now,
    transaction: { xid: clock.xid, timeline: clock.timeline },
  };
}

/** A change of state touches no phone and no seat: where no session begins, ends or changes its phone there is no lock. */
function sessionLocks(commands: readonly Command[]): Record<string, QueryConfig<unknown[]>> {
  const owners = commands.filter((command) => needsOf(command).held);
  if (owners.length === 0) return {};
  const workNumbers = owners.map(({ workNumber }) => workNumber);
  const asked = owners.filter((command) => phoneAskedBy(command) !== null);
  const seated = owners.filter((command) => command.kind === 'signIn' && command.seats !== 'none');
  const phones = [asked.map(({ tenantId }) => tenantId), asked.map(phoneAskedBy), workNumbers];
  return {
    phoneLocks: LOCK_PHONES(phones),
    phones: PHONES(phones),
    lifeSigns: LIFE_SIGNS(phones),
    licences: LOCK_LICENCES([seated.map(({ tenantId }) => tenantId), workNumbers]),
  };
}

function policyReads(commands: readonly Command[]): Record<string, QueryConfig<unknown[]>> {
  const tenants = new Set(
    commands.filter((command) => needsOf(command).policy).map(({ tenantId }) => tenantId),
  );
  return tenants.size === 0 ? {} : { policies: POLICIES([[...tenants]]) };
}

interface LicenceRow {
  readonly tenant_id: TenantId;
  readonly agent_used: number;
  readonly video_used: number;
}

interface PolicyRow {
  readonly tenant_id: TenantId;
  readonly policy: string;
}

interface ClockRow {
  readonly now: number;
  readonly xid: string;
  readonly timeline: string;
}

function rowsOf<Row>(answer: QueryResult | undefined): Row[] {
  return (answer?.rows ?? []) as Row[];
}
