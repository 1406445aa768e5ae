import type { ServerResponse } from 'node:http';
import { RESULT_CODES, type ResultCode } from '@rollcall/contract';
import type { Reply } from './call.ts';
import { sendStream } from './stream-response.ts';

/** What the answering node adds to a reply. */
export interface AnsweringNode {
  /** Written behind a session's token: `<token>.<node>`. */
  readonly nodeName: string;
  /** The node stops: each connection is told so with its answer (rule WI-3). */
  readonly isClosing: boolean;
  /** The client speaks HTTPS: its cookie is for HTTPS alone (rule WI-41). */
  readonly usesHttps: boolean;
  /** A token that the session was given with this answer, beside what it says (rule TK-2). */
  readonly freshToken: string | null;
}

/** The exact bytes of a reply, without a newline (rule WI-16). */
export function bodyOf(reply: Exclude<Reply, { readonly kind: 'stream' }>): string {
  switch (reply.kind) {
    case 'done':
    case 'tokenRenewed':
      return '{"message":"","retcode":"0"}';
    case 'result':
    case 'signedIn':
      return `{"message":"","retcode":"0","result":${JSON.stringify(reply.result)}}`;
    case 'resultText':
      return `{"message":"","retcode":"0","result":${reply.text}}`;
    case 'event':
      return `{"message":"","retcode":"0","event":${JSON.stringify(reply.event)}}`;
    case 'events':
      return `{"message":"","retcode":"0","event":${JSON.stringify(reply.events)}}`;
    case 'refused':
      return envelope(reply.code, reply.message);
  }
}

/** An envelope that carries only a code and a message. */
export function envelope(code: ResultCode, message: string = RESULT_CODES[code].message): string {
  return JSON.stringify({ message, retcode: code });
}

/** Writes a reply: HTTP 200, header casing as old clients expect it (rules WI-2, WI-15, WI-20). */
export function sendReply(
  response: ServerResponse,
  reply: Reply,
  { nodeName, isClosing, usesHttps, freshToken }: AnsweringNode,
): void {
  const headers: string[] = isClosing ? ['Connection', 'close'] : [];
  if (reply.kind === 'signedIn' || reply.kind === 'tokenRenewed') {
    const guid = `${reply.token}.${nodeName}`;
    headers.push('Set-GUID', `JSESSIONID=${guid}`, 'Guid', guid);
    const secure = usesHttps ? ' Secure;' : '';
    headers.push('Set-Cookie', `JSESSIONID=${guid}; Path=/agentgateway;${secure} HttpOnly; SameSite=Strict`);
  }
  if (reply.kind === 'event' || reply.kind === 'events') headers.push('Event-Position', reply.position);
  if (freshToken !== null) headers.push('Set-GUID', `JSESSIONID=${freshToken}.${nodeName}`);
  if (reply.kind === 'refused' && reply.retryAfterS !== undefined) {
    headers.push('Retry-After', String(reply.retryAfterS));
  }
  if (reply.kind === 'stream') sendStream(response, headers, reply.begin);
  else sendJson(response, { status: 200, headers, body: bodyOf(reply) });
}

/** Writes a body as `application/json`, nothing added to the type. */
export function sendJson(
  response: ServerResponse,
  { status, headers, body }: { status: number; headers: readonly string[]; body: string },
): void {
  const length = String(Buffer.byteLength(body));
  response.writeHead(status, [...headers, 'Content-Type', 'application/json', 'Content-Length', length]);
  response.end(body);
}
