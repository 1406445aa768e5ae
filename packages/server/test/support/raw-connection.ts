import { once } from 'node:events';
import { connect as connectTcp, type Socket, type TcpSocketConnectOpts } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';

/** A TLS connection on which a test writes bytes as it likes; over `options.socket` where one is open already. */
export async function openRawConnection(
  { port, certificate }: { port: number; certificate: string },
  options: ConnectionOptions & Pick<TcpSocketConnectOpts, 'localAddress'> = {},
): Promise<TLSSocket> {
  const socket = connect({
    port,
    host: '127.0.0.1',
    ca: certificate,
    ALPNProtocols: ['http/1.1'],
    ...options,
  });
  await once(socket, 'secureConnect');
  return socket;
}

/** A TCP connection to the plain listener, or to any before its first byte. */
export async function openTcpConnection(port: number, localAddress?: string): Promise<Socket> {
  const socket = connectTcp({
    port,
    host: '127.0.0.1',
    ...(localAddress === undefined ? {} : { localAddress }),
  });
  await once(socket, 'connect');
  return socket;
}

/** Writes a request and reads until the server closes or one whole answer with a length has arrived. */
export async function exchange(socket: Socket, ...parts: readonly (string | Buffer)[]): Promise<string> {
  let received = '';
  const whole = new Promise<string>((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      if (isWhole(received)) resolve(received);
    });
    socket.on('end', () => resolve(received));
    socket.on('error', reject);
  });
  for (const part of parts) socket.write(part);
  return whole;
}

/** Writes requests without waiting for answers; gives the code of each answer, in order. */
export async function pipeline(socket: TLSSocket, requests: readonly string[]): Promise<string[]> {
  let received = '';
  const codes = () => [...received.matchAll(/"retcode":"([^"]+)"/g)].map(([, code]) => code ?? '');
  const all = new Promise<string[]>((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      if (received.endsWith('}') && codes().length === requests.length) resolve(codes());
    });
    socket.on('end', () => reject(new TypeError(`closed after ${codes().length} answers`)));
    socket.on('error', reject);
  });
  socket.write(requests.join(''));
  return all;
}

function isWhole(received: string): boolean {
  const [head, body] = received.split(/\r\n\r\n(.*)/s);
  if (head?.startsWith('HTTP/1.1 100')) return isWhole(body ?? '');
  const length = /content-length: (\d+)/i.exec(head ?? '')?.[1];
  return length !== undefined && body !== undefined && Buffer.byteLength(body, 'latin1') >= Number(length);
}
