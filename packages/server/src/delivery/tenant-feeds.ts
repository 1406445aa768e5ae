import { type EventPosition, type TenantId, VDN_FEED_CHANGES, type WorkNumber } from '@rollcall/contract';
import type { Changes } from '../domain/agent-session/fold.ts';
import type { Cancel, Clock } from '../platform/clock.ts';
import type { DirectoryStore } from '../storage/directory-store.ts';
import type { FeedStore } from '../storage/feed-store.ts';
import { FeedReader, feedBlock } from './feed-reader.ts';
import type { OpenStreams } from './open-streams.ts';
import { type StreamOutput, StreamWriter } from './stream-writer.ts';
import { TenantPicture } from './tenant-picture.ts';

/** What changes within this time is told together, each agent as it is at its end (rule VF-4). */
const TOGETHER_MS = 100;
const LASTS_MS = 57_000;
/** A place further back is answered with all agents (rule VF-3). */
const FURTHEST_BACK = 2_000;
/** Names and groups are read again with a feed that begins this long after they were (rule VF-5). */
const NAMES_KEPT_MS = 600_000;
/** Feeds of one tenant that this node keeps open (rule VF-6). */
const MOST_OF_A_TENANT = 100;

export interface FeedRequest {
  readonly tenantId: TenantId;
  /** Whose session opens the feed; null: the site token. */
  readonly inspector: WorkNumber | null;
  readonly after: EventPosition | null;
}

interface TenantFeedsParts {
  readonly store: Pick<FeedStore, 'readFeed'> & Pick<DirectoryStore, 'findListedAgent' | 'listAgents'>;
  readonly epoch: string;
  readonly open: OpenStreams;
  /** Up to where the tenant's feed has been told to this node's readers. */
  readonly toldUpTo: (tenantId: TenantId) => number;
  readonly clock: Clock;
  readonly warn: (message: string, facts: object) => void;
}

interface Client {
  readonly reader: FeedReader;
  readonly inspector: WorkNumber | null;
  /** Of the session that opened the feed. */
  readonly signedInAt: number | null;
}

/** What this node keeps of a tenant while somebody watches it. */
interface Watched {
  readonly picture: TenantPicture;
  readonly ready: Promise<void>;
  readonly clients: Set<Client>;
  /** Changed since clients were last told. */
  readonly changed: Set<WorkNumber>;
  /** Up to here everything was told to the clients. */
  told: number;
  readMs: number;
  /** Readings of what other nodes have changed that are under way. */
  readings: number;
  openings: number;
  cancelFlush: Cancel | null;
}

/** The feeds of tenants: what all agents do, then each change (docs/spec/vdn-feed.md). */
export class TenantFeeds {
  readonly #parts: TenantFeedsParts;
  readonly #watched = new Map<TenantId, Watched>();

  constructor(parts: TenantFeedsParts) {
    this.#parts = parts;
  }

  /** Gives what opens the feed. Rejects when the store fails. */
  async prepare(request: FeedRequest): Promise<(output: StreamOutput) => void> {
    const { tenantId, after } = request;
    const watched = this.#watch(tenantId);
    watched.openings += 1;
    try {
      await watched.ready;
      await this.#readNames(tenantId, watched);
      const changed = after === null ? null : await this.#changedBehind(watched, request.tenantId, after);
      return (output) => this.#open(request, watched, { output, changed });
    } catch (fault) {
      watched.openings -= 1;
      this.#forget(tenantId, watched);
      throw fault;
    }
  }

