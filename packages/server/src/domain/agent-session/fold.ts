import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { LoggedEvent } from './agent-event.ts';
import type { AgentInterval } from './agent-interval.ts';
import type { AgentRecord, EndedSession, NewCredential, ReplacedToken } from './agent-record.ts';
import type { AuditEntry } from './audit-entry.ts';
import type { PostedBulletin } from './bulletin.ts';
import type { Command } from './commands.ts';
import { decide } from './decide.ts';
import type { Accepted, Refusal } from './decision.ts';
import type { BegunPush } from './event-push.ts';
import { applyDecision, type WorkingSet } from './working-set.ts';

/** What became of one command of a batch. */
export type CommandOutcome =
  | { readonly kind: 'accepted'; readonly record: AgentRecord }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'fault'; readonly cause: unknown };

/** An event with the agent whose log it goes to. */
export interface AppendedEvent extends LoggedEvent {
  readonly record: AgentRecord;
}

/** A bulletin with the tenant whose it is. */
export interface TenantBulletin extends PostedBulletin {
  readonly tenantId: TenantId;
}

/** Everything that one batch writes. */
export interface Changes {
  /** Each changed agent once, as it is after the batch. */
  readonly records: ReadonlyMap<WorkNumber, AgentRecord>;
  /** In the order in which they happened. */
  readonly events: readonly AppendedEvent[];
  readonly ended: readonly EndedSession[];
  /** In the order in which they ended. */
  readonly intervals: readonly AgentInterval[];
  readonly audit: readonly AuditEntry[];
  readonly replacedTokens: readonly ReplacedToken[];
  readonly newCredentials: readonly NewCredential[];
  readonly begunPushes: readonly BegunPush[];
  /** Each tenant's in order of their places. */
  readonly bulletins: readonly TenantBulletin[];
}

export interface FoldedBatch {
  /** One for each command, in the order of the commands. */
  readonly outcomes: readonly CommandOutcome[];
  readonly changes: Changes;
}

/**
 * Decides the commands one after another, each against the working set that the ones before it left.
 * A refused command and one whose decision throws leave nothing behind (rule TX-3).
 */
export function foldBatch(set: WorkingSet, commands: readonly Command[], now: number): FoldedBatch {
  const records = new Map<WorkNumber, AgentRecord>();
  const events: AppendedEvent[] = [];
  const ended: EndedSession[] = [];
  const intervals: AgentInterval[] = [];
  const audit: AuditEntry[] = [];
  const replacedTokens: ReplacedToken[] = [];
  const newCredentials: NewCredential[] = [];
  const begunPushes: BegunPush[] = [];
  const bulletins: TenantBulletin[] = [];
  const outcomes = commands.map((command): CommandOutcome => {
    const decision = decideSafely(set, command, now);
    if (decision.kind !== 'accepted') return decision;
    applyDecision(set, decision, now);
    records.set(decision.record.workNumber, decision.record);
    events.push(...appendedEvents(decision));
    if (decision.ended !== null) ended.push(decision.ended);
    if (decision.interval !== null) intervals.push(decision.interval);
    audit.push(...decision.audit);
    if (decision.replacedToken !== undefined) replacedTokens.push(decision.replacedToken);
    if (decision.newCredential !== undefined) newCredentials.push(decision.newCredential);
    if (decision.begunPush !== undefined) begunPushes.push(decision.begunPush);
    if (decision.posted !== undefined)
      bulletins.push({ tenantId: decision.record.tenantId, ...decision.posted });
    return { kind: 'accepted', record: decision.record };
  });
  return {
    outcomes,
    changes: {
      records,
      events,
      ended,
      intervals,
      audit,
      replacedTokens,
      newCredentials,
      begunPushes,
      bulletins,
    },
  };
}

function decideSafely(set: WorkingSet, command: Command, now: number) {
  try {
    return decide(set, command, now);
  } catch (cause) {
    return { kind: 'fault', cause } as const;
  }
}

function appendedEvents({ record, events }: Accepted): AppendedEvent[] {
  const first = record.head - events.length + 1;
  return events.map((event, index) => ({ sequence: first + index, at: record.changedAt, event, record }));
}
