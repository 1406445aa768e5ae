/** Runs `task` for each item, at most `concurrency` at a time, in the items' order. */
export async function forEachConcurrently<Item>(
  items: readonly Item[],
  concurrency: number,
  task: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await task(item);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
