import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { Calendar } from '../platform/calendar.ts';
import type { AgentTransactions, SubmitOutcome } from './agent-transactions.ts';
import type { Directory } from './directory.ts';

/** A note as its sender wrote it. */
export interface WrittenNote {
  readonly tenantId: TenantId;
  readonly from: WorkNumber;
  readonly to: readonly WorkNumber[];
  readonly text: string;
}

export type NotesOutcome =
  /** Nobody got it. */
  | { readonly kind: 'noSuchAgent' }
  /** The others got it. */
  | { readonly kind: 'boxFull'; readonly workNumber: WorkNumber; readonly limit: number }
  | SubmitOutcome;

interface NotesParts {
  readonly directory: Pick<Directory, 'agent' | 'tenant'>;
  readonly transactions: Pick<AgentTransactions, 'submit'>;
  readonly calendar: Pick<Calendar, 'utcOffsetMs'>;
  /** The store's time, epoch ms. */
  readonly storeTimeMs: () => number;
}

/** Notes from agents to agents (docs/spec/notes.md). */
export class Notes {
  readonly #parts: NotesParts;

  constructor(parts: NotesParts) {
    this.#parts = parts;
  }

  /** To each receiver once; all must be agents of the sender's tenant. Tells the first of what went wrong. */
  async send({ tenantId, from, to, text }: WrittenNote): Promise<NotesOutcome> {
    const { directory, transactions, calendar, storeTimeMs } = this.#parts;
    const receivers = [...new Set(to)];
    const [tenant, sender, ...found] = await Promise.all([
      directory.tenant(tenantId),
      ...[from, ...receivers].map((each) => directory.agent(each)),
    ]);
    if (tenant === undefined || sender === undefined) return { kind: 'noSuchAgent' };
    if (found.some((each) => each?.record.tenantId !== tenantId)) return { kind: 'noSuchAgent' };
    const sentAt = storeTimeMs();
    const utcOffsetMs = calendar.utcOffsetMs(tenant.timeZone, sentAt);
    const note = { from, fromName: sender.definition.name, text, sentAt, utcOffsetMs };
    const outcomes = await Promise.all(
      receivers.map(async (workNumber) => ({
        workNumber,
        outcome: await transactions.submit({ kind: 'deliverNote', workNumber, tenantId, note }),
      })),
    );
    const [failed] = outcomes.filter(({ outcome }) => outcome.kind !== 'accepted');
    if (failed?.outcome.kind === 'refused' && failed.outcome.refusal.kind === 'noteBoxFull') {
      return { kind: 'boxFull', workNumber: failed.workNumber, limit: failed.outcome.refusal.limit };
    }
    const [first] = outcomes;
    return failed?.outcome ?? first?.outcome ?? { kind: 'noSuchAgent' };
  }
}
