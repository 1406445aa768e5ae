import type { TenantId } from '@rollcall/contract';
import type { Cancel, Clock } from '../platform/clock.ts';
import type { PeerStore } from '../storage/peer-store.ts';

/** Places are written this long after the first of them moved, together (rule BP-3). */
const WRITE_AFTER_MS = 800;

interface PeerPlacesParts {
  readonly store: Pick<PeerStore, 'beginPeer' | 'readPeerPositions' | 'savePeerPositions'>;
  readonly clock: Clock;
  readonly warn: (message: string, facts: object) => void;
}

/** Keeps how far each trusted peer has received its events, over a restart and for the other nodes. */
export class PeerPlaces {
  readonly #parts: PeerPlacesParts;
  #unwritten = new Map<string, ReadonlyMap<TenantId, number>>();
  #cancelWrite: Cancel | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: PeerPlacesParts) {
    this.#parts = parts;
  }

  /** Before anybody signs in through them: peers that are new read what comes from now on. Rejects when the store fails. */
  async begin(peers: readonly string[]): Promise<void> {
    for (const peer of peers) await this.#parts.store.beginPeer(peer);
  }

  read(peer: string): Promise<ReadonlyMap<TenantId, number>> {
    return this.#parts.store.readPeerPositions(peer);
  }

  /** Written within a second. */
  moved(peer: string, positions: ReadonlyMap<TenantId, number>): void {
    this.#unwritten.set(peer, positions);
    this.#cancelWrite ??= this.#parts.clock.after(WRITE_AFTER_MS, () => {
      this.#writing = this.#write().catch((fault: unknown) => {
        this.#parts.warn('places of trusted peers could not be written; they are tried again', {
          err: fault,
        });
      });
    });
  }

  /** Writes what is not written yet. Rejects when the store fails. */
  async stop(): Promise<void> {
    this.#cancelWrite?.();
    await this.#writing;
    this.#cancelWrite?.();
    await this.#write();
  }

  async #write(): Promise<void> {
    this.#cancelWrite = null;
    const moved = this.#unwritten;
    this.#unwritten = new Map();
    for (const [peer, positions] of moved) {
      try {
        await this.#parts.store.savePeerPositions(peer, positions);
      } catch (fault) {
        for (const [each, kept] of moved) if (!this.#unwritten.has(each)) this.moved(each, kept);
        throw fault;
      }
    }
  }
}
