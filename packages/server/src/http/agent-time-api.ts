import { parseWorkNumber, type TenantId, type WorkNumber } from '@rollcall/contract';
import type { FastifyRequest } from 'fastify';
import { civilCalendar } from '../platform/calendar.ts';
import {
  type AgentDays,
  type AgentTimeQuery,
  type AgentTimeRefusal,
  LONGEST_TIMELINE_DAYS,
  MOST_DAYS,
  type Timeline,
} from '../services/agent-time.ts';
import {
  type AdministrationAnswer,
  type AdministrationCall,
  type AdministrationParts,
  administrationRoute,
  refuse,
} from './administration.ts';
import { NO_SUCH_VDN, tenantIdIn } from './administration-tenant.ts';
import type { HttpServer } from './server.ts';

export interface AgentTimeApiParts extends AdministrationParts {
  readonly highestWorkNumber: number;
}

/** How the bounds of one call are written. */
interface BoundSyntax<Bound> {
  /** Undefined when the text is none. */
  readonly parse: (text: string) => Bound | undefined;
  readonly inWords: string;
}

const MOMENT: BoundSyntax<number> = {
  parse: (text) => (/^\d{1,15}$/.test(text) ? Number(text) : undefined),
  inWords: 'a time in epoch milliseconds',
};
const DAY: BoundSyntax<string> = {
  parse: (text) => (civilCalendar.isDay(text) ? text : undefined),
  inWords: 'a day as YYYY-MM-DD',
};

/** What agents did with their time (rules AT-4 to AT-6). */
export function registerAgentTimeApi(server: HttpServer, parts: AgentTimeApiParts): void {
  const { highestWorkNumber } = parts;
  administrationRoute(server, parts, {
    path: '/vdns/:vdn/agents/:agent/timeline',
    logName: 'getAgentTimeline',
    answer: async (call) => {
      const query = readQuery(call, MOMENT, highestWorkNumber);
      if ('kind' in query) return query;
      const said = await call.agentTimes.timeline(query);
      return said.kind === 'timeline'
        ? { kind: 'done', body: timelineBody(query, said) }
        : refusalOf(said, `${LONGEST_TIMELINE_DAYS} days`);
    },
  });
  administrationRoute(server, parts, {
    path: '/vdns/:vdn/agents/:agent/days',
    logName: 'getAgentDays',
    answer: async (call) => {
      const query = readQuery(call, DAY, highestWorkNumber);
      if ('kind' in query) return query;
      const said = await call.agentTimes.days(query);
      return said.kind === 'days'
        ? { kind: 'done', body: daysBody(query, said) }
        : refusalOf(said, `${MOST_DAYS} days`);
    },
  });
}

const NO_SUCH_AGENT = refuse(404, 'this VDN has no such agent');

/** The agent of the path and the bounds of the query, where the caller may ask for them. */
function readQuery<Bound>(
  { request, right }: AdministrationCall,
  syntax: BoundSyntax<Bound>,
  highestWorkNumber: number,
): AgentTimeQuery<Bound> | AdministrationAnswer {
  const path = readPath(request, highestWorkNumber);
  if (path === undefined) return NO_SUCH_AGENT;
  if (right.kind === 'ownTenant' && right.tenantId !== path.tenantId) {
    return refuse(403, 'an inspector sees its own VDN alone');
  }
  const parameters = new URL(request.raw.url ?? '/', 'http://unused').searchParams;
  const from = readBound(parameters.getAll('from'), syntax);
  const to = readBound(parameters.getAll('to'), syntax);
  if (from === undefined) return refuse(400, `from must be ${syntax.inWords}`);
  if (to === undefined) return refuse(400, `to must be ${syntax.inWords}`);
  return { ...path, from, to };
}

function readPath(
  { params }: FastifyRequest,
  highestWorkNumber: number,
): { readonly tenantId: TenantId; readonly workNumber: WorkNumber } | undefined {
  const { vdn, agent = '' } = params as Record<string, string>;
  const tenantId = tenantIdIn(vdn);
  const workNumber = parseWorkNumber(agent, highestWorkNumber);
  return tenantId === undefined || workNumber === undefined ? undefined : { tenantId, workNumber };
}

/** Null where it was left out, undefined where it is not valid. */
function readBound<Bound>(
  [text, ...others]: readonly string[],
  { parse }: BoundSyntax<Bound>,
): Bound | null | undefined {
  if (text === undefined) return null;
  return others.length > 0 ? undefined : parse(text);
}

function refusalOf({ kind }: AgentTimeRefusal, longest: string): AdministrationAnswer {
  switch (kind) {
    case 'noSuchAgent':
      return NO_SUCH_AGENT;
    case 'noSuchTenant':
      return NO_SUCH_VDN;
    case 'endsBeforeItBegins':
      return refuse(400, 'from must not be after to');
    case 'tooLong':
      return refuse(400, `from and to must not be more than ${longest} apart`);
  }
}

function timelineBody({ tenantId, workNumber }: AgentTimeQuery<number>, said: Timeline): object {
  const { from, to, asOf, intervals, next } = said;
  return {
    vdn: tenantId,
    agent: workNumber,
    from,
    to,
    asOf,
    intervals: intervals.map(({ sessionId, state, reason, beganAt, endedAt }) => ({
      session: sessionId,
      state,
      reason,
      began: beganAt,
      ended: endedAt,
    })),
    next,
  };
}

function daysBody({ tenantId, workNumber }: AgentTimeQuery<string>, said: AgentDays): object {
  const { timeZone, asOf, days } = said;
  return {
    vdn: tenantId,
    agent: workNumber,
    timeZone,
    asOf,
    days: days.map(({ day, from, to, signedInMs, states, reasons }) => ({
      day,
      from,
      to,
      signedInMs,
      states,
      reasons: reasons.map(({ state, reason, label, ms }) => ({ state, reason, label, ms })),
    })),
  };
}
