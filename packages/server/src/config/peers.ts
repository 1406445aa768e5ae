import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { LOWEST_WORK_NUMBER, WIDEST_WORK_NUMBER } from '@rollcall/contract';
import { type Static, Type } from 'typebox';
import { Name, NonEmpty, PORT_RANGE } from './setting-types.ts';

/** A server-side client with a listener of its own. */
const PeerSchema = Type.Object(
  {
    name: Name,
    port: Type.Integer(PORT_RANGE),
    host: Type.String({ minLength: 1, default: '127.0.0.1' }),
    clientCertificateFile: Type.Optional(NonEmpty),
    agents: Type.Array(Type.Integer({ minimum: LOWEST_WORK_NUMBER, maximum: WIDEST_WORK_NUMBER }), {
      default: [],
      maxItems: 20_000,
    }),
    keepsSessionsAlive: Type.Boolean({ default: false }),
  },
  { additionalProperties: false },
);

export const PeersSchema = Type.Array(PeerSchema, { default: [], maxItems: 16 });

export interface Peer {
  readonly name: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** SHA-256 fingerprint of the one certificate that opens the listener; null: none is asked for. */
  readonly clientFingerprint: string | null;
  readonly agents: readonly number[];
  readonly keepsSessionsAlive: boolean;
}

export type ReadPeer =
  | { readonly kind: 'peer'; readonly peer: Peer }
  | { readonly kind: 'unreadable'; readonly file: string; readonly why: string };

/** Reads the certificate that a peer is known by. */
export function readPeer({ clientCertificateFile: file, ...settings }: Static<typeof PeerSchema>): ReadPeer {
  if (file === undefined) return { kind: 'peer', peer: { ...settings, clientFingerprint: null } };
  try {
    const { fingerprint256 } = new X509Certificate(readFileSync(file));
    return { kind: 'peer', peer: { ...settings, clientFingerprint: fingerprint256 } };
  } catch (cause) {
    return { kind: 'unreadable', file, why: (cause as Error).message };
  }
}
