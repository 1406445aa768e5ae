import type { DirectoryNumber, TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { PoolClient, QueryConfig, QueryResult } from 'pg';
import type { AgentRecord } from '../../domain/agent-session/agent-record.ts';
import type { Command, SignIn } from '../../domain/agent-session/commands.ts';
import {
  type PhoneKey,
  phoneKey,
  type SeatCounters,
  type WorkingSet,
} from '../../domain/agent-session/working-set.ts';
import { AGENT_COLUMNS, type AgentRow, recordFromRow } from '../agent-rows.ts';
import type { PolicyCache } from '../policy-cache.ts';
import type { TransactionIdentity } from './commit-lookup.ts';
import { inOneTrip, statement } from './statement.ts';

// The one order of locks (rule TX-1): agents, phones, licence counters; the feed heads follow in batch-writes.ts.
const LOCK_AGENTS = statement(
  'lock agents',
  `SELECT ${AGENT_COLUMNS.join(', ')} FROM agent WHERE work_number = ANY($1::int4[]) ORDER BY work_number FOR UPDATE`,
);
// A phone nobody holds has no row to lock, so one without a holder is made; it is gone before the commit.
const LOCK_PHONES = statement(
  'lock phones',
  `INSERT INTO phone (tenant_id, number)
   SELECT * FROM unnest($1::int4[], $2::text[]) AS asked (tenant_id, number)
   UNION SELECT tenant_id, number FROM phone WHERE work_number = ANY($3::int4[])
   ORDER BY tenant_id, number
   ON CONFLICT (tenant_id, number) DO UPDATE SET work_number = phone.work_number
   RETURNING tenant_id, number, work_number`,
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

/** A phone that the batch has locked, and who held it then. */
export interface LockedPhone {
  readonly key: PhoneKey;
  readonly tenantId: TenantId;
  readonly number: DirectoryNumber;
  readonly holder: WorkNumber | null;
}

/** What a batch holds locked. The fold changes `set`; the rest stays as it was found. */
export interface LockedBatch {
  readonly set: WorkingSet;
  readonly agentsBefore: ReadonlyMap<WorkNumber, AgentRecord>;
  readonly seatsBefore: ReadonlyMap<TenantId, SeatCounters>;
  readonly phones: readonly LockedPhone[];
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
  const answers = await inOneTrip(client, [
    'BEGIN ISOLATION LEVEL READ COMMITTED',
    LOCK_AGENTS([[...new Set(commands.map(({ workNumber }) => workNumber))]]),
    ...sessionLocks(commands),
    CLOCK_AND_IDENTITY([]),
  ]);
  const agents = new Map(
    rowsOf<AgentRow>(answers[1]).map((row) => [row.work_number as WorkNumber, recordFromRow(row)]),
  );
  const [phoneRows, licenceRows, policyRows] = answers.length === 3 ? [] : answers.slice(2, 5);
  const phones = rowsOf<PhoneRow>(phoneRows).map(lockedPhone);
  const seats = new Map(
    rowsOf<LicenceRow>(licenceRows).map((row) => [
      row.tenant_id,
      { agent: row.agent_used, video: row.video_used },
    ]),
  );
  const [clock] = rowsOf<ClockRow>(answers.at(-1));
  if (clock === undefined) throw new TypeError('this cannot happen: the clock statement gave no row');
  return {
    set: {
      agents,
      phoneHolders: new Map(
        phones.flatMap(({ key, holder }) => (holder === null ? [] : [[key, holder] as const])),
      ),
      seatsInUse: new Map(seats),
      policies: new Map(
        rowsOf<PolicyRow>(policyRows).map((row) => [row.tenant_id, parsed.parse(row.tenant_id, row.policy)]),
      ),
    },
    agentsBefore: new Map(agents),
    seatsBefore: seats,
    phones,
    now: clock.now,
    transaction: { xid: clock.xid, timeline: clock.timeline },
  };
}

/** A change of state touches no phone, no seat and no policy: without a session's begin or end there is no lock. */
function sessionLocks(commands: readonly Command[]): QueryConfig<unknown[]>[] {
  const owners = commands.filter(({ kind }) => kind === 'signIn' || kind === 'signOut');
  if (owners.length === 0) return [];
  const workNumbers = owners.map(({ workNumber }) => workNumber);
  const signIns = owners.filter((command): command is SignIn => command.kind === 'signIn');
  const asked = signIns.filter(({ settings }) => settings.phoneNumber !== null);
  const seated = signIns.filter(({ seats }) => seats !== 'none');
  return [
    LOCK_PHONES([
      asked.map(({ tenantId }) => tenantId),
      asked.map(({ settings }) => settings.phoneNumber),
      workNumbers,
    ]),
    LOCK_LICENCES([seated.map(({ tenantId }) => tenantId), workNumbers]),
    POLICIES([signIns.map(({ tenantId }) => tenantId)]),
  ];
}

interface PhoneRow {
  readonly tenant_id: TenantId;
  readonly number: DirectoryNumber;
  readonly work_number: WorkNumber | null;
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

function lockedPhone({ tenant_id: tenantId, number, work_number: holder }: PhoneRow): LockedPhone {
  return { key: phoneKey(tenantId, number), tenantId, number, holder };
}
