import { accountKey, type TenantId, type WorkNumber } from '@rollcall/contract/identifiers';
import type { AgentSession, SeatClaim, SignInSettings } from '../domain/agent-session/agent-record.ts';
import type { Refusal } from '../domain/agent-session/decision.ts';
import type { PushTarget } from '../domain/agent-session/event-push.ts';
import { DAY_MS } from '../domain/durations.ts';
import type { Clock } from '../platform/clock.ts';
import type { PasswordHashing } from '../platform/password-hashing.ts';
import type { SecretSource } from '../platform/session-tokens.ts';
import type { TenantPolicySettings } from '../site/site-file.ts';
import type { Attempt } from '../storage/sign-in-limit-store.ts';
import type { Credential, SignInFacts, SiteStore } from '../storage/site-store.ts';
import type { AgentTransactions } from './agent-transactions.ts';
import type { Leases } from './leases.ts';
import { type FailureEffect, type SignInLimits, sourceOf, subjectOf } from './sign-in-limits.ts';
import type { VerificationQueue } from './verification-queue.ts';

/** By what an agent says who it is. */
export type SignInName =
  | { readonly kind: 'workNumber'; readonly workNumber: WorkNumber }
  | { readonly kind: 'account'; readonly account: string };

/** A sign-in as asked for, its parameters already coerced. */
export interface SignInRequest {
  readonly name: SignInName;
  readonly password: string;
  readonly forced: boolean;
  /** Which seats of the licence the session needs. */
  readonly seats: SeatClaim;
  readonly settings: SignInSettings;
  /** Where the session's events are to be sent; null: nowhere. */
  readonly push: Omit<PushTarget, 'sessionToken'> | null;
  readonly peerAddress: string;
  /** Whether the caller has gone: nobody would have the session's token then. */
  isCallerGone(): boolean;
}

export type SignInOutcome =
  | {
      readonly kind: 'signedIn';
      readonly workNumber: WorkNumber;
      readonly session: AgentSession;
      readonly tenantId: TenantId;
      readonly policy: TenantPolicySettings;
      /** The session's token: said once, in this answer, and stored only as a hash. */
      readonly token: string;
      readonly mustChangePassword: boolean;
      /** Whole days for which the password is still valid; null: it never expires. */
      readonly passwordDaysLeft: number | null;
    }
  | { readonly kind: 'noTenant' | 'locked' | 'queueFull' | 'callerGone' | 'unknown' }
  /** `locks`: this failure was one too many, and further ones are not looked at for a while. */
  | { readonly kind: 'wrongCredentials'; readonly locks: boolean }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'fault'; readonly cause: unknown };

/** The longest rest of validity that the answer can write. */
const MOST_DAYS_LEFT = 180;

interface SignInServiceParts {
  readonly store: Pick<SiteStore, 'findCredential' | 'findCredentialByAccount' | 'listTenants'>;
  readonly transactions: AgentTransactions;
  readonly hashing: PasswordHashing;
  readonly queue: VerificationQueue;
  readonly secrets: SecretSource;
  readonly clock: Clock;
  readonly nodeName: string;
  readonly leases: Pick<Leases, 'trustsSilence'>;
  readonly limits: SignInLimits;
}

/** A sign-in with the subject and the source under which its failures are counted. */
type TriedSignIn = SignInRequest & { readonly attempt: Attempt };

type Verified =
  | { readonly kind: 'right'; readonly hasFailures: boolean }
  | ({ readonly kind: 'wrong' } & FailureEffect)
  | { readonly kind: 'locked' | 'queueFull' | 'callerGone' };

/** Signs agents in: the checks in the order of docs/spec/sign-in.md. */
export class SignInService {
  readonly #parts: SignInServiceParts;
  #tenantIds: readonly TenantId[] = [];

  constructor(parts: SignInServiceParts) {
    this.#parts = parts;
  }

  /** Never rejects for a reason of the caller's; a fault of the store is an outcome once the session was begun. */
  async signIn(request: SignInRequest): Promise<SignInOutcome> {
    if (!(await this.#hasTenant())) return { kind: 'noTenant' };
    const { limits } = this.#parts;
    const found = await this.#findCredential(request.name);
    const attempt = { subject: subjectOf(request.name), source: sourceOf(request.peerAddress) };
    const verified = await this.#verify({ ...request, attempt }, found);
    if (request.isCallerGone()) return { kind: 'callerGone' };
    if (verified.kind === 'wrong') return this.#answerLate(verified);
    if (verified.kind !== 'right') return verified;
    await limits.succeeded(attempt, verified);
    if (found === undefined) throw new TypeError('this cannot happen: a right password of nobody');
    const outcome = await this.#begin(request, found);
    if (outcome.kind === 'signedIn') limits.remember(attempt);
    return outcome;
  }

  #findCredential(name: SignInName): Promise<SignInFacts | undefined> {
    const { store } = this.#parts;
    return name.kind === 'account'
      ? store.findCredentialByAccount(accountKey(name.account))
      : store.findCredential(name.workNumber);
  }

  /** LK-2: held back when no verification slot is taken by it any more. */
  async #answerLate({ delayMs, locks }: FailureEffect): Promise<SignInOutcome> {
    if (delayMs > 0) await new Promise<void>((resolve) => this.#parts.clock.after(delayMs, resolve));
    return { kind: 'wrongCredentials', locks };
  }

  async #hasTenant(): Promise<boolean> {
    if (this.#tenantIds.length === 0) {
      this.#tenantIds = (await this.#parts.store.listTenants()).map(({ tenantId }) => tenantId);
    }
    return this.#tenantIds.length > 0;
  }

