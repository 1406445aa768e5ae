// Takes what a webhook sends, and prints it, once each:
//   ROLLCALL_WEBHOOK_SECRET=whsec_… node webhook-receiver.ts 8080
import { createServer, type IncomingMessage } from 'node:http';
import { verifyWebhook } from '@rollcall/client';

const LONGEST_BODY = 1_000_000;
const secret = process.env.ROLLCALL_WEBHOOK_SECRET ?? '';
/** Place of the last event that was taken; a real receiver keeps it where it keeps the events. */
let taken = { epoch: '', sequence: 0 };

const server = createServer((request, response) => {
  take(request).then(
    (status) => response.writeHead(status).end(),
    () => response.writeHead(400).end(),
  );
});
server.listen(Number(process.argv[2] ?? 8080), '127.0.0.1', () => console.log('listening'));

async function take(request: IncomingMessage): Promise<number> {
  const signature = request.headers['rollcall-signature'];
  const body = await wholeBody(request);
  const verdict = await verifyWebhook({ secret, signature: String(signature), body });
  if (verdict.kind === 'rejected') {
    console.log('rejected:', verdict.reason);
    return 401;
  }
  for (const { feedPosition, agent, at, event } of verdict.batch.events) {
    const [epoch = '', sequence = ''] = feedPosition.split('.');
    if (epoch === taken.epoch && Number(sequence) <= taken.sequence) continue;
    console.log(new Date(at).toISOString(), agent, event.eventType, JSON.stringify(event.content));
    taken = { epoch, sequence: Number(sequence) };
  }
  return 204;
}

async function wholeBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > LONGEST_BODY) throw new RangeError('no batch is so long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
