import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { repositoryRoot } from '../../../tests/workspace/support/repository.ts';
import { withWebhookSite } from '../../server/test/gateway/webhooks/webhook-site.ts';
import { freePort } from '../../server/test/support/free-port.ts';
import { siteToken, withDesk } from './support/desk.ts';

/** Runs an example while `use` reads its lines; gives its exit code. */
async function withExample(
  { name, args, env = {} }: { name: string; args: readonly string[]; env?: NodeJS.ProcessEnv },
  use: (lines: AsyncIterableIterator<string>, pid: number) => Promise<void>,
): Promise<number | null> {
  const file = `${repositoryRoot}/packages/client/examples/${name}`;
  const child = spawn(process.execPath, [file, ...args], { env: { ...process.env, ...env } });
  const output = new PassThrough();
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  try {
    await use(createInterface(output)[Symbol.asyncIterator](), child.pid ?? 0);
    return await closed;
  } finally {
    child.kill('SIGKILL');
  }
}

async function nextOf(lines: AsyncIterator<string>, count: number): Promise<string[]> {
  const read: string[] = [];
  while (read.length < count) read.push((await lines.next()).value);
  return read;
}

it('the example of signing in and listening does it, until it is interrupted [CL-23]', async () => {
  await withDesk(async (desk) => {
    const started = { name: 'sign-in-and-listen.ts', args: [desk.server, '291'] };
    const exitCode = await withExample(started, async (lines, pid) => {
      expect(await nextOf(lines, 3)).toEqual([
        'agent 291 of VDN 1 is signed in',
        expect.stringMatching(/^\w+\.1 AgentOther_InService null$/),
        expect.stringMatching(/^\w+\.2 AgentState_Ready null$/),
      ]);
      process.kill(pid, 'SIGINT');
      expect(await nextOf(lines, 1)).toEqual(['signed out']);
    });
    expect(exitCode).toBe(0);
    const refused = { ...started, env: { ROLLCALL_PASSWORD: 'wrong' } };
    const refusedCode = await withExample(refused, async (lines) => {
      expect(await nextOf(lines, 1)).toEqual([
        'wrong agent number or password (100-004). Check the agent number and the password.',
      ]);
    });
    expect(refusedCode).toBe(1);
  });
});

it('the example of a receiver prints what is genuine, once, and rejects the rest [CL-23]', async () => {
  const port = await freePort();
  await withWebhookSite({}, async (site) => {
    const url = `http://127.0.0.1:${port}/`;
    const { id, secret } = await site.add(url, { paused: true });
    const started = {
      name: 'webhook-receiver.ts',
      args: [String(port)],
      env: { ROLLCALL_WEBHOOK_SECRET: secret },
    };
    await withExample(started, async (lines, pid) => {
      expect(await nextOf(lines, 1)).toEqual(['listening']);
      const forged = await fetch(url, {
        method: 'POST',
        body: '{}',
        headers: { 'Rollcall-Signature': 't=1,v1=x' },
      });
      expect(forged.status).toBe(401);
      expect(await nextOf(lines, 1)).toEqual(['rejected: noSignature']);
      await site.gateway.client.signIn(291);
      expect((await site.call(`PATCH 1/webhooks/${id}`, { paused: false })).status).toBe(200);
      expect(await nextOf(lines, 2)).toEqual([
        expect.stringMatching(/^\S+Z 291 AgentOther_InService null$/),
        expect.stringMatching(/^\S+Z 291 AgentState_Ready null$/),
      ]);
      process.kill(pid);
    });
  });
});

it('the example of a wallboard shows who does what, and what changes [CL-23]', async () => {
  await withDesk(async (desk) => {
    const session = await desk.signIn();
    const env = { ROLLCALL_TOKEN: await siteToken(desk.gateway) };
    await withExample({ name: 'wallboard.ts', args: [desk.server, '1'], env }, async (lines, pid) => {
      const until = async (wanted: string) => {
        while ((await lines.next()).value !== wanted);
      };
      await until('live: 1 of 9 signed in. ready 1');
      await until('  291 Agent 291 ready');
      await session.operations.rest({ seconds: 600, reason: 1 });
      await until('  291 Agent 291 resting (1)');
      process.kill(pid);
    });
  });
});
