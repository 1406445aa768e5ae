import type { IncomingHttpHeaders } from 'node:http';
import { type AddressRanges, canonicalAddress } from '../platform/addresses.ts';
import type { Caller } from './client-connection.ts';

/** Who asks behind a trusted proxy, as the proxy's headers tell (rules WI-44, WI-45). */
export function forwardedCaller(
  proxy: Caller,
  headers: IncomingHttpHeaders,
  trustedProxies: AddressRanges,
): Caller {
  const scheme = entriesOf(headers['x-forwarded-proto']).at(-1)?.toLowerCase();
  return {
    address: forwardedAddress(proxy.address, entriesOf(headers['x-forwarded-for']), trustedProxies),
    usesHttps: proxy.usesHttps || scheme === 'https',
  };
}

/** From the right, as each proxy wrote down whom it saw: what an untrusted one says of others is not believed. */
function forwardedAddress(
  proxyAddress: string,
  entries: readonly string[],
  trustedProxies: AddressRanges,
): string {
  let nearest = proxyAddress;
  for (const entry of entries.toReversed()) {
    const address = canonicalAddress(withoutPort(entry));
    if (address === undefined) break;
    nearest = address;
    if (!trustedProxies.has(address)) break;
  }
  return nearest;
}

/** A repeated header is one list. */
function entriesOf(header: string | readonly string[] | undefined): string[] {
  return [header ?? []].flat().flatMap((line) => line.split(',').map((entry) => entry.trim()));
}

function withoutPort(entry: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(entry)?.[1] ?? /^([\d.]+):\d+$/.exec(entry)?.[1] ?? entry;
}
