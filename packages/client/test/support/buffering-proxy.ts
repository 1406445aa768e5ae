import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** Runs a proxy to a port of this machine that hands an answer on only when it is whole. */
export async function withBufferingProxy<Result>(
  to: number,
  use: (server: string) => Promise<Result>,
): Promise<Result> {
  const proxy = createServer((incoming, response) => {
    const { method, url, headers } = incoming;
    const onward = request({ host: '127.0.0.1', port: to, method, path: url, headers }, (answer) => {
      void buffer(answer).then(
        (whole) => response.writeHead(answer.statusCode ?? 502, answer.headers).end(whole),
        () => response.destroy(),
      );
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    incoming.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  try {
    return await use(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  } finally {
    proxy.close();
    proxy.closeAllConnections();
  }
}
