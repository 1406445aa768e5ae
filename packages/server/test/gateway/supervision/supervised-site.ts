import { expect } from 'vitest';
import type { RunningGateway } from '../../support/running-gateway.ts';

const account = (workNumber: number, more: object = {}) => ({
  workNumber,
  name: `Agent ${workNumber}`,
  firstPassword: 'empty',
  firstPasswordChange: 'optional',
  ...more,
});

const POLICY = { emptyPasswords: 'allowed', passwordValidityDays: 'never' };

/**
 * VDN 1: inspectors 201 (of group 1), 202 (of group 2), 203 (of the whole VDN), 204 (of no group); agents 301 and 302 in
 * group 1, 303 in group 2, 304 in none; 205 has the system right. VDN 2: inspector 401 of the whole VDN, agent 402.
 */
export const SUPERVISED_SITE = {
  tenants: [
    {
      tenantId: 1,
      name: 'First',
      policy: POLICY,
      groups: [
        { groupId: 1, name: 'Morning', supervisor: 201 },
        { groupId: 2, name: 'Evening', supervisor: 202 },
      ],
      skillQueues: [
        { skillQueueId: 1, name: 'Orders', media: 'voice' },
        { skillQueueId: 2, name: 'Chat', media: 'text' },
        { skillQueueId: 3, name: 'Returns', media: 'voice' },
      ],
      restReasons: [{ reason: 1, label: 'Tea' }],
      accessCodes: [{ accessCodeId: 7, number: '4000', description: 'Main line', media: 'voice' }],
      agents: [
        account(201, { role: 'supervisor' }),
        account(202, { role: 'supervisor' }),
        account(203, { role: 'supervisor', rights: ['watchVdn'] }),
        account(204, { role: 'supervisor' }),
        account(205, { rights: ['system', 'callOut'] }),
        account(301, { group: 1, skillQueues: [1, 2] }),
        account(302, { group: 1, skillQueues: [1] }),
        account(303, { group: 2, skillQueues: [3] }),
        account(304),
      ],
    },
    {
      tenantId: 2,
      name: 'Second',
      policy: POLICY,
      agents: [account(401, { role: 'supervisor', rights: ['watchVdn', 'system'] }), account(402)],
    },
  ],
};

/** One signed-in caller. */
export class Caller {
  readonly workNumber: number;
  readonly #gateway: RunningGateway;
  readonly guid: string;

  private constructor(gateway: RunningGateway, workNumber: number, guid: string) {
    this.#gateway = gateway;
    this.workNumber = workNumber;
    this.guid = guid;
  }

  static async signIn(gateway: RunningGateway, workNumber: number, body: object = {}): Promise<Caller> {
    return new Caller(gateway, workNumber, await gateway.client.signIn(workNumber, body, 'forceloginex'));
  }

  /** One call; `{}` in the path stands for the caller. */
  async call(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ retcode: string; message: string; result?: unknown }> {
    const answer = await this.#gateway.client.send({
      method,
      path: path.replace('{}', String(this.workNumber)),
      headers: { Guid: this.guid },
      ...(body === undefined ? {} : { body }),
    });
    expect(answer.status).toBe(200);
    return answer.json();
  }

  async result(path: string): Promise<unknown> {
    const { retcode, result } = await this.call('GET', path);
    expect(retcode, path).toBe('0');
    return result;
  }

  events(count: number): Promise<string[]> {
    return this.#gateway.client.events(this.workNumber, this.guid, count);
  }
}
