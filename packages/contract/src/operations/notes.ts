import { type Static, Type } from 'typebox';
import { type Operation, SESSION_CODES } from './operation.ts';
import { list, text, wholeNumber } from './parameters.ts';

/** A note's text. */
const NOTE_TEXT = text({ maxLength: 1_000, valueMandatory: true });

export const NoteQuery = Type.Object({ content: NOTE_TEXT });
export type NoteQuery = Static<typeof NoteQuery>;

/** A note to one agent of the own VDN. */
export const sendNotelet = {
  logName: 'sendNotelet',
  method: 'POST',
  path: '/onlineagent/{agentid}/sendnotelet/{receiver:.{1,}}',
  access: 'session',
  parameterCode: '000-002',
  query: NoteQuery,
  resultCodes: [...SESSION_CODES, '100-003', '300-003'],
} as const satisfies Operation;

export const NotesBody = Type.Object({ agentIds: list({ maxItems: 1_000 }), content: NOTE_TEXT });
export type NotesBody = Static<typeof NotesBody>;

/** The same note to several agents of the own VDN. */
export const sendNoteletEx = {
  logName: 'sendNoteletEx',
  method: 'POST',
  path: '/onlineagent/{agentid}/sendnoteletex',
  access: 'session',
  parameterCode: '000-006',
  body: NotesBody,
  resultCodes: [...SESSION_CODES, '000-006', '100-003', '300-003'],
} as const satisfies Operation;

export const BulletinBody = Type.Object({
  targettype: Type.Optional(wholeNumber({ minimum: 0, maximum: 255 })),
  targetname: text({ maxLength: 256, default: '' }),
  bulletindata: NOTE_TEXT,
});
export type BulletinBody = Static<typeof BulletinBody>;

/** A text of an inspector to a group, to a skill queue or to the whole VDN. */
export const notifyBulletin = {
  logName: 'notifyBulletin',
  method: 'POST',
  path: '/onlineagent/{agentid}/notifybulletin',
  access: 'session',
  parameterCode: '000-006',
  body: BulletinBody,
  resultCodes: [...SESSION_CODES, '000-006', '300-001'],
} as const satisfies Operation;
