import { isMandatory, type ParameterSchema } from '../operations/parameters.ts';
import type { JsonSchema } from './open-api.ts';

type Place = 'body' | 'query';

/** The forms in which a flag may be written as text. */
const FLAG_TEXT = '^(?:[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|[01])?$';
const INTEGER_TEXT = '-?(?:0|[1-9][0-9]{0,8})';

/** What the server takes for one parameter, all forms of old clients included (rules WI-30 to WI-33). */
export function acceptedSchema(parameter: ParameterSchema, place: Place): JsonSchema {
  const { type, ...rest } = formsOf(parameter);
  const mayBeNull = place === 'body' && !isMandatory(parameter);
  const types = [...type, ...(mayBeNull ? ['null'] : [])];
  return {
    type: types.length === 1 ? types[0] : types,
    ...rest,
    ...(parameter.default === undefined ? {} : { default: parameter.default }),
    ...descriptionOf(parameter),
    ...(mayBeNull && Array.isArray(rest.enum) ? { enum: [...rest.enum, null] } : {}),
  };
}

interface Forms extends JsonSchema {
  readonly type: readonly string[];
}

function formsOf(parameter: ParameterSchema): Forms {
  switch (parameter.type) {
    case 'string':
      return textForms(parameter);
    case 'boolean':
      return { type: ['boolean', 'string', 'integer'], pattern: FLAG_TEXT, minimum: 0, maximum: 1 };
    case 'integer':
      return integerForms(parameter);
    case 'array':
      return {
        type: ['array'],
        items: { type: ['integer', 'string'], pattern: `^${INTEGER_TEXT}$` },
        maxItems: parameter.maxItems,
      };
  }
}

function textForms(parameter: ParameterSchema): Forms {
  const { maxLength, pattern, numberAsText, valueMandatory } = parameter;
  return {
    type: numberAsText === true ? ['string', 'integer'] : ['string'],
    ...(numberAsText === true ? { minimum: 0, maximum: Number.MAX_SAFE_INTEGER } : {}),
    ...(valueMandatory === true ? { minLength: 1 } : {}),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(pattern === undefined ? {} : { pattern: isMandatory(parameter) ? pattern : orEmpty(pattern) }),
  };
}

function integerForms(parameter: ParameterSchema): Forms {
  const { enum: values, minimum, maximum } = parameter;
  const mayBeEmpty = !isMandatory(parameter);
  const type = ['integer', 'string'];
  if (values !== undefined) {
    return { type, enum: [...values, ...values.map(String), ...(mayBeEmpty ? [''] : [])] };
  }
  const pattern = `^${INTEGER_TEXT}$`;
  return { type, minimum, maximum, pattern: mayBeEmpty ? orEmpty(pattern) : pattern };
}

/** Empty text stands for a value that is left out. */
function orEmpty(pattern: string): string {
  return new RegExp(pattern, 'u').test('') ? pattern : `^$|${pattern}`;
}

function descriptionOf(parameter: ParameterSchema): JsonSchema {
  const { keyMandatory, refusal, type, minimum, maximum } = parameter;
  const sentences = [
    ...(type === 'integer' && minimum !== undefined ? [`${minimum} to ${maximum}, also as text.`] : []),
    ...(keyMandatory === true ? ['Must be there, and may be empty.'] : []),
    ...(refusal === undefined ? [] : [`Any other value: ${refusal}.`]),
  ];
  return sentences.length === 0 ? {} : { description: sentences.join(' ') };
}
