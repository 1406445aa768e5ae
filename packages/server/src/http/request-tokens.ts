import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from './client-connection.ts';

const TOKEN = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const GUID_TOKEN = new RegExp(TOKEN, 'gi');
const COOKIE_TOKEN = new RegExp(`JSESSIONID\\s*=?\\s*"?(${TOKEN})`, 'gi');
/** A token as the `Guid` header carries it, with the node behind it or without. */
const WHOLE_TOKEN = new RegExp(`^(${TOKEN})(?:\\.[A-Za-z0-9_.-]*)?$`, 'i');

/** A request, as far as it tells who sent it. */
interface TokenBearer {
  readonly headers: IncomingHttpHeaders;
  readonly caller: Caller;
}

/** More different tokens than the largest head can hold. */
const MOST_TOKENS = 400;

/**
 * The session tokens that a request carries, the header's first (rules WI-22, WI-23). Old clients echo cookie
 * attributes as cookies and send several Cookie lines; whatever looks like a token is taken.
 */
export function tokensOfRequest(request: TokenBearer, allowedOrigins: readonly string[]): string[] {
  const tokens = headerTokens(request.headers);
  const { cookie } = request.headers;
  if (cookie !== undefined && isOwnPage(request, allowedOrigins)) {
    for (const [, token] of cookie.matchAll(COOKIE_TOKEN)) if (token !== undefined) tokens.push(token);
  }
  return [...new Set(tokens.map((token) => token.toLowerCase()))].slice(0, MOST_TOKENS);
}

/** Neither a token, nor a cookie, nor a page that a browser was made to send it from (rule WI-55). */
export function claimsNothing({ headers: { guid, cookie, origin } }: TokenBearer): boolean {
  return guid === undefined && cookie === undefined && origin === undefined;
}

/** The tokens that stand in the request's `Guid` header, as they were sent. */
export function headerTokens({ guid }: IncomingHttpHeaders): string[] {
  return typeof guid === 'string' ? [...(guid.match(GUID_TOKEN) ?? [])] : [];
}

/** The session token that a text is, in the form in which it was given out; undefined when it is none. */
export function sessionTokenIn(text: string): string | undefined {
  return WHOLE_TOKEN.exec(text)?.[1]?.toLowerCase();
}

/** A cookie is believed only when no page of another origin can have sent it. */
function isOwnPage({ headers, caller }: TokenBearer, allowedOrigins: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  const own = `${caller.usesHttps ? 'https' : 'http'}://${host}`;
  return origin === own || allowedOrigins.includes(origin);
}
