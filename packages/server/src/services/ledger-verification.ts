import type { WorkNumber } from '@rollcall/contract/identifiers';
import { LedgerCheck, type LedgerFault } from '../domain/agent-time/ledger-check.ts';
import type { AgentTimeStore } from '../storage/agent-time-store.ts';

/** How much was compared, and how often it did not add up. */
export interface LedgerVerdict {
  /** Agents that have signed in at least once, or have intervals. */
  readonly agents: number;
  readonly sessions: number;
  readonly intervals: number;
  readonly faults: number;
}

interface LedgerVerificationParts {
  readonly store: Pick<AgentTimeStore, 'findLedgerStart' | 'findNextInLedger' | 'readLedger'>;
  /** Called for each fault, in the order of the agents and of their time. */
  readonly tell: (workNumber: WorkNumber, fault: LedgerFault) => void;
}

/** Marks and intervals that are read at once. */
const PORTION = 1_000;

/** Compares every agent's intervals with the audit trail (rule AT-7), beside a server that runs. */
export async function verifyLedger({ store, tell }: LedgerVerificationParts): Promise<LedgerVerdict> {
  const keptSince = await store.findLedgerStart();
  let verdict: LedgerVerdict = { agents: 0, sessions: 0, intervals: 0, faults: 0 };
  for (
    let workNumber = await store.findNextInLedger(0);
    workNumber !== undefined;
    workNumber = await store.findNextInLedger(workNumber)
  ) {
    const check = new LedgerCheck(keptSince);
    let faults = 0;
    while (!check.isDone) {
      for (const fault of check.take(
        await store.readLedger({ workNumber, after: check.place, limit: PORTION }),
      )) {
        faults++;
        tell(workNumber, fault);
      }
    }
    const { sessions, intervals } = check.counts;
    verdict = {
      agents: verdict.agents + (sessions + intervals + faults > 0 ? 1 : 0),
      sessions: verdict.sessions + sessions,
      intervals: verdict.intervals + intervals,
      faults: verdict.faults + faults,
    };
  }
  return verdict;
}
