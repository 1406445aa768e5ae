import { type Static, Type } from 'typebox';
import type { ResultCode } from '../result-codes.ts';
import { type Operation, SESSION_CODES } from './operation.ts';
import { list, oneOf, text, wholeNumber } from './parameters.ts';
import {
  CTI_STATUS,
  EPOCH_MS,
  listOf,
  MEDIA,
  MEDIA_NUMBER,
  NAME,
  SECONDS,
  STATUS,
  VDN_ID,
  WORKNO,
} from './result-values.ts';

const SKILL = '{skillid:[1-9][0-9]*}';
/** A work number in a place where the path's own agent does not stand. */
export const OTHER_AGENT = '[1-9][0-9]{2,5}';
const NO_RIGHT: readonly ResultCode[] = [...SESSION_CODES, '300-001'];

/** Queries about the agents and groups of the caller's VDN. */
const QUERY = {
  method: 'GET',
  access: 'session',
  parameterCode: '000-002',
  resultCodes: SESSION_CODES,
} as const;

export const SkillName = Type.Object({
  name: Type.String({ examples: ['Orders'] }),
  id: Type.Integer({ minimum: 1, examples: [1] }),
  mediatype: MEDIA_NUMBER,
});
export type SkillName = Static<typeof SkillName>;

/** One agent, as most queries tell it. */
export const AgentInfo = Type.Object({
  workno: WORKNO,
  name: NAME,
  status: STATUS,
  ctiStatus: CTI_STATUS,
  groupid: Type.Integer({ minimum: 0, description: '0: the agent has no group.', examples: [1] }),
  groupname: Type.String({ examples: ['Morning'] }),
  skilllist: Type.Array(SkillName, { description: 'The skill queues that the agent serves.' }),
  mediatype: MEDIA,
  vdnid: VDN_ID,
  phonenumber: Type.String({ description: 'Empty where the caller may not see it.', examples: ['40038'] }),
  currentstatetime: Type.Integer({ minimum: 0, description: 'Seconds in the state.', examples: [90] }),
  logindate: Type.Integer({
    minimum: 0,
    description: 'Epoch milliseconds of the sign-in; 0: signed out.',
    examples: [1_792_870_000_000],
  }),
  inMultimediaConf: Type.Boolean({ examples: [false] }),
});
export type AgentInfo = Static<typeof AgentInfo>;

/** One agent's state alone. */
export const AgentStateRow = Type.Object({
  workno: WORKNO,
  name: NAME,
  status: STATUS,
  ctiStatus: CTI_STATUS,
  groupName: Type.String({ examples: ['Morning'] }),
});
export type AgentStateRow = Static<typeof AgentStateRow>;

export const AgentName = Type.Object({ workno: WORKNO, name: NAME });
export type AgentName = Static<typeof AgentName>;

export const RestReason = Type.Object({
  restReasonId: Type.Integer({ minimum: 0, maximum: 255, examples: [1] }),
  restReason: Type.String({ examples: ['Tea'] }),
});
export type RestReason = Static<typeof RestReason>;

/** An agent that rests. */
export const RestingAgent = Type.Object({
  ...AgentName.properties,
  ...RestReason.properties,
  restTime: SECONDS,
  beginTime: EPOCH_MS,
});
export type RestingAgent = Static<typeof RestingAgent>;

export const GroupRow = Type.Object({
  id: Type.Integer({ minimum: 1, examples: [1] }),
  name: Type.String({ examples: ['Morning'] }),
  monitorno: Type.Integer({ minimum: 0, description: 'The supervisor; 0: none.', examples: [201] }),
  monitorname: Type.String({ examples: ['Agent 201'] }),
});
export type GroupRow = Static<typeof GroupRow>;

/** An answer to a question about the caller's own rights. */
const YES_OR_NO = Type.Boolean({ examples: [false] });
const AGENTS = listOf(AgentInfo);
const STATES = listOf(AgentStateRow);

export const queryAgentInfoByConfigedSkillId = {
  ...QUERY,
  logName: 'queryAgentInfoByConfigedSkillId',
  path: `/agentgroup/{agentid}/agentbyconfigedskill/${SKILL}`,
  result: AGENTS,
} as const satisfies Operation;

