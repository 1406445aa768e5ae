import type { DeadLetterRow, TenantId, WebhookRow } from '@rollcall/contract';
import { type Command, InvalidArgumentError } from 'commander';
import { CommandFault } from './command-fault.ts';
import type { Config } from './config/config.ts';
import { buildWebhooks } from './core.ts';
import { refusalInWords, WebhookView } from './http/webhook-view.ts';
import { systemSecrets } from './platform/session-tokens.ts';
import type { WebhookRefusal, Webhooks } from './services/webhooks.ts';
import type { Store } from './storage/store.ts';
import type { WebhookKey } from './storage/webhook-store.ts';

/** Opens the store of the installation for one command. */
export type WithStore = (use: (store: Store, config: Config) => Promise<void>) => Promise<void>;

const MOST_LISTED_DEAD_LETTERS = 1_000;
const BY = 'commandLine';

/** Adds the commands about webhooks (rule WH-21). */
export function addWebhookCommands(program: Command, withStore: WithStore): void {
  const webhooks = program.command('webhooks').description('addresses that are sent all events of a VDN');
  const run = (use: (commands: WebhookCommands) => Promise<void>) =>
    withStore((store, config) => use(new WebhookCommands(store, config)));
  const one = (name: string, description: string) =>
    webhooks.command(name).description(description).argument('<webhook>', 'its number', wholeNumber);
  webhooks
    .command('list')
    .description('list all webhooks')
    .action(() => run((commands) => commands.list()));
  webhooks
    .command('add')
    .description('add a webhook; its secret is printed this once')
    .argument('<vdn>', 'the VDN', wholeNumber)
    .argument('<url>', 'where events are sent')
    .option('--from <position>', 'feed position behind which it begins; left out: now')
    .option('--dead-letter-after <seconds>', 'of failures', wholeNumber)
    .action((vdn: number, url: string, options: AddOptions) =>
      run((commands) => commands.add(vdn, url, options)),
    );
  one('pause', 'send nothing to a webhook').action((id: number) =>
    run((commands) => commands.pause(id, true)),
  );
  one('resume', 'let a webhook go on where it was').action((id: number) =>
    run((commands) => commands.pause(id, false)),
  );
  one('remove', 'remove a webhook with its dead letters').action((id: number) =>
    run((commands) => commands.remove(id)),
  );
  one('rotate', 'give a webhook a new secret; it is printed this once')
    .option('--old-secret-for <seconds>', 'how long the old one signs too; left out: 24 hours', wholeNumber)
    .action((id: number, options: { readonly oldSecretFor?: number }) =>
      run((commands) => commands.rotate(id, options.oldSecretFor)),
    );
  one('dead-letters', 'list what was not received').action((id: number) =>
    run((commands) => commands.deadLetters(id)),
  );
  one('replay', 'send a dead letter, or a part of the feed, again')
    .option('--dead-letter <number>', 'the dead letter', wholeNumber)
    .option('--from <position>', 'the first feed position')
    .option('--to <position>', 'the last feed position')
    .action((id: number, options: ReplayOptions) => run((commands) => commands.replay(id, options)));
}

interface AddOptions {
  readonly from?: string;
  readonly deadLetterAfter?: number;
}

interface ReplayOptions {
  readonly deadLetter?: number;
  readonly from?: string;
  readonly to?: string;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('it must be a whole number');
  return Number(text);
}

/** The commands about webhooks, on an open store. */
class WebhookCommands {
  readonly #store: Store;
  readonly #webhooks: Webhooks;
  readonly #view: WebhookView;

  constructor(store: Store, config: Config) {
    this.#store = store;
    // A server that runs sees by itself what was changed.
    this.#webhooks = buildWebhooks({ store, config, secrets: systemSecrets }, () => undefined);
    this.#view = new WebhookView(store.logEpoch);
  }

