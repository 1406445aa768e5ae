import type { WorkNumber } from '@rollcall/contract/identifiers';
import type { Command } from '../domain/agent-session/commands.ts';
import { NOTES_PER_SIGN_IN, type NoteBox, type WaitingNote } from '../domain/agent-session/note.ts';
import { needsOf } from './command-needs.ts';

/** Both stores have the same columns; `waiting` and `last_place` tell of all notes of the agent. */
export interface WaitingNoteRow {
  readonly work_number: number;
  readonly place: number;
  readonly from_agent: number;
  readonly from_name: string;
  readonly text: string;
  readonly sent_at: number;
}

export const WAITING_NOTE_COLUMNS = 'work_number, place, from_agent, from_name, text, sent_at';

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
  const oldest = rows.map(
    (row): WaitingNote => ({
      place: row.place,
      from: row.from_agent as WorkNumber,
      fromName: row.from_name,
      text: row.text,
      sentAt: row.sent_at,
    }),
  );
  return { oldest, more: count.waiting - oldest.length, added: [], lastPlace: count.last_place };
}

/** A note that begins to wait with a batch. */
export interface KeptNote extends WaitingNote {
  readonly workNumber: WorkNumber;
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
    added.map((note) => ({ workNumber, ...note })),
  );
  return { taken, kept };
}
