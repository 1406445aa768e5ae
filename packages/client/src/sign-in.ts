import { NetworkFault } from './errors.ts';
import type { Fetch } from './exchange.ts';
import { type CallOptions, type GatewayAddress, makeCall, tokenIn } from './gateway-call.ts';
import { type KeptSession, type Remember, Session, type SignedIn } from './session.ts';

/** What every session is made with. */
export interface ConnectionOptions {
  /** Origin of the server: `https://centre.example:8043`. */
  readonly server: string;
  /** Called with what a page has to keep to go on with the session after a reload; null: the session is over. */
  readonly remember?: Remember;
  /** How long an answer may take; 15 s when left out, 30 s for a sign-in. */
  readonly timeoutMs?: number;
  /** Instead of the platform's own `fetch`. */
  readonly fetch?: Fetch;
}

/** Who signs in. */
export type Signatory =
  | { readonly workNumber: number; readonly account?: undefined }
  | { readonly account: string; readonly workNumber?: undefined };

/** What may be asked of a sign-in; what is left out has the default that the wire documents. */
export interface SignInSettings {
  readonly phone?: string;
  /** State to begin in; ready when left out. */
  readonly initialState?: 'ready' | 'notReady' | 'wrapUp';
  readonly autoAnswer?: boolean;
  /** Whether the agent is ready at once after a contact. */
  readonly autoEnterReady?: boolean;
  /** Whether the phone hangs up after each call. */
  readonly releasePhone?: boolean;
  readonly agentType?: 'pcAndPhone' | 'pcAndVideoPhone';
  /** What the client says its own address is; recorded, and used for nothing. */
  readonly claimedIp?: string;
  readonly entryAddress?: string;
  readonly phoneLinkage?: boolean;
  readonly registerTextChat?: boolean;
  readonly registerMail?: boolean;
  readonly videoNumber?: string;
  /** Tell this supervisor of the sign-ins and sign-outs of those it watches. */
  readonly watchSignIns?: boolean;
}

export type SignInOptions = ConnectionOptions &
  Signatory &
  SignInSettings & {
    readonly password: string;
    /** End a session that the agent has. */
    readonly forced?: boolean;
    /** Take a seat of the licence, which a media server asks for; a phone has to be given then. */
    readonly seat?: boolean;
    readonly signal?: AbortSignal | undefined;
  };

/** Our words for the fields of a sign-in, and the wire's. */
export const SIGN_IN_FIELDS = {
  password: 'password',
  phone: 'phonenum',
  autoAnswer: 'autoanswer',
  autoEnterReady: 'autoenteridle',
  releasePhone: 'releasephone',
  agentType: 'agenttype',
  initialState: 'status',
  claimedIp: 'ip',
  entryAddress: 'entryIp',
  phoneLinkage: 'phonelinkage',
  registerTextChat: 'checkInWebm',
  registerMail: 'checkInMailm',
  videoNumber: 'vcPhoneNumber',
  watchSignIns: 'listenStatus',
  account: 'account',
} as const;

const NUMBERS: Readonly<Record<string, number>> = {
  pcAndPhone: 4,
  pcAndVideoPhone: 11,
  notReady: 3,
  ready: 4,
  wrapUp: 5,
};

const TIMEOUT_MS = 15_000;
/** The server holds answers to guessed passwords back, and lets sign-ins wait for one another. */
const SIGN_IN_TIMEOUT_MS = 30_000;

/** Signs an agent in and gives its session. Throws a `Refusal` or a `NetworkFault` (rules CL-4, CL-10, CL-11). */
export async function signIn(options: SignInOptions): Promise<Session> {
  const address = addressOf(options);
  const { operation, path } = operationOf(options);
  const call = { operation, method: 'PUT', path, body: bodyOf(options), token: null };
  const { timeoutMs = SIGN_IN_TIMEOUT_MS, signal } = options;
  const answer = await makeCall(address, call, { timeoutMs, signal });
  const token = tokenIn(answer.headers);
  const signedIn = readResult(answer.result);
  if (token === null || signedIn === undefined) {
    const detail = 'the sign-in was answered without a token; does a page of another origin see `Set-GUID`?';
    throw new NetworkFault('strange', { operation, detail });
  }
  const kept = { server: address.server, token, position: null, signedIn };
  const session = new Session(address, kept, options.remember);
  options.remember?.(kept);
  return session;
}

/** Goes on with a session that was kept; throws a `Refusal` with code `100-006` when it is over (rule CL-6). */
export async function resume(
  kept: KeptSession,
  options: Omit<ConnectionOptions, 'server'> & Pick<CallOptions, 'signal'> = {},
): Promise<Session> {
  const address = addressOf({ ...options, server: kept.server });
  const session = new Session(address, kept, options.remember);
  await session.operations.keepAlive({ signal: options.signal });
  return session;
}

function addressOf({ server, fetch, timeoutMs = TIMEOUT_MS }: ConnectionOptions): GatewayAddress {
  const own: Fetch = (url, init) => globalThis.fetch(url, init);
  return { server: new URL(server).origin, fetch: fetch ?? own, timeoutMs };
}

function operationOf(options: SignInOptions): { readonly operation: string; readonly path: string } {
  if (options.account !== undefined) {
    return { operation: 'loginByAccount', path: '/onlineagent/loginbyaccount' };
  }
  const agent = `/onlineagent/${options.workNumber}`;
  const isForced = options.forced === true;
  if (options.seat === true) {
    return isForced
      ? { operation: 'forceLogin', path: `${agent}/forcelogin` }
      : { operation: 'login', path: agent };
  }
  return isForced
    ? { operation: 'forceLoginEx', path: `${agent}/forceloginex` }
    : { operation: 'loginEx', path: `${agent}/loginex` };
}

function bodyOf(options: SignInOptions): Readonly<Record<string, unknown>> {
  const given: Readonly<Record<string, unknown>> = { ...options };
  const fields = Object.entries(SIGN_IN_FIELDS)
    .filter(([name]) => given[name] !== undefined)
    .map(([name, wire]) => {
      const isChoice = name === 'agentType' || name === 'initialState';
      return [wire, isChoice ? NUMBERS[String(given[name])] : given[name]];
    });
  return Object.fromEntries(fields);
}

function readResult(result: unknown): SignedIn | undefined {
  if (typeof result !== 'object' || result === null || !('loginTime' in result)) return undefined;
  const answered: Readonly<Record<string, unknown>> = { ...result };
  const { timeRemaining } = answered;
  return {
    workNumber: Number(answered.workno),
    vdn: Number(answered.vdnid),
    atMs: Number(answered.loginTime),
    mustChangePassword: answered.isForceChange === 'true',
    passwordDaysLeft: timeRemaining === '' ? null : Number(timeRemaining),
    serverName: String(answered.serverName),
    hasTextChat: String(answered.mediatype).charAt(1) === 'T',
  };
}
