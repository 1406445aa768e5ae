import type { TObject, TSchema } from 'typebox';
import type { ResultCode } from '../result-codes.ts';

export type HttpMethod = 'GET' | 'PUT' | 'POST' | 'DELETE';

/** Which call family a path belongs to: the first segment below the base path. */
export const FAMILIES = [
  'agentevent',
  'agentgroup',
  'calldata',
  'onlineagent',
  'qualitycontrol',
  'querymonitor',
  'queuedevice',
  'recordplay',
  'textchat',
  'voicecall',
] as const;

/** Path below which every operation of the gateway API lies. */
export const BASE_PATH = '/agentgateway/resource';

/**
 * What an operation asks of the caller before it is done:
 * `password` a sign-in of the path's agent, `account` a sign-in by an account name, `session` the path agent's own live session,
 * `anySession` the same, or a session of the path agent that has ended, `peer` to come to the listener of a trusted peer.
 */
export type Access = 'password' | 'account' | 'session' | 'anySession' | 'peer';

/** One operation of the gateway API, as data. Routes, coercion, logs and documents are made from it. */
export interface Operation {
  /** Name in the log line and in the old browser client. */
  readonly logName: string;
  readonly method: HttpMethod;
  /** Path below {@link BASE_PATH}; `{name}` is one segment, `{name:pattern}` one that matches the pattern whole. */
  readonly path: string;
  readonly access: Access;
  readonly body?: TObject;
  readonly query?: TObject;
  /** The `result` of a success; left out: it has none. */
  readonly result?: TSchema;
  /** The `event` that a success may carry in place of a result. */
  readonly event?: TSchema;
  /** A success is a stream of events (`text/event-stream`); header `Last-Event-ID` stands for its parameter `after`. */
  readonly isStream?: boolean;
  /** A success gives a token, in the headers of a sign-in. */
  readonly givesToken?: boolean;
  /** Code for a value of the body or the query that cannot be coerced and names no code of its own. */
  readonly parameterCode: ResultCode;
  /** Code for a part of the path that breaks its pattern; `000-002` when left out. */
  readonly patternCode?: ResultCode;
  /** Code that stands for every refusal whose own the operation does not list. */
  readonly anyOtherCode?: ResultCode;
  /** A refusal is answered no sooner than this after the request came: some clients repeat it without any pause. */
  readonly refusalNotBeforeMs?: number;
  /** Its answer may carry a fresh token where the installation renews tokens by themselves. */
  readonly renewsToken?: boolean;
  /** Every code the operation may answer, beside those of the transport. */
  readonly resultCodes: readonly ResultCode[];
}

/** Codes that every call with a token may answer before it is looked at. */
export const SESSION_CODES = ['0', '000-002', '000-003', '100-006', '100-007'] as const;
