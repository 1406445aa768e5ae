import type { BatchPlace, TenantId, WireEvent, WorkNumber } from '@rollcall/contract';
import type { AgentRecord } from '../domain/agent-session/agent-record.ts';
import type { TrustedPeer } from '../services/trusted-peers.ts';
import type { AgentStore } from '../storage/agent-store.ts';
import type { FeedEvent, FeedStore } from '../storage/feed-store.ts';
import type { PeerStore } from '../storage/peer-store.ts';
import { presentStateEvent, toWireEvent } from './wire-events.ts';

/** So many events of a feed are read at once. */
const READ_AT_ONCE = 500;
const SESSIONS_AT_ONCE = 1_000;

type Positions = ReadonlyMap<TenantId, number>;

interface PeerEventsParts {
  readonly store: Pick<AgentStore, 'findAgent'> &
    FeedStore &
    Pick<PeerStore, 'findSessionBegin' | 'listPeerSessions'>;
  readonly epoch: string;
}

/** Where a batch poll goes on that names its place. */
type PeerPlace =
  | { readonly kind: 'behind'; readonly positions: Positions }
  /** It cannot go on there: what the peer's agents do now, and the place before the oldest events that are kept. */
  | { readonly kind: 'lost'; readonly positions: Positions; readonly snapshot: readonly WireEvent[] };

/** By agent, the peer that signed in the session which its events belong to from here on. */
type Signatories = Map<WorkNumber, string | null>;

/** What a trusted peer may read: the events of the sessions that it signed in, and of the agents that it lists. */
export class PeerEvents {
  readonly #parts: PeerEventsParts;

  constructor(parts: PeerEventsParts) {
    this.#parts = parts;
  }

  /** The next events behind the positions, at most `most`, and up to where there are no others. */
  async read(
    peer: TrustedPeer,
    from: Positions,
    most: number,
  ): Promise<{ readonly events: readonly WireEvent[]; readonly upTo: Positions }> {
    const events: WireEvent[] = [];
    const upTo = new Map(from);
    const signatories: Signatories = new Map();
    for (const [tenantId, head] of await this.#parts.store.readFeedHeads()) {
      for (let after = upTo.get(tenantId) ?? 0; after < head && events.length < most; ) {
        const portion = await this.#parts.store.readFeed(tenantId, after, READ_AT_ONCE);
        after = portion.upTo;
        for (const event of portion.events) {
          if (events.length === most) {
            after = event.position - 1;
            break;
          }
          const told = await this.#told(peer, event, signatories);
          if (told !== null) events.push(told);
        }
        upTo.set(tenantId, after);
      }
    }
    return { events, upTo };
  }

  /** A place that cannot be continued is told by what all of the peer's agents do now (rule BP-4). */
  async placeOf(peer: TrustedPeer, { epoch, positions }: BatchPlace): Promise<PeerPlace> {
    const asked = positions as Positions;
    const heads = await this.#parts.store.readFeedHeads();
    if (epoch === this.#parts.epoch && (await this.#isKeptBehind(asked, heads))) {
      return { kind: 'behind', positions: asked };
    }
    const oldest = new Map<TenantId, number>();
    for (const [tenantId, head] of heads) oldest.set(tenantId, await this.#beforeOldest(tenantId, head));
    const snapshot: WireEvent[] = [];
    for await (const { session, workNumber } of this.sessionsOf(peer)) {
      if (session !== null) snapshot.push(presentStateEvent(session.state, workNumber));
    }
    return { kind: 'lost', positions: oldest, snapshot };
  }

  /** Where nothing is new nothing can be missing, so that most polls ask for no event. */
  async #isKeptBehind(asked: Positions, heads: Positions): Promise<boolean> {
    for (const [tenantId, head] of heads) {
      const position = asked.get(tenantId) ?? 0;
      if (position > head) return false;
      if (position < head && position < (await this.#beforeOldest(tenantId, head))) return false;
    }
    return true;
  }

  async #beforeOldest(tenantId: TenantId, head: number): Promise<number> {
    const [first] = (await this.#parts.store.readFeed(tenantId, 0, 1)).events;
    return (first?.position ?? head + 1) - 1;
  }

  /** The live sessions for which the peer acts. */
  async *sessionsOf({ name, agents }: TrustedPeer): AsyncGenerator<AgentRecord, void, void> {
    const { store } = this.#parts;
    for (let after = 0; ; ) {
      const some = await store.listPeerSessions(name, after, SESSIONS_AT_ONCE);
      yield* some.filter(({ workNumber }) => !agents.has(workNumber));
      after = some.at(-1)?.workNumber ?? after;
      if (some.length < SESSIONS_AT_ONCE) break;
    }
    for (const workNumber of agents) {
      const record = await store.findAgent(workNumber as WorkNumber);
      if (record?.session) yield record;
    }
  }

  async #told(
    peer: TrustedPeer,
    { workNumber, sequence, event }: FeedEvent,
    signatories: Signatories,
  ): Promise<WireEvent | null> {
    if (event.kind === 'agentSignedIn') signatories.set(workNumber, event.viaPeer ?? null);
    const isOwn =
      peer.agents.has(workNumber) ||
      (await this.#signatoryOf(workNumber, sequence, signatories)) === peer.name;
    return isOwn ? toWireEvent(event, workNumber) : null;
  }

  async #signatoryOf(
    workNumber: WorkNumber,
    sequence: number,
    signatories: Signatories,
  ): Promise<string | null> {
    const known = signatories.get(workNumber);
    if (known !== undefined) return known;
    const { store } = this.#parts;
    const session = (await store.findAgent(workNumber))?.session;
    const isPresent = session && session.firstSequence <= sequence;
    const found = isPresent
      ? (session.settings.viaPeer ?? null)
      : ((await store.findSessionBegin(workNumber, sequence))?.viaPeer ?? null);
    signatories.set(workNumber, found);
    return found;
  }
}
