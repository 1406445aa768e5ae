import type { TenantId } from '@rollcall/contract';
import type { Clock } from '../platform/clock.ts';
import type { PeerStore } from '../storage/peer-store.ts';
import { WrittenLater } from './written-later.ts';

interface PeerPlacesParts {
  readonly store: Pick<PeerStore, 'beginPeer' | 'readPeerPositions' | 'savePeerPositions'>;
  readonly clock: Clock;
  readonly warn: (message: string, facts: object) => void;
}

/** Keeps how far each trusted peer has received its events, over a restart and for the other nodes (rule BP-3). */
export class PeerPlaces {
  readonly #store: PeerPlacesParts['store'];
  readonly #moved: WrittenLater<string, ReadonlyMap<TenantId, number>>;

  constructor({ store, clock, warn }: PeerPlacesParts) {
    this.#store = store;
    this.#moved = new WrittenLater({
      save: async (moved) => {
        for (const [peer, positions] of moved) await store.savePeerPositions(peer, positions);
      },
      mostAtOnce: 1,
      clock,
      reportFault: (fault) =>
        warn('places of trusted peers could not be written; they are tried again', { err: fault }),
    });
  }

  /** Before anybody signs in through them: peers that are new read what comes from now on. Rejects when the store fails. */
  async begin(peers: readonly string[]): Promise<void> {
    for (const peer of peers) await this.#store.beginPeer(peer);
  }

  read(peer: string): Promise<ReadonlyMap<TenantId, number>> {
    return this.#store.readPeerPositions(peer);
  }

  /** Written within a second. */
  moved(peer: string, positions: ReadonlyMap<TenantId, number>): void {
    this.#moved.put(peer, positions);
  }

  /** Writes what is not written yet. Rejects when the store fails. */
  stop(): Promise<void> {
    return this.#moved.stop();
  }
}
