import {
  BASE_PATH,
  type OPERATIONS,
  type Operation,
  type OperationName,
  type PathSegment,
  parseWorkNumber,
  RESULT_CODES,
  type WorkNumber,
} from '@rollcall/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static, TObject } from 'typebox';
import type { Clock } from '../platform/clock.ts';
import type { SecretSource } from '../platform/session-tokens.ts';
import type { AgentSessions, Identity } from '../services/agent-sessions.ts';
import {
  type AgentlessCall,
  type AnySessionCall,
  type Call,
  fault,
  type Reply,
  refuse,
  type SessionCall,
} from './call.ts';
import { coerce } from './coercion.ts';
import { KNOWN_OPERATIONS, type KnownOperation } from './known-operations.ts';
import { parseJsonObject, type RawBody } from './request-body.ts';
import { claimsNothing, headerTokens, tokensOfRequest } from './request-tokens.ts';
import { envelope, sendJson, sendReply } from './send-reply.ts';
import type { HttpServer } from './server.ts';

type CallOf<Each extends Operation> = Each['access'] extends 'account' | 'peer'
  ? AgentlessCall
  : Each['access'] extends 'password'
    ? Call
    : Each['access'] extends 'session'
      ? SessionCall
      : AnySessionCall;
type InputOf<Each> = Each extends { readonly body: infer Body extends TObject }
  ? Static<Body>
  : Each extends { readonly query: infer Query extends TObject }
    ? Static<Query>
    : undefined;

/** What does each operation of the contract. */
export type OperationHandlers = {
  readonly [Name in OperationName]: (
    call: CallOf<(typeof OPERATIONS)[Name]>,
    input: InputOf<(typeof OPERATIONS)[Name]>,
  ) => Promise<Reply>;
};

/** A handler whose call and input the dispatch below has made to fit its operation. */
type AnyHandler = (call: AgentlessCall, input: unknown) => Promise<Reply>;

/** The running core, once the store is open. */
export interface GatewayCore {
  readonly handlers: OperationHandlers;
  readonly sessions: AgentSessions;
}

export interface GatewayApiParts {
  /** Resolves when the store is open; sign-ins do not wait for it. */
  readonly core: Promise<GatewayCore>;
  readonly phase: () => 'starting' | 'serving' | 'draining';
  readonly secrets: SecretSource;
  readonly clock: Clock;
  readonly nodeName: string;
  readonly highestWorkNumber: number;
  /** Whether tokens are renewed by themselves (rule TK-2). */
  readonly renewsTokens: boolean;
  readonly allowedOrigins: readonly string[];
}

/** Makes the routes of the gateway API from the contract. */
export function registerGatewayApi(server: HttpServer, parts: GatewayApiParts): void {
  for (const route of KNOWN_OPERATIONS) {
    server.route({
      method: route.operation.method,
      url: BASE_PATH + route.template.map(routerSegment).join(''),
      config: { logName: route.operation.logName, family: familyOf(route.operation) },
      handler: async (request, reply) => {
        reply.hijack();
        await answer(route, { request, reply }, parts);
      },
    });
  }
}

function familyOf({ path }: Operation): string {
  return path.split('/', 2)[1] ?? '-';
}

