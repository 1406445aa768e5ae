import { SUPERVISED_SITE } from './supervised-site.ts';

/** Who asks, by the columns of the table of rights: what is asked is about agent 301 of group 1 in VDN 1. */
export const CALLERS = {
  agent: 302,
  'own group': 201,
  'other group': 202,
  'whole VDN': 203,
  system: 205,
  'group elsewhere': 403,
  'VDN elsewhere': 401,
} as const;
export type CallerName = keyof typeof CALLERS;

/** Agents that are signed in and do not ask. */
export const OTHERS = [204, 301, 303, 304, 402];

/** What one VDN has and the other has not, as it would stand in an answer. */
const FACTS = {
  1: /Agent [23]|"[23]0\d"|"40[23]\d\d"|Morning|Evening|Orders|Chat|Returns|Tea|Main line|Hours/,
  2: /Agent 4|"40\d"|"404\d\d"|Night|Bills|Nap|Side line|Help/,
};

export function vdnOf(workNumber: number): 1 | 2 {
  return workNumber < 400 ? 1 : 2;
}

/** Whether an answer has a fact of the VDN in it. */
export function tellsOf(vdn: 1 | 2, text: string): boolean {
  return FACTS[vdn].test(text);
}

export function phoneOf(workNumber: number): string {
  return `40${workNumber}`;
}

const [first, second] = SUPERVISED_SITE.tenants;

/**
 * The site of the other tests; every agent of VDN 1 has a group, queues and a phone. VDN 2 has a group, a queue and so on
 * of its own, with the numbers that those of VDN 1 have: inspector 403 of the group, 402 in it, 401 as before.
 */
export const RIGHTS_SITE = {
  tenants: [
    {
      ...first,
      ivrs: [{ ivrId: 3, number: '4100', description: 'Hours', serviceNumber: 1 }],
      agents: first?.agents.map((agent) => ({ group: 1, skillQueues: [1, 2], ...agent })),
    },
    {
      ...second,
      groups: [{ groupId: 1, name: 'Night', supervisor: 403 }],
      skillQueues: [{ skillQueueId: 1, name: 'Bills', media: 'voice' }],
      restReasons: [{ reason: 1, label: 'Nap' }],
      accessCodes: [{ accessCodeId: 7, number: '4000', description: 'Side line', media: 'voice' }],
      ivrs: [{ ivrId: 3, number: '4100', description: 'Help', serviceNumber: 1 }],
      agents: [
        ...(second?.agents ?? []),
        { ...second?.agents[0], workNumber: 403, name: 'Agent 403', rights: [] },
      ].map((agent) => ({ group: 1, skillQueues: [1], ...agent })),
    },
  ],
};
