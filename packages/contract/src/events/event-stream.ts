import { type Static, Type } from 'typebox';
import { EPOCH_MS } from '../operations/result-values.ts';
import { POSITION_PATTERN } from './event-position.ts';

/** The states of an agent by the names of this project, for what old clients do not know. */
export const AGENT_STATE_NAMES = ['signedOut', 'ready', 'notReady', 'resting', 'wrapUp', 'engaged'] as const;
export type AgentStateName = (typeof AGENT_STATE_NAMES)[number];

const POSITION = Type.String({ pattern: POSITION_PATTERN, examples: ['f801cb75711c.14'] });
const MOMENT = Type.Union([EPOCH_MS, Type.Null()], { examples: [1_780_000_000_000] });

/** An agent as it is now, told to a reader that cannot be told what happened before. */
export const AgentSnapshot = Type.Object({
  agent: Type.Integer({ minimum: 101, examples: [291] }),
  state: Type.Enum([...AGENT_STATE_NAMES], { examples: ['resting'] }),
  /** Of notReady and resting. */
  reason: Type.Union([Type.Integer(), Type.Null()], { examples: [1] }),
  since: MOMENT,
  signedInAt: MOMENT,
  /** Of the newest event of the agent's log that the snapshot tells of. */
  position: POSITION,
});
export type AgentSnapshot = Static<typeof AgentSnapshot>;

/** Name and data of the first block of each stream of events (rule DL-17). */
export const STREAM_BEGINNING = 'recovered';
export const StreamBeginning = Type.Union([
  Type.Object({ recovered: Type.Literal(true) }),
  Type.Object({ recovered: Type.Literal(false), agent: Type.Union([AgentSnapshot, Type.Null()]) }),
]);
export type StreamBeginning = Static<typeof StreamBeginning>;

/** Name and data of the last block of each stream (rule DL-18). */
export const STREAM_END = 'end';
export const STREAM_END_REASONS = ['comeAgain', 'restarting', 'over', 'slow', 'displaced', 'fault'] as const;
export type StreamEndReason = (typeof STREAM_END_REASONS)[number];
export const StreamEnd = Type.Object({
  reason: Type.Enum([...STREAM_END_REASONS], { examples: ['comeAgain'] }),
});
export type StreamEnd = Static<typeof StreamEnd>;
