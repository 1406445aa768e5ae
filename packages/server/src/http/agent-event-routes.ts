import { type GetAgentEventQuery, positionFromText, positionToText } from '@rollcall/contract';
import type { LongPoll } from '../delivery/long-poll.ts';
import type { Leases } from '../services/leases.ts';
import { type AnySessionCall, DONE, type Reply, refuse } from './call.ts';

/** Reading events by polling. */
export function agentEventRoutes(longPoll: LongPoll, leases: Pick<Leases, 'read'>) {
  return {
    getAgentEvent: async (
      { identity, workNumber, connection, whenGone }: AnySessionCall,
      { after }: GetAgentEventQuery,
    ): Promise<Reply> => {
      if (identity.kind === 'live') leases.read(identity.record);
      const session = identity.kind === 'live' ? identity.session : identity.ended;
      const poll = {
        workNumber,
        connection,
        sessionId: session.id,
        firstSequence: session.firstSequence,
        record: identity.kind === 'live' ? identity.record : null,
        after: after === undefined ? null : positionFromText(after),
      };
      const answer = await longPoll.poll(poll, whenGone);
      switch (answer.kind) {
        case 'event':
          return { kind: 'event', event: answer.event, position: positionToText(answer.position) };
        case 'empty':
          return DONE;
        case 'over':
          return refuse('100-006');
      }
    },
  };
}
