import { LATER_OPERATIONS, OPERATIONS, type Operation, parsePathTemplate } from '@rollcall/contract';
import { describe, expect, it } from 'vitest';
import { withDesk } from './desk.ts';
import { CALLBACK_DESK, SYNCHRONOUS_DESK } from './desk-scripts.ts';

const SEEN_BY_A_DESK = [
  'login 200 0 291',
  'AgentOther_InService',
  'AgentState_Ready',
  'serves queue 2: 291',
  'AgentState_SetNotReady_Success',
  'AgentState_CancelNotReady_Success',
  'AgentState_SetRest_Success',
  'AgentState_CancelRest_Success',
  'over 200 100-006',
];

describe.each(['own', 'listed'] as const)("a desk's page of an origin: %s", (origin) => {
  it.each([
    ['by callback', CALLBACK_DESK],
    ['synchronously', SYNCHRONOUS_DESK],
  ])(
    'signs in, resets its queues, polls, changes its state and signs out %s [RJ-5] [RJ-6] [RJ-7] [CO-2] [CO-3]',
    async (_, desk) => {
      await withDesk(origin, async ({ open }) => {
        const page = await open(desk);
        await expect.poll(() => page.evaluate('seen')).toEqual(SEEN_BY_A_DESK);
      });
    },
  );
});

it('a page of an origin that is not listed reads no answer and signs nobody in [CO-1] [RJ-5]', async () => {
  await withDesk('unlisted', async ({ gateway, open }) => {
    const page = await open();
    const call = `{ agentid: '291', $entity: { password: '', phonenum: '40038' } }`;
    expect(await page.evaluate(`typeof OnlineAgent.login(${call})`)).toBe('undefined');
    const byCallback = `new Promise(function (told) {
      var call = ${call};
      call.$callback = function (status, xhr, entity) { told([status, typeof xhr, typeof entity]); };
      OnlineAgent.login(call);
    })`;
    expect(await page.evaluate(byCallback)).toEqual([0, 'object', 'undefined']);
    expect(await gateway.rows('SELECT * FROM phone')).toEqual([]);
  });
});

const FAMILY_OBJECTS: Readonly<Record<string, string>> = {
  agentevent: 'AgentEventDispatcher',
  agentgroup: 'AgentGroup',
  calldata: 'CallData',
  onlineagent: 'OnlineAgent',
  qualitycontrol: 'QualityControl',
  querymonitor: 'QueryMonitor',
  queuedevice: 'QueueDevice',
  recordplay: 'RecordPlayVoice',
  textchat: 'TextChat',
  voicecall: 'VoiceCall',
};

/** Every operation as a page calls it, with 1 for each parameter of its path. */
function callsOfAll(): { object: string; name: string; family: string; params: Record<string, string> }[] {
  const operations: readonly Operation[] = Object.values(OPERATIONS);
  const offered = operations
    .filter(({ isStream }) => isStream !== true)
    .map(({ path, logName }) => [path, logName] as const);
  const later = LATER_OPERATIONS.map(({ path, logName }) => [path, logName] as const);
  return [...offered, ...later].map(([path, name]) => {
    const template = parsePathTemplate(path);
    const names = template.flatMap((part) => (part.kind === 'parameter' ? [part.name] : []));
    const family = path.split('/')[1] ?? '';
    const params = Object.fromEntries(names.map((parameter) => [parameter, '1']));
    return { object: FAMILY_OBJECTS[family] ?? '', name, family, params };
  });
}

describe('the functions of the browser client', () => {
  it('are one for each operation of the contract, and each reaches its own [RJ-2] [RJ-3]', async () => {
    await withDesk('own', async ({ gateway, open, context }) => {
      const bare = await context.newPage();
      await bare.goto(`https://127.0.0.1:${gateway.port}/`);
      const globals = 'Object.getOwnPropertyNames(window)';
      const before = await bare.evaluate<string[]>(globals);
      const page = await open();
      const added = (await page.evaluate<string[]>(globals)).filter((name) => !before.includes(name));
      const objects = Object.values(FAMILY_OBJECTS);
      expect(added.toSorted()).toEqual([...objects, 'REST', 'cookiestring'].toSorted());

      const calls = callsOfAll();
      const listed = `[${objects}].map(function (each) { return Object.keys(each).length; })`;
      const counts = objects.map((object) => calls.filter((call) => call.object === object).length);
      expect(await page.evaluate(listed)).toEqual(counts);

      const answers = `Promise.all(${JSON.stringify(calls)}.map(function (call) {
        return new Promise(function (told) {
          call.params.$callback = function (status, xhr, entity) { told(entity.retcode); };
          window[call.object][call.name](call.params);
        });
      }))`;
      const codes = await page.evaluate<string[]>(answers);
      expect(codes).toHaveLength(calls.length);
      const reached = () =>
        gateway.log
          .filter(({ msg, family }) => msg === 'request' && family !== '-' && family !== 'page')
          .map(({ family, method }) => `${family} ${method}`);
      await expect.poll(() => reached().length).toBe(calls.length);
      expect(reached().toSorted()).toEqual(calls.map(({ family, name }) => `${family} ${name}`).toSorted());
    });
  });
});
