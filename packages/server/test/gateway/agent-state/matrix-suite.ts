import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { MovableTime } from '../../support/movable-time.ts';
import { type RunningGateway, withGateway } from '../../support/running-gateway.ts';
import type { StoreKind } from '../../support/store-kinds.ts';
import {
  AgentUnderTest,
  type ContactStep,
  inspect,
  readAgents,
  STATES_SITE,
  type StoredAgent,
  stateOf,
  statusIn,
  VDN,
  VDN_WITH_LIMIT,
} from './agent-in-state.ts';
import { type Cell, readMoveTable, STATES } from './move-table.ts';

const CONTACT_STEPS: Readonly<Record<string, ContactStep>> = {
  'a contact is offered': 'offerContact',
  'it is answered': 'answerContact',
  'it ends': 'endContact',
  'it ends, no wrap-up due': 'endContact',
};
const INSPECTIONS: Readonly<Record<string, string>> = {
  "an inspector's forceidle": 'forceidle',
  "an inspector's forcebusy": 'forcebusy',
  "an inspector's forcerest": 'forcerest/60/2',
  "an inspector's forcelogout": 'forcelogout',
};
const BODIES: Readonly<Record<string, (workNumber: number) => object>> = {
  setforwarding: () => ({ phonenum: '40099' }),
  bindphone: (workNumber) => ({ phonenum: String(40_000 + workNumber) }),
};
const MINUTE = 'a minute passes';
const MINUTE_WITH_LIMIT = 'a minute passes, the limit of a wrap-up';
/** A rest that is over within the minute, and one that is not over in any test. */
const SHORT_REST_S = 50;
const LONG_REST_S = 7_200;

/** How a refusal is said. */
function refusalOf(what: string): string {
  if (CONTACT_STEPS[what] !== undefined) return 'notPossibleNow';
  if (INSPECTIONS[what] !== undefined) return '900-005';
  return what === 'logout' ? '100-010' : '100-009';
}

interface Situation {
  readonly cell: Cell;
  readonly agent: AgentUnderTest;
  readonly before: StoredAgent;
  /** The session's token before; a forced sign-in gives another. */
  readonly guid: string;
}

