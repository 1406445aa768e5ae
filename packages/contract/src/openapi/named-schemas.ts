import type { JsonSchema } from './open-api.ts';

/** Schemas of the contract that a document names, and refers to wherever they stand. */
export class SchemaNames {
  readonly #named: Readonly<Record<string, JsonSchema>>;
  readonly #names: ReadonlyMap<JsonSchema, string>;

  constructor(named: Readonly<Record<string, JsonSchema>>) {
    this.#named = named;
    this.#names = new Map(Object.entries(named).map(([name, schema]) => [schema, name]));
  }

  /** A schema of the contract as the document tells it: what has a name is referred to. */
  referring(schema: JsonSchema): JsonSchema {
    const name = this.#names.get(schema);
    return name === undefined ? this.#partsReferring(schema) : { $ref: `#/components/schemas/${name}` };
  }

  /** The schemas that are referred to, by their names. */
  schemas(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries(
      Object.entries(this.#named).map(([name, schema]) => [name, this.#partsReferring(schema)]),
    );
  }

  #partsReferring(schema: JsonSchema): JsonSchema {
    const { properties, items, anyOf } = schema;
    return {
      ...schema,
      ...(properties === undefined ? {} : { properties: this.#eachReferring(properties) }),
      ...(items === undefined ? {} : { items: this.referring(items) }),
      ...(anyOf === undefined ? {} : { anyOf: anyOf.map((each) => this.referring(each)) }),
    };
  }

  #eachReferring(schemas: Readonly<Record<string, JsonSchema>>): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries(Object.entries(schemas).map(([key, value]) => [key, this.referring(value)]));
  }
}