export const queryAgentInfoBySkillId = {
  ...QUERY,
  logName: 'queryAgentInfoBySkillId',
  path: `/agentgroup/{agentid}/agentbyskill/${SKILL}`,
  result: AGENTS,
} as const satisfies Operation;

export const queryAgentInfoByWorkNo = {
  ...QUERY,
  logName: 'queryAgentInfoByWorkNo',
  path: `/agentgroup/{agentid}/agentbyworkno/{workno:${OTHER_AGENT}}`,
  resultCodes: [...SESSION_CODES, '300-003'],
  result: AgentInfo,
} as const satisfies Operation;

export const queryAgentIdsBySkillId = {
  ...QUERY,
  logName: 'queryAgentIdsBySkillId',
  path: `/agentgroup/{agentid}/agentidsbyskill/${SKILL}`,
  result: listOf(WORKNO),
} as const satisfies Operation;

export const AgentListBody = Type.Object({ agentlist: list({ maxItems: 1_000 }) });
export type AgentListBody = Static<typeof AgentListBody>;

export const queryAgentInfoWithoutSkills = {
  ...QUERY,
  logName: 'queryAgentInfoWithoutSkills',
  method: 'POST',
  path: '/agentgroup/{agentid}/agentinfonoskills',
  body: AgentListBody,
  parameterCode: '000-006',
  resultCodes: [...SESSION_CODES, '000-006'],
  result: listOf(Type.Omit(AgentInfo, ['skilllist'])),
} as const satisfies Operation;

export const StatusQuery = Type.Object({
  status: oneOf([2, 3, 4, 5, 7, 8, 9], { valueMandatory: true }),
});
export type StatusQuery = Static<typeof StatusQuery>;

export const getAgentListByStatus = {
  ...QUERY,
  logName: 'getAgentListByStatus',
  path: '/agentgroup/{agentid}/agentlistbystatus',
  query: StatusQuery,
  result: STATES,
} as const satisfies Operation;

export const queryAllAgentInfoOnMyGroup = {
  ...QUERY,
  logName: 'queryAllAgentInfoOnMyGroup',
  path: '/agentgroup/{agentid}/agentongroup',
  resultCodes: [...SESSION_CODES, '300-004'],
  result: AGENTS,
} as const satisfies Operation;

export const GroupQuery = Type.Object({
  groupid: wholeNumber({ minimum: 1, maximum: 65_535, valueMandatory: true }),
});
export type GroupQuery = Static<typeof GroupQuery>;

export const queryAllAgentInfoOnMyGroupEx = {
  ...QUERY,
  logName: 'queryAllAgentInfoOnMyGroupEx',
  path: '/agentgroup/{agentid}/agentongroupex',
  query: GroupQuery,
  resultCodes: [...SESSION_CODES, '300-004'],
  result: AGENTS,
} as const satisfies Operation;

export const queryAgentRestDetailInfo = {
  ...QUERY,
  logName: 'queryAgentRestDetailInfo',
  path: '/agentgroup/{agentid}/agentrestinfo',
  resultCodes: NO_RIGHT,
  result: listOf(RestingAgent),
} as const satisfies Operation;

export const queryAllAgentWasNameOnVdn = {
  ...QUERY,
  logName: 'queryAllAgentWasNameOnVdn',
  path: '/agentgroup/{agentid}/agentwasnameonvdn',
  result: listOf(AgentName),
} as const satisfies Operation;

export const getAllStatusAgents = {
  ...QUERY,
  logName: 'getAllStatusAgents',
  path: '/agentgroup/{agentid}/allagentstatus',
  result: STATES,
} as const satisfies Operation;

export const getAllStatusLocalAgents = {
  ...QUERY,
  logName: 'getAllStatusLocalAgents',
  path: '/agentgroup/{agentid}/alllocalagentstatus',
  result: STATES,
} as const satisfies Operation;

export const queryGroupInfoByWorkNo = {
  ...QUERY,
  logName: 'queryGroupInfoByWorkNo',
  path: `/agentgroup/{agentid}/groupbyagent/{workno:${OTHER_AGENT}}`,
  resultCodes: [...SESSION_CODES, '300-003', '300-004'],
  result: GroupRow,
} as const satisfies Operation;

