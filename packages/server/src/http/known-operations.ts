import {
  LATER_OPERATIONS,
  type LaterOperation,
  laterCodes,
  OPERATIONS,
  type Operation,
  type OperationName,
  type PathSegment,
  parsePathTemplate,
} from '@rollcall/contract';
import { Type } from 'typebox';
import type { Reply } from './call.ts';
import { laterReply } from './later-answers.ts';

/** One operation of the API, its path read into segments. */
export type KnownOperation = {
  readonly operation: Operation;
  readonly template: readonly PathSegment[];
} & (
  | { readonly name: OperationName; readonly fixedReply?: undefined }
  /** This release does not do it, and says so. */
  | { readonly name: undefined; readonly fixedReply: Reply }
);

/** Any JSON object; nobody reads what is in it. */
const ANY_BODY = Type.Object({});

/** Every operation of the API, offered or not: routes are made from it, and what no route takes is told from it. */
export const KNOWN_OPERATIONS: readonly KnownOperation[] = [
  ...Object.entries(OPERATIONS).map(([name, operation]) => ({
    operation,
    template: parsePathTemplate(operation.path),
    name: name as OperationName,
  })),
  ...LATER_OPERATIONS.map((later) => ({
    operation: laterOperation(later),
    template: parsePathTemplate(later.path),
    name: undefined,
    fixedReply: laterReply(later.answer),
  })),
];

function laterOperation(later: LaterOperation): Operation {
  const { method, path, logName, hasBody } = later;
  return {
    logName,
    method,
    path,
    access: 'session',
    ...(hasBody ? { body: ANY_BODY } : {}),
    parameterCode: '000-002',
    resultCodes: laterCodes(later),
  };
}
