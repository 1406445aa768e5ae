import { describe, expect, it } from 'vitest';
import { civilCalendar } from '../../src/platform/calendar.ts';
import { systemSecrets } from '../../src/platform/session-tokens.ts';
import { MovableTime } from '../support/movable-time.ts';
import { changeRows, type RunningGateway, withGateway } from '../support/running-gateway.ts';
import { STORES, type StoreKind } from '../support/store-kinds.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const STEP_MS = 2_000;
const ZONE = 'Europe/Berlin';
const SITE_TOKEN = 'the-site-token-of-this-test';

const agent = (workNumber: number, role = 'agent') => ({
  workNumber,
  name: `Agent ${workNumber}`,
  role,
  firstPassword: 'empty',
  firstPasswordChange: 'optional',
});
const SITE = {
  tenants: [
    {
      tenantId: 1,
      name: 'First',
      timeZone: ZONE,
      policy: { emptyPasswords: 'allowed' },
      notReadyReasons: [{ reason: 200, label: 'Paperwork' }],
      restReasons: [{ reason: 1, label: 'Lunch' }],
      agents: [agent(290, 'supervisor'), agent(291), agent(292)],
    },
    {
      tenantId: 2,
      name: 'Second',
      policy: { emptyPasswords: 'allowed' },
      agents: [agent(390, 'supervisor'), agent(391)],
    },
  ],
};

interface Interval {
  readonly session: string;
  readonly state: string;
  readonly reason: number | null;
  readonly began: number;
  readonly ended: number | null;
}

interface TimelineBody {
  readonly from: number;
  readonly to: number;
  readonly asOf: number;
  readonly intervals: readonly Interval[];
  readonly next: number | null;
}

interface DaysBody {
  readonly timeZone: string;
  readonly asOf: number;
  readonly days: readonly {
    readonly day: string;
    readonly from: number;
    readonly to: number;
    readonly signedInMs: number;
    readonly states: Readonly<Record<string, number>>;
    readonly reasons: readonly object[];
  }[];
}

/** A gateway whose time the test moves, with a site token. */
function withSite(
  store: StoreKind,
  use: (gateway: RunningGateway, time: MovableTime) => Promise<void>,
): Promise<void> {
  const time = new MovableTime();
  return withGateway({ store, time, site: SITE }, async (gateway) => {
    await gateway.withStore((opened) => opened.claimSiteToken(systemSecrets.hashToken(SITE_TOKEN)));
    await use(gateway, time);
  });
}

async function get({ client }: RunningGateway, path: string, token: string | null = SITE_TOKEN) {
  const headers = token === null ? {} : { Authorization: `Bearer ${token}` };
  const answer = await client.send({ method: 'GET', path: `/api/v1${path}`, absolute: true, headers });
  return { ...answer, body: JSON.parse(answer.text) as Record<string, unknown> };
}

async function timeline(gateway: RunningGateway, query = '', workNumber = 291): Promise<TimelineBody> {
  const { status, text } = await get(gateway, `/vdns/1/agents/${workNumber}/timeline${query}`);
  expect(status, text).toBe(200);
  return JSON.parse(text);
}

async function days(gateway: RunningGateway, query = '', workNumber = 291): Promise<DaysBody> {
  const { status, text } = await get(gateway, `/vdns/1/agents/${workNumber}/days${query}`);
  expect(status, text).toBe(200);
  return JSON.parse(text);
}

type Planted = readonly [began: number, ended: number, state?: string, reason?: number | null];

/** Writes past time of agent 292 into the store, beside the server: it cannot be lived through. */
function plant(gateway: RunningGateway, intervals: readonly Planted[]): Promise<void> {
  const rows = intervals.map(
    ([began, ended, state = 'ready', reason = null]) =>
      `(292, ${began}, ${ended}, 1, 'past', '${state}', ${reason})`,
  );
  return changeRows(
    gateway,
    `INSERT INTO agent_interval (work_number, began_at, ended_at, tenant_id, session_id, state, reason)
     VALUES ${rows.join(', ')}`,
  );
}

