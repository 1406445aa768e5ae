import {
  type ForceAgentsAnswer,
  ForceAgentsBody,
  MOST_FORCED,
  positionFromText,
  positionToText,
  type WorkNumber,
} from '@rollcall/contract';
import type { BulkRequest, NamedAgent } from '../services/bulk-supervision.ts';
import type { SupervisionAct } from '../services/supervision.ts';
import {
  type AdministrationAnswer,
  type AdministrationCall,
  type AdministrationParts,
  administrationRoute,
  refuse,
} from './administration.ts';
import { readAdministrationBody } from './administration-body.ts';
import { NO_SUCH_VDN, tenantOf } from './administration-tenant.ts';
import type { HttpServer } from './server.ts';

export interface ForceAgentsApiParts extends AdministrationParts {
  /** Resolves with the name of this history of the agents' logs. */
  readonly logEpoch: () => Promise<string>;
}

/** One act on many agents (rules SV-10, SV-11). */
export function registerForceAgentsApi(server: HttpServer, parts: ForceAgentsApiParts): void {
  administrationRoute(server, parts, {
    method: 'POST',
    path: '/vdns/:vdn/agents::force',
    logName: 'forceAgents',
    answer: async (call) => force(call, await parts.logEpoch()),
  });
}

async function force(
  { request, right, bulk }: AdministrationCall,
  epoch: string,
): Promise<AdministrationAnswer> {
  const tenantId = tenantOf({ request, right }, 'an inspector acts on agents of its own VDN alone');
  if (typeof tenantId !== 'number') return tenantId;
  const body = readAdministrationBody(ForceAgentsBody, request.body);
  if (typeof body === 'string') return refuse(400, body);
  const by = right.kind === 'ownTenant' ? right.inspector : null;
  const asked = requestOf({ tenantId, by }, body, epoch);
  const said = await bulk.force(asked, MOST_FORCED);
  switch (said.kind) {
    case 'noTenant':
      return NO_SUCH_VDN;
    case 'tooMany':
      return refuse(400, `the filter finds ${said.found} agents; narrow it to at most ${MOST_FORCED}`);
    case 'results': {
      const results = said.results.map(({ workNumber, outcome, head }) => ({
        agent: workNumber,
        outcome,
        position: head === null ? null : positionToText({ epoch, sequence: head }),
      }));
      const answer: ForceAgentsAnswer = { vdn: tenantId, dryRun: asked.dryRun, results };
      return { kind: 'done', body: answer };
    }
  }
}

function requestOf(
  who: Pick<BulkRequest, 'tenantId' | 'by'>,
  { act, targets, dryRun = false }: ForceAgentsBody,
  epoch: string,
): BulkRequest {
  return {
    ...who,
    act: actOf(act),
    dryRun,
    targets:
      'agents' in targets
        ? { kind: 'named', agents: targets.agents.map((named) => namedAgent(named, epoch)) }
        : { kind: 'filter', filter: targets.filter },
  };
}

function actOf(act: ForceAgentsBody['act']): SupervisionAct {
  switch (act.kind) {
    case 'ready':
      return { kind: 'forceReady' };
    case 'notReady':
      return { kind: 'forceNotReady' };
    case 'signOut':
      return { kind: 'forceSignOut' };
    case 'rest':
      return { kind: 'forceRest', reason: act.reason, forMs: act.seconds * 1_000 };
  }
}

function namedAgent(
  { agent, ifPosition }: { readonly agent: number; readonly ifPosition?: string },
  epoch: string,
): NamedAgent {
  const workNumber = agent as WorkNumber;
  if (ifPosition === undefined) return { workNumber, ifHead: null };
  const position = positionFromText(ifPosition);
  return { workNumber, ifHead: position.epoch === epoch ? position.sequence : 'other' };
}
