import { type Static, Type } from 'typebox';
import { OTHER_AGENT } from './agent-group.ts';
import { type Operation, SESSION_CODES } from './operation.ts';
import { flag, list, text } from './parameters.ts';

/** Queries about the skill queues of the caller's VDN. */
const QUERY = {
  method: 'GET',
  access: 'session',
  parameterCode: '000-002',
  resultCodes: SESSION_CODES,
} as const;

/** A skill queue, as queries tell it. */
export interface SkillInfo {
  readonly name: string;
  readonly id: number;
  /** 1 text, 5 voice. */
  readonly mediatype: number;
  readonly serviceType: number;
  readonly realFlag: number;
}

export const querySkillQueueOnAgent = {
  ...QUERY,
  logName: 'querySkillQueueOnAgent',
  path: `/queuedevice/{agentid}/agentskill/{workNo:${OTHER_AGENT}}`,
  resultCodes: [...SESSION_CODES, '600-001'],
} as const satisfies Operation;

export const querySkillQueueOnAgentVDN = {
  ...QUERY,
  logName: 'querySkillQueueOnAgentVDN',
  path: '/queuedevice/{agentid}/agentvdnskill',
  resultCodes: [...SESSION_CODES, '600-005'],
} as const satisfies Operation;

export const queryInNoOnVDN = {
  ...QUERY,
  logName: 'queryInNoOnVDN',
  path: '/queuedevice/{agentid}/innoinfo',
  resultCodes: [...SESSION_CODES, '600-003'],
} as const satisfies Operation;

export const queryIVRInfoOnVdn = {
  ...QUERY,
  logName: 'queryIVRInfoOnVdn',
  path: '/queuedevice/{agentid}/ivrinfo',
  resultCodes: [...SESSION_CODES, '600-004'],
} as const satisfies Operation;

export const SkillsBody = Type.Object({ skills: list({ maxItems: 1_000 }) });
export type SkillsBody = Static<typeof SkillsBody>;

export const queryStatInfoOfAcd = {
  ...QUERY,
  logName: 'queryStatInfoOfAcd',
  method: 'POST',
  path: '/queuedevice/{agentid}/queryacdstat',
  body: SkillsBody,
  parameterCode: '000-006',
  resultCodes: [...SESSION_CODES, '000-006'],
} as const satisfies Operation;

export const querySkillStatWithVdn = {
  ...queryStatInfoOfAcd,
  logName: 'querySkillStatWithVdn',
  path: '/queuedevice/{agentid}/queryskillstat',
} as const satisfies Operation;

/** VDN ids of this path, 1 to 512. */
const VDN_ID = '[1-9][0-9]?|[1-4][0-9]{2}|50[0-9]|51[0-2]';

export const querySkillQueueOnVDN = {
  ...QUERY,
  logName: 'querySkillQueueOnVDN',
  path: `/queuedevice/{agentid}/vdnskill/{vdnid:${VDN_ID}}`,
  resultCodes: [...SESSION_CODES, '300-003', '600-002'],
} as const satisfies Operation;

export const queryQueueLengthOnAgentSkills = {
  ...QUERY,
  logName: 'queryQueueLengthOnAgentSkills',
  path: '/queuedevice/{agentid}/waitnumbyagent',
} as const satisfies Operation;

export const queryAgentSkills = {
  ...QUERY,
  logName: 'queryAgentSkills',
  path: '/onlineagent/{agentid}/agentskills',
  resultCodes: [...SESSION_CODES, '600-001'],
} as const satisfies Operation;

export const queryAgentSkillsByWorkNo = {
  ...QUERY,
  logName: 'queryAgentSkillsByWorkNo',
  path: `/onlineagent/{agentid}/agentskillsbyworkno/{workno:${OTHER_AGENT}}`,
  resultCodes: [...SESSION_CODES, '600-001'],
} as const satisfies Operation;

export const ResetSkillQuery = Type.Object({
  skillid: text({ maxLength: 4_000, default: '' }),
  phonelinkage: Type.Optional(flag(false)),
});
export type ResetSkillQuery = Static<typeof ResetSkillQuery>;

/** Sets the skill queues that the agent serves. */
export const resetSkill = {
  ...QUERY,
  logName: 'resetSkill',
  method: 'POST',
  path: '/onlineagent/{agentid}/resetskill/{autoflag}',
  query: ResetSkillQuery,
} as const satisfies Operation;
