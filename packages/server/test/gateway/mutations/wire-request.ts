/** A request as bytes are made of it; nothing in it need make sense. */
export interface RoughRequest {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** How the length of the body is told: by its length, in chunks, or not at all where there is none. */
  readonly framing: 'length' | 'chunked';
  /** Whether it may be no HTTP at all, and so be answered 400 or 431. */
  readonly mayBeUnreadable: boolean;
}

/** The bytes of a request; characters above U+00FF are written as UTF-8. */
export function bytesOf({ method, target, version, headers, body, framing }: RoughRequest): Buffer {
  const lines = [
    `${method} ${target} HTTP/${version}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  if (framing === 'chunked') lines.push('Transfer-Encoding: chunked');
  else if (body.length > 0 || method === 'PUT' || method === 'POST')
    lines.push(`Content-Length: ${body.length}`);
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'utf8');
  return Buffer.concat([head, framing === 'chunked' ? inChunks(body) : body]);
}

function inChunks(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let from = 0; from < body.length; from += 1_000) {
    const chunk = body.subarray(from, from + 1_000);
    parts.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}
