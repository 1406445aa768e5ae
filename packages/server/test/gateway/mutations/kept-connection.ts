import type { TLSSocket } from 'node:tls';
import { within } from '../../faults/support/waiting.ts';
import { openRawConnection } from '../../support/raw-connection.ts';

/** An answer as it stood on the wire. */
export interface RoughAnswer {
  readonly status: number;
  /** Names in lower case; of a name that comes twice both values. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly text: string;
}

interface Address {
  readonly port: number;
  readonly certificate: string;
}

const ANSWER_MS = 30_000;
/** Type of an answer that does not end by itself; it is taken for whole with its headers. */
export const EVENT_STREAM = 'text/event-stream';

/** A connection that is used again for the next request until the server announces its end. */
export class KeptConnection {
  readonly #address: Address;
  #socket: TLSSocket | null = null;

  constructor(address: Address) {
    this.#address = address;
  }

  /** Sends one request and reads its answer; null when the server closed the connection without one. */
  async exchange(bytes: Buffer, isHead: boolean): Promise<RoughAnswer | null> {
    this.#socket ??= await openRawConnection(this.#address);
    const socket = this.#socket;
    const answer = await within(ANSWER_MS, 'an answer', readAnswer(socket, bytes, isHead));
    // A stream goes on for as long as it is read.
    const isStream = answer?.headers.get('content-type')?.includes(EVENT_STREAM) === true;
    const isOver =
      answer === null || isStream || answer.headers.get('connection')?.includes('close') === true;
    if (isOver) this.close();
    return answer;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }
}

function readAnswer(socket: TLSSocket, bytes: Buffer, isHead: boolean): Promise<RoughAnswer | null> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    const settle = (answer: RoughAnswer | null) => {
      socket.removeListener('data', take);
      socket.removeListener('close', lose);
      resolve(answer);
    };
    const lose = () => settle(null);
    const take = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const answer = parseAnswer(received, isHead);
      if (answer !== undefined) settle(answer);
    };
    socket.on('data', take);
    socket.once('close', lose);
    // Whatever ends the connection, `close` follows.
    if (socket.listenerCount('error') === 0) socket.on('error', () => undefined);
    socket.write(bytes);
  });
}

/** Undefined until the whole answer has come. */
function parseAnswer(received: Buffer, isHead: boolean): RoughAnswer | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine = '', ...lines] = received.toString('latin1', 0, end).split('\r\n');
  const status = Number(statusLine.split(' ')[1]);
  const rest = received.subarray(end + 4);
  if (status === 100) return parseAnswer(rest, isHead);
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const [name = '', value = ''] = line.split(/: ?(.*)/s);
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), value]);
  }
  const length = isHead ? 0 : Number(headers.get('content-length')?.[0]);
  if (rest.length < length) return undefined;
  return { status, headers, text: rest.toString('utf8') };
}
