import { Deadline } from './deadline.ts';
import { NetworkFault } from './errors.ts';
import { type Answer, begin, type Fetch, faultOf, type Outgoing } from './exchange.ts';

/** One block of a stream, or a sign that it is alive. */
export type StreamPiece =
  | { readonly kind: 'block'; readonly name: string; readonly id: string | null; readonly data: string }
  | { readonly kind: 'comment' };

/** No block of ours is anywhere near as long. */
const LONGEST_BLOCK = 4_000_000;

/** Cuts the text of a stream into its pieces, however it was divided on its way. */
export class StreamText {
  #kept = '';

  /** The pieces that have become whole with this text. */
  take(text: string): readonly StreamPiece[] {
    // A carriage return at the end may be the first half of a line's end.
    const all = this.#kept + text;
    const whole = all.endsWith('\r') ? all.slice(0, -1) : all;
    const blocks = whole.replace(/\r\n?/g, '\n').split('\n\n');
    this.#kept = (blocks.pop() ?? '') + all.slice(whole.length);
    return blocks.map(pieceOf);
  }

  /** Characters that wait for the rest of their block. */
  get waiting(): number {
    return this.#kept.length;
  }
}

function pieceOf(block: string): StreamPiece {
  let name = 'message';
  let id: string | null = null;
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'event') name = value;
    else if (field === 'id') id = value;
    else if (field === 'data') data.push(value);
  }
  return data.length === 0 ? { kind: 'comment' } : { kind: 'block', name, id, data: data.join('\n') };
}

interface StreamTerms {
  readonly fetch: Fetch;
  /** How long the first piece may take. */
  readonly firstMs: number;
  /** How long nothing may come afterwards. */
  readonly silenceMs: number;
  readonly signal: AbortSignal | undefined;
  /** Called with the head of a stream. */
  readonly onHead?: (headers: Headers) => void;
  /** Reads an answer that is no stream, and throws what it says. */
  readonly answered: (answer: Answer) => unknown;
}

/** Reads a stream of server-sent events piece by piece until it ends. */
export async function* readStream(
  outgoing: Outgoing,
  terms: StreamTerms,
): AsyncGenerator<StreamPiece, void, void> {
  const { signal } = terms;
  const deadline = new Deadline(terms.firstMs, signal);
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  try {
    const response = await begin(outgoing, terms.fetch, deadline);
    if (!isStream(response)) {
      const { status, headers } = response;
      terms.answered({ status, headers, text: await response.text() });
      throw new NetworkFault('strange', { operation: outgoing.operation, detail: 'the answer is no stream' });
    }
    terms.onHead?.(response.headers);
    reader = response.body.getReader();
    yield* piecesOf(reader, deadline, { outgoing, silenceMs: terms.silenceMs });
  } catch (cause) {
    throw faultOf(cause, { outgoing, deadline, signal });
  } finally {
    deadline.release();
    await reader?.cancel().catch(() => undefined);
  }
}

/** While the application is busy with a piece, the silence is its own. */
async function* piecesOf(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  deadline: Deadline,
  { outgoing: { operation }, silenceMs }: { readonly outgoing: Outgoing; readonly silenceMs: number },
): AsyncGenerator<StreamPiece, void, void> {
  const decoder = new TextDecoder();
  const text = new StreamText();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    deadline.pause();
    for (const piece of text.take(decoder.decode(value, { stream: true }))) {
      yield piece;
    }
    if (text.waiting > LONGEST_BLOCK) {
      throw new NetworkFault('strange', { operation, detail: 'a block of the stream has no end' });
    }
    deadline.extend(silenceMs);
  }
}

type StreamResponse = Response & { readonly body: NonNullable<Response['body']> };

function isStream(response: Response): response is StreamResponse {
  const type = response.headers.get('Content-Type') ?? '';
  return response.status === 200 && type.startsWith('text/event-stream') && response.body !== null;
}

/** The object that a text is as JSON. */
export function jsonIn(text: string, operation: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new NetworkFault('strange', { operation, detail: 'what came is no JSON', cause });
  }
  if (typeof value === 'object' && value !== null) return value;
  throw new NetworkFault('strange', { operation, detail: 'what came is no JSON object' });
}
