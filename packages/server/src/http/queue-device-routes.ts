import type {
  AccessCode,
  Ivr,
  ResetSkillQuery,
  SkillFigures,
  SkillInfo,
  SkillsBody,
} from '@rollcall/contract';
import type { AgentSessions } from '../services/agent-sessions.ts';
import type { Directory, ListedAgent } from '../services/directory.ts';
import { type Reply, refuse, type SessionCall } from './call.ts';
import { isTrue } from './coercion.ts';
import { replyToCommand } from './outcome-replies.ts';
import { type Asked, askingIn } from './vdn-query.ts';

const READY = 'ready';
const MEDIA_NUMBERS = { text: 1, voice: 5 } as const;

/** Skill queues: what the site gives, what an agent serves, and their figures (rules QU-9 to QU-12). */
export function queueDeviceRoutes(directory: Directory, sessions: AgentSessions) {
  const asking = askingIn(directory);
  const figures = asking(({ roster, view }: Asked, _call: SessionCall, { skills }: SkillsBody) => ({
    kind: 'result',
    result: skills.flatMap((skill) =>
      view.queue(skill) === undefined ? [] : [figuresOf({ roster, view }, skill)],
    ),
  }));
  const ofAgent = asking(({ roster, view }, { pathParameters }) => {
    const agent = roster.find(Number(pathParameters.workNo ?? pathParameters.workno));
    return listOr('600-001', agent === undefined ? [] : view.configured(agent));
  });
  return {
    querySkillQueueOnAgent: ofAgent,
    queryAgentSkillsByWorkNo: ofAgent,
    queryAgentSkills: asking(({ view, caller }) => listOr('600-001', view.configured(caller))),
    querySkillQueueOnAgentVDN: asking(({ view }) => listOr('600-005', view.allQueues())),
    querySkillQueueOnVDN: asking(({ roster, view }, { pathParameters }) => {
      if (Number(pathParameters.vdnid) !== roster.tenant.tenantId) return refuse('300-003');
      return listOr('600-002', view.allQueues());
    }),
    queryInNoOnVDN: asking(({ roster: { tenant } }) =>
      listOr(
        '600-003',
        tenant.accessCodes.map(({ accessCodeId, number, description, media }) => ({
          id: accessCodeId,
          inno: number,
          description,
          vdnid: tenant.tenantId,
          mediatype: MEDIA_NUMBERS[media],
        })),
      ),
    ),
    queryIVRInfoOnVdn: asking(({ roster: { tenant } }) =>
      listOr(
        '600-004',
        tenant.ivrs.map(({ ivrId, number, description, serviceNumber }) => ({
          id: ivrId,
          access: number,
          description,
          serviceNo: serviceNumber,
        })),
      ),
    ),
    queryStatInfoOfAcd: figures,
    querySkillStatWithVdn: figures,
    querySkillsStatisticInfo: asking((asked, { pathParameters }) => {
      const skill = Number(pathParameters.skillid);
      const result = asked.view.queue(skill) === undefined ? {} : figuresOf(asked, skill);
      return { kind: 'result', result };
    }),
    queryQueueLengthOnAgentSkills: asking(({ view, caller }) => ({
      kind: 'result',
      result: view.served(caller).map((queue) => ({ ...queue, waitnum: 0 })),
    })),
    resetSkill: resetSkill(directory, sessions),
  };
}

/** QU-9: sets the queues that the agent serves, of those that the site gives it. */
function resetSkill(directory: Directory, sessions: AgentSessions) {
  return async (
    { live, workNumber, pathParameters }: SessionCall,
    query: ResetSkillQuery,
  ): Promise<Reply> => {
    const configured = (await directory.agent(workNumber))?.definition.skillQueues ?? [];
    const asked = new Set(query.skillid.split(';').map(Number));
    const skillQueues = isTrue(pathParameters.autoflag)
      ? configured
      : configured.filter((id) => asked.has(id));
    const { phonelinkage: phoneLinkage } = query;
    const changes = { skillQueues, ...(phoneLinkage === undefined ? {} : { phoneLinkage }) };
    return replyToCommand(await sessions.submit(live, { kind: 'changeSettings', changes }));
  };
}

function listOr(
  none: '600-001' | '600-002' | '600-003' | '600-004' | '600-005',
  list: readonly (SkillInfo | AccessCode | Ivr)[],
): Reply {
  return list.length === 0 ? refuse(none) : { kind: 'result', result: list };
}

/** No contact waits where none exists; who is signed in to the queue, and who of them is ready, is counted. */
function figuresOf({ roster, view }: Pick<Asked, 'roster' | 'view'>, skill: number): SkillFigures {
  const serving = roster.shared(`serving ${skill}`, () =>
    roster.agents.filter((agent) => serves(agent, skill)),
  );
  return {
    deviceNo: skill,
    skillDescrip: view.queue(skill)?.name ?? '',
    queueSize: 0,
    maxQueueSize: 0,
    loggedOnAgents: serving.length,
    availAgents: serving.filter(({ record }) => record.session?.state.kind === READY).length,
  };
}

function serves({ record: { session } }: ListedAgent, skill: number): boolean {
  return session?.settings.skillQueues.includes(skill) === true;
}
