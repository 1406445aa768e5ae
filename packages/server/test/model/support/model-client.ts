import { Agent } from 'node:https';
import type { RunningGateway } from '../../support/running-gateway.ts';
import type { WireRequest } from '../../support/wire-client.ts';
import type { ModelCall } from '../reference/calls.ts';
import type { Answer } from '../reference/outcome.ts';

/** Makes the model's calls on a running gateway. */
export class ModelClient {
  readonly #gateway: RunningGateway;
  /** Each agent polls on one connection, so that an answer is known to have arrived. */
  readonly #polling = new Map<number, Agent>();

  constructor(gateway: RunningGateway) {
    this.#gateway = gateway;
  }

  async call(call: ModelCall): Promise<Answer> {
    const request = requestOf(call);
    const agent = call.kind === 'poll' ? { agent: this.#pollingAgent(call.workNumber) } : {};
    const answer = await this.#gateway.client.send({ ...request, ...agent });
    const { retcode, result, event } = answer.json();
    const { guid } = answer.headers;
    return {
      code: retcode,
      ...(result === undefined ? {} : { result: result as Record<string, unknown> }),
      ...(event === undefined ? {} : { event: event as NonNullable<Answer['event']> }),
      ...(typeof guid === 'string' ? { token: guid.split('.', 1)[0] ?? '' } : {}),
    };
  }

  close(): void {
    for (const agent of this.#polling.values()) agent.destroy();
  }

  #pollingAgent(workNumber: number): Agent {
    const known = this.#polling.get(workNumber);
    if (known !== undefined) return known;
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: this.#gateway.certificate });
    this.#polling.set(workNumber, agent);
    return agent;
  }
}

function requestOf(call: ModelCall): WireRequest {
  const path = `/onlineagent/${call.workNumber}`;
  if (call.kind === 'signIn') {
    const { operation, password, phone, status, agentType, textChat } = call;
    const body = { password, phonenum: phone, status, agenttype: agentType, checkInWebm: textChat };
    return { method: 'PUT', path: operation === 'login' ? path : `${path}/${operation}`, body };
  }
  const headers = { Guid: `${call.token}.AgentGateway1` };
  switch (call.kind) {
    case 'signOut': {
      const reason = call.operation === 'forcelogoutwithreason' ? '/17' : '';
      return { method: 'DELETE', path: `${path}/${call.operation}${reason}`, headers };
    }
    case 'sayBusy': {
      const query = `reason=${call.reason}&prolong=${call.prolong}`;
      return { method: 'POST', path: `${path}/saybusy?${query}`, headers };
    }
    case 'sayFree':
      return { method: 'POST', path: `${path}/sayfree`, headers };
    case 'cancelBusy':
      return { method: 'POST', path: `${path}/cancelbusy`, headers };
    case 'status':
      return { method: 'GET', path: `${path}/agentstatus`, headers };
    case 'handshake':
      return { method: 'POST', path: `${path}/handshake`, headers };
    case 'heartbeat':
      return { method: 'PUT', path: `${path}/heartbeat`, headers };
    case 'updateGuid':
      return { method: 'PUT', path: `${path}/updateGuid`, headers };
    case 'poll':
      return { method: 'GET', path: `/agentevent/${call.workNumber}`, headers };
  }
}
