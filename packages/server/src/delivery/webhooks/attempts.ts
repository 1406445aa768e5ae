import type { AttemptOutcome } from '../../domain/webhook/webhook.ts';

/** Whether the answer means that the batch was received (rule WH-11). */
export function isReceived(outcome: AttemptOutcome): boolean {
  return outcome.kind === 'answered' && outcome.status >= 200 && outcome.status <= 299;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 300_000;

/** How long after so many failures a batch is sent again; `random` from 0 to 1 says how much is cut off (rule WH-12). */
export function retryDelayMs(failures: number, random: number): number {
  const wholeMs = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS);
  return wholeMs * (1 - random / 2);
}