/** Agent 291 works: a step of time lies between any two changes. Gives its last token. */
async function work({ client }: RunningGateway, time: MovableTime): Promise<string> {
  const guid = await client.signIn(291);
  for (const call of [
    'POST saybusy?reason=200',
    'POST saybusy?reason=200&prolong=true',
    'POST saybusy?reason=201&prolong=true',
    'POST rest/60/1',
    'POST sayfree',
  ]) {
    await time.passAtOnce(STEP_MS);
    const [method = '', path] = call.split(' ');
    expect(await client.call(method, `/onlineagent/291/${path}`, guid), call).toBe('0');
  }
  await time.passAtOnce(STEP_MS);
  const second = await client.signIn(291, {}, 'forceloginex');
  await time.passAtOnce(STEP_MS);
  return second;
}

const WORKED = [
  ['ready', null],
  ['notReady', 200],
  ['notReady', 201],
  ['resting', 1],
  ['ready', null],
  ['ready', null],
];

describe.each(STORES)("agents' time on %s", (store) => {
  it('is told interval by interval while the agent works, the present one without an end [AT-4]', () =>
    withSite(store, async (gateway, time) => {
      const { client } = gateway;
      expect((await timeline(gateway)).intervals).toEqual([]);
      const guid = await work(gateway, time);
      const [session] = await gateway.rows(
        'SELECT session_id, state_since, changed_at FROM agent WHERE work_number = 291',
      );
      const { intervals, ...said } = await timeline(gateway);
      expect(intervals.map(({ state, reason }) => [state, reason])).toEqual(WORKED);
      expect(intervals.slice(0, -1).map(({ ended }) => ended)).toEqual(
        intervals.slice(1).map(({ began }) => began),
      );
      expect(intervals.at(-1)).toEqual({
        session: session?.session_id,
        state: 'ready',
        reason: null,
        began: Number(session?.state_since),
        ended: null,
      });
      expect(new Set(intervals.map(({ session: id }) => id)).size).toBe(2);
      expect(said).toEqual({
        vdn: 1,
        agent: 291,
        from: said.from,
        to: said.asOf,
        asOf: said.asOf,
        next: null,
      });
      expect(said.asOf).toBeGreaterThanOrEqual(Number(session?.changed_at));
      expect(said.to - said.from).toBeGreaterThanOrEqual(DAY_MS);
      expect(await client.call('DELETE', '/onlineagent/291/logout', guid)).toBe('0');
      const over = await timeline(gateway);
      expect(over.intervals.slice(0, -1)).toEqual(intervals.slice(0, -1));
      expect(over.intervals.at(-1)).toEqual({ ...intervals.at(-1), ended: expect.any(Number) });
    }));

  it('is told whole where an interval reaches over the bounds, and page after page [AT-4]', () =>
    withSite(store, async (gateway) => {
      const begin = Date.parse('2026-05-01T00:00:00.000Z');
      const all = Array.from({ length: 2_300 }, (_, index) => begin + index * 1_000);
      await plant(
        gateway,
        all.map((began, index) => [began, began + 1_000, 'notReady', index % 256]),
      );
      const of = (from: number, to: number) => timeline(gateway, `?from=${from}&to=${to}`, 292);
      const inside = await of(begin + 1_500, begin + 1_600);
      expect(inside.intervals).toEqual([
        { session: 'past', state: 'notReady', reason: 1, began: begin + 1_000, ended: begin + 2_000 },
      ]);
      expect([inside.from, inside.to]).toEqual([begin + 1_500, begin + 1_600]);
      const atBounds = await of(begin + 1_000, begin + 3_000);
      expect(atBounds.intervals.map(({ began }) => began)).toEqual([begin + 1_000, begin + 2_000]);
      const pages: TimelineBody[] = [];
      for (let from: number | null = begin - 1; from !== null; from = pages.at(-1)?.next ?? null) {
        pages.push(await of(from, begin + DAY_MS));
      }
      expect(pages.map(({ intervals }) => intervals.length)).toEqual([1_000, 1_000, 300]);
      expect(pages.flatMap(({ intervals }) => intervals.map(({ began }) => began))).toEqual(all);
      // Of a whole number of pages the last says so.
      expect((await of(begin, begin + 1_000_000)).next).toBeNull();
      const summed = await days(gateway, '?from=2026-05-01&to=2026-05-02', 292);
      expect(summed.days.map(({ signedInMs }) => signedInMs)).toEqual([2_300_000, 0]);
    }));

  it('is summed up by days of 23, 24 and 25 hours of the zone of the VDN [AT-5]', () =>
    withSite(store, async (gateway) => {
      const at = Date.parse;
      // Signed in from Saturday noon to Monday noon, both times the clocks change on that Sunday.
      await plant(gateway, [
        [at('2026-03-28T11:00:00Z'), at('2026-03-28T21:00:00Z')],
        [at('2026-03-28T21:00:00Z'), at('2026-03-30T00:30:00Z'), 'notReady', 200],
        [at('2026-03-30T00:30:00Z'), at('2026-03-30T10:00:00Z'), 'resting', 1],
        [at('2026-10-24T10:00:00Z'), at('2026-10-26T11:00:00Z'), 'wrapUp'],
      ]);
      const spring = await days(gateway, '?from=2026-03-28&to=2026-03-30', 292);
      expect(spring.timeZone).toBe(ZONE);
      const none = { ready: 0, notReady: 0, resting: 0, wrapUp: 0, engaged: 0 };
      expect(spring.days).toEqual([
        {
          day: '2026-03-28',
          from: at('2026-03-27T23:00:00Z'),
          to: at('2026-03-28T23:00:00Z'),
          signedInMs: 12 * HOUR_MS,
          states: { ...none, ready: 10 * HOUR_MS, notReady: 2 * HOUR_MS },
          reasons: [{ state: 'notReady', reason: 200, label: 'Paperwork', ms: 2 * HOUR_MS }],
        },
        {
          day: '2026-03-29',
          from: at('2026-03-28T23:00:00Z'),
          to: at('2026-03-29T22:00:00Z'),
          signedInMs: 23 * HOUR_MS,
          states: { ...none, notReady: 23 * HOUR_MS },
          reasons: [{ state: 'notReady', reason: 200, label: 'Paperwork', ms: 23 * HOUR_MS }],
        },
        {
          day: '2026-03-30',
          from: at('2026-03-29T22:00:00Z'),
          to: at('2026-03-30T22:00:00Z'),
          signedInMs: 12 * HOUR_MS,
          states: { ...none, notReady: 2.5 * HOUR_MS, resting: 9.5 * HOUR_MS },
          reasons: [
            { state: 'notReady', reason: 200, label: 'Paperwork', ms: 2.5 * HOUR_MS },
            { state: 'resting', reason: 1, label: 'Lunch', ms: 9.5 * HOUR_MS },
          ],
        },
      ]);
      const autumn = await days(gateway, '?from=2026-10-24&to=2026-10-26', 292);
      expect(autumn.days.map(({ signedInMs }) => signedInMs / HOUR_MS)).toEqual([12, 25, 12]);
      expect(autumn.days.map(({ states }) => states.wrapUp)).toEqual(
        autumn.days.map(({ signedInMs }) => signedInMs),
      );
    }));

  it('stands still while the clock of the store is set back [AT-3] [AT-4]', () =>
    withSite(store, async (gateway, time) => {
      const { client } = gateway;
      const guid = await client.signIn(291);
      await time.passAtOnce(STEP_MS);
      expect(await client.call('POST', '/onlineagent/291/saybusy', guid)).toBe('0');
      await time.stepStore(-HOUR_MS);
      for (const call of ['sayfree', 'saybusy', 'sayfree']) {
        expect(await client.call('POST', `/onlineagent/291/${call}`, guid)).toBe('0');
      }
      const { intervals, asOf } = await timeline(gateway);
      const [first, second, ...others] = intervals;
      expect([first?.state, second?.state, others]).toEqual(['ready', 'ready', []]);
      expect(second?.began).toBe(first?.ended);
      expect(asOf).toBeGreaterThanOrEqual(second?.began ?? Number.NaN);
      const [row] = await gateway.rows('SELECT changed_at FROM agent WHERE work_number = 291');
      expect(asOf).toBeGreaterThanOrEqual(Number(row?.changed_at));
    }));

  it('adds up to the signed-in time, also while an interval goes on [AT-5] [AT-2]', () =>
    withSite(store, async (gateway, time) => {
      const guid = await work(gateway, time);
      const [agentRow] = await gateway.rows('SELECT signed_in_at FROM agent WHERE work_number = 291');
      const [first] = (await timeline(gateway)).intervals;
      const [ended] = await gateway.rows(
        'SELECT signed_in_at, ended_at FROM ended_session WHERE work_number = 291',
      );
      expect(first?.began).toBe(Number(ended?.signed_in_at));
      const signedInMs = Number(ended?.ended_at) - Number(ended?.signed_in_at);
      const today = `?from=${civilCalendar.dayAt(ZONE, first?.began ?? 0)}&to=${civilCalendar.dayAt(ZONE, Date.now() + HOUR_MS)}`;
      const sumOf = (body: DaysBody) => body.days.reduce((sum, day) => sum + day.signedInMs, 0);
      const going = await days(gateway, today);
      expect(sumOf(going)).toBe(signedInMs + going.asOf - Number(agentRow?.signed_in_at));
      const labelled = going.days.flatMap(({ reasons }) => reasons);
      expect(labelled).toContainEqual(
        expect.objectContaining({ state: 'notReady', reason: 201, label: null }),
      );
      await gateway.client.call('DELETE', '/onlineagent/291/logout', guid);
      const [last] = await gateway.rows(
        'SELECT signed_in_at, ended_at FROM ended_session ORDER BY ended_at DESC LIMIT 1',
      );
      expect(sumOf(await days(gateway, today))).toBe(
        signedInMs + Number(last?.ended_at) - Number(last?.signed_in_at),
      );
      const withoutBounds = await days(gateway);
      expect(withoutBounds.days.map(({ day }) => day)).toEqual([
        civilCalendar.dayAt(ZONE, withoutBounds.asOf),
      ]);
    }));
});