  async list(): Promise<void> {
    let count = 0;
    for (const { tenantId } of await this.#store.listTenants()) {
      for (const webhook of await this.#store.listWebhooks(tenantId)) {
        print(describeWebhook(tenantId, this.#view.webhook(webhook)));
        count += 1;
      }
    }
    if (count === 0) print('There is no webhook.');
  }

  async add(vdn: number, url: string, { from, deadLetterAfter }: AddOptions): Promise<void> {
    if (deadLetterAfter !== undefined) checkBetween('--dead-letter-after', deadLetterAfter, [60, 604_800]);
    const request = {
      url,
      ...(from === undefined ? {} : { after: this.#sequenceOf(from) }),
      ...(deadLetterAfter === undefined ? {} : { deadLetterAfterMs: deadLetterAfter * 1_000 }),
    };
    const said = await this.#webhooks.add(vdn as TenantId, request, BY);
    if (said.kind !== 'done') throw faultOf(said);
    print(`Webhook ${said.webhook.webhookId} added. Its secret, shown this once:\n  ${said.secret}`);
  }

  async pause(webhookId: number, paused: boolean): Promise<void> {
    const said = await this.#webhooks.change(await this.#keyOf(webhookId), { paused }, BY);
    if (said.kind !== 'done') throw faultOf(said);
    print(paused ? `Webhook ${webhookId} is paused.` : `Webhook ${webhookId} goes on.`);
  }

  async remove(webhookId: number): Promise<void> {
    const said = await this.#webhooks.remove(await this.#keyOf(webhookId), BY);
    if (said.kind !== 'done') throw faultOf(said);
    print(`Webhook ${webhookId} removed.`);
  }

  async rotate(webhookId: number, oldSecretFor: number | undefined): Promise<void> {
    if (oldSecretFor !== undefined) checkBetween('--old-secret-for', oldSecretFor, [0, 604_800]);
    const oldSecret = oldSecretFor === undefined ? {} : { oldSecretForMs: oldSecretFor * 1_000 };
    const said = await this.#webhooks.rotate(await this.#keyOf(webhookId), oldSecret, BY);
    if (said.kind !== 'done') throw faultOf(said);
    print(`The new secret of webhook ${webhookId}, shown this once:\n  ${said.secret}`);
  }

  async deadLetters(webhookId: number): Promise<void> {
    const said = await this.#webhooks.deadLetters(await this.#keyOf(webhookId), 0, MOST_LISTED_DEAD_LETTERS);
    if (said.kind !== 'done') throw faultOf(said);
    if (said.deadLetters.length === 0) print(`Webhook ${webhookId} has no dead letters.`);
    for (const each of said.deadLetters) print(describeDeadLetter(this.#view.deadLetter(each)));
  }

  async replay(webhookId: number, { deadLetter, from, to }: ReplayOptions): Promise<void> {
    const what =
      deadLetter !== undefined
        ? { deadLetterId: deadLetter }
        : { first: this.#sequenceOf(from), last: this.#sequenceOf(to) };
    const said = await this.#webhooks.replay(await this.#keyOf(webhookId), what, BY);
    if (said.kind !== 'done') throw faultOf(said);
    const [first, last] = [this.#view.position(said.first), this.#view.position(said.last)];
    print(`Webhook ${webhookId} is sent ${first} to ${last} again.`);
  }

  async #keyOf(webhookId: number): Promise<WebhookKey> {
    for (const { tenantId } of await this.#store.listTenants()) {
      const webhooks = await this.#store.listWebhooks(tenantId);
      if (webhooks.some((webhook) => webhook.webhookId === webhookId)) return { tenantId, webhookId };
    }
    throw faultOf({ kind: 'noWebhook' });
  }

  #sequenceOf(position: string | undefined): number {
    if (position === undefined) throw new CommandFault('say --dead-letter, or --from and --to');
    const sequence = /^[a-z0-9]{1,16}\.\d{1,15}$/.test(position) ? this.#view.sequenceOf(position) : null;
    if (sequence === null) throw new CommandFault(`${position} is no feed position of this installation`);
    return sequence;
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function checkBetween(option: string, value: number, [least, most]: readonly [number, number]): void {
  if (value < least || value > most) throw new CommandFault(`${option} must be ${least} to ${most}`);
}

function describeWebhook(vdn: number, row: WebhookRow): string {
  const { webhook, state, url, received, behind, lastAttempt, failingSince, deadLetters, replays } = row;
  const facts = [`received up to ${received}, ${behind} behind`];
  if (lastAttempt !== null)
    facts.push(`last attempt ${utc(lastAttempt.at)}: ${describeAttempt(lastAttempt)}`);
  if (failingSince !== null) facts.push(`failing since ${utc(failingSince)}`);
  if (deadLetters > 0) facts.push(`dead letters: ${deadLetters}`);
  if (replays > 0) facts.push(`replays that wait: ${replays}`);
  return `${webhook}  VDN ${vdn}  ${state}  ${url}\n   ${facts.join('; ')}`;
}

function describeDeadLetter({
  deadLetter,
  from,
  to,
  failures,
  failingSince,
  ...attempt
}: DeadLetterRow): string {
  const count = failures === 1 ? '1 failure' : `${failures} failures`;
  return `${deadLetter}  ${from} to ${to}  ${count} since ${utc(failingSince)}, the last: ${describeAttempt(attempt)}`;
}

function describeAttempt({ status, fault }: Pick<DeadLetterRow, 'status' | 'fault'>): string {
  return status === null ? String(fault) : `answered ${status}`;
}

function utc(ms: number): string {
  return new Date(ms).toISOString();
}

function faultOf(refusal: WebhookRefusal): CommandFault {
  return new CommandFault(refusalInWords(refusal));
}
