import pg from 'pg';
import { performance } from 'node:perf_hooks';
import { startPostgresServer } from './support/postgres-server.ts';
import { openPostgresStore } from '../src/storage/postgres/open.ts';
import { systemClock } from '../src/platform/clock.ts';
import { foldBatch } from '../src/domain/agent-session/fold.ts';
import { agentNumber, becomeReady, becomeNotReady, FIRST_TENANT, signIn, signOut, siteAgent, siteTenant, verdicts } from './support/store-fixture.ts';
const extra = process.argv[2] ?? '';
const server = startPostgresServer(['fsync=on', 'shared_preload_libraries=auto_explain,pg_stat_statements', 'log_min_duration_statement=-1']);
try {
  const url = server.url('postgres') + (extra ? `&options=${encodeURIComponent(extra)}` : '');
  const store = await openPostgresStore({ url, clock: systemClock, warn: console.error });
  const N = 20_000;
  await store.saveSite([siteTenant(FIRST_TENANT, Array.from({ length: N }, (_, i) => siteAgent(agentNumber(i))), { licence: { agentSeats: N, videoSeats: 0 } })]);
  const run = async (name: string, batches: readonly (() => any)[]) => {
    const times: number[] = [];
    const cpu = process.cpuUsage();
    for (const make of batches) {
      const commands = make();
      const t = performance.now();
      const r = await store.commit(commands, foldBatch);
      times.push(performance.now() - t);
      if (verdicts(r).some((v) => v !== 'accepted')) throw new Error(verdicts(r).join());
    }
    const used = process.cpuUsage(cpu);
    times.sort((a, b) => a - b);
    console.log(name, 'p50', times[times.length >> 1]!.toFixed(2), 'p99', times[Math.floor(times.length * 0.99)]!.toFixed(2), 'mean', (times.reduce((a, b) => a + b) / times.length).toFixed(2), 'node cpu/batch ms', ((used.user + used.system) / 1000 / times.length).toFixed(2));
  };
  const per = 100;
  const chunk = (k: number) => Array.from({ length: per }, (_, i) => (k * per + i) % N);
  await run('sign-in x100 (with phone+seat)', Array.from({ length: N / per }, (_, k) => () => chunk(k).map((i) => signIn({ workNumber: agentNumber(i), session: `s${i}`, phone: `4${i}`, seats: 'agent' }))));
  const admin = new pg.Client({ connectionString: server.url('postgres') });
  await admin.connect();
  await admin.query('CREATE EXTENSION pg_stat_statements; SELECT pg_stat_statements_reset()');
  for (let round = 0; round < 3; round++)
    await run('states x100 random', Array.from({ length: 200 }, (_, k) => () => chunk((k * 7919) % 200).map((i) => becomeReady({ workNumber: agentNumber((i * 7919) % N), session: `s${(i * 7919) % N}` }))));
  await run('states x1', Array.from({ length: 300 }, (_, k) => () => [becomeReady({ workNumber: agentNumber(k), session: `s${k}` })]));
  for (const row of (await admin.query(`SELECT calls, round(total_exec_time::numeric/calls,3) mean, round(total_plan_time::numeric/calls,3) AS plan, left(regexp_replace(query,'\\s+',' ','g'),60) q FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 12`)).rows) console.log(row.calls, row.mean, row.plan, row.q);
  await admin.query('SELECT pg_stat_statements_reset()');
  await run('forced sign-in x100', Array.from({ length: 100 }, (_, k) => () => chunk(k).map((i) => signIn({ workNumber: agentNumber(i), session: `t${i}`, phone: `4${i}`, seats: 'agent', forced: true }))));
  await run('sign-out x100', Array.from({ length: 100 }, (_, k) => () => chunk(k).map((i) => signOut({ workNumber: agentNumber(i), session: `t${i}` }))));
  for (const row of (await admin.query(`SELECT calls, round(total_exec_time::numeric/calls,3) mean, left(regexp_replace(query,'\\s+',' ','g'),60) q FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 14`)).rows) console.log(row.calls, row.mean, row.q);
  // concurrent
  const t0 = performance.now(); const c0 = process.cpuUsage();
  let done = 0;
  await Promise.all(Array.from({ length: 4 }, async (_, lane) => { for (let k = 0; k < 150; k++) { await store.commit(chunk(100 + lane * 25 + (k % 25)).map((i) => becomeReady({ workNumber: agentNumber(i), session: `s${i}` })), foldBatch); done += per; } }));
  const s = (performance.now() - t0) / 1000; const cu = process.cpuUsage(c0);
  console.log('4 lanes', Math.round(done / s), 'changes/s; node cpu us/change', ((cu.user + cu.system) / done).toFixed(1));
  await admin.end();
  await store.close();
} finally { server.stop(); }
