import type { Server as PlainServer } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { type AddressRanges, canonicalAddress } from '../platform/addresses.ts';
import type { Clock } from '../platform/clock.ts';
import { standBefore } from './stand-before.ts';

/** What the first bytes of a connection are, read as a PROXY protocol header of version 2. */
export type HeaderRead =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'malformed' }
  | {
      readonly kind: 'whole';
      readonly bytes: number;
      /** The client's address; null where the proxy speaks for itself or does not tell. */
      readonly source: string | null;
    };

const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const FIXED_BYTES = 16;
/** What fits into the smallest packet of the internet; a longer header is none that a balancer needs. */
const LONGEST_HEADER_BYTES = 536;
const MALFORMED: HeaderRead = { kind: 'malformed' };

const COMMAND = { local: 0x20, proxy: 0x21 } as const;
const FAMILY = { unspecified: 0x00, tcp4: 0x11, tcp6: 0x21, unixStream: 0x31 } as const;

/** Reads the header that stands first in `received`; what comes behind it is not looked at (rules WI-48, WI-49). */
export function readProxyHeader(received: Buffer): HeaderRead {
  const signature = received.subarray(0, SIGNATURE.length);
  if (!SIGNATURE.subarray(0, signature.length).equals(signature)) return MALFORMED;
  if (received.length < FIXED_BYTES) return { kind: 'incomplete' };
  const bytes = FIXED_BYTES + received.readUInt16BE(14);
  if (bytes > LONGEST_HEADER_BYTES) return MALFORMED;
  if (received.length < bytes) return { kind: 'incomplete' };
  const [command, family] = [received[12], received[13]];
  if (command === COMMAND.local) return { kind: 'whole', bytes, source: null };
  if (command !== COMMAND.proxy) return MALFORMED;
  const body = received.subarray(FIXED_BYTES, bytes);
  switch (family) {
    case FAMILY.tcp4:
      return body.length < 12 ? MALFORMED : { kind: 'whole', bytes, source: ipv4Text(body) };
    case FAMILY.tcp6:
      return body.length < 36 ? MALFORMED : { kind: 'whole', bytes, source: ipv6Text(body) };
    case FAMILY.unspecified:
    case FAMILY.unixStream:
      return { kind: 'whole', bytes, source: null };
    default:
      return MALFORMED;
  }
}

/** The source stands first, before the destination and the ports. */
function ipv4Text(body: Buffer): string {
  return body.subarray(0, 4).join('.');
}

function ipv6Text(body: Buffer): string | null {
  const groups = [0, 2, 4, 6, 8, 10, 12, 14].map((at) => body.readUInt16BE(at).toString(16));
  return canonicalAddress(groups.join(':')) ?? null;
}

/** A proxy writes its header before anything else, so it is there as soon as the connection is. */
const HEADER_MS = 3_000;

interface ProxyHeadersParts {
  readonly trustedProxies: AddressRanges;
  readonly clock: Clock;
  /** Told of each connection that was closed for its header. */
  readonly report: (facts: { readonly proxy: string; readonly header: 'malformed' | 'late' }) => void;
}

/** Takes the PROXY header off each connection of a trusted proxy, before TLS and HTTP begin on it. */
export class ProxyHeaders {
  readonly #parts: ProxyHeadersParts;
  /** By both ends of the connection, since TLS makes another socket of it; while it is open. */
  readonly #read = new Map<string, { readonly source: string | null }>();

  constructor(parts: ProxyHeadersParts) {
    this.#parts = parts;
  }

  /** What the header of a connection told; undefined where none was due. */
  of(socket: Socket): { readonly source: string | null } | undefined {
    return this.#read.get(endsOf(socket));
  }

  /** Lets neither TLS nor HTTP see a connection before its header is read. */
  guard(door: PlainServer | TlsServer): void {
    standBefore(door, 'connection', (socket, begin) => this.#admit(socket, begin));
  }

  #admit(socket: Socket, begin: () => void): void {
    const { trustedProxies, clock, report } = this.#parts;
    const proxy = canonicalAddress(socket.remoteAddress ?? '') ?? '';
    if (!trustedProxies.has(proxy)) {
      begin();
      return;
    }
    let received = Buffer.alloc(0);
    const read = () => {
      const chunk: Buffer | null = socket.read();
      if (chunk !== null) received = Buffer.concat([received, chunk]);
      const header = readProxyHeader(received);
      if (header.kind === 'malformed') refuse('malformed');
      if (header.kind !== 'whole') return;
      letGo();
      this.#remember(socket, header.source);
      // What came behind the header belongs to TLS or HTTP.
      if (received.length > header.bytes) socket.unshift(received.subarray(header.bytes));
      begin();
    };
    const refuse = (header: 'malformed' | 'late') => {
      report({ proxy, header });
      socket.destroy();
    };
    const giveUp = () => socket.destroy();
    const letGo = () => {
      cancel();
      socket.off('readable', read).off('end', giveUp).off('error', giveUp).off('close', letGo);
    };
    const cancel = clock.after(HEADER_MS, () => refuse('late'));
    socket.on('readable', read).on('end', giveUp).on('error', giveUp).on('close', letGo);
  }

  #remember(socket: Socket, source: string | null): void {
    const ends = endsOf(socket);
    const header = { source };
    this.#read.set(ends, header);
    socket.once('close', () => {
      // Another connection may have the same ends by now.
      if (this.#read.get(ends) === header) this.#read.delete(ends);
    });
  }
}

function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
