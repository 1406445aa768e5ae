import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Where a connection breaks: what the client sends from there on is lost, and so is every answer. */
export type Cut =
  | { readonly at: 'nextMessage' }
  | {
      readonly at: 'beforeCommit' | 'afterCommit';
      /** Keep the server's side of the broken connection open until {@link CutProxy.letGo}. */
      readonly holdServer?: boolean;
      /** From the cut on, refuse every new connection until {@link CutProxy.accept}. */
      readonly refuseOthers?: boolean;
    };

/** A proxy in front of PostgreSQL that breaks one connection at a chosen point. */
export interface CutProxy {
  readonly port: number;
  /** The next connection to reach the point is cut there; later ones are not. */
  arm(cut: Cut): void;
  /** How often it has cut. */
  cuts(): number;
  /** How many connections were opened to it, refused ones too. */
  connections(): number;
  /** Ends the server's sides that were held open. */
  letGo(): void;
  /** Takes new connections again. */
  accept(): void;
  close(): Promise<void>;
}

/** COMMIT as a message of the simple query protocol: type, length, text, end. */
const COMMIT = Buffer.from('Q\0\0\0\x0bCOMMIT\0', 'latin1');

/** Starts a proxy on a free port of the loopback interface. */
export async function startCutProxy(serverSocket: string): Promise<CutProxy> {
  const sockets = new Set<Socket>();
  const held = new Set<Socket>();
  let armed: Cut | undefined;
  let isRefusing = false;
  let cuts = 0;
  let connections = 0;

  function cutConnection(client: Socket, upstream: Socket, cut: Cut): void {
    armed = undefined;
    cuts++;
    upstream.unpipe(client);
    upstream.resume();
    client.destroy();
    if (cut.at !== 'nextMessage' && cut.holdServer) held.add(upstream);
    else upstream.end();
    if (cut.at !== 'nextMessage' && cut.refuseOthers) isRefusing = true;
  }

  function serve(client: Socket): void {
    connections++;
    if (isRefusing) {
      client.destroy();
      return;
    }
    const upstream = connect(serverSocket);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    upstream.pipe(client);
    upstream.on('close', () => client.destroy());
    client.on('close', () => {
      if (!held.has(upstream)) upstream.end();
    });
    let kept = Buffer.alloc(0);
    client.on('data', (chunk: Buffer) => {
      if (client.destroyed) return;
      const data = Buffer.concat([kept, chunk]);
      const cut = armed;
      const end = cut === undefined ? undefined : endOfForwarded(data, cut);
      if (cut !== undefined && end !== undefined) {
        upstream.write(data.subarray(0, end));
        cutConnection(client, upstream, cut);
        return;
      }
      // A message may be divided between chunks; what may be its beginning waits for the rest.
      const whole = cut === undefined ? data.length : data.length - lengthOfBegunCommit(data);
      kept = data.subarray(whole);
      upstream.write(data.subarray(0, whole));
    });
  }

  const server = createServer(serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    arm: (cut) => {
      armed = cut;
    },
    cuts: () => cuts,
    connections: () => connections,
    letGo: () => {
      for (const upstream of held) upstream.end();
      held.clear();
    },
    accept: () => {
      isRefusing = false;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** How much of `data` still reaches the server, or undefined when the point of the cut is not in it. */
function endOfForwarded(data: Buffer, { at }: Cut): number | undefined {
  if (at === 'nextMessage') return 0;
  const commit = data.indexOf(COMMIT);
  if (commit === -1) return undefined;
  return at === 'beforeCommit' ? commit : commit + COMMIT.length;
}

function lengthOfBegunCommit(data: Buffer): number {
  for (let length = Math.min(COMMIT.length - 1, data.length); length > 0; length--) {
    if (data.subarray(data.length - length).equals(COMMIT.subarray(0, length))) return length;
  }
  return 0;
}
