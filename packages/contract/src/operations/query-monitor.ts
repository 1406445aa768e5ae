import { type Static, Type } from 'typebox';
import { OTHER_AGENT } from './agent-group.ts';
import { type Operation, SESSION_CODES } from './operation.ts';
import { text } from './parameters.ts';
import { SkillFigures } from './queue-device.ts';
import { COUNT, EPOCH_MS, listOf, WORKNO } from './result-values.ts';

/** Queries about the installation; `000-003` for who has not the right. */
const QUERY = {
  method: 'GET',
  access: 'session',
  parameterCode: '000-002',
  resultCodes: SESSION_CODES,
} as const;

const SERVER_NAME = Type.String({ examples: ['AgentGateway'] });
const NODE_NAME = Type.String({ examples: ['AgentGateway1'] });
const STATE = Type.Enum(['starting', 'serving', 'draining'], { examples: ['serving'] });

/** The node that took an agent's sign-in; none: empty. */
export const AgentNode = Type.Object({ workno: WORKNO, clusterName: SERVER_NAME, nodeName: NODE_NAME });
export type AgentNode = Static<typeof AgentNode>;

export const ClusterInfo = Type.Object({
  clusterName: SERVER_NAME,
  nodes: listOf(Type.Object({ name: NODE_NAME, state: STATE })),
});

export const queryAgentClusterInfo = {
  ...QUERY,
  logName: 'queryAgentClusterInfo',
  path: `/querymonitor/{agentid}/agentclusterinfo/{workno:${OTHER_AGENT}}`,
  resultCodes: [...SESSION_CODES, '300-003'],
  result: AgentNode,
} as const satisfies Operation;

export const queryAllAgentClusterInfo = {
  ...QUERY,
  logName: 'queryAllAgentClusterInfo',
  path: '/querymonitor/{agentid}/allagentclusterinfo',
  result: listOf(AgentNode),
} as const satisfies Operation;

export const queryClusterInfo = {
  ...QUERY,
  logName: 'queryClusterInfo',
  path: '/querymonitor/{agentid}/clusterinfo',
  result: ClusterInfo,
} as const satisfies Operation;

export const queryClusterInfoByName = {
  ...QUERY,
  logName: 'queryClusterInfoByName',
  path: '/querymonitor/{agentid}/clusterinfobyname/{clustername}',
  resultCodes: [...SESSION_CODES, '300-002'],
  result: ClusterInfo,
} as const satisfies Operation;

export const queryServerTime = {
  ...QUERY,
  logName: 'queryServerTime',
  path: '/querymonitor/{agentid}/servertime',
  result: EPOCH_MS,
} as const satisfies Operation;

/** Answered and audited; an agent never switches off its own lease. */
export const setAgentTimeOut = {
  ...QUERY,
  logName: 'setAgentTimeOut',
  method: 'POST',
  path: '/querymonitor/{agentid}/setagenttimeout/{flag}',
} as const satisfies Operation;

export const MaxChatsQuery = Type.Object({ agents: Type.Optional(text({ maxLength: 4_000 })) });
export type MaxChatsQuery = Static<typeof MaxChatsQuery>;

export const setMaxChatNum = {
  ...QUERY,
  logName: 'setMaxChatNum',
  method: 'POST',
  path: '/querymonitor/{agentid}/setmaxchatnum/{vdnid:[0-9]+}/{chatnum:[0-9]+}',
  query: MaxChatsQuery,
} as const satisfies Operation;

export const querySkillsStatisticInfo = {
  ...QUERY,
  logName: 'querySkillsStatisticInfo',
  path: '/querymonitor/{agentid}/skillstatisticinfo/{skillid:[1-9][0-9]*}',
  result: Type.Union([SkillFigures, Type.Object({}, { maxProperties: 0 })]),
} as const satisfies Operation;

export const querySystemStateInfo = {
  ...QUERY,
  logName: 'querySystemStateInfo',
  path: '/querymonitor/{agentid}/systemstate',
  result: Type.Object({ state: STATE, agents: COUNT, nodes: COUNT }),
} as const satisfies Operation;

export const querySysVersion = {
  ...QUERY,
  logName: 'querySysVersion',
  path: '/querymonitor/{agentid}/systemversion',
  result: Type.String({ examples: ['0.1.0'] }),
} as const satisfies Operation;
