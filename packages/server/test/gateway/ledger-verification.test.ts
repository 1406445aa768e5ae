import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { MovableTime } from '../support/movable-time.ts';
import { changeRows, type RunningGateway, withGateway } from '../support/running-gateway.ts';
import { STORES, type StoreKind } from '../support/store-kinds.ts';

const BIN = new URL('../../bin/rollcall.js', import.meta.url).pathname;
const AGENTS = [291, 292, 293, 294, 295, 296];
const STEP_MS = 1_000;

/** Runs `rollcall ledger verify` beside the gateway; gives its code and the lines that it printed. */
async function verify({ config }: RunningGateway): Promise<{ code: unknown; lines: readonly string[] }> {
  const child = spawn(process.execPath, [BIN, 'ledger', 'verify'], {
    env: {
      PATH: process.env.PATH,
      ROLLCALL_DATA_DIR: config.dataDir,
      ...(config.databaseUrl === undefined ? {} : { ROLLCALL_DATABASE_URL: config.databaseUrl }),
    },
  });
  try {
    let out = '';
    const take = (chunk: Buffer) => {
      out += chunk;
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const [code] = await once(child, 'close');
    return { code, lines: out.trimEnd().split('\n') };
  } finally {
    child.kill('SIGKILL');
  }
}

/** A gateway where each agent was ready, not ready, ready again and then signed out: a step each. */
function withWork(
  store: StoreKind,
  use: (gateway: RunningGateway, time: MovableTime) => Promise<void>,
): Promise<void> {
  const time = new MovableTime();
  return withGateway({ store, time }, async (gateway) => {
    const { client } = gateway;
    const guids = new Map<number, string>();
    for (const agent of AGENTS) guids.set(agent, await client.signIn(agent));
    for (const call of ['POST saybusy?reason=200', 'POST sayfree', 'DELETE logout']) {
      await time.passAtOnce(STEP_MS);
      const [method = '', path] = call.split(' ');
      for (const [agent, guid] of guids) {
        expect(await client.call(method, `/onlineagent/${agent}/${path}`, guid)).toBe('0');
      }
    }
    await time.passAtOnce(STEP_MS);
    await use(gateway, time);
  });
}

describe.each(STORES)('rollcall ledger verify on %s', (store) => {
  it('says that everything adds up, of what is over and of what goes on [AT-7]', () =>
    withWork(store, async (gateway, time) => {
      expect(await verify(gateway)).toEqual({
        code: 0,
        lines: ['6 agents, 6 sessions, 18 intervals: everything adds up.'],
      });
      const { client } = gateway;
      await client.signIn(291);
      await time.passAtOnce(STEP_MS);
      const guid = await client.signIn(291, {}, 'forceloginex');
      await time.passAtOnce(STEP_MS);
      expect(await client.call('POST', '/onlineagent/291/saybusy', guid)).toBe('0');
      expect((await verify(gateway)).lines).toEqual([
        '6 agents, 8 sessions, 20 intervals: everything adds up.',
      ]);
    }));

  it('reports nothing that changes while it looks [AT-7]', () =>
    withWork(store, async (gateway) => {
      const { client } = gateway;
      const guid = await client.signIn(291);
      let isVerified = false;
      const verifying = verify(gateway).finally(() => {
        isVerified = true;
      });
      while (!isVerified) {
        for (const call of ['saybusy', 'sayfree'])
          await client.call('POST', `/onlineagent/291/${call}`, guid);
      }
      const { code, lines } = await verifying;
      expect([code, ...lines]).toEqual([
        0,
        expect.stringMatching(/^6 agents, 7 sessions, \d+ intervals: everything/),
      ]);
    }));

  it('names what does not add up and ends with code 1 [AT-7]', () =>
    withWork(store, async (gateway) => {
      await gateway.client.signIn(296);
      const rows = await gateway.rows(
        'SELECT work_number, session_id, began_at, ended_at FROM agent_interval ORDER BY work_number, began_at',
      );
      const of = (agent: number, index: number) => {
        const row = rows.filter(({ work_number: own }) => own === agent)[index];
        const [began, ended] = [Number(row?.began_at), Number(row?.ended_at)];
        return {
          session: String(row?.session_id),
          began,
          ended,
          row: `work_number = ${agent} AND began_at = ${began}`,
        };
      };
      const utc = (ms: number) => new Date(ms).toISOString();
      const gap = (agent: number, index: number) => {
        const { session, began, ended } = of(agent, index);
        return `Agent ${agent}: session ${session} has no interval from ${utc(began)} to ${utc(ended)}.`;
      };
      await changeRows(gateway, `DELETE FROM agent_interval WHERE ${of(291, 1).row}`);
      await changeRows(gateway, `DELETE FROM agent_interval WHERE ${of(292, 0).row}`);
      await changeRows(gateway, `DELETE FROM agent_interval WHERE ${of(293, 2).row}`);
      await changeRows(gateway, `UPDATE agent_interval SET ended_at = ended_at + 5 WHERE ${of(294, 0).row}`);
      await changeRows(gateway, `UPDATE agent_interval SET ended_at = ended_at + 5 WHERE ${of(294, 2).row}`);
      await changeRows(gateway, `UPDATE agent_interval SET session_id = 'foreign' WHERE ${of(295, 0).row}`);
      await changeRows(gateway, `UPDATE agent_interval SET state = 'asleep' WHERE ${of(295, 2).row}`);
      await changeRows(
        gateway,
        `DELETE FROM audit_entry WHERE session_id = '${of(296, 0).session}' AND act LIKE '%signOut%'`,
      );
      const [overlap, last] = [of(294, 0), of(294, 2)];
      const [foreign, unknown] = [of(295, 0), of(295, 2)];
      expect(await verify(gateway)).toEqual({
        code: 1,
        lines: [
          gap(291, 1),
          gap(292, 0),
          gap(293, 2),
          `Agent 294: session ${overlap.session} counts the time from ${utc(overlap.ended)} to ${utc(overlap.ended + 5)} twice.`,
          `Agent 294: the intervals of session ${last.session} go on until ${utc(last.ended + 5)}, but it ended, or its ` +
            `present state began, at ${utc(last.ended)}.`,
          `Agent 295: the interval ready from ${utc(foreign.began)} to ${utc(foreign.ended)} belongs to session foreign, ` +
            'which by the audit trail was not signed in then.',
          gap(295, 0),
          `Agent 295: the interval asleep from ${utc(unknown.began)} to ${utc(unknown.ended)} has a state or a reason ` +
            'that there is not.',
          `Agent 296: the audit trail has no end of session ${of(296, 0).session}, which is over.`,
          '6 agents, 7 sessions, 15 intervals: 9 faults.',
        ],
      });
    }));

  it('lists a hundred faults at most, and counts them all [AT-7]', () =>
    withWork(store, async (gateway) => {
      const strays = Array.from(
        { length: 130 },
        (_, index) => `(500, ${index}, ${index + 1}, 1, 's', 'ready', NULL)`,
      );
      await changeRows(
        gateway,
        `INSERT INTO agent_interval (work_number, began_at, ended_at, tenant_id, session_id, state, reason)
         VALUES ${strays.join(', ')}`,
      );
      const { code, lines } = await verify(gateway);
      expect([code, lines.length]).toEqual([1, 102]);
      expect(lines.slice(-2)).toEqual([
        'The first 100 are listed.',
        '7 agents, 6 sessions, 148 intervals: 130 faults.',
      ]);
    }));

  it('asks sessions that are older than the intervals only from their first one on [AT-7]', () =>
    withWork(store, async (gateway) => {
      const [row] = await gateway.rows('SELECT min(ended_at) AS at FROM agent_interval');
      await changeRows(gateway, `UPDATE interval_start SET at = ${Number(row?.at)}`);
      await changeRows(
        gateway,
        "DELETE FROM agent_interval WHERE state = 'ready' AND began_at < (SELECT at FROM interval_start)",
      );
      expect((await verify(gateway)).lines).toEqual([
        '6 agents, 6 sessions, 12 intervals: everything adds up.',
      ]);
    }));
});
