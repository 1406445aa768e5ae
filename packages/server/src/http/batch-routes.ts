import {
  batchPlaceFromText,
  batchPlaceToText,
  type GetAllAgentEventQuery,
  MOST_EVENTS_OF_A_PEER,
} from '@rollcall/contract';
import type { BatchPolls } from '../delivery/batch-polls.ts';
import type { PeerPresence } from '../delivery/peer-presence.ts';
import { type AgentlessCall, DONE, type Reply, refuse } from './call.ts';

interface BatchParts {
  readonly batchPolls: BatchPolls;
  readonly presence: PeerPresence;
}

/** Reading the events of many agents at once (docs/spec/batch-polls.md). */
export function batchRoutes({ batchPolls, presence }: BatchParts) {
  return {
    getAllAgentEvent: async (
      { trustedPeer: peer, connection, whenGone }: AgentlessCall,
      { after, max = MOST_EVENTS_OF_A_PEER }: GetAllAgentEventQuery,
    ): Promise<Reply> => {
      if (peer === null) return refuse('000-003');
      await presence.polled(peer);
      const place = after === undefined ? null : batchPlaceFromText(after);
      const answer = await batchPolls.poll({ peer, connection, after: place, most: max }, whenGone);
      if (answer.kind === 'empty') return DONE;
      return { kind: 'events', events: answer.events, position: batchPlaceToText(answer.place) };
    },
  };
}
