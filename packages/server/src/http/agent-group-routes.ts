import type {
  AgentListBody,
  GroupQuery,
  GroupRow,
  MediaTypesQuery,
  RestingAgent,
  StatusQuery,
} from '@rollcall/contract';
import type { Directory, ListedAgent, Roster } from '../services/directory.ts';
import { type Reply, refuse, type SessionCall } from './call.ts';
import { statusNumber } from './state-numbers.ts';
import { type Asked, type Asking, askingIn, sharedResult } from './vdn-query.ts';

const READY_STATUS = 4;
const VOICE_AND_TEXT = ['1', '5'];

/** Queries about agents and groups of the caller's VDN (docs/spec/queries.md). */
export function agentGroupRoutes(directory: Directory, nodeName: string) {
  const asking = askingIn(directory);
  return {
    ...agentInfoRoutes(asking, directory),
    ...agentListRoutes(asking, nodeName),
    ...groupRoutes(asking),
    ...roleRoutes(asking),
  };
}

/** Whole rows of agents. */
function agentInfoRoutes(asking: Asking, directory: Directory) {
  return {
    queryAgentInfoByConfigedSkillId: asking((asked, { pathParameters }) => {
      const skill = Number(pathParameters.skillid);
      return infos(asked, `configured ${skill}`, ({ definition }) => definition.skillQueues.includes(skill));
    }),
    queryAgentInfoBySkillId: asking((asked, { pathParameters }) => {
      const skill = Number(pathParameters.skillid);
      return infos(asked, `serving ${skill}`, (agent) => serves(agent, skill));
    }),
    queryAgentInfoByWorkNo: asking(async (asked, { pathParameters, live }) => {
      const workNumber = Number(pathParameters.workno) as ListedAgent['record']['workNumber'];
      // One agent costs no list: it is told as it is now.
      const agent = await directory.agent(workNumber);
      if (agent?.record.tenantId !== live.record.tenantId) return refuse('300-003');
      return { kind: 'result', result: asked.view.info(agent, { phoneShown: seesPhone(asked, agent) }) };
    }),
    queryAgentInfoWithoutSkills: asking((asked, _call, { agentlist }: AgentListBody) => {
      const rows = [...new Set<number>(agentlist)]
        .flatMap((workNumber) => asked.roster.find(workNumber) ?? [])
        .map((agent) => {
          const { skilllist: _left, ...row } = asked.view.info(agent, {
            phoneShown: seesPhone(asked, agent),
          });
          return row;
        });
      return { kind: 'result', result: rows };
    }),
    queryAgentInfoByList: asking((asked, _call, { mediaTypes }: MediaTypesQuery) => {
      const media = mediaTypes?.split(/[;,]/) ?? VOICE_AND_TEXT;
      return infos(asked, `media ${media.join()}`, (agent) => hasMedia(agent, media));
    }),
    queryAllAgentInfoOnMyGroup: asking((asked) => {
      const group = asked.view.group(asked.caller);
      return group === undefined ? refuse('300-004') : ofGroup(asked, group.groupId);
    }),
    queryAllAgentInfoOnMyGroupEx: asking((asked, _call, { groupid }: GroupQuery) => {
      const exists = asked.roster.tenant.groups.some(({ groupId }) => groupId === groupid);
      return exists ? ofGroup(asked, groupid) : refuse('300-004');
    }),
  };
}

/** Numbers, names, states and times. */
function agentListRoutes(asking: Asking, nodeName: string) {
  const states = (name: string, isIn: (agent: ListedAgent) => boolean) =>
    asking((asked) => stateRows(asked, name, isIn));
  return {
    queryAgentIdsBySkillId: asking(({ roster }, { pathParameters }) => {
      const skill = Number(pathParameters.skillid);
      const agents = roster.agents.filter((agent) => serves(agent, skill));
      return { kind: 'result', result: agents.map(({ record }) => String(record.workNumber)) };
    }),
    getAgentListByStatus: asking((asked, _call: SessionCall, { status }: StatusQuery) =>
      stateRows(asked, `status ${status}`, (agent) => statusOf(agent) === status),
    ),
    getAllStatusAgents: states('all', () => true),
    queryAllLoginedAgentInfoOnVdn: states('signed in', ({ record }) => record.session !== null),
    getAllStatusLocalAgents: states('local', ({ record }) => record.session?.settings.node === nodeName),
    getIdleStatusAgents: states('ready', (agent) => statusOf(agent) === READY_STATUS),
    queryAllAgentWasNameOnVdn: asking(({ roster }) =>
      sharedResult(roster, 'names', () =>
        roster.agents.map(({ record, definition: { name } }) => ({
          workno: String(record.workNumber),
          name,
        })),
      ),
    ),
    queryAgentStatusAndTimeOnVDN: asking(({ roster, view }) =>
      sharedResult(roster, 'states and times', () =>
        roster.agents.map((agent) => ({
          ...view.stateRow(agent),
          currentstatetime: view.secondsInState(agent),
        })),
      ),
    ),
    queryAgentStatusAndSkill: asking(({ roster, view }) =>
      sharedResult(roster, 'states and skills', () =>
        roster.agents.map((agent) => ({ ...view.stateRow(agent), skills: view.served(agent) })),
      ),
    ),
    queryAllLoggedInAgentPhonesOnVdn: asking(({ roster, isInspector }) =>
      isInspector ? sharedResult(roster, 'phones', () => phoneRows(roster)) : refuse('300-001'),
    ),
    queryAgentRestDetailInfo: asking(({ roster, isInspector }) =>
      isInspector ? sharedResult(roster, 'rests', () => restRows(roster)) : refuse('300-001'),
    ),
  };
}

