import {
  type EventItem,
  type EventOptions,
  type Session,
  type SignInOptions,
  signIn,
} from '@rollcall/client';
import {
  type GatewayOptions,
  type RunningGateway,
  withGateway,
} from '../../../server/test/support/running-gateway.ts';
import { type Line, withLine } from './line.ts';

export interface Desk {
  readonly gateway: RunningGateway;
  /** What lies between the client and the gateway. */
  readonly line: Line;
  readonly server: string;
  /** Signs agent 291 in over the line, or whom the options name. */
  signIn(options?: Partial<SignInOptions> & { readonly workNumber?: number }): Promise<Session>;
}

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
        signIn: (own) => signIn({ ...defaults, ...own } as SignInOptions),
      });
    });
  });
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
      return `notRecovered: ${item.snapshot.eventType}`;
    case 'ended':
      return `ended: ${item.end}`;
  }
}