  /** PW-1, PW-2: one verification for every case but an empty password that is right. */
  async #verify(tried: TriedSignIn, found: SignInFacts | undefined): Promise<Verified> {
    const { queue, limits } = this.#parts;
    const standing = await limits.standingOf(tried.attempt);
    if (standing.kind === 'locked') return standing;
    const credential = found?.credential;
    const mayBeEmpty = found?.policy.emptyPasswords === 'allowed';
    if (tried.password === '' && credential?.passwordHash === null && credential.enabled && mayBeEmpty)
      return { kind: 'right', hasFailures: standing.hasFailures };
    const lane = credential?.tenantId ?? this.#laneOfNobody(tried.name);
    const turn = await queue.run(lane, () => this.#verifyInTurn(tried, credential));
    return turn.kind === 'full' ? { kind: 'queueFull' } : turn.result;
  }

  /** Who does not exist waits in the lane of some tenant too, always the same. */
  #laneOfNobody(name: SignInName): number {
    const number = name.kind === 'workNumber' ? name.workNumber : name.account.length;
    return this.#tenantIds[number % this.#tenantIds.length] ?? 0;
  }

  /** Looks at the limits again: others may have failed while this one waited, and it counts its own failure at once. */
  async #verifyInTurn(
    { attempt, password, isCallerGone }: TriedSignIn,
    credential: Credential | undefined,
  ): Promise<Verified> {
    if (isCallerGone()) return { kind: 'callerGone' };
    const { hashing, limits } = this.#parts;
    const standing = await limits.standingOf(attempt);
    if (standing.kind === 'locked') return standing;
    const isMatch = await hashing.verify(credential?.passwordHash ?? hashing.hashOfNobody, password);
    const isRight = isMatch && credential?.enabled === true && credential.passwordHash !== null;
    if (isRight) return { kind: 'right', hasFailures: standing.hasFailures };
    return { kind: 'wrong', ...(await limits.failed(attempt)) };
  }

  async #begin(request: SignInRequest, { credential, policy }: SignInFacts): Promise<SignInOutcome> {
    const { secrets, transactions, clock, leases, nodeName } = this.#parts;
    const { forced, seats, settings, push, peerAddress } = request;
    const { workNumber } = credential;
    const token = secrets.newSessionToken();
    const mustChangePassword = credential.mustChangePassword || hasExpired(credential, clock.wallMs());
    const outcome = await transactions.submit({
      kind: 'signIn',
      workNumber,
      tenantId: credential.tenantId,
      credentialVersion: credential.credentialVersion,
      forced,
      sessionId: secrets.newSessionId(),
      tokenHash: secrets.hashToken(token),
      seats,
      settings,
      // The list form alone names the session, by its token as the client sees it (rule PU-1).
      ...(push === null
        ? {}
        : { push: { ...push, sessionToken: push.form === 'list' ? `${token}.${nodeName}` : null } }),
      node: nodeName,
      mustChangePassword,
      trustsSilence: leases.trustsSilence(),
      peerAddress,
    });
    if (outcome.kind !== 'accepted') return outcome;
    const { session } = outcome.record;
    if (session === null) throw new TypeError('this cannot happen: a sign-in without a session');
    const passwordDaysLeft = daysLeft(credential.passwordValidUntil, clock.wallMs());
    return {
      kind: 'signedIn',
      workNumber,
      session,
      tenantId: credential.tenantId,
      policy,
      token,
      mustChangePassword,
      passwordDaysLeft,
    };
  }
}

function daysLeft(validUntil: number | null, nowMs: number): number | null {
  if (validUntil === null) return null;
  return Math.min(MOST_DAYS_LEFT, Math.max(0, Math.floor((validUntil - nowMs) / DAY_MS)));
}

function hasExpired({ passwordValidUntil }: Credential, nowMs: number): boolean {
  return passwordValidUntil !== null && passwordValidUntil <= nowMs;
}
