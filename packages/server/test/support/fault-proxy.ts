import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { SeededRandom } from '../faults/support/seeded-random.ts';

/** What goes wrong on a line. */
export const LINE_FAULTS = ['cut', 'delay', 'reset', 'halfOpen', 'truncate'] as const;
export type LineFault = (typeof LINE_FAULTS)[number];

/** What becomes of one connection, once so many bytes have gone through it, either way. */
interface Fate {
  readonly fault: LineFault;
  readonly afterBytes: number;
}

interface Line {
  readonly client: Socket;
  readonly server: Socket;
  fate: Fate | null;
  bytes: number;
}

export interface FaultProxy {
  readonly port: number;
  /** How often each fault has happened. */
  readonly happened: Readonly<Record<LineFault, number>>;
  /** From now on nothing goes wrong, and what was broken is closed. */
  heal(): void;
  close(): Promise<void>;
}

const LONGEST_DELAY_MS = 150;

/**
 * A proxy to a port of this machine on which most connections come to grief. The server never sees a client close
 * in order that did not: by that alone it cannot tell a break (rule DL-6).
 */
export async function startFaultProxy(
  targetPort: number,
  random: SeededRandom,
  mostBytes = 2_500,
): Promise<FaultProxy> {
  const happened = { cut: 0, delay: 0, reset: 0, halfOpen: 0, truncate: 0 };
  const sockets = new Set<Socket>();
  const broken = new Set<Socket>();
  let isHealed = false;

  function fateOf(): Fate | null {
    if (isHealed || random.below(8) === 0) return null;
    return { fault: random.oneOf(LINE_FAULTS), afterBytes: random.below(mostBytes) };
  }

  /** Gives what of the chunk still goes through. */
  function befall(fault: LineFault, chunk: Buffer, { client, server }: Line): Buffer {
    happened[fault] += 1;
    switch (fault) {
      case 'delay':
        return chunk;
      case 'halfOpen':
        // Both ends believe in the line, and nothing goes through it.
        for (const socket of [client, server]) {
          socket.removeAllListeners('data');
          socket.removeAllListeners('end');
          socket.resume();
          broken.add(socket);
        }
        return Buffer.alloc(0);
      case 'reset':
        client.resetAndDestroy();
        server.resetAndDestroy();
        return Buffer.alloc(0);
      case 'cut':
        client.end();
        server.resetAndDestroy();
        return Buffer.alloc(0);
      case 'truncate':
        setImmediate(() => {
          client.end();
          server.resetAndDestroy();
        });
        return chunk.subarray(0, random.below(chunk.length));
    }
  }

  function join(from: Socket, to: Socket, line: Line): void {
    from.on('data', (chunk: Buffer) => {
      const { fate } = line;
      line.bytes += chunk.length;
      if (fate === null || line.bytes < fate.afterBytes || isHealed) {
        to.write(chunk);
        return;
      }
      line.fate = null;
      const through = befall(fate.fault, chunk, line);
      if (fate.fault === 'delay') {
        from.pause();
        setTimeout(() => {
          to.write(through);
          from.resume();
        }, random.below(LONGEST_DELAY_MS));
      } else if (through.length > 0) to.write(through);
    });
    from.on('end', () => to.end());
    from.on('error', () => to.resetAndDestroy());
    from.on('close', () => {
      if (!broken.has(from)) to.destroy();
    });
  }

  const proxy = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    const line = { client, server, fate: fateOf(), bytes: 0 };
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    join(client, server, line);
    join(server, client, line);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: (proxy.address() as AddressInfo).port,
    happened,
    heal: () => {
      isHealed = true;
      for (const socket of broken) socket.resetAndDestroy();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
