import { DAY_MS } from '../domain/durations.ts';
import { faultOfNewPassword, type PasswordFault } from '../domain/password-rules.ts';
import type { Clock } from '../platform/clock.ts';
import type { PasswordHashing } from '../platform/password-hashing.ts';
import type { SignInFacts, SiteStore } from '../storage/site-store.ts';
import type { AgentSessions, LiveSession } from './agent-sessions.ts';
import type { SubmitOutcome } from './agent-transactions.ts';
import { type SignInLimits, sourceOf, subjectOf } from './sign-in-limits.ts';
import type { VerificationQueue } from './verification-queue.ts';

/** A change as its agent asks for it. */
export interface PasswordChangeRequest {
  readonly live: LiveSession;
  readonly oldPassword: string;
  readonly newPassword: string;
  readonly peerAddress: string;
}

export type PasswordChangeOutcome =
  | SubmitOutcome
  | { readonly kind: 'wrongOldPassword' | 'locked' | 'queueFull' }
  | { readonly kind: 'faultyPassword'; readonly fault: PasswordFault };

interface PasswordChangesParts {
  readonly store: Pick<SiteStore, 'findCredential' | 'findPasswordBackground'>;
  readonly sessions: Pick<AgentSessions, 'submit'>;
  readonly queue: VerificationQueue;
  readonly hashing: PasswordHashing;
  readonly limits: SignInLimits;
  readonly clock: Clock;
}

/** Changes an agent's own password: the checks in the order of rule PW-9. */
export class PasswordChanges {
  readonly #parts: PasswordChangesParts;

  constructor(parts: PasswordChangesParts) {
    this.#parts = parts;
  }

  async change(request: PasswordChangeRequest): Promise<PasswordChangeOutcome> {
    const { store, limits, queue, clock } = this.#parts;
    const { workNumber, tenantId } = request.live.record;
    const facts = await store.findCredential(workNumber);
    if (facts === undefined) return { kind: 'refused', refusal: { kind: 'sessionOver' } };
    const subject = subjectOf({ kind: 'workNumber', workNumber });
    const attempt = { subject, source: sourceOf(request.peerAddress) };
    const standing = await limits.standingOf(attempt);
    if (standing.kind === 'locked') return standing;
    const turn = await queue.run(tenantId, () => this.#makeHash(request, facts));
    if (turn.kind === 'full') return { kind: 'queueFull' };
    const made = turn.result;
    if (made.kind === 'wrongOldPassword') {
      // A guesser who holds a session is held back as one who signs in (rule PW-11).
      const { delayMs } = await limits.failed(attempt);
      if (delayMs > 0) await new Promise<void>((resolve) => clock.after(delayMs, resolve));
      return made;
    }
    await limits.succeeded(attempt, standing);
    return made.kind === 'hash' ? this.#submit(request, facts, made.passwordHash) : made;
  }

  /** One turn of the queue: the old password first, so that nothing is told to who does not know it. */
  async #makeHash(
    { live, oldPassword, newPassword }: PasswordChangeRequest,
    { credential }: SignInFacts,
  ): Promise<
    | { readonly kind: 'wrongOldPassword' }
    | { readonly kind: 'faultyPassword'; readonly fault: PasswordFault }
    | { readonly kind: 'hash'; readonly passwordHash: string }
  > {
    const { hashing, store } = this.#parts;
    const { workNumber } = live.record;
    const isRight =
      credential.passwordHash === null
        ? oldPassword === ''
        : await hashing.verify(credential.passwordHash, oldPassword);
    if (!isRight) return { kind: 'wrongOldPassword' };
    const { name, passwordsBefore } = await store.findPasswordBackground(workNumber);
    const fault = faultOfNewPassword(newPassword, { oldPassword, workNumber, name });
    if (fault !== null) return { kind: 'faultyPassword', fault };
    for (const before of passwordsBefore) {
      if (await hashing.verify(before, newPassword)) {
        return { kind: 'faultyPassword', fault: { kind: 'rule', rule: 'history' } };
      }
    }
    return { kind: 'hash', passwordHash: await hashing.hash(newPassword) };
  }

  #submit(
    { live }: PasswordChangeRequest,
    { credential, policy }: SignInFacts,
    passwordHash: string,
  ): Promise<SubmitOutcome> {
    const days = policy.passwordValidityDays;
    return this.#parts.sessions.submit(live, {
      kind: 'changePassword',
      credentialVersion: credential.credentialVersion,
      passwordHash,
      validForMs: days === 'never' ? null : days * DAY_MS,
    });
  }
}
