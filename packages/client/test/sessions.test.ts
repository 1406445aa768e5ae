import { NetworkFault, Refusal, resume, signIn } from '@rollcall/client';
import { describe, expect, it } from 'vitest';
import { MovableTime } from '../../server/test/support/movable-time.ts';
import { read, withDesk } from './support/desk.ts';

describe('signing in', () => {
  it('gives a session that knows what it was answered with [CL-4]', async () => {
    await withDesk(async (desk) => {
      const beganMs = Date.now();
      const { signedIn, kept, token } = await desk.signIn({ phone: '40038' });
      expect(signedIn).toEqual({
        workNumber: 291,
        vdn: 1,
        atMs: expect.any(Number),
        mustChangePassword: false,
        passwordDaysLeft: expect.any(Number),
        serverName: 'AgentGateway',
        hasTextChat: true,
      });
      expect(Math.abs(signedIn.atMs - beganMs)).toBeLessThan(60_000);
      expect(kept).toEqual({ server: desk.server, token, position: null, signedIn });
      expect(await desk.gateway.phones()).toEqual(['1/40038/291']);
    });
  });

  it('displaces only where it is forced to [CL-4] [CL-10]', async () => {
    await withDesk(async (desk) => {
      const first = await desk.signIn();
      await expect(desk.signIn()).rejects.toMatchObject({ name: 'Refusal', code: '100-002' });
      await desk.signIn({ forced: true });
      await expect(first.operations.agentState()).rejects.toMatchObject({ code: '100-006' });
    });
  });

  it('throws a refusal with its meaning and its remedy, and what the server said [CL-10]', async () => {
    await withDesk(async (desk) => {
      const refusal = await desk.signIn({ password: 'wrong' }).catch((cause: unknown) => cause);
      expect(refusal).toBeInstanceOf(Refusal);
      expect(refusal).toMatchObject({
        code: '100-004',
        meaning: 'wrong agent number or password',
        remedy: 'Check the agent number and the password.',
        said: 'wrong agent number or password',
        operation: 'loginEx',
        retryAfterMs: null,
      });
    });
  });
});

describe('a session', () => {
  it('goes on from what was remembered, where its events stood [CL-5] [CL-6] [CL-13]', async () => {
    await withDesk(async (desk) => {
      let remembered: string | null = null;
      const remember = (kept: unknown) => {
        remembered = kept === null ? null : JSON.stringify(kept);
      };
      const session = await desk.signIn({ remember });
      expect(await read(session, 2)).toEqual(['AgentOther_InService', 'AgentState_Ready']);
      await session.operations.becomeNotReady({ reason: 200 });
      const again = await resume(JSON.parse(String(remembered)), { remember });
      expect(again.token).toBe(session.token);
      expect(await read(again, 2)).toEqual(['AgentState_Ready', 'AgentState_SetNotReady_Success']);
      await again.signOut();
      expect(remembered).toBeNull();
      await expect(resume(session.kept)).rejects.toMatchObject({ code: '100-006' });
    });
  });

  it('that was ended is not remembered again, whatever comes after [CL-7]', async () => {
    await withDesk(async (desk) => {
      const remembered: boolean[] = [];
      const session = await desk.signIn({ remember: (kept) => remembered.push(kept !== null) });
      for await (const item of session.events()) {
        if (item.kind === 'ended') break;
        if (item.kind === 'event' && item.eventType === 'AgentState_Ready') await session.signOut();
      }
      expect(remembered).toEqual([true, true, false, false]);
    });
  });

  it('is none the worse for a second sign-out [CL-7]', async () => {
    await withDesk(async (desk) => {
      const session = await desk.signIn();
      await session.signOut({ reason: 7 });
      await session.signOut();
      await session.signOut({ dropsContact: true });
      expect(await desk.gateway.auditActs(291)).toContainEqual(expect.objectContaining({ reasonNumber: 7 }));
    });
  });

  it('sends each token that it is given from then on [CL-5]', async () => {
    const time = new MovableTime();
    const environment = { ROLLCALL_TOKEN_MODE: 'dynamic' };
    await withDesk(
      async (desk) => {
        const tokens: (string | undefined)[] = [];
        const session = await desk.signIn({ remember: (kept) => tokens.push(kept?.token) });
        const first = session.token;
        await session.renewToken();
        const second = session.token;
        await time.passAtOnce(61_000);
        await session.operations.keepAlive();
        expect(new Set([first, second, session.token]).size).toBe(3);
        expect(tokens).toEqual([first, second, session.token]);
        expect(await session.operations.agentState()).toEqual({ agentState: 4, isWorking: false });
      },
      { time, environment },
    );
  });
});

describe('a request without an answer', () => {
  it('is told as a fault of the network, in time [CL-11] [CL-12]', async () => {
    await withDesk(async (desk) => {
      const session = await desk.signIn();
      desk.line.freeze();
      const late = await session.operations.agentState({ timeoutMs: 50 }).catch((cause: unknown) => cause);
      expect(late).toBeInstanceOf(NetworkFault);
      expect(late).toMatchObject({ kind: 'timedOut', operation: 'getAgentStatus' });
      const stop = new AbortController();
      const asked = session.operations.agentState({ signal: stop.signal });
      stop.abort('enough');
      await expect(asked).rejects.toBe('enough');
      desk.line.cut();
      await expect(session.operations.agentState()).rejects.toMatchObject({ kind: 'noAnswer' });
    });
  });

  it.each([
    ['a page of somebody else', '<html>', 502],
    ['JSON of somebody else', '{"error":"no"}', 200],
  ])('is told so where %s came [CL-11]', async (_case, text, status) => {
    const fetch = async () => new Response(text, { status });
    const options = { server: 'https://centre.example', workNumber: 291, password: '', fetch };
    await expect(signIn(options)).rejects.toMatchObject({ kind: 'strange', operation: 'loginEx' });
  });

  it('has its time also where none was asked for [CL-12]', async () => {
    await withDesk(async (desk) => {
      const session = await desk.signIn({ timeoutMs: 400 });
      desk.line.freeze();
      await expect(session.operations.agentState()).rejects.toMatchObject({ kind: 'timedOut' });
    });
  });
});
