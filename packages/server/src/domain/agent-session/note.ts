import type { WorkNumber } from '@rollcall/contract/identifiers';
import type { AgentRecord } from './agent-record.ts';
import type { DeliverNote } from './commands.ts';
import { type Accepted, type Decision, refused } from './decision.ts';

/** A short text from one agent to another. */
export interface Note {
  readonly from: WorkNumber;
  readonly fromName: string;
  readonly text: string;
  /** Epoch ms of the store. */
  readonly sentAt: number;
  /** How far the clocks of its tenant were ahead of UTC then; absent where it was stored before this was kept. */
  readonly utcOffsetMs?: number;
}

/** A note whose receiver is signed out. */
export interface WaitingNote extends Note {
  /** Rises with each note of its receiver; begins anew when none waits. */
  readonly place: number;
}

/** The notes that wait for one agent, as far as a batch has to know them. */
export interface NoteBox {
  /** The first ones, by place: as many as the sign-ins of the batch can take. */
  readonly oldest: readonly WaitingNote[];
  /** So many stand behind them in the store. */
  readonly more: number;
  /** Those that came with this batch, behind all others. */
  readonly added: readonly WaitingNote[];
  /** Place of the newest. */
  readonly lastPlace: number;
}

/** So many notes a sign-in takes; the rest wait for the next (rule NB-4). */
export const NOTES_PER_SIGN_IN = 100;
/** So many notes wait for one agent at most (rule NB-5). */
export const MOST_WAITING_NOTES = 1_000;

export const EMPTY_NOTE_BOX: NoteBox = { oldest: [], more: 0, added: [], lastPlace: 0 };

/** The note goes into the log of who is signed in, and waits for who is not (rules NB-3, NB-4). */
export function decideNote(
  record: AgentRecord | undefined,
  box: NoteBox | undefined,
  { note, now }: { readonly note: DeliverNote['note']; readonly now: number },
): Decision {
  if (record === undefined) return refused({ kind: 'noSuchAgent' });
  const changed = { ...record, changedAt: Math.max(now, record.changedAt) };
  if (record.session !== null) {
    return accept({ ...changed, head: record.head + 1 }, { events: [{ kind: 'noteReceived', ...note }] });
  }
  if (box === undefined)
    throw new TypeError('this cannot happen: a note without the box that it may go into');
  if (waitingIn(box) >= MOST_WAITING_NOTES)
    return refused({ kind: 'noteBoxFull', limit: MOST_WAITING_NOTES });
  return accept(changed, { noteBox: withNote(box, note) });
}

function accept(record: AgentRecord, more: Partial<Accepted>): Accepted {
  return { kind: 'accepted', record, events: [], ended: null, interval: null, audit: [], ...more };
}

/** The notes that a sign-in takes, oldest first, and the box without them. */
export function takeNotes(box: NoteBox): { readonly taken: readonly Note[]; readonly left: NoteBox } {
  // Behind what is not loaded nobody can be served: the loaded ones are enough for every sign-in of the batch.
  const ready = box.more === 0 ? [...box.oldest, ...box.added] : box.oldest;
  const count = Math.min(NOTES_PER_SIGN_IN, ready.length);
  const taken = ready.slice(0, count).map(({ place: _place, ...note }) => note);
  const left = {
    ...box,
    oldest: box.oldest.slice(count),
    added: box.added.slice(Math.max(0, count - box.oldest.length)),
  };
  return { taken, left };
}

function withNote(box: NoteBox, note: Note): NoteBox {
  const place = waitingIn(box) === 0 ? 1 : box.lastPlace + 1;
  return { ...box, added: [...box.added, { place, ...note }], lastPlace: place };
}

function waitingIn({ oldest, more, added }: NoteBox): number {
  return oldest.length + more + added.length;
}
