import {
  positionToText,
  STREAM_BEGINNING,
  type TenantId,
  VDN_FEED_CHANGES,
  VDN_FEED_SNAPSHOT,
  type VdnFeedAgent,
  type VdnFeedBeginning,
  type VdnFeedBlock,
  type WorkNumber,
} from '@rollcall/contract';
import type { StreamBlock, StreamWriter } from './stream-writer.ts';
import type { TenantPicture } from './tenant-picture.ts';

/** So many agents stand in one block. */
const AGENTS_OF_A_BLOCK = 1_000;

/** A block of rows; `position`: everything up to there is told with it, null while more has to come first. */
export function feedBlock(
  name: typeof VDN_FEED_SNAPSHOT | typeof VDN_FEED_CHANGES,
  { vdn, agents }: { readonly vdn: TenantId; readonly agents: readonly VdnFeedAgent[] },
  position: FeedPosition | null,
): StreamBlock {
  const data = JSON.stringify({ vdn, agents: [...agents] } satisfies VdnFeedBlock);
  return position === null ? { name, data } : { name, id: positionToText(position), data };
}

export interface FeedPosition {
  readonly epoch: string;
  readonly sequence: number;
}

interface FeedReaderParts {
  readonly tenantId: TenantId;
  readonly picture: TenantPicture;
  readonly writer: StreamWriter;
  /** Up to where clients have been told everything, or are being told. */
  readonly position: () => FeedPosition;
}

/** One client of a tenant's feed. While it is behind it keeps nothing but which agents have changed. */
export class FeedReader {
  readonly #parts: FeedReaderParts;
  readonly #behind = new Set<WorkNumber>();
  #isSending = false;

  constructor(parts: FeedReaderParts) {
    this.#parts = parts;
  }

  get writer(): StreamWriter {
    return this.#parts.writer;
  }

  /** `changed`: the agents that have changed behind the client's place; null: it needs all of them. */
  begin(changed: readonly WorkNumber[] | null): void {
    const { writer, picture, position } = this.#parts;
    const beginning: VdnFeedBeginning = { recovered: changed !== null };
    writer.send({ name: STREAM_BEGINNING, data: JSON.stringify(beginning) });
    const from = position();
    const agents = changed ?? picture.workNumbers;
    void this.#send(changed === null ? VDN_FEED_SNAPSHOT : VDN_FEED_CHANGES, agents, from);
  }

  /** These agents have changed; `block` tells all of it, made once for all clients. */
  changed(agents: ReadonlySet<WorkNumber>, block: StreamBlock): void {
    const { writer } = this.#parts;
    if (!this.#isSending && writer.isReady) {
      writer.send(block);
      return;
    }
    for (const agent of agents) this.#behind.add(agent);
    if (!this.#isSending) void this.#catchUp();
  }

  /** Rows as they are when they go out: what changes meanwhile is told behind them. */
  async #send(
    name: typeof VDN_FEED_SNAPSHOT | typeof VDN_FEED_CHANGES,
    agents: readonly WorkNumber[],
    upTo: FeedPosition,
  ): Promise<void> {
    this.#isSending = true;
    const { writer } = this.#parts;
    for (let from = 0; from === 0 || from < agents.length; from += AGENTS_OF_A_BLOCK) {
      await writer.whenReady();
      if (!writer.isOpen) return;
      const isLast = from + AGENTS_OF_A_BLOCK >= agents.length;
      this.#sendRows(name, agents.slice(from, from + AGENTS_OF_A_BLOCK), isLast ? upTo : null);
    }
    this.#isSending = false;
    if (this.#behind.size > 0) await this.#catchUp();
  }

  async #catchUp(): Promise<void> {
    this.#isSending = true;
    await this.#parts.writer.whenReady();
    this.#isSending = false;
    if (!this.#parts.writer.isOpen || this.#behind.size === 0) return;
    const agents = [...this.#behind];
    this.#behind.clear();
    await this.#send(VDN_FEED_CHANGES, agents, this.#parts.position());
  }

  #sendRows(
    name: typeof VDN_FEED_SNAPSHOT | typeof VDN_FEED_CHANGES,
    numbers: readonly WorkNumber[],
    position: FeedPosition | null,
  ): void {
    const { tenantId: vdn, picture, writer } = this.#parts;
    const agents = numbers.flatMap((number) => picture.row(number) ?? []);
    writer.send(feedBlock(name, { vdn, agents }, position));
  }
}
