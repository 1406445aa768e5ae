import type { TenantId } from '@rollcall/contract/identifiers';
import { DAY_MS } from '../durations.ts';
import type { AgentRecord } from './agent-record.ts';
import type { PostBulletin, TakeBulletins } from './commands.ts';
import { type Decision, refused } from './decision.ts';
import type { Note } from './note.ts';
import type { PresentSession } from './present-session.ts';
import type { WorkingSet } from './working-set.ts';

/** Which agents of its tenant a bulletin is for. */
export type BulletinTarget =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'group'; readonly groupId: number }
  | { readonly kind: 'skillQueue'; readonly skillQueueId: number };

/** A note of a supervisor to many agents. */
export interface Bulletin {
  readonly target: BulletinTarget;
  readonly note: Note;
}

export interface PostedBulletin extends Bulletin {
  /** Dense per tenant, from 1. */
  readonly place: number;
}

/** The bulletins of one tenant, as far as a batch has to know them. */
export interface BulletinBoard {
  /** Place of the newest. */
  readonly head: number;
  /** By place: those that an agent of the batch may not have had yet. */
  readonly bulletins: readonly PostedBulletin[];
}

/** What the site says of an agent that decides which bulletins are for it. */
export interface Membership {
  readonly group: number | null;
  readonly skillQueues: readonly number[];
}

/** So many bulletins an agent gets at once; those before them it does not get (rule NB-9). */
export const BULLETINS_AT_ONCE = 100;
/** So many bulletins of a tenant are kept, for so long (rule NB-11). */
export const MOST_BULLETINS = 1_000;
export const BULLETIN_KEPT_MS = 7 * DAY_MS;

/** NB-7: whether a bulletin is for this agent. */
export function isFor(target: BulletinTarget, { group, skillQueues }: Membership): boolean {
  switch (target.kind) {
    case 'everyone':
      return true;
    case 'group':
      return target.groupId === group;
    case 'skillQueue':
      return skillQueues.includes(target.skillQueueId);
  }
}

/** The bulletin takes the next place; its readers are told afterwards, each by a command of its own. */
export function decidePost(
  { boards }: WorkingSet,
  { record, session, now }: PresentSession,
  { bulletin }: PostBulletin,
): Decision {
  const { tenantId, workNumber } = record;
  const board = boards.get(tenantId);
  if (board === undefined) throw new TypeError('this cannot happen: a bulletin without the board it goes to');
  const posted = { ...bulletin, place: board.head + 1 };
  const act = { kind: 'bulletinPosted', place: posted.place, target: posted.target } as const;
  return {
    kind: 'accepted',
    record: { ...record, changedAt: now },
    events: [],
    ended: null,
    interval: null,
    audit: [{ tenantId, workNumber, sessionId: session.id, at: now, act }],
    posted,
  };
}

/** Puts a bulletin on its board, for the commands behind it. */
export function putUp(
  boards: Map<TenantId, BulletinBoard>,
  tenantId: TenantId,
  posted: PostedBulletin,
): void {
  const { bulletins } = boards.get(tenantId) ?? { bulletins: [] };
  boards.set(tenantId, { head: posted.place, bulletins: [...bulletins, posted] });
}

/** Gives a session what it was not given yet; whoever says it again is not listened to (rule NB-10). */
export function decideTaking(
  set: WorkingSet,
  { record, now, storeNow }: PresentSession,
  { upTo }: TakeBulletins,
): Decision {
  const taken = takeBulletins(set, record, { upTo, storeNow });
  if (taken.notes.length === 0) return refused({ kind: 'notDue' });
  return {
    kind: 'accepted',
    record: {
      ...record,
      head: record.head + taken.notes.length,
      changedAt: now,
      bulletinsUpTo: taken.upTo,
    },
    events: taken.notes.map((note) => ({ kind: 'bulletinReceived', ...note })),
    ended: null,
    interval: null,
    audit: [],
  };
}

/** What an agent is given of its tenant's bulletins, in order, and up to which place it has had them then. */
export function takeBulletins(
  { boards, memberships }: WorkingSet,
  { tenantId, workNumber, bulletinsUpTo }: AgentRecord,
  { upTo, storeNow }: { readonly upTo: number; readonly storeNow: number },
): { readonly notes: readonly Note[]; readonly upTo: number } {
  const board = boards.get(tenantId);
  const end = Math.min(upTo, board?.head ?? 0);
  if (board === undefined || end <= bulletinsUpTo) return { notes: [], upTo: bulletinsUpTo };
  const membership = memberships.get(workNumber);
  if (membership === undefined)
    throw new TypeError('this cannot happen: bulletins for an agent whose membership was not read');
  const notes = board.bulletins
    .filter(({ place }) => place > bulletinsUpTo && place <= end)
    .filter(({ target, note }) => isFor(target, membership) && note.sentAt > storeNow - BULLETIN_KEPT_MS)
    .slice(-BULLETINS_AT_ONCE)
    .map(({ note }) => note);
  return { notes, upTo: end };
}
