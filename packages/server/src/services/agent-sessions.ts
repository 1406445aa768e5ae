import type { DirectoryNumber, SessionId, TokenHash, WorkNumber } from '@rollcall/contract/identifiers';
import type { AgentRecord, AgentSession, EndedSession } from '../domain/agent-session/agent-record.ts';
import type { RecordedAct } from '../domain/agent-session/audit-entry.ts';
import type { Command, SignOut, Supervision } from '../domain/agent-session/commands.ts';
import { isRenewalDue } from '../domain/agent-session/token-renewal.ts';
import type { SecretSource } from '../platform/session-tokens.ts';
import type { AgentStore } from '../storage/agent-store.ts';
import type { AgentTransactions, SubmitOutcome } from './agent-transactions.ts';
import type { Leases } from './leases.ts';
import type { TrustedPeer } from './trusted-peers.ts';

/** A live session together with the record it was found in. */
export interface LiveSession {
  readonly record: AgentRecord;
  readonly session: AgentSession;
}

/** What a caller's tokens open at the agent whose path is called. */
export type Identity =
  | ({
      readonly kind: 'live';
      /** The token that opened the session: its present one, or one that was replaced a moment ago. */
      readonly shown: TokenHash;
    } & LiveSession)
  | { readonly kind: 'ended'; readonly ended: EndedSession }
  /** A token of another agent's live session, or one that was replaced too long ago; a session not of the peer's. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'nobody' };

/** A command of a live session, before the session's own facts are added. */
export type SessionCommandPart = Command extends infer Each
  ? Each extends {
      readonly kind:
        | 'signIn'
        | 'endLease'
        | 'meetDeadline'
        | 'deliverNote'
        | 'takeBulletins'
        | 'tellOfWatched'
        | Supervision['kind'];
    }
    ? never
    : Omit<Each, 'workNumber' | 'tenantId' | 'sessionId'>
  : never;

interface AgentSessionsParts {
  readonly store: Pick<
    AgentStore,
    'findAgent' | 'findEndedSession' | 'findEndedSessionById' | 'findReplacedToken' | 'findTokenOwner'
  >;
  readonly transactions: AgentTransactions;
  readonly leases: Pick<Leases, 'seen' | 'storeTimeMs' | 'trustsSilence'>;
  readonly secrets: SecretSource;
}

/** Of the tokens that do not open the path's session, so many are looked up to say what they are. */
const MOST_LOOKED_UP = 8;

/** Live and ended sessions: whose a token is, what its owner asks for, and its end. */
export class AgentSessions {
  readonly #parts: AgentSessionsParts;
  readonly #signingOut = new Set<SessionId>();

  constructor(parts: AgentSessionsParts) {
    this.#parts = parts;
  }

  /** Says what the tokens, given by their hashes, open at this agent (rules WI-22 to WI-25); a sign of life. */
  async identify(workNumber: WorkNumber, tokens: readonly TokenHash[]): Promise<Identity> {
    const identity = await this.#identify(workNumber, tokens);
    if (identity.kind === 'live') this.#parts.leases.seen(identity.record);
    return identity;
  }

  /** Says what a token opens where no path names the agent; a sign of life. */
  async identifyByToken(token: TokenHash): Promise<Identity> {
    const { store } = this.#parts;
    const owner = (await store.findTokenOwner(token)) ?? (await store.findReplacedToken(token))?.workNumber;
    return owner === undefined ? { kind: 'nobody' } : this.identify(owner, [token]);
  }

  /**
   * Says what a trusted peer's call without any token opens: the live session that was signed in through it, and that
   * of an agent for whom it always acts (rule WI-55); a sign of life.
   */
  async identifyForPeer(workNumber: WorkNumber, { name, agents }: TrustedPeer): Promise<Identity> {
    const record = await this.#parts.store.findAgent(workNumber);
    if (!record?.session) return { kind: 'nobody' };
    const { session } = record;
    if (session.settings.viaPeer !== name && !agents.has(workNumber)) return { kind: 'foreign' };
    this.#parts.leases.seen(record);
    return { kind: 'live', record, session, shown: session.tokenHash };
  }

