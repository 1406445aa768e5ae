import type { SessionId, TenantId } from '@rollcall/contract/identifiers';
import type { AgentRecord } from '../domain/agent-session/agent-record.ts';
import type { WatchedSignIn } from '../domain/agent-session/commands.ts';
import type { DirectoryStore } from '../storage/directory-store.ts';
import type { FanOutStore, SessionEvent } from '../storage/fan-out-store.ts';
import type { AgentTransactions, SubmitOutcome } from './agent-transactions.ts';
import type { Directory, ListedAgent, TenantDefinition } from './directory.ts';
import { watchOf } from './supervision.ts';

interface SignInWatchParts {
  readonly store: Pick<FanOutStore, 'findFeedPosition'> & Pick<DirectoryStore, 'listListening'>;
  readonly directory: Pick<Directory, 'agent' | 'tenant'>;
  readonly transactions: Pick<AgentTransactions, 'submit'>;
}

const LISTENING_AT_ONCE = 500;
/** More than the sessions of the inspectors of the largest site. */
const MOST_BEGINS_KNOWN = 10_000;

/** A command of the fan-out whose outcome is not known, or that the store could not take: it is given again. */
class UndoneConsequenceFault extends Error {
  override readonly name = 'UndoneConsequenceFault';
  constructor(outcome: SubmitOutcome) {
    const cause = outcome.kind === 'fault' ? outcome.cause : undefined;
    super('a consequence of the feed could not be written', { cause });
  }
}

/** A sign-in or sign-out with the agent whose it is. */
interface Seen {
  readonly agent: ListedAgent;
  readonly signIn: WatchedSignIn;
}

/** Tells inspectors when those whom they watch sign in and out (rules FO-1 to FO-5). */
export class SignInWatch {
  readonly #parts: SignInWatchParts;
  /** Where each inspector's session begins in the feed. */
  readonly #begins = new Map<SessionId, number>();

  constructor(parts: SignInWatchParts) {
    this.#parts = parts;
  }

  /** Tells every inspector of the tenant that listens; rejects where one may not have been told. */
  async tell(tenantId: TenantId, events: readonly SessionEvent[]): Promise<void> {
    const { directory, store } = this.#parts;
    let seen: readonly Seen[] | undefined;
    let after = 0;
    for (;;) {
      const inspectors = await store.listListening(tenantId, after, LISTENING_AT_ONCE);
      const last = inspectors.at(-1);
      const tenant = last && (await directory.tenant(tenantId));
      if (last === undefined || tenant === undefined) return;
      const those = seen ?? (await this.#see(tenant, events));
      seen = those;
      await Promise.all(inspectors.map((inspector) => this.#tellOne(inspector, tenant, those)));
      if (inspectors.length < LISTENING_AT_ONCE) return;
      after = last.record.workNumber;
    }
  }

  async #see({ policy }: TenantDefinition, events: readonly SessionEvent[]): Promise<readonly Seen[]> {
    const seen: Seen[] = [];
    for (const { position, workNumber, event } of events) {
      const agent = await this.#parts.directory.agent(workNumber);
      if (agent === undefined) continue;
      const change = event.kind === 'agentSignedIn' ? 'signedIn' : 'signedOut';
      const textChat = event.textChat === true && policy.mediaRegistration === 'asAsked';
      const { name } = agent.definition;
      seen.push({ agent, signIn: { position, change, agent: workNumber, name, textChat } });
    }
    return seen;
  }

  async #tellOne(inspector: ListedAgent, tenant: TenantDefinition, seen: readonly Seen[]): Promise<void> {
    const { record } = inspector;
    const watches = watchOf(inspector, tenant);
    const watched = seen.filter(({ agent }) => watches(agent));
    if (record.session === null || watched.length === 0) return;
    const begin = await this.#beginOf(record);
    const signIns = watched.map(({ signIn }) => signIn).filter(({ position }) => position > begin);
    if (signIns.length === 0) return;
    const outcome = await this.#parts.transactions.submit({
      kind: 'tellOfWatched',
      workNumber: record.workNumber,
      tenantId: record.tenantId,
      sessionId: record.session.id,
      signIns,
    });
    if (outcome.kind === 'fault' || outcome.kind === 'unknown') throw new UndoneConsequenceFault(outcome);
  }

  /** Feed position of the session's first event: what lies before it is not told to it (rule FO-4). */
  async #beginOf({ workNumber, session }: AgentRecord): Promise<number> {
    if (session === null) return Number.POSITIVE_INFINITY;
    const known = this.#begins.get(session.id);
    if (known !== undefined) return known;
    const found = await this.#parts.store.findFeedPosition(workNumber, session.firstSequence);
    if (found === undefined) return Number.POSITIVE_INFINITY;
    const [oldest] = this.#begins.keys();
    if (oldest !== undefined && this.#begins.size >= MOST_BEGINS_KNOWN) this.#begins.delete(oldest);
    this.#begins.set(session.id, found);
    return found;
  }
}
