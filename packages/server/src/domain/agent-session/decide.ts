import { decidePost, decideTaking } from './bulletin.ts';
import type { Command } from './commands.ts';
import { type Decision, refused } from './decision.ts';
import { decideLeaseEnd } from './lease.ts';
import { decideNote } from './note.ts';
import { decidePasswordChange } from './password-change.ts';
import { decidePhoneBinding } from './phone.ts';
import { decideSignIn } from './sign-in.ts';
import { decideSignOut } from './sign-out.ts';
import { decideRecordedAct, decideSettings, decideStateChange } from './state-changes.ts';
import { decideSupervision } from './supervision.ts';
import { decideTokenRenewal } from './token-renewal.ts';
import { decideTelling } from './watched-sign-ins.ts';
import type { WorkingSet } from './working-set.ts';

/**
 * Decides one command against the working set as it stands. Pure: it refuses, or says what is to become of the
 * agent's record, and leaves the working set as it was.
 *
 * @param now epoch ms of the batch; an agent's own time never runs backwards (rule TX-6).
 */
export function decide(set: WorkingSet, command: Command, now: number): Decision {
  const record = set.agents.get(command.workNumber);
  if (command.kind === 'signIn') {
    if (record === undefined) return refused({ kind: 'credentialChanged' });
    return decideSignIn({ set, record, command, now: Math.max(now, record.changedAt), storeNow: now });
  }
  if (command.kind === 'deliverNote') {
    return decideNote(record, set.noteBoxes.get(command.workNumber), { note: command.note, now });
  }
  const session = record?.session;
  if (record === undefined || !session) return refused({ kind: 'sessionOver' });
  if ('sessionId' in command && session.id !== command.sessionId) return refused({ kind: 'sessionOver' });
  const present = { record, session, now: Math.max(now, record.changedAt), storeNow: now };
  switch (command.kind) {
    case 'signOut':
      return decideSignOut(present, command);
    case 'endLease':
      return decideLeaseEnd(set, present);
    case 'changePassword':
      return decidePasswordChange(present, command);
    case 'renewToken':
      return decideTokenRenewal(present, command);
    case 'forceReady':
    case 'forceNotReady':
    case 'forceRest':
    case 'forceSignOut':
      return decideSupervision(set, present, command);
    case 'changeSettings':
      return decideSettings(present, command);
    case 'tellOfWatched':
      return decideTelling(present, command);
    case 'postBulletin':
      return decidePost(set, present, command);
    case 'takeBulletins':
      return decideTaking(set, present, command);
    case 'recordAct':
      return decideRecordedAct(present, command);
    case 'bindPhone':
      return decidePhoneBinding(set, present, command);
    default:
      return decideStateChange(set, present, command);
  }
}
