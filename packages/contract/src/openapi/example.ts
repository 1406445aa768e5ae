import type { JsonSchema } from './open-api.ts';

/** A value that fits a schema of the contract: its first example, or one made of its parts. */
export function exampleOf(schema: JsonSchema): unknown {
  const { examples, anyOf, items, properties } = schema;
  if (examples !== undefined) return examples[0];
  if (schema.const !== undefined) return schema.const;
  if (anyOf?.[0] !== undefined) return exampleOf(anyOf[0]);
  if (schema.type === 'array') {
    return schema.maxItems === 0 || items === undefined ? [] : [exampleOf(items)];
  }
  if (schema.type === 'object') {
    const parts = Object.entries(properties ?? {});
    return Object.fromEntries(parts.map(([name, property]) => [name, exampleOf(property)]));
  }
  throw new TypeError(`a schema of the contract lacks an example: ${JSON.stringify(schema)}`);
}

/** A value that each parameter of a request may have, by its name. */
const VALUES: Readonly<Record<string, unknown>> = {
  account: 'mary',
  after: 'k3v9.17',
  agentid: '291',
  agentIds: [292, 293],
  agentlist: [291, 292],
  agents: '291;292',
  autoflag: 'true',
  bulletindata: 'Fire drill at noon',
  callid: '1792870000-1',
  chatnum: '5',
  clustername: 'AgentGateway',
  content: 'Meeting at three',
  customstate: 7,
  destno: '292',
  flag: 1,
  groupid: 1,
  isautoanswer: 'true',
  ivrid: '1',
  mediaTypes: '1;5',
  newPassword: 'Tea4two?',
  newpassword: 'Tea4two?',
  number: '40039',
  oldPassword: 'Four2tea!',
  oldpassword: 'Four2tea!',
  password: 'Four2tea!',
  phonenum: '40038',
  prolong: false,
  reason: '200',
  receiver: '292',
  recordbeforetalking: '0',
  recordflag: '1',
  restcause: '1',
  skillid: '1',
  skills: [1, 2],
  skilltype: '0',
  status: 4,
  targetname: 'Orders',
  targettype: 3,
  time: '600',
  vdnid: '1',
  whisperagentid: '292',
  workNo: '292',
  workno: '292',
};

/** The example of a parameter; none where there is nothing to show. */
export function exampleNamed(name: string): { readonly example?: unknown } {
  return Object.hasOwn(VALUES, name) ? { example: VALUES[name] } : {};
}

/** A body that has what must be in it, and a phone where it may have one. */
export function exampleBody(names: readonly string[]): object {
  return Object.fromEntries(names.map((name) => [name, VALUES[name]]));
}
