import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import type { Clock } from './clock.ts';

export type Logger = PinoLogger;
export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'silent';

/** Lines are written together: one write each would cost more than most of what they tell of. */
const BUFFER_BYTES = 4_096;
/** No line waits longer than this. What waits when the process ends is written then. */
const FLUSH_MS = 100;

/** A logger of one JSON line an entry, on standard error unless told otherwise. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  return pino({ level, base: null }, destination ?? standardError());
}

function standardError(): DestinationStream {
  return pino.destination({ fd: 2, sync: false, minLength: BUFFER_BYTES, periodicFlush: FLUSH_MS });
}

const SAID_AGAIN_MS = 60_000;

/** Warns of what others can make happen as often as they like: at most once a minute, and how often it was not said. */
export function sparseWarning(log: Logger, clock: Clock, message: string): (facts: object) => void {
  let lastMs = Number.NEGATIVE_INFINITY;
  let unsaid = 0;
  return (facts) => {
    const nowMs = clock.monotonicMs();
    if (nowMs - lastMs < SAID_AGAIN_MS) {
      unsaid += 1;
      return;
    }
    log.warn({ ...facts, unsaid }, message);
    lastMs = nowMs;
    unsaid = 0;
  };
}
