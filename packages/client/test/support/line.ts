import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The network between a client and a server, with its faults. */
export interface Line {
  readonly port: number;
  /** Ends every connection at once, and until {@link mend} each new one as soon as it is made. */
  cut(): void;
  /** Nothing gets through any more and nobody is told, as when a cable is pulled; connections can still be made. */
  freeze(): void;
  /** New connections get through again. What was cut or frozen stays so. */
  mend(): void;
  /** Ends the connection on which this text comes from the server next, before the piece that has it gets through. */
  cutBefore(text: string): void;
  close(): Promise<void>;
}

type Condition = 'sound' | 'cut' | 'frozen';

/** Runs a line to a port of this machine while `use` runs. */
export async function withLine<Result>(to: number, use: (line: Line) => Promise<Result>): Promise<Result> {
  const line = await startLine(to);
  try {
    return await use(line);
  } finally {
    await line.close();
  }
}

async function startLine(to: number): Promise<Line> {
  const sockets = new Set<Socket>();
  let condition: Condition = 'sound';
  let cutBefore: string | null = null;
  let generation = 0;

  const server = createServer((client) => {
    if (condition === 'cut') {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(to, '127.0.0.1');
    const born = condition === 'frozen' ? -1 : generation;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    const isSound = () => born === generation;
    const endBoth = () => {
      if (!isSound()) return;
      client.destroy();
      upstream.destroy();
    };
    client.on('close', endBoth).on('data', (data) => {
      if (isSound()) upstream.write(data);
    });
    upstream.on('close', endBoth).on('data', (data: Buffer) => {
      if (!isSound()) return;
      if (cutBefore !== null && data.includes(cutBefore)) {
        cutBefore = null;
        client.resetAndDestroy();
        upstream.destroy();
        return;
      }
      client.write(data);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      condition = 'cut';
      for (const socket of sockets) socket.destroy();
    },
    freeze: () => {
      condition = 'frozen';
      generation++;
    },
    mend: () => {
      condition = 'sound';
    },
    cutBefore: (text) => {
      cutBefore = text;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
