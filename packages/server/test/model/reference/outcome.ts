import type { World } from './world.ts';

/** An answer of the server, as far as the rules fix it. */
export interface Answer {
  readonly code: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly event?: WireEvent;
  /** What the `Guid` header said, without the node. */
  readonly token?: string;
}

export interface WireEvent {
  readonly eventType: string;
  readonly workNo: string;
  readonly content: Readonly<Record<string, string>> | null;
}

/** Something that the rules allow a call to come to. */
export interface Outcome {
  readonly code: string;
  /** Fields that the result must have; one of these. */
  readonly results?: readonly Readonly<Record<string, unknown>>[];
  readonly event?: WireEvent;
  /** The world afterwards, when this was answered. */
  learn(answer: Answer): World;
}

/** Whether the server's answer is this outcome. */
export function isAnswer({ code, results, event }: Outcome, answer: Answer): boolean {
  if (code !== answer.code || JSON.stringify(event) !== JSON.stringify(answer.event)) return false;
  if (results === undefined) return answer.result === undefined;
  return results.some((result) =>
    Object.entries(result).every(([name, value]) => answer.result?.[name] === value),
  );
}
