import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { openRawConnection } from '../../support/raw-connection.ts';
import type { NodeAddress } from './gateway-client.ts';
import { until, within } from './waiting.ts';

/** How a connection ended, as its client sees it. */
export interface ConnectionEnd {
  /** Everything that was answered on it. */
  readonly received: string;
  /** `inOrder`: the server closed it; else the fault, such as ECONNRESET. */
  readonly how: string;
}

/** A connection whose end matters as much as its answers. */
export interface RawConnection {
  /** Sends one request of the gateway API and waits for nothing. */
  send(request: RawRequest): void;
  /** Resolves when so many answers have begun. */
  answered(count: number): Promise<void>;
  /** Resolves when the connection has ended. */
  readonly ended: Promise<ConnectionEnd>;
  close(): void;
}

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly guid?: string;
  readonly body?: string;
  /** Bytes that the head promises; more than the body has, and the request stays unfinished. */
  readonly promised?: number;
}

const CONNECT_MS = 10_000;
const ANSWER_MS = 10_000;

/** A connection without a TLS handshake: the server has accepted it and waits for the first byte. */
export async function openTcp({ port }: NodeAddress): Promise<Socket> {
  const socket = connectTcp({ host: '127.0.0.1', port });
  await within(CONNECT_MS, 'a connection', once(socket, 'connect'));
  return socket;
}

/** A connection ready for requests; over `socket` where the handshake is done late. */
export async function openRaw(address: NodeAddress, socket?: Socket): Promise<RawConnection> {
  const handshake = openRawConnection(address, socket === undefined ? {} : { socket });
  const tls = await within(CONNECT_MS, 'a TLS handshake', handshake);
  let received = '';
  let how = 'inOrder';
  tls.setEncoding('utf8').on('data', (text: string) => {
    received += text;
  });
  tls.on('error', (fault: NodeJS.ErrnoException) => {
    how = fault.code ?? fault.message;
  });
  const ended = new Promise<ConnectionEnd>((resolve) => {
    tls.once('close', () => resolve({ received, how }));
  });
  return {
    send: (request) => tls.write(bytesOf(request)),
    answered: (count) =>
      until(ANSWER_MS, `answer ${count}`, () => received.split('HTTP/1.1 ').length - 1 >= count),
    ended,
    close: () => tls.destroy(),
  };
}

function bytesOf({ method, path, guid, body = '', promised = Buffer.byteLength(body) }: RawRequest): string {
  const head = [
    `${method} /agentgateway/resource${path} HTTP/1.1`,
    'Host: localhost',
    ...(guid === undefined ? [] : [`Guid: ${guid}`]),
    `Content-Length: ${promised}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** Resolves when the server takes no more connections. */
export async function untilRefused(address: NodeAddress): Promise<void> {
  await until(CONNECT_MS, 'new connections to be refused', async () => {
    try {
      (await openTcp(address)).destroy();
      return false;
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code === 'ECONNREFUSED') return true;
      throw fault;
    }
  });
}