/** Every cell of the table of moves, through the server, on one store; a file each, so that both run at once. */
export function describeStateMatrix(store: StoreKind): void {
  const table = readMoveTable();

  describe(`the table of moves, on ${store}`, () => {
    const time = new MovableTime();
    const over = Promise.withResolvers<void>();
    let gateway: RunningGateway;
    let closed: Promise<void>;

    beforeAll(async () => {
      await new Promise<void>((resolve, reject) => {
        closed = withGateway({ store, time, site: STATES_SITE }, async (opened) => {
          gateway = opened;
          resolve();
          await over.promise;
        });
        closed.catch(reject);
      });
    });
    afterAll(async () => {
      over.resolve();
      await closed;
    });

    it.each([...table])(
      '%s [AS-1] [AS-2] [AS-3] [AS-4] [AS-5] [AS-6] [AS-7] [AS-9] [AS-10] [AS-11] [AS-12] [AS-13] [AS-14] [AS-15] [AS-17] [AS-18] [AT-1] [SV-3] [SV-4] [SV-5] [SV-6] [SV-7]',
      async (what, cells) => {
        expect(cells.map(({ from }) => from).toSorted()).toEqual(STATES.toSorted());
        const situations = await bringAbout(what, cells);
        await time.passAtOnce(10);
        const codes = await happen(what, situations);
        const stored = await readAgents(gateway);
        for (const [index, situation] of situations.entries()) {
          await check(situation, { code: codes[index], after: stored(situation.agent) });
        }
      },
    );

    /** One agent in each state, with what the store holds of it. */
    async function bringAbout(what: string, cells: readonly Cell[]): Promise<Situation[]> {
      const vdn = what === MINUTE_WITH_LIMIT ? VDN_WITH_LIMIT : VDN;
      const restS = what.startsWith(MINUTE) ? SHORT_REST_S : LONG_REST_S;
      const agents = cells.map((cell) => ({
        cell,
        from: cell.from,
        agent: new AgentUnderTest(gateway, cell.from, vdn),
      }));
      const body = what === 'it ends, no wrap-up due' ? { releasephone: false } : {};
      await Promise.all(agents.map(({ from, agent }) => agent.bringTo(from, { restS, ...body })));
      await time.passAtOnce(2_000);
      const stored = await eventually(async () => {
        const found = await readAgents(gateway);
        expect(agents.map(({ agent }) => stateOf(found(agent).row))).toEqual(agents.map(({ from }) => from));
        return found;
      });
      return agents.map(({ cell, agent }) => ({ cell, agent, before: stored(agent), guid: agent.guid }));
    }

    /** Gives each agent's code or outcome; null where nobody is answered. */
    async function happen(what: string, situations: readonly Situation[]): Promise<(string | null)[]> {
      const step = CONTACT_STEPS[what];
      const each = (act: (agent: AgentUnderTest) => Promise<string>) =>
        Promise.all(situations.map(({ agent }) => act(agent)));
      if (step !== undefined) return each((agent) => agent.contact(step));
      const inspection = INSPECTIONS[what];
      if (inspection !== undefined) {
        const codes: string[] = [];
        for (const { agent } of situations) codes.push(await inspect(gateway, agent, inspection));
        return codes;
      }
      switch (what) {
        case MINUTE:
        case MINUTE_WITH_LIMIT:
          return letPass(65_000, situations);
        case 'the lease is over':
          return letPass(145_000, situations);
        case 'a forced sign-in':
          return each(async (agent) => {
            await agent.signIn({});
            return '0';
          });
        case 'logout':
        case 'forcelogout':
          return each((agent) => agent.call(what, { method: 'DELETE' }));
        default: {
          const body = BODIES[what];
          return each((agent) =>
            agent.call(what, body === undefined ? {} : { body: body(agent.workNumber) }),
          );
        }
      }
    }

    async function letPass(ms: number, situations: readonly Situation[]): Promise<null[]> {
      await time.pass(ms);
      const changing = situations.filter(({ cell }) => cell.to !== cell.from);
      await eventually(async () => {
        const stored = await readAgents(gateway);
        expect(changing.map(({ agent }) => stateOf(stored(agent).row))).toEqual(
          changing.map(({ cell }) => cell.to),
        );
      });
      return situations.map(() => null);
    }

    async function check(
      { cell, agent, before, guid }: Situation,
      { code, after }: { readonly code: string | null | undefined; readonly after: StoredAgent },
    ): Promise<void> {
      const name = `${cell.from}, ${cell.what}`;
      const isContact = CONTACT_STEPS[cell.what] !== undefined;
      if (cell.to === 'refused') {
        const refusal = refusalOf(cell.what);
        expect(code, name).toBe(refusal);
        expect(after, name).toEqual(before);
        expect(await agent.status(), name).toEqual(statusIn(cell.from));
        return;
      }
      if (code !== null) expect(code, name).toBe(isContact ? 'accepted' : '0');
      expect(stateOf(after.row), name).toBe(cell.to);
      if (cell.to !== 'signedOut') expect(await agent.status(), name).toEqual(statusIn(cell.to));
      await checkEvents({ cell, agent, before, guid }, after);
      checkInterval({ cell, before }, after);
    }

    async function checkEvents({ cell, agent, before, guid }: Situation, after: StoredAgent): Promise<void> {
      const head = Number(before.row.log_head);
      // Of its own sign-out an agent is not told.
      const isTold = cell.to !== 'signedOut' || cell.events.length > 0;
      const name = `${cell.from}, ${cell.what}`;
      expect(Number(after.row.log_head) - head, name).toBe(cell.events.length + (isTold ? 0 : 1));
      if (!isTold) return;
      const ofOldSession = cell.events.indexOf('AgentOther_ShutdownService') + 1;
      const old = await agent.eventsBehind(head, ofOldSession || cell.events.length, guid);
      const rest = cell.events.length - old.length;
      const fresh = rest === 0 ? [] : await agent.eventsBehind(head + old.length, rest, agent.guid);
      expect([...old, ...fresh], name).toEqual(cell.events);
    }

    function checkInterval({ cell, before }: Pick<Situation, 'cell' | 'before'>, after: StoredAgent): void {
      const name = `${cell.from}, ${cell.what}`;
      const added = after.intervals.slice(before.intervals.length);
      expect(after.intervals.slice(0, before.intervals.length), name).toEqual(before.intervals);
      if (cell.interval === 'goes on') {
        expect(added, name).toEqual([]);
        expect(after.row.state_since, name).toEqual(before.row.state_since);
        return;
      }
      const { session_id, tenant_id, state, state_reason: reason, state_since: began_at } = before.row;
      expect(added, name).toMatchObject([{ session_id, tenant_id, state, reason, began_at }]);
      // Nothing of a session that is over says when its last state would have ended but its row's last change.
      expect(added[0]?.ended_at, name).toEqual(after.row.state_since ?? after.row.changed_at);
    }
  });
}
