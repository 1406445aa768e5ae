/** A JSON Schema, as far as documents of ours use it. Schemas of the contract are such ones. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[] | undefined;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[] | undefined;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[] | undefined;
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly pattern?: string | undefined;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly additionalProperties?: boolean | JsonSchema | undefined;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly contentMediaType?: string;
  readonly contentSchema?: JsonSchema;
}

/** An object of a document that nobody here looks into. */
export type JsonObject = Readonly<Record<string, unknown>>;

export interface OpenApiHeader {
  readonly description: string;
  readonly schema: JsonSchema;
}

/** One parameter of a request that is not in its body. */
export interface OpenApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
  readonly example?: unknown;
}

export interface OpenApiMedia {
  readonly schema: JsonSchema;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

export interface OpenApiReference {
  readonly $ref: string;
}

export interface OpenApiResponse {
  readonly description: string;
  readonly headers?: Readonly<Record<string, OpenApiReference>>;
  readonly content: {
    readonly 'application/json'?: OpenApiMedia;
    readonly 'text/event-stream'?: OpenApiMedia;
  };
}

/** How this release answers an operation. */
export type AnswerKind = 'done' | 'noCalls' | 'noCall' | 'notOffered';

export interface OpenApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly [string];
  readonly security: readonly JsonObject[];
  readonly parameters: readonly (OpenApiParameter | OpenApiReference)[];
  readonly requestBody?: {
    readonly required: true;
    readonly content: { readonly 'application/json': OpenApiMedia };
  };
  readonly responses: Readonly<Record<string, OpenApiResponse | OpenApiReference>>;
  /** Gateway API only. */
  readonly 'x-answer'?: AnswerKind;
}

export type OpenApiMethod = 'get' | 'put' | 'post' | 'patch' | 'delete';
export type OpenApiPathItem = Partial<Readonly<Record<OpenApiMethod, OpenApiOperation>>>;

/** An API as an OpenAPI 3.1 document tells it. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: JsonObject & {
    readonly title: string;
    readonly version: string;
    readonly description: string;
  };
  readonly servers: readonly { readonly url: string; readonly description: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, OpenApiPathItem>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, JsonObject>>;
    readonly headers?: Readonly<Record<string, OpenApiHeader>>;
    readonly parameters?: Readonly<Record<string, OpenApiParameter>>;
    readonly responses?: Readonly<Record<string, OpenApiResponse>>;
  };
}

/** What stands at the head of every document of ours. */
export const LICENSE = { name: 'Apache-2.0', identifier: 'Apache-2.0' } as const;
