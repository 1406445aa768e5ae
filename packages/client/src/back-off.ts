const FIRST_MS = 250;
const LONGEST_MS = 10_000;

/**
 * How long to wait after so many failures in a row: twice as long each time, at most 10 s, which is well within the two
 * minutes that a session lasts without its client; and somewhere in the upper half of that, so that the pages of a whole
 * centre do not come back in one moment (rule CL-18).
 */
export function backOffMs(failures: number, random: () => number): number {
  const fullMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16));
  return Math.round(fullMs * (0.5 + random() / 2));
}

/** Waits; throws the signal's reason as soon as that fires. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
