import { isIP } from 'node:net';
import type { ReceiverPattern } from '../platform/address-rules.ts';
import type { AddressRange } from '../platform/addresses.ts';
import { readAddressRange } from './trusted-proxies.ts';

export type EventReceiver =
  | { readonly kind: 'receiver'; readonly pattern: ReceiverPattern }
  /** Addresses that are opened for listed names. */
  | { readonly kind: 'range'; readonly range: AddressRange };

const RECEIVER = /^(?:(https?):\/\/)?(\*\.)?(\[[0-9a-f:.]+\]|[^\s/\\:@?#*[\]%]+)(?::(\d{1,5}|\*))?$/i;
const DEFAULT_PORTS = { https: 443, http: 80 } as const;
const HIGHEST_PORT = 65_535;

/**
 * Reads a receiver such as `crm.example`, `*.example.com:8443`, `http://10.0.0.7:*`, or a range such as `10.0.0.0/8`;
 * undefined for anything else.
 */
export function readEventReceiver(text: string): EventReceiver | undefined {
  if (/^[^/]+\/\d+$/.test(text)) {
    const range = readAddressRange(text);
    return range === undefined ? undefined : { kind: 'range', range };
  }
  const [, scheme = 'https', below, written = '', portText] = RECEIVER.exec(text) ?? [];
  const host = URL.parse(`https://${written}`)?.hostname.replace(/^\[|\]$/g, '');
  if (host === undefined || host === '' || host.endsWith('.')) return undefined;
  if (below !== undefined && isIP(host) !== 0) return undefined;
  const knownScheme = scheme.toLowerCase() === 'http' ? 'http' : 'https';
  const port = portText === '*' ? 'any' : Number(portText ?? DEFAULT_PORTS[knownScheme]);
  if (port !== 'any' && (port < 1 || port > HIGHEST_PORT)) return undefined;
  return { kind: 'receiver', pattern: { scheme: knownScheme, host, isBelow: below !== undefined, port } };
}
