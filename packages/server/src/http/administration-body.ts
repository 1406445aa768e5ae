import type { Static, TSchema } from 'typebox';
import Value from 'typebox/value';
import { parseJsonObject, type RawBody } from './request-body.ts';

/** The body of a call of the administration API, or a sentence that says what is wrong with it. */
export function readAdministrationBody<Schema extends TSchema>(
  schema: Schema,
  body: unknown,
): Static<Schema> | string {
  const sent = body as RawBody | null | undefined;
  if (sent?.kind === 'tooLarge') return 'the body is over 64 KiB';
  const given = sent?.kind === 'whole' ? parseJsonObject(sent.bytes) : undefined;
  if (given === undefined) return 'the body must be a JSON object';
  if (Value.Check(schema, given)) return given;
  const [first] = Value.Errors(schema, given);
  return `${first?.instancePath === '' ? 'the body' : first?.instancePath} ${first?.message}`;
}
