const BASE = '/agentgateway/resource';

/** An agent as the driver signs it in. */
export interface Agent {
  readonly workNumber: number;
  readonly password: string;
}

/** A sign-in: the documented body, with a phone of the agent's own. */
export function signInRequest({ workNumber, password }: Agent): string {
  const body =
    `{ "password": "${password}", "phonenum": "${40_000 + workNumber}", "status": "4", ` +
    '"releasephone": "false", "agenttype": "4" }';
  return (
    `PUT ${BASE}/onlineagent/${workNumber}/loginex HTTP/1.1\r\nHost: localhost\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  );
}

/** The change to not ready, or back to ready. */
export function stateChangeRequest({ workNumber }: Agent, token: string, to: 'saybusy' | 'sayfree'): string {
  return withToken('POST', `/onlineagent/${workNumber}/${to}`, token);
}

/** A poll for the agent's next event. */
export function pollRequest({ workNumber }: Agent, token: string): string {
  return withToken('GET', `/agentevent/${workNumber}`, token);
}

export function signOutRequest({ workNumber }: Agent, token: string): string {
  return withToken('DELETE', `/onlineagent/${workNumber}/logout`, token);
}

/** What an inspector sends to make all of them ready, or not ready, by one call. */
export function forceRequest(agents: readonly Agent[], token: string, kind: 'ready' | 'notReady'): string {
  const targets = { agents: agents.map(({ workNumber }) => ({ agent: workNumber })) };
  const body = JSON.stringify({ act: { kind }, targets });
  return (
    `POST /api/v1/vdns/1/agents:force HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  );
}

/** What the Fastify reference is sent: a PUT as long as a state change, with a token that nobody reads. */
export function referenceChangeRequest({ workNumber }: Agent, to: 'saybusy' | 'sayfree'): string {
  return withToken('PUT', `/onlineagent/${workNumber}/${to}`, REFERENCE_TOKEN);
}

/** As long as a real token. */
const REFERENCE_TOKEN = '00000000-0000-0000-0000-000000000000.AgentGateway1';

function withToken(method: string, path: string, token: string): string {
  const length = method === 'GET' ? '' : 'Content-Length: 0\r\n';
  return `${method} ${BASE}${path} HTTP/1.1\r\nHost: localhost\r\nGuid: ${token}\r\n${length}\r\n`;
}
