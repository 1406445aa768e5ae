/** Items waiting in lanes; the lanes are served in turn, each in order of arrival. */
export class FairLanes<Item> {
  readonly #lanes = new Map<number, Item[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(lane: number, item: Item): void {
    const waiting = this.#lanes.get(lane);
    if (waiting === undefined) this.#lanes.set(lane, [item]);
    else waiting.push(item);
    this.#size += 1;
  }

  /** Takes the first item of the lane whose turn it is and puts that lane last; undefined when nothing waits. */
  take(): Item | undefined {
    const [next] = this.#lanes;
    if (next === undefined) return undefined;
    const [lane, waiting] = next;
    this.#lanes.delete(lane);
    const item = waiting.shift();
    if (waiting.length > 0) this.#lanes.set(lane, waiting);
    this.#size -= 1;
    return item;
  }
}
