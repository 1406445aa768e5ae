import { createHash } from 'node:crypto';
import { Agent } from 'node:https';
import type { SessionId, TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { RunningGateway } from '../../support/running-gateway.ts';
import type { WireRequest } from '../../support/wire-client.ts';
import type { ModelCall, ServerCommand, TokenCall } from '../reference/calls.ts';
import type { Answer } from '../reference/outcome.ts';

const SERVER_COMMANDS: readonly ServerCommand['kind'][] = [
  'offerContact',
  'answerContact',
  'endContact',
  'meetOldDeadline',
];
/** Epoch ms: before any of the test. */
const OLD_DEADLINE = 1;

/** Makes the model's calls on a running gateway. */
export class ModelClient {
  readonly #gateway: RunningGateway;
  /** Each agent polls on one connection, so that an answer is known to have arrived. */
  readonly #polling = new Map<number, Agent>();

  constructor(gateway: RunningGateway) {
    this.#gateway = gateway;
  }

  call(call: ModelCall): Promise<Answer> {
    return isServerCommand(call) ? this.#submit(call) : this.#send(call);
  }

  /** For these there is no call of a client. */
  async #submit({ kind, workNumber, token }: ServerCommand): Promise<Answer> {
    const hash = createHash('sha256').update(token).digest('hex');
    const [row] = await this.#gateway.rows(`
      SELECT agent.tenant_id, sessions.session_id
      FROM (SELECT session_id, token_hash, work_number FROM agent
            UNION ALL SELECT session_id, token_hash, work_number FROM ended_session) AS sessions
      JOIN agent ON agent.work_number = sessions.work_number WHERE sessions.token_hash = '${hash}'`);
    const session = {
      workNumber: workNumber as WorkNumber,
      tenantId: Number(row?.tenant_id) as TenantId,
      sessionId: String(row?.session_id) as SessionId,
    };
    const outcome = await this.#gateway.submit(
      kind === 'meetOldDeadline'
        ? { kind: 'meetDeadline', deadline: OLD_DEADLINE, ...session }
        : { kind, ...session },
    );
    switch (outcome.kind) {
      case 'accepted':
        return { code: '0' };
      case 'refused':
        return { code: outcome.refusal.kind };
      default:
        return { code: outcome.kind };
    }
  }

  async #send(call: Exclude<ModelCall, ServerCommand>): Promise<Answer> {
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

function isServerCommand(call: ModelCall): call is ServerCommand {
  return SERVER_COMMANDS.some((kind) => kind === call.kind);
}

function requestOf(call: Exclude<ModelCall, ServerCommand>): WireRequest {
  const path = `/onlineagent/${call.workNumber}`;
  if (call.kind === 'signIn') {
    const { operation, password, phone, status, agentType, textChat } = call;
    const body = {
      password,
      phonenum: phone,
      status,
      agenttype: agentType,
      checkInWebm: textChat,
      autoanswer: call.autoAnswer,
      autoenteridle: call.autoEnterIdle,
      releasephone: call.releasePhone,
    };
    return { method: 'PUT', path: operation === 'login' ? path : `${path}/${operation}`, body };
  }
  const headers = { Guid: `${call.token}.AgentGateway1` };
  const [method, rest, body] = partsOf(call);
  if (call.kind === 'poll') return { method, path: `/agentevent/${call.workNumber}`, headers };
  return { method, path: `${path}/${rest}`, headers, ...(body === undefined ? {} : { body }) };
}

/** Method, path behind the agent's own, and body of a call. */
function partsOf(call: TokenCall): [method: string, path: string, body?: object] {
  switch (call.kind) {
    case 'signOut':
      return ['DELETE', call.operation + (call.operation === 'forcelogoutwithreason' ? '/17' : '')];
    case 'sayBusy':
      return ['POST', `saybusy?reason=${call.reason}&prolong=${call.prolong}`];
    case 'rest':
      return ['POST', `rest/${call.seconds}/${call.cause}?prolong=${call.prolong}`];
    case 'sayFree':
    case 'cancelBusy':
    case 'cancelRest':
    case 'work':
    case 'cancelWork':
    case 'handshake':
      return ['POST', call.kind.toLowerCase()];
    case 'autoAnswer':
    case 'autoEnterIdle':
      return ['POST', `${call.kind.toLowerCase()}/${call.flag}`];
    case 'setTalkRight':
      return ['POST', `settalkright?flag=${call.flag}`];
    case 'setCustomState':
      return ['POST', `setcustomstate?customstate=${call.customState}`];
    case 'setForwarding':
    case 'bindPhone':
      return ['POST', call.kind.toLowerCase(), call.phone === null ? {} : { phonenum: call.phone }];
    case 'setSelfRecord':
      return ['POST', `setselfrecord/${Number(call.isOn)}/${Number(call.beforeTalking)}`];
    case 'status':
      return ['GET', 'agentstatus'];
    case 'customState':
      return ['GET', 'querycustomstate'];
    case 'heartbeat':
      return ['PUT', 'heartbeat'];
    case 'updateGuid':
      return ['PUT', 'updateGuid'];
    case 'poll':
      return ['GET', ''];
  }
}