describe.each(STORES)("who may ask for agents' time on %s", (store) => {
  it('is the site token, and an inspector of the VDN with a live session [AT-6] [ST-6]', () =>
    withSite(store, async (gateway) => {
      const { client } = gateway;
      const inspector = await client.signIn(290);
      const [bare = ''] = inspector.split('.');
      const replaced = await client.signIn(390);
      const renewed = await client.send({
        method: 'PUT',
        path: '/onlineagent/390/updateGuid',
        headers: { Guid: replaced },
      });
      const plain = await client.signIn(291);
      const callers: readonly (readonly [string | null, number, number])[] = [
        [null, 401, 401],
        ['nonsense', 401, 401],
        [`${SITE_TOKEN}x`, 401, 401],
        ['00000000-0000-4000-8000-000000000000', 401, 401],
        [SITE_TOKEN, 200, 200],
        [inspector, 200, 403],
        [bare, 200, 403],
        [bare.toUpperCase(), 200, 403],
        [String(renewed.headers.guid), 403, 200],
        [replaced, 403, 200],
        [plain, 403, 403],
      ];
      for (const call of ['timeline', 'days']) {
        for (const [token, inFirst, inSecond] of callers) {
          const first = await get(gateway, `/vdns/1/agents/291/${call}`, token);
          const second = await get(gateway, `/vdns/2/agents/391/${call}`, token);
          expect([first.status, second.status], `${call} ${token}`).toEqual([inFirst, inSecond]);
          expect(first.headers['www-authenticate']).toBe(inFirst === 401 ? 'Bearer' : undefined);
        }
      }
      expect((await get(gateway, '/site', inspector)).body.vdns).toEqual([{ vdn: 1, name: 'First' }]);
      expect((await get(gateway, '/site')).body.vdns).toHaveLength(2);
      expect((await get(gateway, '/site', plain)).status).toBe(403);
      expect(await client.call('DELETE', '/onlineagent/290/logout', inspector)).toBe('0');
      for (const path of ['/vdns/1/agents/291/timeline', '/vdns/1/agents/291/days', '/site']) {
        expect((await get(gateway, path, inspector)).body).toEqual({
          error: 'unauthorized',
          message: expect.stringContaining('Authorization: Bearer'),
        });
      }
    }));

  it('with a session lives on by it [AT-6] [LE-1]', () =>
    withSite(store, async (gateway, time) => {
      const inspector = await gateway.client.signIn(290);
      for (let passedMs = 0; passedMs < 180_000; passedMs += 30_000) {
        expect((await get(gateway, '/vdns/1/agents/291/days', inspector)).status).toBe(200);
        await time.pass(30_000);
      }
    }));
});

