import { afterEach, expect, it, vi } from 'vitest';
import { runCommandLine } from '../../../src/cli.ts';
import { eventually } from '../../support/eventually.ts';
import { STORES } from '../../support/store-kinds.ts';
import {
  answering,
  batchesOf,
  LISTED,
  proofsBy,
  sentTo,
  type WebhookSite,
  withWebhookSite,
} from './webhook-site.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Runs `rollcall webhooks …` on the store of a gateway that runs; gives what it printed. */
async function webhooks({ gateway }: WebhookSite, ...args: readonly (string | number)[]): Promise<string> {
  const { dataDir, databaseUrl } = gateway.config;
  const environment = { ...LISTED, ROLLCALL_DATA_DIR: dataDir, ROLLCALL_DATABASE_URL: databaseUrl };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  let printed = '';
  const take = (text: string | Uint8Array) => {
    printed += String(text);
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(take),
    vi.spyOn(process.stderr, 'write').mockImplementation(take),
    vi.spyOn(process, 'exit').mockImplementation((code) => {
      printed += `exit ${code}`;
      return undefined as never;
    }),
  ];
  try {
    await runCommandLine(['node', 'rollcall', 'webhooks', ...args.map(String)]);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return printed;
}

it.each(STORES)('the command line does the same beside a server that runs, on %s [WH-21] [WH-5]', (store) =>
  withWebhookSite({ store }, async (site) => {
    expect(await webhooks(site, 'list')).toBe('There is no webhook.\n');
    const receiver = await site.receiver();
    const added = await webhooks(site, 'add', 1, receiver.url('/in'), '--dead-letter-after', 60);
    const secret =
      /^Webhook 1 added. Its secret, shown this once:\n {2}(whsec_\S{43})\n$/.exec(added)?.[1] ?? added;
    expect(await site.row(1)).toMatchObject({ url: receiver.url('/in'), deadLetterAfterS: 60 });
    const guid = await site.gateway.client.signIn(291);
    await eventually(async () => expect(sentTo(receiver)).toEqual(await site.feed()));
    expect(receiver.heard.every((request) => proofsBy(secret, request) === 1)).toBe(true);
    const { received } = await site.row(1);
    const at = (sequence: number) => received.replace(/\d+$/, String(sequence));
    const listed = await webhooks(site, 'list');
    expect(listed).toContain(
      `1  VDN 1  active  ${receiver.url('/in')}\n   received up to ${received}, 0 behind`,
    );
    expect(listed).not.toContain(secret);

    const rotated = await webhooks(site, 'rotate', 1);
    const newer =
      /^The new secret of webhook 1, shown this once:\n {2}(\S+)\n$/.exec(rotated)?.[1] ?? rotated;
    await eventually(async () => {
      await site.change(guid, 1);
      const last = receiver.heard.at(-1) ?? expect.fail();
      expect([proofsBy(secret, last), proofsBy(newer, last)]).toEqual([1, 1]);
    });

    expect(await webhooks(site, 'replay', 1, '--from', at(1), '--to', at(2))).toBe(
      `Webhook 1 is sent ${at(1)} to ${at(2)} again.\n`,
    );
    await eventually(() => expect(batchesOf(receiver).at(-1)).toMatchObject({ replay: true }));
    receiver.answer = answering(500);
    await webhooks(site, 'replay', 1, '--from', at(2), '--to', at(2));
    await eventually(async () => expect((await site.row(1)).deadLetters).toBe(1));
    expect(await webhooks(site, 'dead-letters', 1)).toMatch(
      new RegExp(`^\\d+ {2}${at(2)} to ${at(2)} {2}1 failure since \\S+Z, the last: answered 500\n$`),
    );
    receiver.answer = answering(200);
    const [dead] = await site.deadLetters(1);
    await webhooks(site, 'replay', 1, '--dead-letter', dead?.deadLetter ?? 0);
    await eventually(async () => expect(await site.deadLetters(1)).toEqual([]));
    expect(await webhooks(site, 'dead-letters', 1)).toBe('Webhook 1 has no dead letters.\n');

    expect(await webhooks(site, 'pause', 1)).toBe('Webhook 1 is paused.\n');
    expect(await site.row(1)).toMatchObject({ state: 'paused' });
    expect(await webhooks(site, 'resume', 1)).toBe('Webhook 1 goes on.\n');
    expect(await site.row(1)).toMatchObject({ state: 'active' });
    for (const [refused, message] of [
      [['add', 9, receiver.url()], 'there is no such VDN'],
      [
        ['add', 1, 'https://crm.example/'],
        'the url is refused: https://crm.example is not listed as a receiver',
      ],
      [['add', 1, receiver.url(), '--dead-letter-after', 59], '--dead-letter-after must be 60 to 604800'],
      [['pause', 2], 'there is no such webhook'],
      [['replay', 1], 'say --dead-letter, or --from and --to'],
      [['replay', 1, '--dead-letter', 77], 'this webhook has no such dead letter'],
      [['replay', 1, '--from', 'x', '--to', at(1)], 'x is no feed position of this installation'],
    ] as const) {
      expect(await webhooks(site, ...refused)).toBe(`rollcall: ${message}\nexit 1`);
    }
    expect(await webhooks(site, 'remove', 1)).toBe('Webhook 1 removed.\n');
    expect((await site.call('GET 1/webhooks')).body).toEqual({ vdn: 1, webhooks: [] });
    const acts = await site.gateway.auditActs(0);
    expect(acts.map(({ kind }) => kind)).toEqual([
      'webhookAdded',
      'webhookSecretRotated',
      'webhookReplayAsked',
      'webhookReplayAsked',
      'webhookReplayAsked',
      'webhookChanged',
      'webhookChanged',
      'webhookRemoved',
    ]);
    expect(new Set(acts.map(({ by }) => by))).toEqual(new Set(['commandLine']));
  }),
);
