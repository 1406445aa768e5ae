import { type Static, Type } from 'typebox';
import type { ResultCode } from '../result-codes.ts';
import { type Operation, SESSION_CODES } from './operation.ts';
import { list, oneOf, text, wholeNumber } from './parameters.ts';

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

/** One agent, as most queries tell it. */
export interface AgentInfo {
  readonly workno: string;
  readonly name: string;
  readonly status: number;
  readonly ctiStatus: number;
  readonly groupid: number;
  readonly groupname: string;
  readonly skilllist: readonly SkillName[];
  readonly mediatype: string;
  readonly vdnid: number;
  readonly phonenumber: string;
  /** Seconds in the state. */
  readonly currentstatetime: number;
  /** Epoch ms of the sign-in; 0: signed out. */
  readonly logindate: number;
  readonly inMultimediaConf: boolean;
}

export interface SkillName {
  readonly name: string;
  readonly id: number;
  readonly mediatype: number;
}

/** One agent's state alone. */
export interface AgentStateRow {
  readonly workno: string;
  readonly name: string;
  readonly status: number;
  readonly ctiStatus: number;
  readonly groupName: string;
}

export const queryAgentInfoByConfigedSkillId = {
  ...QUERY,
  logName: 'queryAgentInfoByConfigedSkillId',
  path: `/agentgroup/{agentid}/agentbyconfigedskill/${SKILL}`,
} as const satisfies Operation;

export const queryAgentInfoBySkillId = {
  ...QUERY,
  logName: 'queryAgentInfoBySkillId',
  path: `/agentgroup/{agentid}/agentbyskill/${SKILL}`,
} as const satisfies Operation;

export const queryAgentInfoByWorkNo = {
  ...QUERY,
  logName: 'queryAgentInfoByWorkNo',
  path: `/agentgroup/{agentid}/agentbyworkno/{workno:${OTHER_AGENT}}`,
  resultCodes: [...SESSION_CODES, '300-003'],
} as const satisfies Operation;

export const queryAgentIdsBySkillId = {
  ...QUERY,
  logName: 'queryAgentIdsBySkillId',
  path: `/agentgroup/{agentid}/agentidsbyskill/${SKILL}`,
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
} as const satisfies Operation;

export const queryAllAgentInfoOnMyGroup = {
  ...QUERY,
  logName: 'queryAllAgentInfoOnMyGroup',
  path: '/agentgroup/{agentid}/agentongroup',
  resultCodes: [...SESSION_CODES, '300-004'],
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
} as const satisfies Operation;

export const queryAgentRestDetailInfo = {
  ...QUERY,
  logName: 'queryAgentRestDetailInfo',
  path: '/agentgroup/{agentid}/agentrestinfo',
  resultCodes: NO_RIGHT,
} as const satisfies Operation;

export const queryAllAgentWasNameOnVdn = {
  ...QUERY,
  logName: 'queryAllAgentWasNameOnVdn',
  path: '/agentgroup/{agentid}/agentwasnameonvdn',
} as const satisfies Operation;

export const getAllStatusAgents = {
  ...QUERY,
  logName: 'getAllStatusAgents',
  path: '/agentgroup/{agentid}/allagentstatus',
} as const satisfies Operation;

export const getAllStatusLocalAgents = {
  ...QUERY,
  logName: 'getAllStatusLocalAgents',
  path: '/agentgroup/{agentid}/alllocalagentstatus',
} as const satisfies Operation;

export const queryGroupInfoByWorkNo = {
  ...QUERY,
  logName: 'queryGroupInfoByWorkNo',
  path: `/agentgroup/{agentid}/groupbyagent/{workno:${OTHER_AGENT}}`,
  resultCodes: [...SESSION_CODES, '300-003', '300-004'],
} as const satisfies Operation;

export const queryGroupInfoOnVdn = {
  ...QUERY,
  logName: 'queryGroupInfoOnVdn',
  path: '/agentgroup/{agentid}/grouponvdn',
} as const satisfies Operation;

export const getIdleStatusAgents = {
  ...QUERY,
  logName: 'getIdleStatusAgents',
  path: '/agentgroup/{agentid}/idleagent',
} as const satisfies Operation;

export const isCallOut = {
  ...QUERY,
  logName: 'isCallOut',
  path: '/agentgroup/{agentid}/iscallout',
} as const satisfies Operation;

export const isCensor = {
  ...QUERY,
  logName: 'isCensor',
  path: '/agentgroup/{agentid}/iscensor',
} as const satisfies Operation;

export const isMonitor = {
  ...QUERY,
  logName: 'isMonitor',
  path: '/agentgroup/{agentid}/ismonitor',
} as const satisfies Operation;

export const isPickUp = {
  ...QUERY,
  logName: 'isPickUp',
  path: '/agentgroup/{agentid}/ispickup',
} as const satisfies Operation;

export const isReportManager = {
  ...QUERY,
  logName: 'isReportManager',
  path: '/agentgroup/{agentid}/isreportmanager',
} as const satisfies Operation;

export const isSpyMonitor = {
  ...QUERY,
  logName: 'isSpyMonitor',
  path: '/agentgroup/{agentid}/isspymonitor',
} as const satisfies Operation;

export const isSystem = {
  ...QUERY,
  logName: 'isSystem',
  path: '/agentgroup/{agentid}/issystem',
} as const satisfies Operation;

export const queryAllLoggedInAgentPhonesOnVdn = {
  ...QUERY,
  logName: 'queryAllLoggedInAgentPhonesOnVdn',
  path: '/agentgroup/{agentid}/loggedinagentphoneonvdn',
  resultCodes: NO_RIGHT,
} as const satisfies Operation;

export const queryAllLoginedAgentInfoOnVdn = {
  ...QUERY,
  logName: 'queryAllLoginedAgentInfoOnVdn',
  path: '/agentgroup/{agentid}/onlineagentonvdn',
} as const satisfies Operation;

export const queryAgentStatusAndTimeOnVDN = {
  ...QUERY,
  logName: 'queryAgentStatusAndTimeOnVDN',
  path: '/agentgroup/{agentid}/queryagentstatus',
} as const satisfies Operation;

export const queryAgentStatusAndSkill = {
  ...QUERY,
  logName: 'queryAgentStatusAndSkill',
  path: '/agentgroup/{agentid}/queryagentstatusandskill',
} as const satisfies Operation;

export const getAgentRestReason = {
  ...QUERY,
  logName: 'getAgentRestReason',
  path: '/agentgroup/{agentid}/restreason',
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
} as const satisfies Operation;
