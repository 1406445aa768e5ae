import type { AgentRecord, AgentSession } from './agent-record.ts';

/** A record with its live session, and the times by which a command is decided; epoch ms. */
export interface PresentSession {
  readonly record: AgentRecord;
  readonly session: AgentSession;
  /** The agent's time: no earlier than its last change (rule TX-6). Its intervals and events go by it. */
  readonly now: number;
  /** The store's time. Signs of life and deadlines go by it. */
  readonly storeNow: number;
}
