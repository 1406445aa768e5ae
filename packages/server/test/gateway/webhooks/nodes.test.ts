import { expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { MovableTime } from '../../support/movable-time.ts';
import { changeRows, withGateway } from '../../support/running-gateway.ts';
import { LISTED, sentTo, type WebhookSite, withWebhookSite } from './webhook-site.ts';

const CLAIM_MS = 30_000;

/** Two nodes on one database. */
function withTwoNodes(
  use: (one: WebhookSite, other: WebhookSite, time: MovableTime) => Promise<void>,
): Promise<void> {
  const time = new MovableTime();
  return withWebhookSite({ store: 'postgres', time }, (one) => {
    const environment = {
      ...LISTED,
      ROLLCALL_DATABASE_URL: one.gateway.config.databaseUrl ?? '',
      ROLLCALL_NODE_NAME: 'Other',
    };
    return withGateway({ environment, site: null, time }, (other) => use(one, one.on(other), time));
  });
}

it('of two nodes one sends, what either commits, and the other goes on when it stops [WH-17]', () =>
  withTwoNodes(async (one, other) => {
    const receiver = await one.receiver();
    // The node that is asked to add it looks at once, and so claims it.
    await one.add(receiver.url());
    const guid = await one.gateway.client.signIn(291);
    await eventually(async () => expect(sentTo(receiver)).toEqual(await one.feed()));
    for (let round = 0; round < 10; round += 1) {
      await one.change(guid, 2);
      await other.change(guid, 2);
    }
    await eventually(async () => expect(sentTo(receiver)).toEqual(await one.feed()));
    const again = await one.gateway.restart(async () => {
      await other.change(guid, 5);
      await eventually(async () => expect(sentTo(receiver)).toEqual(await other.feed()));
    });
    await one.on(again).change(guid, 5);
    await eventually(async () => expect(sentTo(receiver)).toEqual(await other.feed()));
  }));

it('a node that was killed is waited for as long as its claim lasts, by the clock of the database [WH-17]', () => {
  const time = new MovableTime();
  return withWebhookSite({ store: 'postgres', time }, async (first) => {
    const [held, free] = [await first.receiver(), await first.receiver()];
    const { id } = await first.add(held.url());
    await first.add(free.url());
    const now = '(extract(epoch FROM moved.clock_timestamp()) * 1000)::int8';
    // As if another node had been killed just after it had claimed this one.
    const gateway = await first.gateway.restart(() =>
      changeRows(
        first.gateway,
        `UPDATE webhook SET holder = 'killed', held_until = ${now} + ${CLAIM_MS} WHERE webhook_id = ${id}`,
      ),
    );
    const second = first.on(gateway);
    await gateway.client.signIn(291);
    await eventually(async () => expect(sentTo(free)).toEqual(await second.feed()));
    await time.passAtOnce(CLAIM_MS / 2);
    await gateway.client.signIn(292);
    await eventually(async () => expect(sentTo(free)).toEqual(await second.feed()));
    expect(held.heard).toEqual([]);
    await time.passAtOnce(CLAIM_MS / 2);
    await eventually(async () => expect(sentTo(held)).toEqual(await second.feed()));
  });
});

it('what a node does after its claim went to another changes nothing [WH-17]', () =>
  withTwoNodes(async (one, other) => {
    const receiver = await one.receiver();
    const { id } = await one.add(receiver.url());
    const claim = { webhookId: id, holder: 'late' };
    const outcome = { kind: 'answered', status: 500 } as const;
    await one.gateway.client.signIn(291);
    await eventually(async () => expect(sentTo(receiver)).toEqual(await one.feed()));
    const before = await other.row(id);
    await one.gateway.withStore(async (store) => {
      expect(await store.claimWebhooks('late', CLAIM_MS)).toEqual([]);
      expect(await store.noteReceived(claim, 1, outcome)).toBe(false);
      expect(await store.noteFailed(claim, outcome)).toBeUndefined();
      expect(await store.giveUp(claim, 9)).toBe(false);
      expect(await store.pauseGone(claim)).toBe(false);
      const replay = { replayId: 1, after: 0, upTo: 1 };
      expect(await store.noteReplayed(claim, replay, outcome)).toBe(false);
      expect(await store.endReplay(claim, replay, outcome)).toBe(false);
    });
    expect(await other.row(id)).toEqual(before);
    expect(await other.deadLetters(id)).toEqual([]);
  }));
