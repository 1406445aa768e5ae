import type { ChangePassword } from './commands.ts';
import { type Decision, refused } from './decision.ts';
import type { PresentSession } from './present-session.ts';

/** Takes a new password where the one that was verified is still the present one; the session goes on (PW-12). */
export function decidePasswordChange(
  { record, session, now }: PresentSession,
  command: ChangePassword,
): Decision {
  if (record.credentialVersion !== command.credentialVersion) return refused({ kind: 'credentialChanged' });
  const { tenantId, workNumber } = record;
  const credentialVersion = record.credentialVersion + 1;
  return {
    kind: 'accepted',
    record: {
      ...record,
      credentialVersion,
      changedAt: now,
      session: { ...session, settings: { ...session.settings, mustChangePassword: false } },
    },
    events: [],
    ended: null,
    interval: null,
    audit: [{ tenantId, workNumber, sessionId: session.id, at: now, act: { kind: 'passwordChanged' } }],
    newCredential: {
      workNumber,
      credentialVersion,
      passwordHash: command.passwordHash,
      validUntil: command.validForMs === null ? null : now + command.validForMs,
    },
  };
}
