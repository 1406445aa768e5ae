import { type Answer, headerOf } from './connection.ts';

const EMPTY = '{"message":"","retcode":"0"}';
const SUCCESS = '{"message":"","retcode":"0"';
/** Faults told one by one; the rest are only counted. */
const MOST_TOLD = 5;

/** What must not happen; one of any kind fails the benchmark. */
export interface Faults {
  readonly refused: number;
  readonly missingEvents: number;
  /** Events that a poll got although the poll before had got them. */
  readonly repeatedEvents: number;
}

/** Counts what must not happen, and tells the first few. */
export class Tally {
  readonly #tell: (sentence: string) => void;
  #refused = 0;
  #missingEvents = 0;
  #repeatedEvents = 0;

  constructor(tell: (sentence: string) => void) {
    this.#tell = tell;
  }

  get faults(): Faults {
    return {
      refused: this.#refused,
      missingEvents: this.#missingEvents,
      repeatedEvents: this.#repeatedEvents,
    };
  }

  /** Counts an answer that is no success as refused; gives whether it was one. */
  accept(answer: Answer): boolean {
    const isAccepted = answer.status === 200 && answer.body.startsWith(SUCCESS);
    if (!isAccepted) this.refuse(`refused: ${answer.status} ${answer.body}`);
    return isAccepted;
  }

  /** Counts agents that one call was not done to as refused. */
  expectForced({ status, body }: Answer, agents: number): void {
    const done = status === 200 ? body.split('"outcome":"done"').length - 1 : 0;
    if (done < agents) this.refuse(`forced ${done} of ${agents}: ${status} ${body.slice(0, 200)}`);
  }

  /** Counts a request that got no answer. */
  refuse(reason: string): void {
    this.#refused += 1;
    if (this.#refused <= MOST_TOLD) this.#tell(reason);
  }

  /** Counts an answer to a poll that is not the event it should be as missing. */
  expectEvent(answer: Answer, eventType: string): void {
    if (isEvent(answer, eventType)) return;
    this.#missingEvents += 1;
    const got = answer.body === EMPTY ? 'an empty answer' : answer.body;
    if (this.#missingEvents <= MOST_TOLD) this.#tell(`missing: ${eventType}; got ${got}`);
  }

  /** Counts an answer to a poll that should have been held to its end as refused. */
  expectNoNews(answer: Answer): void {
    if (answer.body !== EMPTY)
      this.refuse(`a poll without news was answered ${answer.status} ${answer.body}`);
  }

  /** Whether a poll got the event that the poll before has got; counts it. */
  isRepeated(answer: Answer, eventTypeBefore: string): boolean {
    if (!isEvent(answer, eventTypeBefore)) return false;
    this.#repeatedEvents += 1;
    if (this.#repeatedEvents <= MOST_TOLD) this.#tell(`repeated: ${answer.body}`);
    return true;
  }
}

function isEvent({ body }: Answer, eventType: string): boolean {
  return body.includes(`"eventType":"${eventType}"`);
}

/** The token that a sign-in's answer carries; empty when it was refused. */
export function tokenOf({ head }: Answer): string {
  return headerOf(head, 'guid') ?? '';
}