const CALLS: readonly (readonly [string, number, RegExp])[] = [
  ['/vdns/1/agents/291/timeline?from=yesterday', 400, /from must be a time in epoch milliseconds/],
  ['/vdns/1/agents/291/timeline?to=-1', 400, /to must be/],
  ['/vdns/1/agents/291/timeline?to=1e3', 400, /to must be/],
  ['/vdns/1/agents/291/timeline?from=', 400, /from must be/],
  ['/vdns/1/agents/291/timeline?from=1&from=2', 400, /from must be/],
  ['/vdns/1/agents/291/timeline?from=9999999999999999', 400, /from must be/],
  ['/vdns/1/agents/291/timeline?from=2000&to=1000', 400, /from must not be after to/],
  ['/vdns/1/agents/291/timeline?from=0', 400, /more than 31 days/],
  ['/vdns/1/agents/291/timeline?from=0&to=2678400000', 200, /"intervals":\[\]/],
  ['/vdns/1/agents/291/timeline?to=0', 200, /"from":-86400000/],
  ['/vdns/1/agents/291/timeline?from=0&to=2678400001', 400, /more than 31 days/],
  ['/vdns/1/agents/291/timeline?from=999999999999999', 400, /from must not be after to/],
  ['/vdns/1/agents/291/timeline?to=999999999999999', 200, /"intervals":\[\]/],
  ['/vdns/1/agents/291/days?from=1777593600000', 400, /from must be a day as YYYY-MM-DD/],
  ['/vdns/1/agents/291/days?to=2026-02-30', 400, /to must be/],
  ['/vdns/1/agents/291/days?from=2026-05-02&to=2026-05-01', 400, /from must not be after to/],
  ['/vdns/1/agents/291/days?from=2026-01-01&to=2026-03-03', 200, /"day":"2026-03-03"/],
  ['/vdns/1/agents/291/days?from=2026-01-01&to=2026-03-04', 400, /more than 62 days/],
  ['/vdns/1/agents/291/days?from=0001-01-01', 400, /more than 62 days/],
  ['/vdns/1/agents/291/days?from=0000-01-01&to=0000-01-02', 200, /"day":"0000-01-02"/],
  ['/vdns/1/agents/291/days?from=9999-12-31&to=9999-12-31', 200, /"day":"9999-12-31"/],
  ['/vdns/1/agents/0/timeline', 404, /notFound/],
  ['/vdns/1/agents/0/days', 404, /notFound/],
  ['/vdns/1/agents/ada/days', 404, /notFound/],
  ['/vdns/1/agents/299/timeline', 404, /notFound/],
  ['/vdns/1/agents/299/days', 404, /notFound/],
  ['/vdns/1/agents/391/timeline', 404, /notFound/],
  ['/vdns/1/agents/391/days', 404, /notFound/],
  ['/vdns/3/agents/291/timeline', 404, /notFound/],
  ['/vdns/3/agents/291/days', 404, /notFound/],
  ['/vdns/0/agents/291/days', 404, /notFound/],
  ['/vdns/99999999/agents/291/days', 404, /notFound/],
];