  async #identify(workNumber: WorkNumber, tokens: readonly TokenHash[]): Promise<Identity> {
    if (tokens.length === 0) return { kind: 'nobody' };
    const { store } = this.#parts;
    const record = await store.findAgent(workNumber);
    if (record?.session && tokens.includes(record.session.tokenHash)) {
      return { kind: 'live', record, session: record.session, shown: record.session.tokenHash };
    }
    const looked = tokens.slice(0, MOST_LOOKED_UP);
    const replaced = await this.#identifyReplaced(looked, workNumber, record);
    if (replaced !== undefined && replaced.kind !== 'foreign') return replaced;
    for (const token of looked) {
      const ended = await store.findEndedSession(workNumber, token);
      if (ended !== undefined) return { kind: 'ended', ended };
    }
    if (replaced !== undefined) return replaced;
    for (const token of looked) {
      const owner = await store.findTokenOwner(token);
      if (owner !== undefined && owner !== workNumber) return { kind: 'foreign' };
    }
    return { kind: 'nobody' };
  }

  /** What a token opens that a newer one has replaced (rules TK-3, TK-4); undefined when none of these was. */
  async #identifyReplaced(
    tokens: readonly TokenHash[],
    workNumber: WorkNumber,
    record: AgentRecord | undefined,
  ): Promise<Identity | undefined> {
    const { store, leases } = this.#parts;
    let found: Identity | undefined;
    for (const token of tokens) {
      const replaced = await store.findReplacedToken(token);
      if (replaced === undefined) continue;
      found = { kind: 'foreign' };
      if (replaced.workNumber !== workNumber) continue;
      if (record?.session?.id === replaced.sessionId) {
        if (leases.storeTimeMs() >= replaced.goodUntil) continue;
        return { kind: 'live', record, session: record.session, shown: token };
      }
      const ended = await store.findEndedSessionById(replaced.sessionId);
      if (ended !== undefined && ended.endedAt < replaced.goodUntil) return { kind: 'ended', ended };
    }
    return found;
  }

  /**
   * Gives the session a fresh token: at once when its client asked, else only when the present one is old enough
   * (rules TK-2, TK-5). The old one stays good for a while.
   */
  async renewToken(
    live: Extract<Identity, { kind: 'live' }>,
    when: 'now' | 'whenDue',
  ): Promise<
    { readonly kind: 'renewed'; readonly token: string } | Exclude<SubmitOutcome, { kind: 'accepted' }>
  > {
    const { secrets, leases } = this.#parts;
    const { shown, session } = live;
    // Asked with every poll: what is not due costs no command. The store's clock decides again.
    if (when === 'whenDue' && !isRenewalDue(session, shown, leases.storeTimeMs())) {
      return { kind: 'refused', refusal: { kind: 'notDue' } };
    }
    const token = secrets.newSessionToken();
    const outcome = await this.submit(live, {
      kind: 'renewToken',
      shown,
      next: secrets.hashToken(token),
      when,
    });
    return outcome.kind === 'accepted' ? { kind: 'renewed', token } : outcome;
  }

  /** The session as it is once the agent's earlier calls are done; undefined when they ended it (rule WI-28). */
  async present(live: LiveSession): Promise<LiveSession | undefined> {
    const earlier = this.#parts.transactions.settled(live.record.workNumber);
    if (earlier === undefined) return live;
    await earlier;
    const record = await this.#parts.store.findAgent(live.record.workNumber);
    const isSame = record?.session?.id === live.session.id;
    return isSame && record.session ? { record, session: record.session } : undefined;
  }

  /** Does one command of a live session. */
  submit({ record, session }: LiveSession, part: SessionCommandPart): Promise<SubmitOutcome> {
    const { workNumber, tenantId } = record;
    return this.#parts.transactions.submit({ ...part, workNumber, tenantId, sessionId: session.id });
  }

  /** Writes down what the session's agent asked for. */
  record(live: LiveSession, act: RecordedAct): Promise<SubmitOutcome> {
    return this.submit(live, { kind: 'recordAct', act });
  }

  /** Gives the session another phone (rule AS-17). */
  bindPhone(live: LiveSession, phoneNumber: DirectoryNumber): Promise<SubmitOutcome> {
    const trustsSilence = this.#parts.leases.trustsSilence();
    return this.submit(live, { kind: 'bindPhone', phoneNumber, trustsSilence });
  }

  /** Ends the session at its owner's wish; `repeated` while an earlier sign-out of it is unanswered (rule SO-3). */
  async signOut(
    live: LiveSession,
    how: Pick<SignOut, 'forced' | 'clientReason'>,
  ): Promise<SubmitOutcome | { readonly kind: 'repeated' }> {
    const { id } = live.session;
    if (this.#signingOut.has(id)) return { kind: 'repeated' };
    this.#signingOut.add(id);
    try {
      return await this.submit(live, { kind: 'signOut', ...how });
    } finally {
      this.#signingOut.delete(id);
    }
  }
}
