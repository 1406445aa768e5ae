import type { SessionId, TokenHash, WorkNumber } from '@rollcall/contract/identifiers';
import type { AgentRecord, AgentSession, EndedSession } from '../domain/agent-session/agent-record.ts';
import type { Command } from '../domain/agent-session/commands.ts';
import type { AgentStore } from '../storage/agent-store.ts';
import type { AgentTransactions, SubmitOutcome } from './agent-transactions.ts';

/** A live session together with the record it was found in. */
export interface LiveSession {
  readonly record: AgentRecord;
  readonly session: AgentSession;
}

/** What a caller's tokens open at the agent whose path is called. */
export type Identity =
  | ({ readonly kind: 'live' } & LiveSession)
  | { readonly kind: 'ended'; readonly ended: EndedSession }
  /** A token of another agent's live session. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'nobody' };

/** A command of a live session, before the session's own facts are added. */
export type SessionCommandPart = Command extends infer Each
  ? Each extends { readonly kind: 'signIn' }
    ? never
    : Omit<Each, 'workNumber' | 'tenantId' | 'sessionId'>
  : never;

interface AgentSessionsParts {
  readonly store: Pick<AgentStore, 'findAgent' | 'findEndedSession' | 'findTokenOwner'>;
  readonly transactions: AgentTransactions;
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

  /** Says what the tokens, given by their hashes, open at this agent (rules WI-22 to WI-25). */
  async identify(workNumber: WorkNumber, tokens: readonly TokenHash[]): Promise<Identity> {
    if (tokens.length === 0) return { kind: 'nobody' };
    const record = await this.#parts.store.findAgent(workNumber);
    if (record?.session && tokens.includes(record.session.tokenHash)) {
      return { kind: 'live', record, session: record.session };
    }
    const looked = tokens.slice(0, MOST_LOOKED_UP);
    for (const token of looked) {
      const ended = await this.#parts.store.findEndedSession(workNumber, token);
      if (ended !== undefined) return { kind: 'ended', ended };
    }
    for (const token of looked) {
      const owner = await this.#parts.store.findTokenOwner(token);
      if (owner !== undefined && owner !== workNumber) return { kind: 'foreign' };
    }
    return { kind: 'nobody' };
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

  /** Ends the session at its owner's wish; `repeated` while an earlier sign-out of it is unanswered (rule SO-3). */
  async signOut(
    live: LiveSession,
    clientReason: number | null,
  ): Promise<SubmitOutcome | { readonly kind: 'repeated' }> {
    const { id } = live.session;
    if (this.#signingOut.has(id)) return { kind: 'repeated' };
    this.#signingOut.add(id);
    try {
      return await this.submit(live, { kind: 'signOut', clientReason });
    } finally {
      this.#signingOut.delete(id);
    }
  }
}
