import { isMandatory, type ParameterSchema, parametersIn, type ResultCode } from '@rollcall/contract';
import type { Static, TObject } from 'typebox';

/** Values that fit the schema, or the first parameter that does not, in the order of the schema. */
export type Coerced<Schema extends TObject> =
  | { readonly kind: 'values'; readonly values: Static<Schema> }
  | { readonly kind: 'invalid'; readonly code: ResultCode | undefined; readonly message: string };

const INVALID = Symbol('invalid');

/**
 * Reads old clients' parameters: text for numbers and booleans, null and empty text for absent (rules WI-30 to WI-36).
 * The one place where a value changes its type.
 */
export function coerce<Schema extends TObject>(
  schema: Schema,
  given: Readonly<Record<string, unknown>>,
): Coerced<Schema> {
  const values: Record<string, unknown> = {};
  for (const [name, parameter] of parametersIn(schema)) {
    const present = Object.hasOwn(given, name) ? given[name] : undefined;
    const value = coerceOne(parameter, present ?? undefined);
    if (value === INVALID) {
      return { kind: 'invalid', code: parameter.refusal, message: `${name} ${describeLimit(parameter)}` };
    }
    if (value !== undefined) values[name] = value;
  }
  return { kind: 'values', values: values as Static<Schema> };
}

function coerceOne(parameter: ParameterSchema, given: unknown): unknown {
  const isAbsent = given === undefined || (given === '' && parameter.keyMandatory !== true);
  if (isAbsent) return isMandatory(parameter) ? INVALID : parameter.default;
  switch (parameter.type) {
    case 'string':
      return coerceText(parameter, given);
    case 'boolean':
      return coerceFlag(given);
    case 'integer':
      return coerceInteger(parameter, given);
    case 'array':
      return coerceList(parameter, given);
  }
}

function coerceText(parameter: ParameterSchema, given: unknown): unknown {
  const text = parameter.numberAsText === true && isNaturalNumber(given) ? String(given) : given;
  // Half a surrogate pair is no character, and stores write it as another.
  if (typeof text !== 'string' || !text.isWellFormed()) return INVALID;
  // A code point is at most two UTF-16 units, so a long text need not be counted.
  if (parameter.maxLength !== undefined) {
    if (text.length > 2 * parameter.maxLength || [...text].length > parameter.maxLength) return INVALID;
  }
  if (parameter.pattern !== undefined && !new RegExp(parameter.pattern, 'u').test(text)) return INVALID;
  return text;
}

function isNaturalNumber(given: unknown): given is number {
  return typeof given === 'number' && Number.isSafeInteger(given) && given >= 0;
}

function coerceFlag(given: unknown): unknown {
  switch (typeof given === 'string' ? given.toLowerCase() : given) {
    case true:
    case 'true':
    case 1:
    case '1':
      return true;
    case false:
    case 'false':
    case 0:
    case '0':
      return false;
    default:
      return INVALID;
  }
}

function coerceInteger(parameter: ParameterSchema, given: unknown): unknown {
  const value = typeof given === 'string' && /^-?(?:0|[1-9][0-9]{0,8})$/.test(given) ? Number(given) : given;
  if (!isWholeNumber(value)) return INVALID;
  const { minimum = -Infinity, maximum = Infinity } = parameter;
  if (value < minimum || value > maximum) return INVALID;
  return parameter.enum?.includes(value) === false ? INVALID : value;
}

function isWholeNumber(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/** Lists hold integers alone. */
function coerceList({ maxItems = 0 }: ParameterSchema, given: unknown): unknown {
  if (!Array.isArray(given) || given.length > maxItems) return INVALID;
  const values = given.map((item) => coerceInteger({ type: 'integer' }, item));
  return values.includes(INVALID) ? INVALID : values;
}

/** Flags in a path: one text is true, whatever its capital letters, and every other is false (rule AS-15). */
export function isTrue(flag: string | undefined): boolean {
  return flag?.toLowerCase() === 'true';
}

function describeLimit(parameter: ParameterSchema): string {
  switch (parameter.type) {
    case 'boolean':
      return 'must be true or false';
    case 'integer':
      if (parameter.enum !== undefined) return `must be one of ${parameter.enum.join(', ')}`;
      return `must be a whole number from ${parameter.minimum} to ${parameter.maximum}`;
    case 'array':
      return `must be a list of at most ${parameter.maxItems} whole numbers`;
    case 'string': {
      const presence = isMandatory(parameter) ? 'must be given, as text' : 'must be valid text';
      return `${presence} of at most ${parameter.maxLength} characters`;
    }
  }
}