  /** A batch was committed on this node. */
  wake({ records }: Changes): void {
    if (this.#watched.size === 0) return;
    for (const record of records.values()) {
      const watched = this.#watched.get(record.tenantId);
      if (watched === undefined) continue;
      const learned = watched.picture.learn(record);
      if (learned === 'news') this.#note(record.tenantId, watched, [record.workNumber]);
      // The site has got it since the picture was made.
      else if (learned === 'unknown' && watched.clients.size > 0)
        void this.#readAgain(record.tenantId, watched, new Set([record.workNumber]));
    }
  }

  /** Another node has changed these agents; resolves when that is known. */
  async wakeAgents(agents: ReadonlySet<WorkNumber>): Promise<void> {
    await Promise.all(
      [...this.#watched].map(([tenantId, watched]) => this.#readAgain(tenantId, watched, agents)),
    );
  }

  async #readAgain(tenantId: TenantId, watched: Watched, agents: ReadonlySet<WorkNumber>): Promise<void> {
    watched.readings += 1;
    try {
      this.#note(tenantId, watched, await watched.picture.readAgain([...agents]));
    } catch (fault) {
      // Its clients come again, and get what they have missed.
      this.#parts.warn('feeds of a VDN were ended: the store failed', { err: fault, vdn: tenantId });
      for (const { reader } of watched.clients) reader.writer.end('fault');
      this.#watched.delete(tenantId);
    } finally {
      watched.readings -= 1;
    }
  }

  #watch(tenantId: TenantId): Watched {
    const known = this.#watched.get(tenantId);
    if (known !== undefined) return known;
    const { store, epoch, toldUpTo, clock } = this.#parts;
    const picture = new TenantPicture({ tenantId, store, epoch });
    const told = toldUpTo(tenantId);
    const ready = picture.read().then(() => undefined);
    const watched: Watched = {
      picture,
      ready,
      told,
      readMs: clock.monotonicMs(),
      clients: new Set(),
      changed: new Set(),
      readings: 0,
      openings: 0,
      cancelFlush: null,
    };
    this.#watched.set(tenantId, watched);
    ready.catch(() => this.#watched.delete(tenantId));
    return watched;
  }

  /** Who has changed behind a place; null: the place cannot be continued, or too much has happened since. */
  async #changedBehind(
    { picture, told }: Watched,
    tenantId: TenantId,
    { epoch, sequence }: EventPosition,
  ): Promise<readonly WorkNumber[] | null> {
    if (epoch !== this.#parts.epoch) return null;
    const { events, head } = await this.#parts.store.readFeed(tenantId, sequence, FURTHEST_BACK);
    if (sequence + events.length !== head) return null;
    const changed = [...new Set(events.map(({ workNumber }) => workNumber))];
    // What another node has committed just now is not in the picture yet.
    if (head > told) await picture.readAgain(changed);
    return changed;
  }

  async #readNames(tenantId: TenantId, watched: Watched): Promise<void> {
    const nowMs = this.#parts.clock.monotonicMs();
    if (nowMs - watched.readMs < NAMES_KEPT_MS) return;
    watched.readMs = nowMs;
    this.#note(tenantId, watched, await watched.picture.read());
  }

  #open(
    { tenantId, inspector }: FeedRequest,
    watched: Watched,
    { output, changed }: { readonly output: StreamOutput; readonly changed: readonly WorkNumber[] | null },
  ): void {
    const { clock, open } = this.#parts;
    const writer = new StreamWriter(output, clock, LASTS_MS);
    const { picture } = watched;
    const position = () => ({ epoch: this.#parts.epoch, sequence: watched.told });
    const reader = new FeedReader({ tenantId, picture, writer, position });
    const signedInAt = inspector === null ? null : (picture.row(inspector)?.signedInAt ?? null);
    const client = { reader, inspector, signedInAt };
    watched.clients.add(client);
    watched.openings -= 1;
    if (watched.clients.size > MOST_OF_A_TENANT) [...watched.clients][0]?.reader.writer.end('displaced');
    output.onClose(() => {
      watched.clients.delete(client);
      this.#forget(tenantId, watched);
    });
    open.add(writer);
    reader.begin(changed);
  }

  /** A picture that nobody looks at is not kept up to date. */
  #forget(tenantId: TenantId, watched: Watched): void {
    if (watched.clients.size > 0 || watched.openings > 0) return;
    watched.cancelFlush?.();
    if (this.#watched.get(tenantId) === watched) this.#watched.delete(tenantId);
  }

  #note(tenantId: TenantId, watched: Watched, agents: readonly WorkNumber[]): void {
    for (const agent of agents) watched.changed.add(agent);
    if (watched.changed.size === 0) return;
    watched.cancelFlush ??= this.#parts.clock.after(TOGETHER_MS, () => this.#flush(tenantId, watched));
  }

  #flush(tenantId: TenantId, watched: Watched): void {
    watched.cancelFlush = null;
    const { picture, clients } = watched;
    const agents = new Set(watched.changed);
    watched.changed.clear();
    const rows = [...agents].flatMap((agent) => picture.row(agent) ?? []);
    // What others have committed is told of before it is read: until it is, the picture is not that far.
    if (watched.readings === 0) watched.told = Math.max(watched.told, this.#parts.toldUpTo(tenantId));
    const position = { epoch: this.#parts.epoch, sequence: watched.told };
    const block = feedBlock(VDN_FEED_CHANGES, { vdn: tenantId, agents: rows }, position);
    for (const { reader } of clients) reader.changed(agents, block);
    for (const { inspector, signedInAt, reader } of clients) {
      const isOver =
        inspector !== null && agents.has(inspector) && picture.row(inspector)?.signedInAt !== signedInAt;
      if (isOver) reader.writer.end('over');
    }
  }
}
