import {
  AdministrationRefusal,
  type FeedAgent,
  type FeedItem,
  type FeedOptions,
  vdnFeed,
} from '@rollcall/client';
import type { VdnFeedAgent } from '@rollcall/contract';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../server/test/support/eventually.ts';
import { siteToken, withDesk } from './support/desk.ts';

/** Follows a feed until it is told to stop; what the agents' states are by now, and what the connection was told as. */
function follow(options: Omit<FeedOptions, 'signal' | 'onStatus'>) {
  const stop = new AbortController();
  const states: Record<number, string> = {};
  const told: string[] = [];
  const onStatus = ({ status }: { status: string }) => told.push(status);
  const done = (async () => {
    for await (const item of vdnFeed({ ...options, signal: stop.signal, onStatus })) {
      told.push(item.kind);
      if (item.kind !== 'ended') for (const { agent, state } of item.agents) states[agent] = state;
    }
  })();
  return {
    states,
    told,
    end: async () => {
      stop.abort('enough');
      await expect(done).rejects.toBe('enough');
    },
  };
}

describe('the feed of a VDN', () => {
  it('is a picture of all, then what changes, over every break [CL-28]', async () => {
    await withDesk(async (desk) => {
      const session = await desk.signIn();
      const token = await siteToken(desk.gateway);
      const feed = follow({ server: desk.server, token, vdn: 1, silenceMs: 300 });
      await eventually(() => expect(feed.told).toEqual(['connecting', 'open', 'picture']));
      expect(Object.keys(feed.states)).toHaveLength(9);
      expect([feed.states[291], feed.states[292]]).toEqual(['ready', 'signedOut']);
      await session.operations.becomeNotReady();
      await eventually(() => expect(feed.states[291]).toBe('notReady'));
      desk.line.cut();
      await desk.gateway.client.signIn(292);
      await eventually(() => expect(feed.told.at(-1)).toBe('waiting'));
      desk.line.mend();
      await eventually(() => expect(feed.states[292]).toBe('ready'));
      desk.line.freeze();
      await desk.gateway.client.signIn(293);
      await eventually(() => expect(feed.told.at(-1)).toBe('waiting'));
      desk.line.mend();
      await eventually(() => expect(feed.states[293]).toBe('ready'));
      await feed.end();
      expect(feed.told.filter((word) => word === 'picture')).toHaveLength(1);
      expect(feed.told.at(-1)).toBe('closed');
    });
  });

  it('is refused to whom it is not for [CL-29]', async () => {
    await withDesk(async (desk) => {
      const feed = vdnFeed({ server: desk.server, token: 'nobody', vdn: 1 });
      const refusal = await feed.next().catch((cause: unknown) => cause);
      expect(refusal).toBeInstanceOf(AdministrationRefusal);
      expect(refusal).toMatchObject({
        error: 'unauthorized',
        status: 401,
        said: expect.stringMatching(/token/),
      });
    });
  });

  it('is whole in several blocks, waits for the store, and ends with its inspector [CL-28] [CL-29]', async () => {
    const agent = (number: number): FeedAgent => {
      const row: VdnFeedAgent = {
        agent: number,
        state: 'ready',
        reason: null,
        since: 1,
        signedInAt: 1,
        position: 'e.1',
        name: 'A',
        group: null,
      };
      return row;
    };
    const block = (name: string, data: object, id = '') =>
      `event: ${name}\n${id}data: ${JSON.stringify(data)}\n\n`;
    const answers = [
      Response.json({ error: 'unavailable', message: 'the server is starting' }, { status: 503 }),
      stream(
        block('recovered', { recovered: false }),
        block('snapshot', { vdn: 1, agents: [agent(291)] }),
        block('snapshot', { vdn: 1, agents: [agent(292)] }, 'id: e.7\n'),
        block('end', { reason: 'comeAgain' }),
      ),
      stream(
        block('recovered', { recovered: true }),
        block('changes', { vdn: 1, agents: [agent(292)] }, 'id: e.9\n'),
        block('end', { reason: 'over' }),
      ),
    ];
    const sent: (string | null)[] = [];
    const fetch = async (_url: string, { headers }: RequestInit) => {
      sent.push(new Headers(headers).get('Last-Event-ID'));
      return answers.shift() ?? Response.error();
    };
    const items: FeedItem[] = [];
    for await (const item of vdnFeed({ server: 'https://centre.example', token: () => 'x', vdn: 1, fetch })) {
      items.push(item);
    }
    expect(items).toEqual([
      { kind: 'picture', agents: [agent(291), agent(292)] },
      { kind: 'changes', agents: [agent(292)] },
      { kind: 'ended' },
    ]);
    expect(sent).toEqual([null, null, 'e.7']);
  });
});

function stream(...blocks: readonly string[]): Response {
  return new Response(blocks.join(''), { headers: { 'Content-Type': 'text/event-stream' } });
}
