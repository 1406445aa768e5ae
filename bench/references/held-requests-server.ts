/**
 * Reference of P5: bare node:https that holds each GET as long as the gateway holds a poll without news, and answers
 * as many bytes. A PUT, by which the driver signs in, is answered at once. Fixed by decision 0010.
 */
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { announce, KEEP_ALIVE_MS, tlsOptions } from './tls-options.ts';

/** In the middle between the shortest and the longest hold of the gateway. */
const HOLD_MS = 9_720;
const SWEEP_MS = 20;
const BODY = '{"message":"","retcode":"0"}';
const HEADERS = ['Content-Type', 'application/json', 'Content-Length', String(BODY.length)];

/** In the order in which they are due. */
const held: { readonly response: ServerResponse; readonly dueMs: number }[] = [];

const options = { ...tlsOptions(process.argv.slice(2)), keepAliveTimeout: KEEP_ALIVE_MS };
const server = createServer(options, (request, response) => {
  request.resume();
  if (request.method === 'GET') held.push({ response, dueMs: performance.now() + HOLD_MS });
  else answer(response);
});

function answer(response: ServerResponse): void {
  response.writeHead(200, HEADERS);
  response.end(BODY);
}

setInterval(() => {
  const nowMs = performance.now();
  const due = held.findIndex(({ dueMs }) => dueMs > nowMs);
  for (const { response } of held.splice(0, due < 0 ? held.length : due)) answer(response);
}, SWEEP_MS);
server.listen(0, '127.0.0.1', () => announce(server.address()));
process.once('SIGTERM', () => process.exit(0));
