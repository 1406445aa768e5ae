import type { Clock } from '../platform/clock.ts';
import type { Leases } from '../services/leases.ts';
import type { TrustedPeer } from '../services/trusted-peers.ts';
import type { PeerEvents } from './peer-events.ts';

/** All of a peer's sessions are looked up no more often, however often it polls. */
const SIGNED_EVERY_MS = 5_000;

interface PeerPresenceParts {
  readonly events: Pick<PeerEvents, 'sessionsOf'>;
  readonly leases: Pick<Leases, 'read'>;
  readonly clock: Clock;
}

/** A peer that polls reads the events of all its sessions: a sign of life of each (rule BP-5). */
export class PeerPresence {
  readonly #parts: PeerPresenceParts;
  readonly #signedMs = new Map<string, number>();

  constructor(parts: PeerPresenceParts) {
    this.#parts = parts;
  }

  /** Rejects when the store fails. */
  async polled(peer: TrustedPeer): Promise<void> {
    const { events, leases, clock } = this.#parts;
    const nowMs = clock.monotonicMs();
    if (nowMs - (this.#signedMs.get(peer.name) ?? Number.NEGATIVE_INFINITY) < SIGNED_EVERY_MS) return;
    this.#signedMs.set(peer.name, nowMs);
    for await (const record of events.sessionsOf(peer)) leases.read(record);
  }
}
