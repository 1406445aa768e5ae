import {
  getAgentEvent,
  LATER_OPERATIONS,
  type LaterOperation,
  OPERATIONS,
  type Operation,
  type OperationName,
  type PathSegment,
  parsePathTemplate,
  SESSION_CODES,
} from '@rollcall/contract';

/** One operation of the API, its path read into segments. */
export interface KnownOperation {
  readonly operation: Operation;
  /** Undefined where this release does not offer the operation. */
  readonly name: OperationName | undefined;
  readonly template: readonly PathSegment[];
}

/** Every operation of the API, offered or not: routes are made from it, and what no route takes is told from it. */
export const KNOWN_OPERATIONS: readonly KnownOperation[] = [
  ...Object.entries(OPERATIONS).map(([name, operation]) => known(operation, name as OperationName)),
  ...LATER_OPERATIONS.map((later) => known(laterOperation(later), undefined)),
];

function known(operation: Operation, name: OperationName | undefined): KnownOperation {
  return { operation, name, template: parsePathTemplate(operation.path) };
}

function laterOperation([method, path, logName]: LaterOperation): Operation {
  return {
    logName,
    method,
    path,
    access: 'session',
    parameterCode: '000-002',
    refusalNotBeforeMs: path.startsWith('/agentevent/') ? getAgentEvent.refusalNotBeforeMs : 0,
    resultCodes: SESSION_CODES,
  };
}
