import type { WorkNumber } from '@rollcall/contract/identifiers';
import type { Command } from '../domain/agent-session/commands.ts';
import {
  NOTES_PER_SIGN_IN,
  type Note,
  type NoteBox,
  type WaitingNote,
} from '../domain/agent-session/note.ts';
import { needsOf } from './command-needs.ts';
import { eventFromText, eventToText } from './event-text.ts';

/** Both stores have the same columns. */
export interface WaitingNoteRow {
  readonly work_number: number;
  readonly place: number;
  /** The event that will tell of it, in the form of the log. */
  readonly event: string;
}

/** How many notes wait for an agent, loaded or not. */
export interface NoteCountRow {
  readonly work_number: number;
  readonly waiting: number;
  readonly last_place: number;
}

/** How many of each agent's notes the batch may take; 0: they are counted alone. */
export function notesAskedBy(commands: readonly Command[]): ReadonlyMap<WorkNumber, number> {
  const asked = new Map<WorkNumber, number>();
  for (const command of commands.filter((each) => needsOf(each).notes)) {
    const taken = command.kind === 'signIn' ? NOTES_PER_SIGN_IN : 0;
    asked.set(command.workNumber, (asked.get(command.workNumber) ?? 0) + taken);
  }
  return asked;
}

export function noteBoxFromRows(count: NoteCountRow, rows: readonly WaitingNoteRow[]): NoteBox {
  const oldest = rows.map(({ place, event }): WaitingNote => {
    const { kind: _kind, ...note } = eventFromText(event) as { readonly kind: 'noteReceived' } & Note;
    return { place, ...note };
  });
  return { oldest, more: count.waiting - oldest.length, added: [], lastPlace: count.last_place };
}

/** A note that begins to wait with a batch. */
interface KeptNote {
  readonly workNumber: WorkNumber;
  readonly place: number;
  readonly event: string;
}

/**
 * What a batch changes of the notes that wait. What was taken is removed before anything is kept: places begin anew
 * when none waits.
 */
export function noteChanges(
  before: ReadonlyMap<WorkNumber, NoteBox>,
  after: ReadonlyMap<WorkNumber, NoteBox>,
): {
  /** Of each agent those up to this place. */
  readonly taken: readonly { readonly workNumber: WorkNumber; readonly upTo: number }[];
  readonly kept: readonly KeptNote[];
} {
  const taken = [...before].flatMap(([workNumber, { oldest }]) => {
    const count = oldest.length - (after.get(workNumber)?.oldest.length ?? 0);
    const last = oldest[count - 1];
    return last === undefined ? [] : [{ workNumber, upTo: last.place }];
  });
  const kept = [...after].flatMap(([workNumber, { added }]) =>
    added.map(({ place, ...note }) => ({
      workNumber,
      place,
      event: eventToText({ kind: 'noteReceived', ...note }),
    })),
  );
  return { taken, kept };
}
