import type { ServerResponse } from 'node:http';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';

/** What is known of a request by the time it is answered. Never a token, a query string or a body. */
export interface RequestFacts {
  method: string;
  family: string;
  agent?: string;
  vdn?: number;
  code?: string;
  cause?: unknown;
}

/** Writes one line for a request when its answer has left or its caller has gone (rule WI-19). */
export function logWhenClosed(
  response: ServerResponse,
  facts: RequestFacts,
  { log, clock, requestId, peer }: { log: Logger; clock: Clock; requestId: string; peer: string },
): void {
  const beganMs = clock.monotonicMs();
  response.once('close', () => {
    const { method, family, agent, vdn, code, cause } = facts;
    const durationMs = Math.round((clock.monotonicMs() - beganMs) * 10) / 10;
    const callerGone = response.writableFinished ? undefined : true;
    const line = { method, family, agent, vdn, code, durationMs, requestId, peer, callerGone };
    if (cause === undefined) log.info(line, 'request');
    else log.error({ ...line, err: cause }, 'request failed');
  });
}
