import { isIPv4, isIPv6 } from 'node:net';
import type { AddressRange } from '../platform/addresses.ts';

/** Reads an IP address or a CIDR range; undefined for anything else. */
export function readAddressRange(text: string): AddressRange | undefined {
  const [, address = '', bits] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const widest = isIPv4(address) ? 32 : isIPv6(address) ? 128 : undefined;
  const prefix = bits === undefined ? widest : Number(bits);
  if (widest === undefined || prefix === undefined || prefix > widest) return undefined;
  return { address, prefix };
}
