import { EventReceiver } from '../../support/event-receiver.ts';
import { eventually } from '../../support/eventually.ts';
import { type GatewayOptions, type RunningGateway, withGateway } from '../../support/running-gateway.ts';
import type { StoreKind } from '../../support/store-kinds.ts';

export const SERVICE_TOKEN = 'crm-secret_1';

const agents = Array.from({ length: 40 }, (_, index) => ({
  workNumber: 201 + index,
  name: `Agent ${201 + index}`,
  account: `agent-${201 + index}`,
  firstPassword: 'empty',
  firstPasswordChange: 'optional',
}));

/** Agents 201 to 240 with seats, whose leases outlast every test; 201 watches all of them. */
export const PUSHED_SITE = {
  tenants: [
    {
      tenantId: 1,
      name: 'Pushed',
      policy: {
        emptyPasswords: 'allowed',
        licence: { agentSeats: 40, videoSeats: 0 },
        lease: { lifeS: 3_600 },
      },
      agents: agents.map((agent) =>
        agent.workNumber === 201 ? { ...agent, role: 'supervisor', rights: ['watchVdn'] } : agent,
      ),
    },
  ],
};

/** A gateway that may send to this machine, with one receiver. */
export async function withReceiver(
  { environment, ...options }: GatewayOptions & { readonly store?: StoreKind },
  use: (gateway: RunningGateway, receiver: EventReceiver) => Promise<void>,
): Promise<void> {
  const receiver = await EventReceiver.open();
  const allowed = { ROLLCALL_EVENT_RECEIVERS: 'http://127.0.0.1:*', ...environment };
  try {
    await withGateway({ site: PUSHED_SITE, ...options, environment: allowed }, (gateway) =>
      use(gateway, receiver),
    );
  } finally {
    await receiver.close();
  }
}

export type PushForm = 'list' | 'single';

/** What a sign-in says to have its events sent to this URL. */
export function pushFields(form: PushForm, url: string): object {
  return form === 'list' ? { callBackUri: url, serviceToken: SERVICE_TOKEN } : { pushUrl: url };
}

/** Signs in by `login` with its events sent to the URL; gives the token. */
export function signInPushed(
  { client }: RunningGateway,
  workNumber: number,
  { url, form = 'list', operation = '' }: { url: string; form?: PushForm; operation?: string },
): Promise<string> {
  const body = { phonenum: String(40_000 + workNumber), ...pushFields(form, url) };
  return client.signIn(workNumber, body, operation);
}

interface SentEvent {
  readonly eventType: string;
  readonly workNo: string;
  readonly content: { readonly reason?: string } | null;
}

/** The events of a request's body, in either form. */
export function eventsOf(body: string): readonly SentEvent[] {
  const message = JSON.parse(body) as { eventList?: SentEvent[]; event?: SentEvent };
  return message.eventList ?? (message.event === undefined ? [] : [message.event]);
}

/** An event in short: its name, with the reason where it has one. */
export function nameOf({ eventType, content }: SentEvent): string {
  return content?.reason === undefined ? eventType : `${eventType} ${content.reason}`;
}

/** What a receiver was sent of one agent, in order, repeats included. */
export function namesOf({ heard }: EventReceiver, workNumber: number): string[] {
  return heard
    .flatMap(({ body }) => eventsOf(body))
    .filter(({ workNo }) => workNo === String(workNumber))
    .map(nameOf);
}

export const BEGUN = ['AgentOther_InService', 'AgentState_Ready'];
export const busy = (reason: number) => `AgentState_SetNotReady_Success ${reason}`;

/** The agent says that it is busy, for each reason in turn. */
export async function sayBusy(
  { client }: RunningGateway,
  workNumber: number,
  { guid, reasons }: { guid: string; reasons: readonly number[] },
): Promise<void> {
  for (const reason of reasons) {
    const path = `/onlineagent/${workNumber}/saybusy?prolong=true&reason=${reason}`;
    const code = await client.call('POST', path, guid);
    if (code !== '0') throw new TypeError(`saybusy of ${workNumber} answered ${code}`);
  }
}

/** Nothing is left to send, and nothing of where it went is kept. */
export function nothingLeft(gateway: RunningGateway): Promise<void> {
  return eventually(async () => {
    const [row] = await gateway.rows('SELECT count(*) AS remaining FROM event_push');
    if (Number(row?.remaining) !== 0) throw new TypeError(`${row?.remaining} sessions are left`);
  });
}
