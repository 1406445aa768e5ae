import {
  BASE_PATH,
  hasShapeOf,
  LATER_FAMILIES,
  LATER_OPERATIONS,
  laterCodes,
  OPERATIONS,
  type Operation,
  parsePathTemplate,
  RESULT_CODES,
} from '@rollcall/contract';
import { EVENT_STREAM, type RoughAnswer } from './kept-connection.ts';
import type { RoughRequest } from './wire-request.ts';

interface Listed {
  readonly method: string;
  readonly template: ReturnType<typeof parsePathTemplate>;
  readonly codes: readonly string[];
  readonly isStream: boolean;
}

const LISTED: readonly Listed[] = [
  ...Object.values(OPERATIONS).map(({ method, path, resultCodes, isStream }: Operation) => ({
    method,
    template: parsePathTemplate(path),
    codes: resultCodes,
    isStream: isStream === true,
  })),
  ...LATER_OPERATIONS.map((later) => ({
    method: later.method,
    template: parsePathTemplate(later.path),
    codes: laterCodes(later),
    isStream: false,
  })),
];

/** Undefined when the answer is one that WI-37 allows the request, else what is wrong with it. */
export function faultOf(request: RoughRequest, answer: RoughAnswer | null): string | undefined {
  if (answer === null) return 'the connection was closed without an answer';
  const { status, headers, text } = answer;
  if (status >= 500) return `HTTP status ${status}`;
  // The status page is no part of the API.
  if (request.method === 'GET' && segmentsOf(request).length === 0 && status === 200) return undefined;
  const type = headers.get('content-type')?.join();
  if (type === EVENT_STREAM && status === 200 && isStream(request)) return undefined;
  if (type !== 'application/json') return 'not application/json';
  if (request.method === 'HEAD') return faultOfStatus(request, answer, null);
  const envelope = parseEnvelope(text);
  if (envelope === undefined) return `no envelope: ${text.slice(0, 200)}`;
  const { retcode, message } = envelope;
  if (!Object.hasOwn(RESULT_CODES, retcode)) return `an unknown code: ${retcode}`;
  const isSaid = message === 'not offered by this server' || headers.has('retry-after');
  if (retcode === '100-007' && !isSaid) return `100-007 with the message ${message}`;
  return faultOfStatus(request, answer, retcode);
}

/** What is wrong with an answer whose envelope says `code`; null: it has no body. */
function faultOfStatus(
  request: RoughRequest,
  { status, headers }: RoughAnswer,
  code: string | null,
): string | undefined {
  const isBadAddress = code === '000-002' || code === null;
  const said = `HTTP status ${status} with ${code}`;
  switch (status) {
    case 200: {
      const allowed = codesOf(request);
      return code === null || allowed.includes(code)
        ? undefined
        : `${said}, allowed are ${allowed.join(', ')}`;
    }
    case 404:
      return isBadAddress ? undefined : said;
    case 405:
      return isBadAddress && headers.has('allow') ? undefined : `${said}, allow ${headers.get('allow')}`;
    case 413:
      return code === '000-006' && request.body.length > 65_536 ? undefined : said;
    case 400:
    case 431:
      return isBadAddress && request.mayBeUnreadable ? undefined : said;
    default:
      return said;
  }
}

function segmentsOf({ target }: RoughRequest): readonly string[] {
  const [path = ''] = target.replace(/^https?:\/\/[^/]*/i, '').split('?', 1);
  return path
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
}

/** The codes of every operation that the target may name; of none, what an unknown path answers. */
function codesOf(request: RoughRequest): readonly string[] {
  if (LATER_FAMILIES.some((family) => family === belowBase(request)[0])) return ['100-007'];
  const named = namedBy(request);
  return named.length === 0 ? ['000-002'] : [...new Set(named.flatMap(({ codes }) => codes))];
}

function isStream(request: RoughRequest): boolean {
  return namedBy(request).some((each) => each.isStream);
}

function namedBy(request: RoughRequest): readonly Listed[] {
  const below = belowBase(request);
  return LISTED.filter(({ method, template }) => method === request.method && hasShapeOf(below, template));
}

function belowBase(request: RoughRequest): readonly string[] {
  return segmentsOf(request).slice(BASE_PATH.split('/').length - 1);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** An envelope has these keys in this order, and a result or an event behind them where it is a success. */
function parseEnvelope(text: string): { readonly retcode: string; readonly message: string } | undefined {
  try {
    const value = JSON.parse(text);
    const keys = Object.keys(value).join();
    const isEnvelope = /^message,retcode(,result|,event)?$/.test(keys);
    return isEnvelope && typeof value.message === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
