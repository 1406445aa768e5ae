import { type TArray, type TBoolean, type TInteger, type TObject, type TString, Type } from 'typebox';
import type { ResultCode } from '../result-codes.ts';

/** Keywords beside JSON Schema that one parameter may carry; `coerce` in the server reads them. */
export type ParameterKeywords = {
  /** Code that answers a value which breaks the schema, where it differs from the operation's own. */
  readonly refusal?: ResultCode;
  /** The key must be present, though its value may be empty. */
  readonly keyMandatory?: boolean;
  /** There must be a value, and an empty one counts as none. */
  readonly valueMandatory?: boolean;
  /** A JSON number is read as its decimal text. */
  readonly numberAsText?: boolean;
  /** Shown in place of the usual example of a parameter of this name. */
  readonly shown?: string;
};

/** One parameter as a reader of the contract finds it. */
export interface ParameterSchema extends ParameterKeywords {
  readonly type: 'string' | 'boolean' | 'integer' | 'array';
  readonly default?: unknown;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly enum?: readonly number[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Whether a request has to have the parameter. */
export function isMandatory({ keyMandatory, valueMandatory }: ParameterSchema): boolean {
  return keyMandatory === true || valueMandatory === true;
}

/** The parameters of a body or a query, in the order in which their faults are answered. */
export function parametersIn(schema: TObject): readonly (readonly [name: string, ParameterSchema])[] {
  return Object.entries(schema.properties).map(([name, property]) => [
    name,
    property as unknown as ParameterSchema,
  ]);
}

type TextOptions = ParameterKeywords & {
  readonly maxLength: number;
  readonly pattern?: string;
  readonly default?: string;
};

/** Text of at most `maxLength` Unicode code points. */
export function text(options: TextOptions): TString {
  return Type.String(options);
}

/** A boolean, also written "true"/"false" in any case, 0 or 1. */
export function flag(defaultValue: boolean, keywords: ParameterKeywords = {}): TBoolean {
  return Type.Boolean({ default: defaultValue, ...keywords });
}

/** A phone number: no white space, no control characters. */
export const PHONE = { maxLength: 24, pattern: '^[^\\s\\p{Cc}]*$', numberAsText: true } as const;

type ChoiceOptions = ParameterKeywords & { readonly default?: number };

/** An integer out of a short list, also written as text. */
export function oneOf(values: readonly number[], options: ChoiceOptions): TInteger {
  return Type.Integer({ enum: [...values], ...options });
}

type RangeOptions = ParameterKeywords & { readonly minimum: number; readonly maximum: number };

/** An integer of a range, both ends included, also written as text. */
export function wholeNumber(options: RangeOptions): TInteger {
  return Type.Integer(options);
}

/** A list of numbers that must be there, each also written as text: `["291", 292]`. */
export function list({ maxItems }: { readonly maxItems: number }): TArray<TInteger> {
  return Type.Array(Type.Integer(), { maxItems, valueMandatory: true });
}
