import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

/** A balancer that passes bytes on and begins each connection with a header of its own. */
export interface TcpBalancer {
  readonly port: number;
  close(): Promise<void>;
}

interface BalancerOptions {
  /** Port of the server behind it. */
  readonly to: number;
  /** Address that it connects from. */
  readonly from: string;
  readonly header: Buffer;
  /** `together`: with the client's first bytes in one piece. `bytewise`: each byte by itself. */
  readonly sends?: 'together' | 'bytewise';
}

/** Starts one on a free port of the loopback interface. */
export async function startTcpBalancer(options: BalancerOptions): Promise<TcpBalancer> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({
      port: options.to,
      host: '127.0.0.1',
      localAddress: options.from,
      noDelay: true,
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    upstream.pipe(client);
    client.once('data', (first: Buffer) => {
      client.pause();
      void begin(upstream, first, options).then(() => client.pipe(upstream));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function begin(upstream: Socket, first: Buffer, { header, sends }: BalancerOptions): Promise<void> {
  if (sends !== 'bytewise') {
    upstream.write(Buffer.concat([header, first]));
    return;
  }
  for (const byte of header) {
    await new Promise<void>((sent) => upstream.write(Buffer.from([byte]), () => sent()));
    await turn();
  }
  upstream.write(first);
}
