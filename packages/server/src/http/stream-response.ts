import type { ServerResponse } from 'node:http';
import type { StreamOutput } from '../delivery/stream-writer.ts';

/** Begins an answer of server-sent events, and hands over what writes them. */
export function sendStream(
  response: ServerResponse,
  headers: readonly string[],
  begin: (output: StreamOutput) => void,
): void {
  response.writeHead(200, [
    ...headers,
    'Content-Type',
    'text/event-stream',
    'Cache-Control',
    'no-store',
    // Some proxies keep an answer back until it is whole.
    'X-Accel-Buffering',
    'no',
  ]);
  begin(outputOf(response));
}

function outputOf(response: ServerResponse): StreamOutput {
  return {
    write: (text) => response.write(text),
    end: (text, closesConnection) => {
      const { socket } = response;
      response.end(text, () => {
        if (closesConnection) socket?.end();
      });
    },
    destroy: () => {
      response.destroy();
    },
    onDrain: (run) => {
      response.on('drain', run);
    },
    onClose: (run) => {
      if (response.destroyed) run();
      else response.once('close', run);
    },
  };
}
