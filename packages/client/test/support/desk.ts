import {
  type ConnectionOptions,
  type ConnectionStatus,
  type EventItem,
  type EventOptions,
  type Fetch,
  type Session,
  type SignInSettings,
  signIn,
  type TransportName,
} from '@rollcall/client';
import { systemSecrets } from '../../../server/src/platform/session-tokens.ts';
import {
  type GatewayOptions,
  type RunningGateway,
  withGateway,
} from '../../../server/test/support/running-gateway.ts';
import { type Line, withLine } from './line.ts';

/** What a test asks of a sign-in beyond what the desk knows. */
export type SignInWishes = SignInSettings &
  Partial<Pick<ConnectionOptions, 'fetch' | 'remember' | 'timeoutMs'>> & {
    readonly workNumber?: number;
    readonly password?: string;
    readonly forced?: boolean;
  };

export interface Desk {
  readonly gateway: RunningGateway;
  /** What lies between the client and the gateway. */
  readonly line: Line;
  readonly server: string;
  /** Signs agent 291 in over the line, or whom the options name. */
  signIn(options?: SignInWishes): Promise<Session>;
}

/** Reaches a server that has no streams, as earlier releases have none. */
export const withoutStreams: Fetch = (url, init) =>
  url.endsWith('/stream')
    ? Promise.resolve(new Response('{"message":"the address is not valid","retcode":"000-002"}'))
    : fetch(url, init);

/** What lets a session's events come in one of the two ways. */
export const TRANSPORTS: readonly [TransportName, SignInWishes][] = [
  ['stream', {}],
  ['longPoll', { fetch: withoutStreams }],
];

/** A gateway with a plain listener, and a line to it that can break. */
export function withDesk<Result>(
  use: (desk: Desk) => Promise<Result>,
  options: GatewayOptions = {},
): Promise<Result> {
  const environment = { ...options.environment, ROLLCALL_PLAIN_PORT: '0' };
  return withGateway({ ...options, environment }, (gateway) => {
    if (gateway.plainPort === null) throw new TypeError('the plain listener is there by its setting');
    return withLine(gateway.plainPort, (line) => {
      const server = `http://127.0.0.1:${line.port}`;
      const defaults = { server, workNumber: 291, password: '' };
      return use({
        gateway,
        line,
        server,
        signIn: (own) => signIn({ ...defaults, ...own }),
      });
    });
  });
}

/** A desk whose agents sign in with these wishes. */
export function deskWith(defaults: SignInWishes) {
  return (use: (desk: Desk) => Promise<void>, options: GatewayOptions = {}) =>
    withDesk((desk) => use({ ...desk, signIn: (own) => desk.signIn({ ...defaults, ...own }) }), options);
}

/** Gives the site a token. */
export async function siteToken(gateway: RunningGateway): Promise<string> {
  const token = systemSecrets.newSiteToken();
  await gateway.withStore((store) => store.claimSiteToken(systemSecrets.hashToken(token)));
  return token;
}

/** What a reading tells of its connection, in words. */
export function statuses() {
  const told: string[] = [];
  const onStatus = (status: ConnectionStatus) => {
    if (status.status === 'waiting') told.push(`waiting: ${status.fault.name}`);
    else told.push(status.status === 'open' ? `open by ${status.by}` : status.status);
  };
  return { told, onStatus };
}

/** Reads until `count` items are there or the events end; what an item is told as, in a word. */
export async function read(session: Session, count: number, options: EventOptions = {}): Promise<string[]> {
  const words: string[] = [];
  for await (const item of session.events(options)) {
    words.push(wordOf(item));
    if (words.length === count) break;
  }
  return words;
}

export function wordOf(item: EventItem): string {
  switch (item.kind) {
    case 'event':
      return item.eventType;
    case 'notRecovered':
      return `notRecovered: ${item.present?.state}`;
    case 'ended':
      return `ended: ${item.end}`;
  }
}
