import type { WorkNumber } from '@rollcall/contract/identifiers';
import type { QueryConfig } from 'pg';
import type { Command } from '../../domain/agent-session/commands.ts';
import { EMPTY_NOTE_BOX, type NoteBox } from '../../domain/agent-session/note.ts';
import {
  type NoteCountRow,
  noteBoxFromRows,
  noteChanges,
  notesAskedBy,
  type WaitingNoteRow,
} from '../note-rows.ts';
import { statement } from './statement.ts';

// The agents' locks hold their notes too.
const NOTE_COUNTS = statement(
  'note counts',
  `SELECT work_number, count(*) AS waiting, max(place) AS last_place FROM waiting_note
   WHERE work_number = ANY($1::int4[]) GROUP BY work_number`,
);
const NOTES = statement(
  'notes',
  `SELECT work_number, place, event FROM unnest($1::int4[], $2::int4[]) AS asked (receiver, most)
   CROSS JOIN LATERAL
     (SELECT * FROM waiting_note WHERE work_number = asked.receiver ORDER BY place LIMIT asked.most) AS oldest
   ORDER BY work_number, place`,
);
const REMOVE_NOTES = statement(
  'remove notes',
  `DELETE FROM waiting_note USING unnest($1::int4[], $2::int8[]) AS taken (receiver, up_to)
   WHERE work_number = receiver AND place <= up_to`,
);
const KEEP_NOTES = statement(
  'keep notes',
  `INSERT INTO waiting_note (work_number, place, event)
   SELECT * FROM unnest($1::int4[], $2::int8[], $3::text[])`,
);

export interface NoteRows {
  readonly counts: readonly NoteCountRow[];
  readonly rows: readonly WaitingNoteRow[];
}

/** How many notes wait for the agents of a batch, and those that its sign-ins can take. */
export function noteReads(commands: readonly Command[]): Record<string, QueryConfig<unknown[]>> {
  const asked = notesAskedBy(commands);
  if (asked.size === 0) return {};
  const takers = [...asked].filter(([, most]) => most > 0);
  return {
    noteCounts: NOTE_COUNTS([[...asked.keys()]]),
    ...(takers.length === 0
      ? {}
      : { notes: NOTES([takers.map(([workNumber]) => workNumber), takers.map(([, most]) => most)]) }),
  };
}

/** The boxes of all who were asked about; of most of them nothing was found. */
export function noteBoxes(
  commands: readonly Command[],
  { counts, rows }: NoteRows,
): Map<WorkNumber, NoteBox> {
  const countOf = new Map(counts.map((count) => [count.work_number, count]));
  const rowsOfAgent = Map.groupBy(rows, (row) => row.work_number);
  return new Map(
    [...notesAskedBy(commands).keys()].map((workNumber) => {
      const count = countOf.get(workNumber);
      return [
        workNumber,
        count === undefined ? EMPTY_NOTE_BOX : noteBoxFromRows(count, rowsOfAgent.get(workNumber) ?? []),
      ];
    }),
  );
}

/** What was taken is removed before anything is kept. */
export function noteWrites(
  before: ReadonlyMap<WorkNumber, NoteBox>,
  after: ReadonlyMap<WorkNumber, NoteBox>,
): QueryConfig<unknown[]>[] {
  const { taken, kept } = noteChanges(before, after);
  return [
    ...(taken.length === 0
      ? []
      : [REMOVE_NOTES([taken.map(({ workNumber }) => workNumber), taken.map(({ upTo }) => upTo)])]),
    ...(kept.length === 0
      ? []
      : [
          KEEP_NOTES([
            kept.map(({ workNumber }) => workNumber),
            kept.map(({ place }) => place),
            kept.map(({ event }) => event),
          ]),
        ]),
  ];
}
