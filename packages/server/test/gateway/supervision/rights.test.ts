import { OPERATIONS, type OperationName, parsePathTemplate } from '@rollcall/contract';
import { describe, expect, it } from 'vitest';
import { MovableTime } from '../../support/movable-time.ts';
import { type RunningGateway, withGateway } from '../../support/running-gateway.ts';
import { STORES } from '../../support/store-kinds.ts';
import { CALLERS, type CallerName, OTHERS, phoneOf, RIGHTS_SITE, tellsOf, vdnOf } from './rights-site.ts';
import { operationsWithRights, type RightsRow, readRightsTable } from './rights-table.ts';
import { Caller } from './supervised-site.ts';

/** What stands in the path for each of its parameters. */
const IN_PATH: Readonly<Record<string, string | number>> = {
  workno: 301,
  workNo: 301,
  skillid: 1,
  vdnid: 1,
  time: 60,
  reason: 1,
  chatnum: 5,
  flag: 'false',
  clustername: 'AgentGateway',
};
const QUERIES: Partial<Record<OperationName, string>> = {
  getAgentListByStatus: 'status=4',
  queryAllAgentInfoOnMyGroupEx: 'groupid=1',
  beginMonitor: 'agents=304',
  endMonitor: 'agents=303',
  requestWhisperAgent: 'whisperagentid=301',
  requestStopWhisperAgent: 'whisperagentid=301',
  requestSwitchInsertWhisperAgent: 'whisperagentid=301&switchtype=1',
};
const BODIES: Partial<Record<OperationName, object>> = {
  queryAgentInfoWithoutSkills: { agentlist: ['301', 402] },
  queryStatInfoOfAcd: { skills: ['1'] },
  querySkillStatWithVdn: { skills: [1] },
};
/** Longer than a list over a VDN is shared. */
const LATER_MS = 1_100;
const EVERYTHING =
  'SELECT agent.*, (SELECT COUNT(*) FROM audit_entry) AS lines FROM agent ORDER BY work_number';

function signIn(gateway: RunningGateway, workNumber: number): Promise<Caller> {
  return Caller.signIn(gateway, workNumber, { phonenum: phoneOf(workNumber) });
}

function pathOf(name: OperationName): string {
  const parts = parsePathTemplate(OPERATIONS[name].path).map((part) => {
    if (part.kind === 'literal') return part.text;
    return part.name === 'agentid' ? '{}' : (IN_PATH[part.name] ?? `no value for ${part.name}`);
  });
  const query = QUERIES[name];
  return `/${parts.join('/')}${query === undefined ? '' : `?${query}`}`;
}

/** What a caller got, in the words of the table. */
async function ask(caller: Caller, name: OperationName): Promise<string> {
  const { method } = OPERATIONS[name];
  const { retcode, message, result } = await caller.call(method, pathOf(name), BODIES[name]);
  const text = JSON.stringify(result) ?? '';
  const own = vdnOf(caller.workNumber);
  if (tellsOf(own === 1 ? 2 : 1, `${text} ${message}`)) return `${retcode}, another VDN`;
  if (retcode !== '0' || result === undefined) return retcode;
  if (typeof result === 'boolean') return String(result);
  if (text === '[]') return '0, none';
  if (own === 2) return tellsOf(2, text) ? '0, own VDN' : '0';
  return ['0', ...phoneWords(caller.workNumber, text)].join(', ');
}

/** Whose phones are in an answer, the caller's own excepted. */
function phoneWords(asking: number, text: string): string[] {
  const ownPhone = `"phonenumber":"${phoneOf(asking)}"`;
  const others = text.replaceAll(ownPhone, '');
  const isShown = /"40[23]\d\d"/.test(others);
  const isHidden = others.includes('"phonenumber":""');
  return [...(isShown ? ['phone'] : []), ...(isHidden ? ['no phone'] : [])];
}

describe('the table of rights', () => {
  it('names each operation on agents, groups, queues and the installation, and no other [SV-13]', () => {
    expect([...readRightsTable().keys()].toSorted()).toEqual(operationsWithRights());
  });
});

describe.each(STORES)('rights on %s', (store) => {
  it('each caller gets what the table says, and a refused one changes nothing [SV-13]', async () => {
    const time = new MovableTime();
    await withGateway({ store, site: RIGHTS_SITE, time }, async (gateway) => {
      const callers = new Map<CallerName, Caller>();
      for (const [name, workNumber] of Object.entries(CALLERS)) {
        callers.set(name as CallerName, await signIn(gateway, workNumber));
      }
      for (const workNumber of OTHERS) await prepare(await signIn(gateway, workNumber));
      for (const caller of callers.values()) await prepare(caller);
      await time.passAtOnce(LATER_MS);

      const table = readRightsTable() as ReadonlyMap<OperationName, RightsRow>;
      const found: Record<string, Record<string, string>> = {};
      for (const [name, row] of table) {
        const got: Record<string, string> = {};
        const isDone = ([column]: [CallerName, Caller]) => /^(?:0|true|false)(?:,|$)/.test(row[column]);
        const before = await gateway.rows(EVERYTHING);
        for (const [column, caller] of [...callers].filter((each) => !isDone(each))) {
          got[column] = await ask(caller, name);
        }
        expect(await gateway.rows(EVERYTHING), `${name} was refused`).toEqual(before);
        for (const [column, caller] of [...callers].filter(isDone)) {
          got[column] = await ask(caller, name);
          if (name === 'forceLogOutAgent') await signIn(gateway, 301);
        }
        found[name] = got;
        if (OPERATIONS[name].method !== 'GET') await time.passAtOnce(LATER_MS);
      }
      expect(found).toEqual(Object.fromEntries(table));
    });
  });
});

/** Serves its queues; 304 rests. */
async function prepare(caller: Caller): Promise<void> {
  expect((await caller.call('POST', '/onlineagent/{}/resetskill/true')).retcode).toBe('0');
  if (caller.workNumber === 304) {
    expect((await caller.call('POST', '/onlineagent/{}/rest/600/1')).retcode).toBe('0');
  }
}
