import type { EventType } from './generated/event-types.ts';

/** One event as the server tells it. */
export interface AgentEvent {
  /** A server of a later release may send names that are not listed here. */
  readonly eventType: EventType | (string & {});
  readonly workNo: string;
  readonly content: Readonly<Record<string, string>> | null;
}

/** An event of the wire; undefined: it is none. */
export function agentEventIn(value: unknown): AgentEvent | undefined {
  if (typeof value !== 'object' || value === null || !('eventType' in value)) return undefined;
  const { eventType } = value;
  if (typeof eventType !== 'string') return undefined;
  const workNo = 'workNo' in value ? String(value.workNo) : '';
  const content = 'content' in value && isRecord(value.content) ? value.content : null;
  return { eventType, workNo, content };
}

function isRecord(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null;
}
