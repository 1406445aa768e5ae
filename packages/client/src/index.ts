/**
 * What a client of the gateway API needs to know, as data: operations with their paths and codes, events, result
 * codes. Calls are not part of this package yet.
 */
export {
  BASE_PATH,
  OPERATIONS,
  type Operation,
  type OperationName,
  RESULT_CODES,
  type ResultCode,
  type SignInBody,
  type SignInResult,
  type WireEvent,
  type WireEventType,
} from '@rollcall/contract';
