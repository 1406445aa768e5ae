import type { IncomingHttpHeaders } from 'node:http';

const TOKEN = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const GUID_TOKEN = new RegExp(TOKEN, 'gi');
const COOKIE_TOKEN = new RegExp(`JSESSIONID\\s*=?\\s*"?(${TOKEN})`, 'gi');
/** More different tokens than the largest head can hold. */
const MOST_TOKENS = 400;

/**
 * The session tokens that a request carries, the header's first (rules WI-22, WI-23). Old clients echo cookie
 * attributes as cookies and send several Cookie lines; whatever looks like a token is taken.
 */
export function tokensOfRequest(headers: IncomingHttpHeaders, allowedOrigins: readonly string[]): string[] {
  const tokens = headerTokens(headers);
  const { cookie } = headers;
  if (cookie !== undefined && isOwnPage(headers, allowedOrigins)) {
    for (const [, token] of cookie.matchAll(COOKIE_TOKEN)) if (token !== undefined) tokens.push(token);
  }
  return [...new Set(tokens.map((token) => token.toLowerCase()))].slice(0, MOST_TOKENS);
}

/** The tokens that stand in the request's `Guid` header, as they were sent. */
export function headerTokens({ guid }: IncomingHttpHeaders): string[] {
  return typeof guid === 'string' ? [...(guid.match(GUID_TOKEN) ?? [])] : [];
}

/** A cookie is believed only when no page of another origin can have sent it. */
function isOwnPage({ origin, host }: IncomingHttpHeaders, allowedOrigins: readonly string[]): boolean {
  if (origin === undefined) return true;
  return origin === `https://${host}` || allowedOrigins.includes(origin);
}
