import { type GetAgentEventQuery, positionFromText, positionToText } from '@rollcall/contract';
import type { EventStreams } from '../delivery/event-streams.ts';
import type { LongPoll } from '../delivery/long-poll.ts';
import type { Poll } from '../delivery/poll.ts';
import type { Leases } from '../services/leases.ts';
import { type AnySessionCall, DONE, type Reply, refuse } from './call.ts';

interface AgentEventParts {
  readonly longPoll: LongPoll;
  readonly eventStreams: EventStreams;
  readonly leases: Pick<Leases, 'read'>;
}

/** Reading events: one with each poll, or one after another as a stream. */
export function agentEventRoutes({ longPoll, eventStreams, leases }: AgentEventParts) {
  return {
    getAgentEvent: async (call: AnySessionCall, query: GetAgentEventQuery): Promise<Reply> => {
      if (isPushed(call) && query.after === undefined) return refuse('000-001');
      const answer = await longPoll.poll(pollOf(call, query, leases), call.whenGone);
      switch (answer.kind) {
        case 'event':
          return { kind: 'event', event: answer.event, position: positionToText(answer.position) };
        case 'empty':
          return DONE;
        case 'over':
          return refuse('100-006');
      }
    },
    getAgentEventStream: async (call: AnySessionCall, query: GetAgentEventQuery): Promise<Reply> => ({
      kind: 'stream',
      begin: await eventStreams.prepare(pollOf(call, query, leases)),
    }),
  };
}

/** PU-13: the session's events are sent, and are not to be asked for. */
function isPushed({ identity }: AnySessionCall): boolean {
  return identity.kind === 'live' && identity.session.settings.eventPush !== undefined;
}

/** Whoever reads events is there. */
function pollOf(
  { identity, workNumber, connection }: AnySessionCall,
  { after }: GetAgentEventQuery,
  leases: Pick<Leases, 'read'>,
): Poll {
  if (identity.kind === 'live') leases.read(identity.record);
  const session = identity.kind === 'live' ? identity.session : identity.ended;
  return {
    workNumber,
    connection,
    sessionId: session.id,
    firstSequence: session.firstSequence,
    record: identity.kind === 'live' ? identity.record : null,
    after: after === undefined ? null : positionFromText(after),
  };
}
