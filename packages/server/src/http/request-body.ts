import type { IncomingMessage } from 'node:http';

/** Largest body that is read. */
const BODY_LIMIT_BYTES = 64 * 1024;
/** How much of a body that is too large is still taken in, so that its sender can read the refusal. */
const DISCARD_LIMIT_BYTES = 64 * 1024 * 1024;

export type RawBody = { readonly kind: 'whole'; readonly bytes: Buffer } | { readonly kind: 'tooLarge' };

/** Reads a request's body whatever its headers say of it. Rejects when the sender goes away. */
export async function readBody(request: IncomingMessage): Promise<RawBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= BODY_LIMIT_BYTES) chunks.push(chunk);
    if (size > DISCARD_LIMIT_BYTES) break;
  }
  return size > BODY_LIMIT_BYTES ? { kind: 'tooLarge' } : { kind: 'whole', bytes: Buffer.concat(chunks) };
}

/** The JSON object that the bytes write, or undefined when they write something else (rules WI-11, WI-12). */
export function parseJsonObject(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(decodeText(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** UTF-8 without its byte order mark; bytes that are not UTF-8 are read as ISO-8859-1. */
function decodeText(bytes: Buffer): string {
  const text = bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
    ? bytes.subarray(BYTE_ORDER_MARK.length)
    : bytes;
  try {
    return utf8.decode(text);
  } catch {
    return text.toString('latin1');
  }
}
