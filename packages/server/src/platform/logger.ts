import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';

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
