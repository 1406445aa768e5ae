import type { JsonSchema } from '@rollcall/contract';
import * as contract from '@rollcall/contract';

/** A schema of a kind that the contract did not use when this was written. */
class UnknownSchemaFault extends Error {
  override readonly name = 'UnknownSchemaFault';
}

/** Schemas that the contract exports under a name. */
const NAMES: ReadonlyMap<unknown, string> = new Map(
  Object.entries(contract)
    .filter(([name, value]) => /^[A-Z][a-z]/.test(name) && isSchema(value))
    .map(([name, value]) => [value, name]),
);

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && 'type' in value;
}

/** Writes schemas as TypeScript types; what has a name in the contract becomes an interface of that name. */
export class SchemaTypes {
  readonly #interfaces = new Map<string, string>();

  /** The type of a value that the schema allows. */
  typeOf(schema: JsonSchema): string {
    const name = NAMES.get(schema);
    if (name === undefined || schema.type !== 'object') return this.#structureOf(schema, '');
    if (!this.#interfaces.has(name)) {
      this.#interfaces.set(name, '');
      this.#interfaces.set(name, `export interface ${name} ${this.#structureOf(schema, '')}`);
    }
    return name;
  }

  /** Every interface that was named so far, in the order of their names. */
  interfaces(): readonly string[] {
    return [...this.#interfaces].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, text]) => text);
  }

  #structureOf(schema: JsonSchema, indent: string): string {
    const { type, anyOf, items, properties } = schema;
    if ('const' in schema) return JSON.stringify(schema.const);
    if (schema.enum !== undefined) return schema.enum.map((value) => literal(value)).join(' | ');
    if (anyOf !== undefined) return anyOf.map((each) => this.typeOf(each)).join(' | ');
    if (type === 'array' && items !== undefined) return listOf(this.typeOf(items));
    if (type === 'object') return this.#objectOf(schema, properties ?? {}, indent);
    if (type === 'integer' || type === 'number') return 'number';
    if (type === 'string' || type === 'boolean' || type === 'null') return type;
    throw new UnknownSchemaFault(JSON.stringify(schema));
  }

  #objectOf(schema: JsonSchema, properties: Readonly<Record<string, JsonSchema>>, indent: string): string {
    if ('patternProperties' in schema) return 'Readonly<Record<string, string>>';
    const inner = `${indent}  `;
    const lines = Object.entries(properties).map(([name, property]) => {
      const doc = property.description === undefined ? '' : `${inner}/** ${property.description} */\n`;
      const mark = schema.required?.includes(name) === true ? '' : '?';
      const named = NAMES.has(property) ? this.typeOf(property) : this.#structureOf(property, inner);
      return `${doc}${inner}readonly ${name}${mark}: ${named};\n`;
    });
    return lines.length === 0 ? 'Readonly<Record<string, never>>' : `{\n${lines.join('')}${indent}}`;
  }
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}

function listOf(type: string): string {
  return /^\w+$/.test(type) ? `readonly ${type}[]` : `ReadonlyArray<${type}>`;
}
