import type { BulletinBody } from '@rollcall/contract';
import type { Bulletins, PostOutcome } from '../services/bulletins.ts';
import { type Reply, refuse, type SessionCall } from './call.ts';
import { replyToCommand } from './outcome-replies.ts';

/** The number by which old clients say that they mean a skill queue; 2 is a group. */
const SKILL_QUEUE = 3;

/** Bulletins to many agents (docs/spec/notes.md). */
export function bulletinRoutes(bulletins: Bulletins) {
  return {
    notifyBulletin: async ({ live }: SessionCall, body: BulletinBody): Promise<Reply> => {
      const { bulletindata: text, targetname: targetName, targettype } = body;
      const firstKind = targettype === SKILL_QUEUE ? 'skillQueue' : 'group';
      return replyTo(await bulletins.post(live, { text, targetName, firstKind }));
    },
  };
}

function replyTo(outcome: PostOutcome): Reply {
  switch (outcome.kind) {
    case 'noRight':
      return refuse('300-001');
    case 'noSuchTarget':
      return refuse('000-006', 'targetname names no group and no skill queue of this VDN');
    default:
      return replyToCommand(outcome);
  }
}