function routerSegment(segment: PathSegment): string {
  return segment.kind === 'literal' ? `/${segment.text}` : `/:${segment.name}`;
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

async function answer(
  route: KnownOperation,
  { request, reply }: Exchange,
  parts: GatewayApiParts,
): Promise<void> {
  const { operation } = route;
  const beganMs = parts.clock.monotonicMs();
  const { facts } = request;
  const body = request.body as RawBody | null | undefined;
  if (body?.kind === 'tooLarge' && operation.method !== 'DELETE') {
    facts.code = '000-006';
    sendJson(reply.raw, { status: 413, headers: ['Connection', 'close'], body: envelope('000-006') });
    return;
  }
  const { said: unlisted, freshToken } = await replyTo(route, { request, reply }, parts).catch((cause) =>
    unrenewed(fault(cause)),
  );
  const said = inOwnCodes(operation, unlisted);
  facts.code = said.kind === 'refused' ? said.code : '0';
  if (said.kind === 'refused') {
    facts.cause = said.cause;
    const waitMs = beganMs + (operation.refusalNotBeforeMs ?? 0) - parts.clock.monotonicMs();
    if (waitMs > 0) await new Promise<void>((resolve) => parts.clock.after(waitMs, resolve));
  }
  if (said.kind === 'signedIn') {
    facts.vdn = said.result.vdnid;
    facts.agent = said.result.workno;
  }
  sendReply(reply.raw, said, {
    nodeName: parts.nodeName,
    isClosing: parts.phase() === 'draining',
    usesHttps: request.caller.usesHttps,
    freshToken,
  });
}

/** An operation may have one code for all that it does not list; the message still says which it was. */
function inOwnCodes({ anyOtherCode, resultCodes }: Operation, said: Reply): Reply {
  if (said.kind !== 'refused' || anyOtherCode === undefined || resultCodes.includes(said.code)) return said;
  return { ...said, code: anyOtherCode, message: said.message ?? RESULT_CODES[said.code].message };
}

/** A reply with the token that the session was given on the way, where it was given one. */
interface Answer {
  readonly said: Reply;
  readonly freshToken: string | null;
}

function unrenewed(said: Reply): Answer {
  return { said, freshToken: null };
}

/** The checks in the order of rule WI-26: path, then token, then parameters, then the operation itself. */
async function replyTo(route: KnownOperation, exchange: Exchange, parts: GatewayApiParts): Promise<Answer> {
  const { operation } = route;
  const path = readPath(route, exchange.request, parts.highestWorkNumber);
  if (path.kind === 'invalid') return unrenewed(path.reply);
  const { request, reply } = exchange;
  const agentless: AgentlessCall = {
    peerAddress: request.caller.address,
    trustedPeer: request.clientConnection.trustedPeer,
    pathParameters: path.parameters,
    connection: request.clientConnection,
    isGone: () => reply.raw.destroyed,
    whenGone: whenGone(reply),
  };
  if (operation.access === 'peer') {
    return unrenewed(await replyToPeer(route, { call: agentless, exchange }, parts));
  }
  if (path.kind === 'agentless') {
    return unrenewed(await replyToSignIn(route, { call: agentless, exchange }, parts));
  }
  const call: Call = { ...agentless, workNumber: path.workNumber };
  request.facts.agent = String(path.workNumber);
  return operation.access === 'password'
    ? unrenewed(await replyToSignIn(route, { call, exchange }, parts))
    : replyToSession(route, { call, exchange }, parts);
}

type ReadPath =
  | { readonly kind: 'agent'; readonly workNumber: WorkNumber; readonly parameters: Record<string, string> }
  /** An operation that names no agent: a sign-in by account, or one that is not offered yet. */
  | { readonly kind: 'agentless'; readonly parameters: Record<string, string> }
  | { readonly kind: 'invalid'; readonly reply: Reply };

/** The path's agent, who stands in the first parameter, and the rest of the parameters. */
function readPath(
  { template, operation }: KnownOperation,
  request: FastifyRequest,
  highest: number,
): ReadPath {
  const values = request.params as Record<string, string>;
  const [agent, ...others] = template.filter((segment) => segment.kind === 'parameter');
  if (agent === undefined) return { kind: 'agentless', parameters: values };
  const workNumber = parseWorkNumber(values[agent.name] ?? '', highest);
  if (workNumber === undefined) {
    const isSignIn = operation.access === 'password';
    const reply = isSignIn ? refuse('100-001', 'the agent number is not valid') : refuse('000-002');
    return { kind: 'invalid', reply };
  }
  const fits = others.every(({ name, pattern }) => pattern?.test(values[name] ?? '') !== false);
  if (!fits) return { kind: 'invalid', reply: refuse(operation.patternCode ?? '000-002') };
  return { kind: 'agent', workNumber, parameters: values };
}

function whenGone({ raw }: FastifyReply): AgentlessCall['whenGone'] {
  return (run) => {
    if (raw.destroyed) run();
    else raw.once('close', run);
  };
}

interface CallInExchange<AnyCall extends AgentlessCall> {
  readonly call: AnyCall;
  readonly exchange: Exchange;
}

async function replyToSignIn(
  { operation, name, fixedReply }: KnownOperation,
  { call, exchange }: CallInExchange<AgentlessCall>,
  parts: GatewayApiParts,
): Promise<Reply> {
  if (name === undefined) return fixedReply;
  const body = exchange.request.body as RawBody | null | undefined;
  const given = body?.kind === 'whole' ? parseJsonObject(body.bytes) : undefined;
  if (given === undefined) return refuse('100-001', 'the message body is not a JSON object');
  const input = coerceInput(operation, given);
  if (input.kind === 'invalid') return input.reply;
  const phase = parts.phase();
  if (phase !== 'serving') return { ...refuse('100-003', `the server is ${phase}`), retryAfterS: 1 };
  const { handlers } = await parts.core;
  return (handlers[name] as AnyHandler)(call, input.values);
}

/** A call of a trusted peer for all of its agents, which claims to be nobody in particular (rule BP-1). */
async function replyToPeer(
  { operation, name, fixedReply }: KnownOperation,
  { call, exchange }: CallInExchange<AgentlessCall>,
  parts: GatewayApiParts,
): Promise<Reply> {
  if (name === undefined) return fixedReply;
  const { request } = exchange;
  if (call.trustedPeer === null || !claimsNothing(request)) return refuse('000-003');
  const input = coerceInput(operation, parametersOf(operation, request) ?? {});
  if (input.kind === 'invalid') return input.reply;
  const { handlers } = await parts.core;
  return (handlers[name] as AnyHandler)(call, input.values);
}

async function replyToSession(
  { operation, name, fixedReply }: KnownOperation,
  { call, exchange }: CallInExchange<Call>,
  parts: GatewayApiParts,
): Promise<Answer> {
  const { handlers, sessions } = await parts.core;
  const { request } = exchange;
  const identity = await identify(call, request, { sessions, ...parts });
  if (identity.kind === 'live') request.facts.vdn = identity.record.tenantId;
  if (identity.kind === 'foreign') return unrenewed(refuse('000-003'));
  if (identity.kind === 'nobody') return unrenewed(refuse('100-006'));
  if (identity.kind === 'ended' && operation.access !== 'anySession') return unrenewed(refuse('100-006'));
  const given = parametersOf(operation, request);
  if (given === undefined) return unrenewed(refuse('000-006', 'the message body is not a JSON object'));
  const input = coerceInput(operation, given);
  if (input.kind === 'invalid') return unrenewed(input.reply);
  if (name === undefined) return unrenewed(fixedReply);
  const said = await (handlers[name] as AnyHandler)(sessionCall(call, identity), input.values);
  const isRenewing = parts.renewsTokens && operation.renewsToken === true && said.kind !== 'refused';
  if (!isRenewing || identity.kind !== 'live' || call.isGone()) return unrenewed(said);
  return { said, freshToken: await freshTokenFor(identity, request, parts) };
}

/** On a peer's listener it is the peer that counts where no token does. */
function identify(
  { workNumber, trustedPeer }: Call,
  request: FastifyRequest,
  { sessions, secrets, allowedOrigins }: GatewayApiParts & Pick<GatewayCore, 'sessions'>,
): Promise<Identity> {
  if (trustedPeer !== null && claimsNothing(request))
    return sessions.identifyForPeer(workNumber, trustedPeer);
  return sessions.identify(workNumber, tokensOfRequest(request, allowedOrigins).map(secrets.hashToken));
}

/** TK-2: only a client that sends the `Guid` header is known to adopt what it is given; a fault leaves the token. */
async function freshTokenFor(
  identity: Extract<Identity, { kind: 'live' }>,
  { headers }: FastifyRequest,
  { core, secrets }: GatewayApiParts,
): Promise<string | null> {
  const sent = headerTokens(headers).map((token) => secrets.hashToken(token.toLowerCase()));
  if (!sent.includes(identity.shown)) return null;
  const outcome = await (await core).sessions.renewToken(identity, 'whenDue');
  return outcome.kind === 'renewed' ? outcome.token : null;
}

function sessionCall(call: Call, identity: Extract<Identity, { kind: 'live' | 'ended' }>): Call {
  const withSession = { ...call, identity, live: identity } satisfies AnySessionCall & { live: unknown };
  return withSession;
}

/** The body's values where the operation has a body, else the query's; undefined for a body that is no JSON object. */
function parametersOf(
  { body, isStream }: Operation,
  request: FastifyRequest,
): Readonly<Record<string, unknown>> | undefined {
  if (body === undefined) {
    const query = Object.fromEntries(new URLSearchParams(queryText(request)));
    const lastEventId = isStream === true ? request.headers['last-event-id'] : undefined;
    return lastEventId === undefined ? query : { ...query, after: lastEventId };
  }
  const sent = request.body as RawBody | null | undefined;
  return sent?.kind === 'whole' ? parseJsonObject(sent.bytes) : undefined;
}

function queryText({ raw }: FastifyRequest): string {
  const url = raw.url ?? '';
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start + 1);
}

type Input =
  | { readonly kind: 'values'; readonly values: unknown }
  | { readonly kind: 'invalid'; readonly reply: Reply };

function coerceInput(operation: Operation, given: Readonly<Record<string, unknown>>): Input {
  const schema = operation.body ?? operation.query;
  if (schema === undefined) return { kind: 'values', values: undefined };
  const coerced = coerce(schema, given);
  if (coerced.kind === 'values') return coerced;
  return { kind: 'invalid', reply: refuse(coerced.code ?? operation.parameterCode, coerced.message) };
}
