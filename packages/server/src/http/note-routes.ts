import type { NoteQuery, NotesBody, WorkNumber } from '@rollcall/contract';
import type { Notes, NotesOutcome } from '../services/notes.ts';
import { type Reply, refuse, type SessionCall } from './call.ts';
import { replyToCommand } from './outcome-replies.ts';

/** Notes from agent to agent (docs/spec/notes.md). */
export function noteRoutes(notes: Notes) {
  const send = async (
    { live, workNumber: from }: SessionCall,
    to: readonly number[],
    text: string,
  ): Promise<Reply> => {
    const { tenantId } = live.record;
    return replyTo(await notes.send({ tenantId, from, to: to as readonly WorkNumber[], text }));
  };
  return {
    sendNotelet: (call: SessionCall, { content }: NoteQuery): Promise<Reply> => {
      const receiver = call.pathParameters.receiver ?? '';
      // What is no work number is nobody's.
      if (!/^[1-9][0-9]{2,5}$/.test(receiver)) return Promise.resolve(refuse('300-003'));
      return send(call, [Number(receiver)], content);
    },
    sendNoteletEx: (call: SessionCall, { agentIds, content }: NotesBody): Promise<Reply> =>
      agentIds.length === 0
        ? Promise.resolve(refuse('000-006', 'agentIds must name an agent'))
        : send(call, agentIds, content),
  };
}

function replyTo(outcome: NotesOutcome): Reply {
  switch (outcome.kind) {
    case 'noSuchAgent':
      return refuse('300-003');
    case 'boxFull':
      return refuse(
        '100-003',
        `${outcome.limit} notes wait already for agent ${outcome.workNumber}, who is signed out; no further one is kept`,
      );
    default:
      return replyToCommand(outcome);
  }
}
