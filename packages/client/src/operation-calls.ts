import type { CallOptions, GatewayCall } from './gateway-call.ts';
import { OPERATION_ROWS, type Operations } from './generated/operations.ts';

/** How an operation is sent: names of its parameters as the client has them, and the wire's beside them. */
export interface OperationRow {
  readonly wireName: string;
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** `{}` is the session's own agent, `{name}` a parameter. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, string>>;
}

type Input = Readonly<Record<string, unknown>>;
type Call = (call: GatewayCall, options: CallOptions | undefined) => Promise<unknown>;

/** One function an operation, each of which hands its request to `call` and gives what that answers. */
export function makeOperations(workNumber: number, call: Call): Operations {
  const functions = Object.entries(OPERATION_ROWS).map(([name, row]) => [
    name,
    (...given: readonly (Input & CallOptions)[]) => {
      const [input, options] = hasInput(row) ? given : [undefined, ...given];
      return call(requestOf(row, workNumber, input ?? {}), options);
    },
  ]);
  return Object.fromEntries(functions) as Operations;
}

function hasInput({ path, query, body }: OperationRow): boolean {
  return query !== undefined || body !== undefined || /\{\w/.test(path);
}

function requestOf(row: OperationRow, workNumber: number, input: Input): GatewayCall {
  const { wireName, method, path, query = {}, body } = row;
  const inPath = path.replace(/\{(\w*)\}/g, (_whole, name) =>
    name === '' ? String(workNumber) : segment(input[name]),
  );
  const parameters = renamed(input, query).map(([name, value]) => `${name}=${segment(value)}`);
  return {
    operation: wireName,
    method,
    path: parameters.length === 0 ? inPath : `${inPath}?${parameters.join('&')}`,
    ...(body === undefined ? {} : { body: Object.fromEntries(renamed(input, body)) }),
  };
}

function renamed(input: Input, names: Readonly<Record<string, string>>): [string, unknown][] {
  return Object.entries(names)
    .filter(([name]) => input[name] !== undefined)
    .map(([name, wire]) => [wire, input[name]]);
}

/** A value as it stands in a path or a query; lists are written as the wire has them, `1;2;3`. */
function segment(value: unknown): string {
  return encodeURIComponent(Array.isArray(value) ? value.join(';') : String(value));
}
