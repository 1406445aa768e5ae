import type { WorkNumber } from '@rollcall/contract/identifiers';
import type { BulletinTarget } from '../domain/agent-session/bulletin.ts';
import type { Calendar } from '../platform/calendar.ts';
import type { AgentSessions, LiveSession } from './agent-sessions.ts';
import type { SubmitOutcome } from './agent-transactions.ts';
import type { Directory, TenantDefinition } from './directory.ts';

/** A bulletin as its author wrote it. */
export interface WrittenBulletin {
  readonly text: string;
  /** Name of a group or a skill queue; empty: everyone of the tenant. */
  readonly targetName: string;
  /** What the name stands for where a group and a skill queue have it. */
  readonly firstKind: 'group' | 'skillQueue';
}

export type PostOutcome = { readonly kind: 'noRight' | 'noSuchTarget' } | SubmitOutcome;

interface BulletinsParts {
  readonly directory: Pick<Directory, 'agent' | 'tenant'>;
  readonly sessions: Pick<AgentSessions, 'submit'>;
  readonly calendar: Pick<Calendar, 'utcOffsetMs'>;
  /** The store's time, epoch ms. */
  readonly storeTimeMs: () => number;
}

/** Bulletins of supervisors to the agents of their tenant (docs/spec/notes.md). */
export class Bulletins {
  readonly #parts: BulletinsParts;

  constructor(parts: BulletinsParts) {
    this.#parts = parts;
  }

  /** Puts it up; `bulletin-distribution.ts` gives it to its readers. */
  async post(live: LiveSession, written: WrittenBulletin): Promise<PostOutcome> {
    const { directory, sessions, calendar, storeTimeMs } = this.#parts;
    const from: WorkNumber = live.record.workNumber;
    const [author, tenant] = await Promise.all([
      directory.agent(from),
      directory.tenant(live.record.tenantId),
    ]);
    if (tenant === undefined || author?.definition.role !== 'supervisor') return { kind: 'noRight' };
    const target = targetOf(tenant, written);
    if (target === undefined) return { kind: 'noSuchTarget' };
    const sentAt = storeTimeMs();
    const utcOffsetMs = calendar.utcOffsetMs(tenant.timeZone, sentAt);
    const note = { from, fromName: author.definition.name, text: written.text, sentAt, utcOffsetMs };
    return sessions.submit(live, { kind: 'postBulletin', bulletin: { target, note } });
  }
}

/** NB-6: the name decides, and where it says two things, the kind. */
function targetOf(
  { groups, skillQueues }: TenantDefinition,
  { targetName, firstKind }: WrittenBulletin,
): BulletinTarget | undefined {
  if (targetName === '') return { kind: 'everyone' };
  const group = groups.find(({ name }) => name === targetName);
  const queue = skillQueues.find(({ name }) => name === targetName);
  const toGroup = group && ({ kind: 'group', groupId: group.groupId } as const);
  const toQueue = queue && ({ kind: 'skillQueue', skillQueueId: queue.skillQueueId } as const);
  return firstKind === 'group' ? (toGroup ?? toQueue) : (toQueue ?? toGroup);
}
