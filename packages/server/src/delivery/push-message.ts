import type { LoggedEvent } from '../domain/agent-session/agent-event.ts';
import type { PushedSession } from '../storage/event-push-store.ts';
import { toWireEvent } from './wire-events.ts';

/** What a receiver is sent, and the sequence up to which it then has everything. */
export interface PushMessage {
  readonly upTo: number;
  /** Null: old clients are told of none of the events. */
  readonly body: string | null;
}

/** The next message of a session, out of its next events: at least one. */
export function nextMessage(
  { form, workNumber }: Pick<PushedSession, 'form' | 'workNumber'>,
  events: readonly LoggedEvent[],
): PushMessage {
  const told = events.flatMap(({ event, sequence }) => {
    const wireEvent = toWireEvent(event, workNumber);
    return wireEvent === null ? [] : [{ event: wireEvent, sequence }];
  });
  const [first] = told;
  const upTo = events.at(-1)?.sequence ?? 0;
  if (first === undefined) return { upTo, body: null };
  switch (form) {
    case 'list':
      return {
        upTo,
        body: JSON.stringify({ workNo: String(workNumber), eventList: told.map(({ event }) => event) }),
      };
    case 'single':
      return {
        upTo: first.sequence,
        body: JSON.stringify({ message: '', retcode: '0', event: first.event }),
      };
  }
}

/** The headers of a session's messages, written as receivers expect them (rule PU-1). */
export function pushHeaders({
  receiverToken,
  sessionToken,
}: Pick<PushedSession, 'receiverToken' | 'sessionToken'>): Readonly<Record<string, string>> {
  return {
    'Content-Type': 'application/json',
    ...(receiverToken === null ? {} : { service_token: receiverToken }),
    ...(sessionToken === null ? {} : { Guid: sessionToken }),
  };
}