describe("a call about an agent's time", () => {
  it('is answered by what is wrong with it, or what is not there [AT-6] [AT-4] [AT-5]', () =>
    withSite('sqlite', async (gateway) => {
      for (const [path, status, text] of CALLS) {
        const answer = await get(gateway, path);
        expect([answer.status, answer.text], path).toEqual([status, expect.stringMatching(text)]);
      }
    }));

  it('is logged with VDN, agent and code, and without its query or token [AT-6]', () =>
    withSite('sqlite', async (gateway) => {
      await get(gateway, '/vdns/1/agents/291/timeline?from=1&to=4711');
      await get(gateway, '/vdns/2/agents/391/days?from=2026-05-01&to=2026-05-01');
      await get(gateway, '/vdns/1/agents/291/days', 'secret-of-somebody');
      await expect.poll(() => gateway.log.filter(({ family }) => family === 'api/v1')).toHaveLength(3);
      const lines = gateway.log.filter(({ family }) => family === 'api/v1');
      expect(lines.map(({ method, vdn, agent: about, code }) => [method, vdn, about, code])).toEqual([
        ['getAgentTimeline', 1, '291', '200'],
        ['getAgentDays', 2, '391', '200'],
        ['getAgentDays', 1, '291', '401'],
      ]);
      expect(JSON.stringify(gateway.log)).not.toMatch(/4711|2026-05-01|secret|the-site-token/);
    }));
});
