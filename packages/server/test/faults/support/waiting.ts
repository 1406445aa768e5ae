import { setTimeout as delay } from 'node:timers/promises';

/** Something that was waited for did not come. */
export class WaitedTooLong extends Error {
  override readonly name = 'WaitedTooLong';
}

/** The promise, or {@link WaitedTooLong} after `limitMs`. */
export async function within<Result>(
  limitMs: number,
  what: string,
  promise: Promise<Result>,
): Promise<Result> {
  const timer = new AbortController();
  const late = delay(limitMs, undefined, { signal: timer.signal }).then(() => {
    throw new WaitedTooLong(`waited ${limitMs} ms for ${what}`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}

const LOOK_AGAIN_MS = 10;

/** Resolves when `holds` does; {@link WaitedTooLong} after `limitMs`. */
export async function until(
  limitMs: number,
  what: string,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new WaitedTooLong(`waited ${limitMs} ms for ${what}`);
    await delay(LOOK_AGAIN_MS);
  }
}
