import type { ChangePasswordBody, ChangePasswordQuery, ResultCode } from '@rollcall/contract';
import type { PasswordFault } from '../domain/password-rules.ts';
import type { PasswordChangeOutcome, PasswordChanges } from '../services/password-changes.ts';
import { type Reply, refuse, type SessionCall } from './call.ts';
import { replyToCommand } from './outcome-replies.ts';

/** Changing the caller's own password. */
export function passwordRoutes(changes: PasswordChanges) {
  const change = async (
    { live, peerAddress }: SessionCall,
    passwords: { readonly oldPassword: string; readonly newPassword: string },
  ): Promise<Reply> => replyToChange(await changes.change({ live, peerAddress, ...passwords }));
  return {
    modifyAccountPwdEx: (call: SessionCall, { oldPassword, newPassword }: ChangePasswordBody) =>
      change(call, { oldPassword, newPassword }),
    modifyAccountPwd: (call: SessionCall, query: ChangePasswordQuery) =>
      change(call, { oldPassword: query.oldpassword, newPassword: query.newpassword }),
  };
}

function replyToChange(outcome: PasswordChangeOutcome): Reply {
  switch (outcome.kind) {
    case 'wrongOldPassword':
      return refuse('110-003');
    case 'locked':
      return refuse('110-002', 'too many wrong passwords; wait 15 minutes');
    case 'queueFull':
      return refuse('110-002', 'too many at once; try again in a moment');
    case 'faultyPassword':
      return refuse(codeOf(outcome.fault), messageOf(outcome.fault));
    case 'refused':
      return outcome.refusal.kind === 'credentialChanged'
        ? refuse('110-002', 'the password was changed meanwhile')
        : replyToCommand(outcome);
    default:
      return replyToCommand(outcome);
  }
}

const FAULT_CODES: Readonly<Record<PasswordFault['kind'], ResultCode>> = {
  sameAsOld: '110-017',
  sameAsName: '110-018',
  rule: '110-019',
  length: '110-020',
};

function codeOf({ kind }: PasswordFault): ResultCode {
  return FAULT_CODES[kind];
}

const BROKEN_RULES: Readonly<Record<Extract<PasswordFault, { kind: 'rule' }>['rule'], string>> = {
  classes: 'the new password needs three of capital letters, small letters, digits and other characters',
  repeats: 'the new password has a character more than twice in a row',
  workNumber: 'the new password holds three consecutive digits of the agent number',
  history: 'the new password is one of the last five',
};

function messageOf(fault: PasswordFault): string | undefined {
  return fault.kind === 'rule' ? BROKEN_RULES[fault.rule] : undefined;
}
