import type { AgentInfo, AgentStateRow, SkillInfo, SkillName } from '@rollcall/contract';
import type { ListedAgent, Roster, TenantDefinition } from '../services/directory.ts';
import { ctiStatusNumber, statusNumber } from './state-numbers.ts';

const MEDIA_NUMBERS = { text: 1, voice: 5 } as const;

type Group = TenantDefinition['groups'][number];
type Queue = TenantDefinition['skillQueues'][number];

/** How agents, groups and queues of one VDN are told to old clients (rules QU-4 to QU-8). */
export class AgentView {
  readonly #roster: Roster;
  readonly #groups: ReadonlyMap<number, Group>;
  readonly #queues: ReadonlyMap<number, Queue>;

  private constructor(roster: Roster) {
    this.#roster = roster;
    this.#groups = new Map(roster.tenant.groups.map((group) => [group.groupId, group]));
    this.#queues = new Map(roster.tenant.skillQueues.map((queue) => [queue.skillQueueId, queue]));
  }

  /** The view of a roster, made once for all who ask. */
  static of(roster: Roster): AgentView {
    return roster.shared('view', () => new AgentView(roster));
  }

  /** Without `phoneShown` the phone is empty. */
  info(agent: ListedAgent, { phoneShown }: { readonly phoneShown: boolean }): AgentInfo {
    const { record, definition } = agent;
    const { session } = record;
    const group = this.group(agent);
    return {
      workno: String(record.workNumber),
      name: definition.name,
      status: statusNumber(session?.state ?? null),
      ctiStatus: ctiStatusNumber(session?.state ?? null),
      groupid: group?.groupId ?? 0,
      groupname: group?.name ?? '',
      skilllist: this.served(agent),
      mediatype: session === null ? 'FFF' : `T${session.settings.registerTextChat ? 'T' : 'F'}F`,
      vdnid: record.tenantId,
      phonenumber: phoneShown ? (session?.settings.phoneNumber ?? '') : '',
      currentstatetime: this.secondsInState(agent),
      logindate: session?.signedInAt ?? 0,
      inMultimediaConf: false,
    };
  }

  stateRow({ record, definition }: ListedAgent): AgentStateRow {
    const state = record.session?.state ?? null;
    const groupName = this.#groups.get(definition.group ?? 0)?.name ?? '';
    return {
      workno: String(record.workNumber),
      name: definition.name,
      status: statusNumber(state),
      ctiStatus: ctiStatusNumber(state),
      groupName,
    };
  }

  secondsInState({ record: { session } }: ListedAgent): number {
    if (session === null) return 0;
    return Math.max(0, Math.floor((this.#roster.asOf - session.stateSince) / 1_000));
  }

  group({ definition }: ListedAgent): Group | undefined {
    return definition.group === undefined ? undefined : this.#groups.get(definition.group);
  }

  /** The queues that a signed-in agent serves. */
  served({ record: { session } }: ListedAgent): SkillName[] {
    return this.#known(session?.settings.skillQueues ?? []).map(({ name, skillQueueId, media }) => ({
      name,
      id: skillQueueId,
      mediatype: MEDIA_NUMBERS[media],
    }));
  }

  /** The queues that the site gives the agent. */
  configured({ definition }: ListedAgent): SkillInfo[] {
    return this.#known(definition.skillQueues).map(skillInfo);
  }

  allQueues(): SkillInfo[] {
    return [...this.#queues.values()].map(skillInfo);
  }

  queue(skillQueueId: number): Queue | undefined {
    return this.#queues.get(skillQueueId);
  }

  #known(ids: readonly number[]): Queue[] {
    return ids.flatMap((id) => this.#queues.get(id) ?? []);
  }
}

function skillInfo({ name, skillQueueId, media }: Queue): SkillInfo {
  return { name, id: skillQueueId, mediatype: MEDIA_NUMBERS[media], serviceType: 0, realFlag: 1 };
}
