import { BlockList, isIP, isIPv4, isIPv6, SocketAddress } from 'node:net';

/** One address, or the addresses that share their first bits with it. */
export interface AddressRange {
  readonly address: string;
  /** How many bits are shared. */
  readonly prefix: number;
}

/** The one way in which an address is written here, an IPv4 one never as IPv6; undefined for what is no address. */
export function canonicalAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  const withoutZone = text.split('%', 1)[0] ?? '';
  if (!isIPv6(withoutZone)) return undefined;
  const { address } = new SocketAddress({ address: withoutZone, family: 'ipv6' });
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}

/** A set of addresses. */
export class AddressRanges {
  readonly #list = new BlockList();
  readonly #isEmpty: boolean;

  constructor(ranges: readonly AddressRange[]) {
    this.#isEmpty = ranges.length === 0;
    for (const { address, prefix } of ranges) {
      const canonical = canonicalAddress(address) ?? address;
      if (isIPv4(address)) this.#list.addSubnet(address, prefix, 'ipv4');
      else if (isIPv4(canonical)) this.#list.addSubnet(canonical, Math.max(0, prefix - MAPPED_BITS), 'ipv4');
      else this.#list.addSubnet(canonical, prefix, 'ipv6');
    }
  }

  /** @param address as {@link canonicalAddress} writes it; what is none is in no set. */
  has(address: string): boolean {
    if (this.#isEmpty || isIP(address) === 0) return false;
    return this.#list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
  }
}

/** An IPv4 address stands in the last 32 of 128 bits where it is written as IPv6. */
const MAPPED_BITS = 96;
