import type { Server as PlainServer } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';

/** Has `admit` see each connection before whoever listens so far; they do when it calls `begin`. */
export function standBefore(
  door: PlainServer | TlsServer,
  event: 'connection' | 'secureConnection',
  admit: (socket: Socket, begin: () => void) => void,
): void {
  const listeners = door.listeners(event);
  door.removeAllListeners(event);
  door.on(event, (socket: Socket) =>
    admit(socket, () => {
      for (const listener of listeners) listener.call(door, socket);
    }),
  );
}
