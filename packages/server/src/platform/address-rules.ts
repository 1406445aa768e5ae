import { isIPv4 } from 'node:net';
import { type AddressRange, AddressRanges, canonicalAddress } from './addresses.ts';

/** One receiver that the site lists: what may stand before the path of a URL. */
export interface ReceiverPattern {
  readonly scheme: 'https' | 'http';
  /** As a URL writes it, an IPv6 address without its brackets. */
  readonly host: string;
  /** Whether the names below `host` are meant, and not `host` itself. */
  readonly isBelow: boolean;
  readonly port: number | 'any';
}

export interface ListedReceivers {
  readonly receivers: readonly ReceiverPattern[];
  /** Addresses that listed names may have although they are special (rule OB-5). */
  readonly openRanges: readonly AddressRange[];
}

/** What is not for the public, or stands for such an address in another form (rule OB-5). */
const SPECIAL = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  // The metadata of a cloud provider, at an address of its public range.
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
].map(rangeOf);

/** All IPv6 addresses of the public; what lies outside is special: loopback, link-local, private, multicast, NAT64. */
const PUBLIC_IPV6 = new AddressRanges([rangeOf('2000::/3')]);

const DEFAULT_PORTS: Readonly<Record<string, number>> = { https: 443, http: 80 };

/** To which receivers events may be sent, and to which addresses connections may be made for that (docs/spec/outbound.md). */
export class AddressRules {
  readonly #receivers: readonly ReceiverPattern[];
  readonly #open: AddressRanges;
  readonly #special = new AddressRanges(SPECIAL);

  constructor({ receivers, openRanges }: ListedReceivers) {
    this.#receivers = receivers.map((pattern) => ({
      ...pattern,
      host: canonicalAddress(pattern.host) ?? pattern.host,
    }));
    this.#open = new AddressRanges(openRanges);
  }

  /** Whether the site lists what stands before the path of a URL. */
  lists(url: URL): boolean {
    const scheme = url.protocol.slice(0, -1);
    const host = hostOf(url);
    const port = url.port === '' ? DEFAULT_PORTS[scheme] : Number(url.port);
    return this.#receivers.some(
      (pattern) =>
        pattern.scheme === scheme &&
        (pattern.isBelow ? host.endsWith(`.${pattern.host}`) : host === pattern.host) &&
        (pattern.port === 'any' || pattern.port === port),
    );
  }

  /** Whether a connection for a listed name may go to this one of its addresses. */
  mayConnect(address: string): boolean {
    const canonical = canonicalAddress(address);
    if (canonical === undefined) return false;
    if (this.#open.has(canonical)) return true;
    if (this.#special.has(canonical)) return false;
    return isIPv4(canonical) || PUBLIC_IPV6.has(canonical);
  }
}

/** A URL's host in the one form in which hosts are compared here. */
function hostOf({ hostname }: URL): string {
  const withoutBrackets = hostname.replace(/^\[|\]$/g, '');
  return canonicalAddress(withoutBrackets) ?? withoutBrackets;
}

function rangeOf(text: string): AddressRange {
  const [address = '', bits] = text.split('/');
  return { address, prefix: Number(bits) };
}
