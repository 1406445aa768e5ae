import type { StoreKind } from './options.ts';
import type { Cleanup } from './processes/cleanup.ts';

/** How much is measured. */
export interface Scale {
  /** Agents of an installation; each signs in once a round. */
  readonly agents: number;
  readonly agentsWithPassword: number;
  /** How often the subject is measured, between two measurements of its reference. */
  readonly repetitions: number;
  /** The same for cold sign-ins, of which each repetition takes as long as hashing for every agent does. */
  readonly coldRepetitions: number;
  /** How long each process runs its own loop before it is measured. */
  readonly warmUpMs: number;
  /** Operations of one repetition, at least. */
  readonly signIns: number;
  readonly stateChanges: number;
  /** How long hashing alone is measured, each time. */
  readonly hashingMs: number;
  /** Agents that have a poll held at the same time, and those of them that warm a server. */
  readonly heldPolls: number;
  readonly heldWarmUp: number;
  /** How often memory is looked at, before polls are held and while they are. */
  readonly heldSamples: number;
  readonly heldRepetitions: number;
  /** Changes a second while everybody has a poll held, for how long each time, and how often. */
  readonly changesASecond: number;
  readonly latencyMs: number;
  readonly latencyRepetitions: number;
  /** Agents that one call forces, and those that sign in meanwhile. */
  readonly forced: number;
  readonly forcingRepetitions: number;
}

export const FULL: Scale = {
  agents: 1_000,
  agentsWithPassword: 1_000,
  repetitions: 7,
  coldRepetitions: 3,
  warmUpMs: 12_000,
  signIns: 2_000,
  stateChanges: 20_000,
  hashingMs: 5_000,
  heldPolls: 10_000,
  heldWarmUp: 500,
  heldSamples: 12,
  heldRepetitions: 3,
  changesASecond: 1_000,
  latencyMs: 15_000,
  latencyRepetitions: 3,
  forced: 1_000,
  forcingRepetitions: 5,
};

/** Shows in half a minute that everything runs; its figures say little. */
export const QUICK: Scale = {
  agents: 200,
  agentsWithPassword: 100,
  repetitions: 2,
  coldRepetitions: 1,
  warmUpMs: 1_000,
  signIns: 200,
  stateChanges: 1_000,
  hashingMs: 1_000,
  heldPolls: 500,
  heldWarmUp: 100,
  heldSamples: 2,
  heldRepetitions: 1,
  changesASecond: 200,
  latencyMs: 2_000,
  latencyRepetitions: 1,
  forced: 200,
  forcingRepetitions: 2,
};

/** What every measurement is given. */
export interface Bench {
  readonly store: StoreKind;
  readonly scale: Scale;
  /** Temporary; removed when the run is over. */
  readonly folder: string;
  /** Where the measured servers write a CPU profile when they end; undefined: they are not profiled. */
  readonly profileFolder: string | undefined;
  readonly cleanup: Cleanup;
  /** Tells the reader how far the run is. */
  say(sentence: string): void;
}
