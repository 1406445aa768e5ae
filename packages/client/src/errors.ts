import { RESULT_CODES, type ResultCode } from './generated/result-codes.ts';

/** A code of the gateway API. A server of a later release may answer others. */
export type RefusalCode = ResultCode | (string & {});

const UNKNOWN = {
  meaning: 'the server refused for a reason that this release of the client does not know',
  remedy: 'Read what the server said, or take a newer client.',
};

/** The server answered that it does not do what was asked; nothing has changed by it (rule CL-10). */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  /** What the code means, by the catalogue. */
  readonly meaning: string;
  /** What to do about it. */
  readonly remedy: string;
  /** The server's own words; they may name a parameter or a limit, and may change with any release. */
  readonly said: string;
  /** The operation, as the wire and the server's log name it. */
  readonly operation: string;
  /** How long the server asks to wait before the next try; null: it does not say. */
  readonly retryAfterMs: number | null;

  constructor({ code, said, operation, retryAfterMs }: RefusalFacts) {
    super(`${operation} was refused with ${code}: ${said}`);
    const { meaning, remedy } = isKnown(code) ? RESULT_CODES[code] : UNKNOWN;
    this.code = code;
    this.meaning = meaning;
    this.remedy = remedy;
    this.said = said;
    this.operation = operation;
    this.retryAfterMs = retryAfterMs;
  }
}

interface RefusalFacts {
  readonly code: string;
  readonly said: string;
  readonly operation: string;
  readonly retryAfterMs: number | null;
}

function isKnown(code: string): code is ResultCode {
  return Object.hasOwn(RESULT_CODES, code);
}

/** The administration API refuses: its errors are words, not codes. */
export class AdministrationRefusal extends Error {
  override readonly name = 'AdministrationRefusal';
  /** `badRequest`, `unauthorized`, `forbidden`, `notFound` or `unavailable`. */
  readonly error: string;
  readonly status: number;
  readonly said: string;

  constructor(error: string, { status, said, operation }: AdministrationRefusalFacts) {
    super(`${operation} was refused as ${error}: ${said}`);
    this.error = error;
    this.status = status;
    this.said = said;
  }
}

interface AdministrationRefusalFacts {
  readonly status: number;
  readonly said: string;
  readonly operation: string;
}

/**
 * Why there is no answer: `noAnswer` nothing came, or it broke off; `timedOut` not in time; `strange` what came is none
 * of this API's answers, as from a proxy in between.
 */
export type NetworkFaultKind = 'noAnswer' | 'timedOut' | 'strange';

/** No answer came, so that nobody here knows whether the server did what was asked (rule CL-11). */
export class NetworkFault extends Error {
  override readonly name = 'NetworkFault';
  readonly kind: NetworkFaultKind;
  readonly operation: string;

  constructor(kind: NetworkFaultKind, { operation, detail, cause }: NetworkFaultFacts) {
    super(`${operation}: ${detail}`, { cause });
    this.kind = kind;
    this.operation = operation;
  }
}

interface NetworkFaultFacts {
  readonly operation: string;
  readonly detail: string;
  readonly cause?: unknown;
}