function groupRoutes(asking: Asking) {
  return {
    queryGroupInfoByWorkNo: asking(({ roster, view }, { pathParameters }) => {
      const agent = roster.find(Number(pathParameters.workno));
      if (agent === undefined) return refuse('300-003');
      const group = view.group(agent);
      return group === undefined ? refuse('300-004') : { kind: 'result', result: groupRow(roster, group) };
    }),
    queryGroupInfoOnVdn: asking(({ roster }) =>
      sharedResult(roster, 'groups', () => roster.tenant.groups.map((group) => groupRow(roster, group))),
    ),
    getAgentRestReason: asking(({ roster }) => ({
      kind: 'result',
      result: roster.tenant.restReasons.map(({ reason, label }) => ({
        restReasonId: reason,
        restReason: label,
      })),
    })),
  };
}

/** What the caller itself may do. */
function roleRoutes(asking: Asking) {
  const own = (isSo: (asked: Asked) => boolean) =>
    asking((asked) => ({ kind: 'result', result: isSo(asked) }));
  const right = (name: ListedAgent['definition']['rights'][number]) =>
    own(({ caller }) => caller.definition.rights.includes(name));
  return {
    isCensor: own(({ isInspector }) => isInspector),
    isMonitor: own(({ caller, roster }) =>
      roster.tenant.groups.some(({ supervisor }) => supervisor === caller.record.workNumber),
    ),
    isCallOut: right('callOut'),
    isPickUp: right('pickUp'),
    isReportManager: right('reportManager'),
    isSpyMonitor: right('spyMonitor'),
    isSystem: right('system'),
  };
}

function statusOf({ record }: ListedAgent): number {
  return statusNumber(record.session?.state ?? null);
}

function serves({ record: { session } }: ListedAgent, skill: number): boolean {
  return session?.settings.skillQueues.includes(skill) === true;
}

/** 1 text: registered for text chat; 5 voice: every session of the CCS. */
function hasMedia({ record: { session } }: ListedAgent, media: readonly string[]): boolean {
  if (session === null) return false;
  return media.includes('5') || (media.includes('1') && session.settings.registerTextChat);
}

/** QU-6: an inspector sees every phone, everybody else their own. */
function seesPhone({ isInspector, caller }: Asked, { record }: ListedAgent): boolean {
  return isInspector || record.workNumber === caller.record.workNumber;
}

function ofGroup(asked: Asked, groupId: number): Reply {
  return infos(asked, `group ${groupId}`, ({ definition }) => definition.group === groupId);
}

/** Rows are serialised once for all who ask; where phones are hidden, the caller's own is put in for it alone. */
function infos(asked: Asked, name: string, isIn: (agent: ListedAgent) => boolean): Reply {
  const { roster, view, caller, isInspector } = asked;
  const agents = roster.shared(`infos ${name}`, () => roster.agents.filter(isIn));
  const rowOf = (agent: ListedAgent, phoneShown: boolean) =>
    roster.shared(`info ${phoneShown} ${agent.record.workNumber}`, () =>
      JSON.stringify(view.info(agent, { phoneShown })),
    );
  const textFor = (sees: (agent: ListedAgent) => boolean) =>
    `[${agents.map((agent) => rowOf(agent, sees(agent))).join(',')}]`;
  const text = isInspector
    ? roster.shared(`infos text ${name}`, () => textFor(() => true))
    : textFor(({ record }) => record.workNumber === caller.record.workNumber);
  return { kind: 'resultText', text };
}

function stateRows({ roster, view }: Asked, name: string, isIn: (agent: ListedAgent) => boolean): Reply {
  return sharedResult(roster, `states ${name}`, () =>
    roster.agents.filter(isIn).map((agent) => view.stateRow(agent)),
  );
}

function phoneRows({ agents }: Roster) {
  return agents.flatMap(({ record: { workNumber, session } }) =>
    session === null ? [] : [{ workno: String(workNumber), phonenumber: session.settings.phoneNumber ?? '' }],
  );
}

function restRows({ tenant, agents }: Roster): RestingAgent[] {
  const labels = new Map(tenant.restReasons.map(({ reason, label }) => [reason, label]));
  return agents.flatMap(({ record: { workNumber, session }, definition: { name } }) => {
    if (session === null || session.state.kind !== 'resting') return [];
    const { reason, until } = session.state;
    return [
      {
        workno: String(workNumber),
        name,
        restReasonId: reason,
        restReason: labels.get(reason) ?? '',
        restTime: Math.max(0, Math.round((until - session.stateSince) / 1_000)),
        beginTime: session.stateSince,
      },
    ];
  });
}

/** `monitorno` is a number, 0 where the group has no supervisor. */
function groupRow(
  roster: Roster,
  { groupId, name, supervisor = 0 }: Roster['tenant']['groups'][number],
): GroupRow {
  const monitor = roster.find(supervisor);
  return { id: groupId, name, monitorno: supervisor, monitorname: monitor?.definition.name ?? '' };
}
