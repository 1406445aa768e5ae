import type { SessionId, TenantId } from '@rollcall/contract/identifiers';
import type { AgentRecord } from '../domain/agent-session/agent-record.ts';
import type { WatchedSignIn } from '../domain/agent-session/commands.ts';
import type { AgentStore } from '../storage/agent-store.ts';
import type { FanOutStore, FeedEvent } from '../storage/fan-out-store.ts';
import type { AgentTransactions, SubmitOutcome } from './agent-transactions.ts';
import type { Directory, ListedAgent, Roster } from './directory.ts';
import { watchOf } from './supervision.ts';

interface SignInWatchParts {
  readonly store: Pick<FanOutStore, 'findFeedPosition'> & Pick<AgentStore, 'findAgent'>;
  readonly directory: Pick<Directory, 'agent' | 'roster'>;
  readonly transactions: Pick<AgentTransactions, 'submit'>;
}

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

  /** Tells every inspector of the tenant; rejects where one may not have been told. */
  async tell(tenantId: TenantId, events: readonly FeedEvent[]): Promise<void> {
    const { directory } = this.#parts;
    const roster = await directory.roster(tenantId);
    if (roster === undefined) return;
    const inspectors = roster.shared('inspectors', () =>
      roster.agents.filter(({ definition }) => definition.role === 'supervisor'),
    );
    if (inspectors.length === 0) return;
    const seen = await this.#see(roster, events);
    await Promise.all(inspectors.map((inspector) => this.#tellOne(inspector, roster, seen)));
  }

  async #see(roster: Roster, events: readonly FeedEvent[]): Promise<readonly Seen[]> {
    const seen: Seen[] = [];
    const { mediaRegistration } = roster.tenant.policy;
    for (const { position, workNumber, event } of events) {
      const agent = roster.find(workNumber) ?? (await this.#parts.directory.agent(workNumber));
      if (agent === undefined) continue;
      const change = event.kind === 'agentSignedIn' ? 'signedIn' : 'signedOut';
      const textChat = event.textChat === true && mediaRegistration === 'asAsked';
      const { name } = agent.definition;
      seen.push({ agent, signIn: { position, change, agent: workNumber, name, textChat } });
    }
    return seen;
  }

  /** The roster may be a second old: it says who is an inspector, not what its session is. */
  async #tellOne(
    { definition, record: { workNumber } }: ListedAgent,
    { tenant }: Roster,
    seen: readonly Seen[],
  ) {
    const { store, transactions } = this.#parts;
    const record = await store.findAgent(workNumber);
    const session = record?.session;
    if (record === undefined || !session?.settings.watchSignIns) return;
    const watches = watchOf({ definition, record }, tenant);
    const watched = seen.filter(({ agent }) => watches(agent));
    if (watched.length === 0) return;
    const begin = await this.#beginOf(record);
    const signIns = watched.map(({ signIn }) => signIn).filter(({ position }) => position > begin);
    if (signIns.length === 0) return;
    const outcome = await transactions.submit({
      kind: 'tellOfWatched',
      workNumber,
      tenantId: record.tenantId,
      sessionId: session.id,
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
