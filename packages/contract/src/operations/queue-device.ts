import { type Static, Type } from 'typebox';
import { OTHER_AGENT, SkillName } from './agent-group.ts';
import { type Operation, SESSION_CODES } from './operation.ts';
import { flag, list, text } from './parameters.ts';
import { COUNT, listOf, MEDIA_NUMBER, VDN_ID as VDN_NUMBER } from './result-values.ts';

/** Queries about the skill queues of the caller's VDN. */
const QUERY = {
  method: 'GET',
  access: 'session',
  parameterCode: '000-002',
  resultCodes: SESSION_CODES,
} as const;

/** A skill queue, as queries tell it. */
export const SkillInfo = Type.Object({
  ...SkillName.properties,
  serviceType: Type.Integer({ examples: [0] }),
  realFlag: Type.Integer({ examples: [1] }),
});
export type SkillInfo = Static<typeof SkillInfo>;

/** Who waits in a skill queue, and who serves it. */
export const SkillFigures = Type.Object({
  deviceNo: Type.Integer({ minimum: 1, examples: [1] }),
  skillDescrip: Type.String({ examples: ['Orders'] }),
  queueSize: COUNT,
  maxQueueSize: COUNT,
  loggedOnAgents: COUNT,
  availAgents: COUNT,
});
export type SkillFigures = Static<typeof SkillFigures>;

export const AccessCode = Type.Object({
  id: Type.Integer({ minimum: 1, examples: [7] }),
  inno: Type.String({ examples: ['4000'] }),
  description: Type.String({ examples: ['Main line'] }),
  vdnid: VDN_NUMBER,
  mediatype: MEDIA_NUMBER,
});
export type AccessCode = Static<typeof AccessCode>;

export const Ivr = Type.Object({
  id: Type.Integer({ minimum: 1, examples: [3] }),
  access: Type.String({ examples: ['4100'] }),
  description: Type.String({ examples: ['Opening hours'] }),
  serviceNo: Type.Integer({ minimum: 0, examples: [1] }),
});
export type Ivr = Static<typeof Ivr>;

const SKILLS = listOf(SkillInfo);

export const querySkillQueueOnAgent = {
  ...QUERY,
  logName: 'querySkillQueueOnAgent',
  path: `/queuedevice/{agentid}/agentskill/{workNo:${OTHER_AGENT}}`,
  resultCodes: [...SESSION_CODES, '600-001'],
  result: SKILLS,
} as const satisfies Operation;

export const querySkillQueueOnAgentVDN = {
  ...QUERY,
  logName: 'querySkillQueueOnAgentVDN',
  path: '/queuedevice/{agentid}/agentvdnskill',
  resultCodes: [...SESSION_CODES, '600-005'],
  result: SKILLS,
} as const satisfies Operation;

export const queryInNoOnVDN = {
  ...QUERY,
  logName: 'queryInNoOnVDN',
  path: '/queuedevice/{agentid}/innoinfo',
  resultCodes: [...SESSION_CODES, '600-003'],
  result: listOf(AccessCode),
} as const satisfies Operation;

export const queryIVRInfoOnVdn = {
  ...QUERY,
  logName: 'queryIVRInfoOnVdn',
  path: '/queuedevice/{agentid}/ivrinfo',
  resultCodes: [...SESSION_CODES, '600-004'],
  result: listOf(Ivr),
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
  result: listOf(SkillFigures),
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
  result: SKILLS,
} as const satisfies Operation;

export const queryQueueLengthOnAgentSkills = {
  ...QUERY,
  logName: 'queryQueueLengthOnAgentSkills',
  path: '/queuedevice/{agentid}/waitnumbyagent',
  result: listOf(Type.Object({ ...SkillName.properties, waitnum: COUNT })),
} as const satisfies Operation;

export const queryAgentSkills = {
  ...QUERY,
  logName: 'queryAgentSkills',
  path: '/onlineagent/{agentid}/agentskills',
  resultCodes: [...SESSION_CODES, '600-001'],
  result: SKILLS,
} as const satisfies Operation;

export const queryAgentSkillsByWorkNo = {
  ...QUERY,
  logName: 'queryAgentSkillsByWorkNo',
  path: `/onlineagent/{agentid}/agentskillsbyworkno/{workno:${OTHER_AGENT}}`,
  resultCodes: [...SESSION_CODES, '600-001'],
  result: SKILLS,
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
