import type { AgentEvent } from '../domain/agent-session/agent-event.ts';

/** Version of the text form. A release that reads a new version comes before the one that writes it. */
const TEXT_VERSION = 1;

/** The form in which an event is stored. */
export function eventToText(event: AgentEvent): string {
  return JSON.stringify({ v: TEXT_VERSION, ...event });
}

/** Reads a stored event. Throws when the text was written by a later release than this one reads. */
export function eventFromText(text: string): AgentEvent {
  const { v, ...event } = JSON.parse(text) as AgentEvent & { v: number };
  if (v !== TEXT_VERSION) {
    throw new UnreadableEventFault(`an event of version ${v} is stored; this release reads ${TEXT_VERSION}`);
  }
  return event as AgentEvent;
}

/** The log holds an event that this release does not know. */
export class UnreadableEventFault extends Error {
  override readonly name = 'UnreadableEventFault';
}
