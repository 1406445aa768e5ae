import { OPERATIONS, type OperationName } from '../operations/index.ts';
import {
  LATER_OPERATIONS,
  type LaterAnswer,
  type LaterOperation,
  laterCodes,
} from '../operations/later-waves.ts';
import type { Access, Operation } from '../operations/operation.ts';
import { RESULT_CODES, type ResultCode } from '../result-codes.ts';
import type { AnswerKind, JsonSchema } from './open-api.ts';
import { SUMMARIES } from './summaries.ts';

/** An operation of either list, with what a description of it needs. */
export interface DescribedOperation
  extends Pick<
    Operation,
    'method' | 'path' | 'query' | 'event' | 'isStream' | 'givesToken' | 'renewsToken' | 'refusalNotBeforeMs'
  > {
  /** Unique in the whole API. */
  readonly id: string;
  readonly family: string;
  readonly summary: string;
  readonly access: Access;
  readonly body?: Operation['body'] | 'anyObject';
  readonly result?: JsonSchema;
  readonly codes: readonly ResultCode[];
  readonly answer: AnswerKind;
}

/** Every operation of the API, done or not. */
export function describedOperations(): readonly DescribedOperation[] {
  return [
    ...Object.entries(OPERATIONS).map(([name, operation]) =>
      doneOperation(SUMMARIES[name as OperationName], operation),
    ),
    ...LATER_OPERATIONS.map(laterOperation),
  ];
}

function doneOperation(summary: string, operation: Operation): DescribedOperation {
  const { logName, resultCodes, parameterCode: _own, ...rest } = operation;
  return { ...rest, ...namesOf(operation), summary, codes: resultCodes, answer: 'done' };
}

function laterOperation(later: LaterOperation): DescribedOperation {
  const { method, path, hasBody, answer } = later;
  return {
    ...namesOf(later),
    method,
    path,
    access: 'session',
    ...(hasBody ? { body: 'anyObject' } : {}),
    ...(answer.kind === 'empty' ? { result: emptySchema(answer.result) } : {}),
    summary: laterSummary(answer),
    codes: laterCodes(later),
    answer: answer.kind === 'empty' ? 'noCalls' : answer.kind,
  };
}

/** How many operations have each name in the log. */
const NAME_COUNTS = new Map<string, number>();
for (const { logName } of [...Object.values(OPERATIONS), ...LATER_OPERATIONS]) {
  NAME_COUNTS.set(logName, (NAME_COUNTS.get(logName) ?? 0) + 1);
}

/** A name in the log that two families have is told with its family. */
function namesOf({ logName, path }: Pick<Operation, 'logName' | 'path'>): { id: string; family: string } {
  const family = path.split('/')[1] ?? '';
  return { id: NAME_COUNTS.get(logName) === 1 ? logName : `${family}_${logName}`, family };
}

function emptySchema(result: Extract<LaterAnswer, { kind: 'empty' }>['result']): JsonSchema {
  if (Array.isArray(result)) return { type: 'array', items: {}, maxItems: 0 };
  if (typeof result === 'object') return { type: 'object', maxProperties: 0 };
  return { type: typeof result === 'number' ? 'integer' : 'boolean', const: result };
}

function laterSummary(answer: LaterAnswer): string {
  switch (answer.kind) {
    case 'empty':
      return `Asks about calls; there are none, which is the answer: ${JSON.stringify(answer.result)}`;
    case 'noCall':
      return `Refused, since ${RESULT_CODES[answer.code].message}`;
    case 'notOffered':
      return 'Not offered by this server';
  }
}