export const queryGroupInfoOnVdn = {
  ...QUERY,
  logName: 'queryGroupInfoOnVdn',
  path: '/agentgroup/{agentid}/grouponvdn',
  result: listOf(GroupRow),
} as const satisfies Operation;

export const getIdleStatusAgents = {
  ...QUERY,
  logName: 'getIdleStatusAgents',
  path: '/agentgroup/{agentid}/idleagent',
  result: STATES,
} as const satisfies Operation;

export const isCallOut = {
  ...QUERY,
  logName: 'isCallOut',
  path: '/agentgroup/{agentid}/iscallout',
  result: YES_OR_NO,
} as const satisfies Operation;

export const isCensor = {
  ...QUERY,
  logName: 'isCensor',
  path: '/agentgroup/{agentid}/iscensor',
  result: YES_OR_NO,
} as const satisfies Operation;

export const isMonitor = {
  ...QUERY,
  logName: 'isMonitor',
  path: '/agentgroup/{agentid}/ismonitor',
  result: YES_OR_NO,
} as const satisfies Operation;

export const isPickUp = {
  ...QUERY,
  logName: 'isPickUp',
  path: '/agentgroup/{agentid}/ispickup',
  result: YES_OR_NO,
} as const satisfies Operation;

export const isReportManager = {
  ...QUERY,
  logName: 'isReportManager',
  path: '/agentgroup/{agentid}/isreportmanager',
  result: YES_OR_NO,
} as const satisfies Operation;

export const isSpyMonitor = {
  ...QUERY,
  logName: 'isSpyMonitor',
  path: '/agentgroup/{agentid}/isspymonitor',
  result: YES_OR_NO,
} as const satisfies Operation;

export const isSystem = {
  ...QUERY,
  logName: 'isSystem',
  path: '/agentgroup/{agentid}/issystem',
  result: YES_OR_NO,
} as const satisfies Operation;

export const queryAllLoggedInAgentPhonesOnVdn = {
  ...QUERY,
  logName: 'queryAllLoggedInAgentPhonesOnVdn',
  path: '/agentgroup/{agentid}/loggedinagentphoneonvdn',
  resultCodes: NO_RIGHT,
  result: listOf(Type.Object({ workno: WORKNO, phonenumber: Type.String({ examples: ['40038'] }) })),
} as const satisfies Operation;

export const queryAllLoginedAgentInfoOnVdn = {
  ...QUERY,
  logName: 'queryAllLoginedAgentInfoOnVdn',
  path: '/agentgroup/{agentid}/onlineagentonvdn',
  result: STATES,
} as const satisfies Operation;

export const queryAgentStatusAndTimeOnVDN = {
  ...QUERY,
  logName: 'queryAgentStatusAndTimeOnVDN',
  path: '/agentgroup/{agentid}/queryagentstatus',
  result: listOf(Type.Object({ ...AgentStateRow.properties, currentstatetime: SECONDS })),
} as const satisfies Operation;

export const queryAgentStatusAndSkill = {
  ...QUERY,
  logName: 'queryAgentStatusAndSkill',
  path: '/agentgroup/{agentid}/queryagentstatusandskill',
  result: listOf(Type.Object({ ...AgentStateRow.properties, skills: listOf(SkillName) })),
} as const satisfies Operation;

export const getAgentRestReason = {
  ...QUERY,
  logName: 'getAgentRestReason',
  path: '/agentgroup/{agentid}/restreason',
  result: listOf(RestReason),
} as const satisfies Operation;

export const MediaTypesQuery = Type.Object({
  mediaTypes: Type.Optional(text({ maxLength: 32, pattern: '^[0-9]{1,3}([;,][0-9]{1,3})*$' })),
});
export type MediaTypesQuery = Static<typeof MediaTypesQuery>;

export const queryAgentInfoByList = {
  ...QUERY,
  logName: 'queryAgentInfoByList',
  path: '/agentgroup/{agentid}/agentbylist',
  query: MediaTypesQuery,
  result: AGENTS,
} as const satisfies Operation;
