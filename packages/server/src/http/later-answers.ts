import type { LaterAnswer } from '@rollcall/contract';
import { type Reply, refuse } from './call.ts';

/** The answer to what this release knows and does not offer (rule OC-2). */
export const NOT_OFFERED_REPLY = refuse('100-007', 'not offered by this server');

/** What is said to every agent that asks for an operation of a later release (rules OC-2, OC-3). */
export function laterReply(answer: LaterAnswer): Reply {
  switch (answer.kind) {
    case 'empty':
      return { kind: 'result', result: answer.result };
    case 'noCall':
      return refuse(answer.code);
    case 'notOffered':
      return NOT_OFFERED_REPLY;
  }
}
