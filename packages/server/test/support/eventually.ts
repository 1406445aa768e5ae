import { vi } from 'vitest';

/** Waits until `check` stops throwing: as long as a loaded machine may need, and no longer than it takes. */
export function eventually<Result>(check: () => Result | Promise<Result>): Promise<Result> {
  return vi.waitFor(check, { timeout: 10_000, interval: 10 });
}
