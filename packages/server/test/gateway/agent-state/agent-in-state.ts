import type { SessionId, TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import { expect } from 'vitest';
import type { RunningGateway } from '../../support/running-gateway.ts';
import { STATES, type StateName } from './move-table.ts';

/** A VDN with an agent for each state; in the second one wrap-ups have a limit. */
export const VDN = 1;
export const VDN_WITH_LIMIT = 2;
export const WRAP_UP_LIMIT_S = 50;

const POLICY = { emptyPasswords: 'allowed', passwordValidityDays: 'never', firstPasswordChange: 'optional' };

export const STATES_SITE = {
  tenants: [VDN, VDN_WITH_LIMIT].map((tenantId) => ({
    tenantId,
    name: `VDN ${tenantId}`,
    policy: { ...POLICY, wrapUpLimitS: tenantId === VDN_WITH_LIMIT ? WRAP_UP_LIMIT_S : null },
    agents: [
      ...STATES.map((state) => ({
        workNumber: agentFor(state, tenantId),
        name: state,
        firstPassword: 'empty',
      })),
      {
        workNumber: inspectorOf(tenantId),
        name: 'Inspector',
        firstPassword: 'empty',
        role: 'supervisor',
        rights: ['watchVdn'],
      },
    ],
  })),
};

export function agentFor(state: StateName, vdn: number): WorkNumber {
  return (vdn * 1_000 + STATES.indexOf(state)) as WorkNumber;
}

function inspectorOf(vdn: number): number {
  return vdn * 1_000 + 900;
}

/** An inspector's call about this agent; gives its code. */
export async function inspect(
  gateway: RunningGateway,
  { workNumber }: AgentUnderTest,
  call: string,
): Promise<string> {
  const inspector = inspectorOf(Math.floor(workNumber / 1_000));
  const guid = await gateway.client.signIn(inspector, {}, 'forceloginex');
  const [operation = '', ...rest] = call.split('/');
  const path = ['', 'qualitycontrol', inspector, operation, workNumber, ...rest].join('/');
  return gateway.client.call('POST', path, guid);
}

export type ContactStep = 'offerContact' | 'answerContact' | 'endContact';

/** What the store holds of an agent, read beside the server. */
export interface StoredAgent {
  readonly row: Readonly<Record<string, unknown>>;
  readonly intervals: readonly Readonly<Record<string, unknown>>[];
}

/** One agent's client, and what of the agent can be seen past the server. */
export class AgentUnderTest {
  readonly workNumber: WorkNumber;
  readonly #gateway: RunningGateway;
  readonly #vdn: number;
  guid = '';

  constructor(gateway: RunningGateway, state: StateName, vdn: number) {
    this.#gateway = gateway;
    this.#vdn = vdn;
    this.workNumber = agentFor(state, vdn);
  }

  async signIn(body: object): Promise<void> {
    this.guid = await this.#gateway.client.signIn(this.workNumber, body, 'forceloginex');
  }

  /** One call; gives its code. */
  async call(
    path: string,
    { method = 'POST', body }: { method?: string; body?: object } = {},
  ): Promise<string> {
    const answer = await this.#gateway.client.send({
      method,
      path: `/onlineagent/${this.workNumber}/${path}`,
      headers: { Guid: this.guid },
      ...(body === undefined ? {} : { body }),
    });
    return answer.json().retcode;
  }

  /** What a switch would tell the core; gives `accepted`, or the kind of the refusal. */
  async contact(step: ContactStep): Promise<string> {
    const [row] = await this.#gateway.rows(
      `SELECT session_id FROM agent WHERE work_number = ${this.workNumber}`,
    );
    const outcome = await this.#gateway.submit({
      kind: step,
      workNumber: this.workNumber,
      tenantId: this.#vdn as TenantId,
      sessionId: row?.session_id as SessionId,
    });
    return outcome.kind === 'refused' ? outcome.refusal.kind : outcome.kind;
  }

  /** The names of the events behind a place in the log, as the session's own client reads them. */
  async eventsBehind(sequence: number, count: number, guid: string): Promise<string[]> {
    const [{ epoch } = {}] = await this.#gateway.rows('SELECT epoch FROM log_epoch');
    const names: string[] = [];
    for (let after = sequence; names.length < count; ) {
      const answer = await this.#gateway.client.send({
        method: 'GET',
        path: `/agentevent/${this.workNumber}?after=${epoch}.${after}`,
        headers: { Guid: guid },
      });
      const { event } = answer.json();
      if (event === undefined) throw new TypeError(`${names.length} events, then ${answer.text}`);
      names.push(event.eventType);
      after = Number(String(answer.headers['event-position']).split('.')[1]);
    }
    return names;
  }

  status(): Promise<unknown> {
    return this.#gateway.client.agentState(this.workNumber, this.guid);
  }

  /** Signs in and goes to the state by calls alone; a rest that is to be over is over a moment later. */
  async bringTo(
    state: StateName,
    { restS, ...body }: { readonly restS: number; readonly [key: string]: unknown },
  ) {
    const [base, pending] = state.split('+');
    await this.signIn({ ...body, ...(base === 'wrapUp' ? { status: 5 } : {}) });
    const done = async (path: string) => expect(await this.call(path), `${state}: ${path}`).toBe('0');
    if (base === 'notReady') await done('saybusy?reason=200');
    if (base === 'resting') await done(`rest/${restS}/1`);
    if (base === 'restOver') await done('rest/1/1');
    if (base === 'offered' || base === 'talking') expect(await this.contact('offerContact')).toBe('accepted');
    if (base === 'talking') expect(await this.contact('answerContact')).toBe('accepted');
    if (pending === 'notReady') await done('saybusy?reason=200');
    if (pending === 'rest') await done(`rest/${restS}/1`);
  }
}

/** What the store holds of all agents at this moment. */
export async function readAgents(
  gateway: RunningGateway,
): Promise<(agent: { readonly workNumber: WorkNumber }) => StoredAgent> {
  const rows = await gateway.rows('SELECT * FROM agent');
  const intervals = await gateway.rows('SELECT * FROM agent_interval ORDER BY began_at');
  return ({ workNumber }) => ({
    row: rows.find((row) => row.work_number === workNumber) ?? {},
    intervals: intervals.filter((row) => row.work_number === workNumber),
  });
}

/** The state of a row, as the specification names it. */
export function stateOf(row: StoredAgent['row']): string {
  if (row.session_id === null) return 'signedOut';
  if (row.state === 'resting') return row.deadline_at === null ? 'restOver' : 'resting';
  const base = row.state === 'engaged' ? String(row.phase) : String(row.state);
  if (row.pending === null) return base;
  return `${base}+${row.pending === 'resting' ? 'rest' : row.pending}`;
}

const NUMBERS: Readonly<Record<string, number>> = {
  ready: 4,
  notReady: 3,
  resting: 8,
  restOver: 8,
  wrapUp: 5,
  offered: 7,
  talking: 7,
};

/** AS-1, AS-2: what `agentstatus` answers in the state. */
export function statusIn(state: string): object {
  const [base = '', pending] = state.split('+');
  return { agentState: pending === 'rest' ? 9 : NUMBERS[base], isWorking: base === 'talking' };
}
