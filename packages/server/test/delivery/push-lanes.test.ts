import { describe, expect, it } from 'vitest';
import { PushLanes } from '../../src/delivery/push-lanes.ts';

interface Named {
  readonly name: string;
  readonly receiver: string;
}

const lane = (name: string, receiver = name.charAt(0)): Named => ({ name, receiver });

/** Lanes whose waits are at their longest. */
function lanesOf(...offered: readonly Named[]): PushLanes<Named> {
  const lanes = new PushLanes<Named>(() => 1);
  for (const each of offered) lanes.offer(each);
  return lanes;
}

function takeAll(lanes: PushLanes<Named>, nowMs = 0): Named[] {
  const taken: Named[] = [];
  for (let next = lanes.take(nowMs); next !== undefined; next = lanes.take(nowMs)) taken.push(next);
  return taken;
}

const many = (count: number, receiver: string) =>
  Array.from({ length: count }, (_, index) => lane(`${receiver}${index}`, receiver));

describe('whose turn it is', () => {
  it('goes from receiver to receiver, and among the sessions of each [PU-7]', () => {
    const lanes = lanesOf(lane('a1'), lane('a2'), lane('a3'), lane('b1'), lane('c1'), lane('c2'));
    expect(takeAll(lanes).map(({ name }) => name)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
  });

  it('comes to no session while it is being sent for, and once however often it was offered [PU-3]', () => {
    const one = lane('a1');
    const lanes = lanesOf(one, one);
    expect(takeAll(lanes)).toEqual([one]);
    lanes.offer(one);
    expect(takeAll(lanes)).toEqual([]);
    lanes.settle(one, 'received', 0);
    expect(takeAll(lanes)).toEqual([]);
    lanes.offer(one);
    expect(takeAll(lanes)).toEqual([one]);
  });

  it('leaves a receiver at most 8 requests at once, and all together 256 [PU-7]', () => {
    const lanes = lanesOf(...many(20, 'a'), ...many(20, 'b'));
    expect(takeAll(lanes)).toHaveLength(16);
    const whole = lanesOf(...Array.from({ length: 40 }, (_, index) => many(8, `r${index}`)).flat());
    const taken = takeAll(whole);
    expect(taken).toHaveLength(256);
    const [first] = taken;
    if (first !== undefined) whole.settle(first, 'received', 0);
    expect(takeAll(whole)).toHaveLength(1);
  });
});

/** When the lane has its turn again, in whole milliseconds after a failure. */
function waitOf(lanes: PushLanes<Named>, failedAtMs: number): number {
  for (let waitedMs = 0; waitedMs <= 100_000; waitedMs += 100) {
    lanes.endRests(failedAtMs + waitedMs);
    if (lanes.take(failedAtMs + waitedMs) !== undefined) return waitedMs;
  }
  return Number.POSITIVE_INFINITY;
}

describe('what failed', () => {
  it.each([
    { random: 1, waits: [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000] },
    { random: 0, waits: [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000] },
  ])('waits longer each time, spread at random (%j) [PU-5]', ({ random, waits }) => {
    const one = lane('a1');
    const lanes = new PushLanes<Named>(() => random);
    lanes.offer(one);
    let nowMs = 0;
    const waited = waits.map(() => {
      expect(lanes.take(nowMs)).toBe(one);
      lanes.settle(one, 'refused', nowMs);
      const waitMs = waitOf(lanes, nowMs);
      nowMs += waitMs;
      lanes.settle(one, null, nowMs);
      lanes.offer(one);
      return waitMs;
    });
    expect(waited).toEqual(waits);
    expect(lanes.take(nowMs)).toBe(one);
    lanes.settle(one, 'received', nowMs);
    lanes.offer(one);
    expect(lanes.take(nowMs)).toBe(one);
    lanes.settle(one, 'refused', nowMs);
    expect(waitOf(lanes, nowMs)).toBe(waits[0]);
  });

  it('holds up no other session of a receiver that answers [PU-5]', () => {
    const lanes = lanesOf(...many(9, 'a'));
    for (const each of takeAll(lanes)) lanes.settle(each, 'refused', 0);
    expect(takeAll(lanes).map(({ name }) => name)).toEqual(['a8']);
  });

  it('makes a receiver that is silent be tried by one request at a time, until it answers [PU-5]', () => {
    const lanes = lanesOf(...many(20, 'a'), lane('b1'));
    const begun = takeAll(lanes);
    expect(begun).toHaveLength(9);
    for (const each of begun) if (each.receiver === 'a') lanes.settle(each, 'unanswered', 0);
    expect(takeAll(lanes, 900)).toEqual([]);
    const first = takeAll(lanes, 1_000);
    expect(first.map(({ name }) => name)).toEqual(['a8']);
    lanes.settle(first[0] as Named, 'unanswered', 1_000);
    expect(takeAll(lanes, 2_900)).toEqual([]);
    const second = takeAll(lanes, 3_000);
    expect(second.map(({ name }) => name)).toEqual(['a9']);
    // An answer, though a refusal, shows that it is there.
    lanes.settle(second[0] as Named, 'refused', 3_000);
    expect(takeAll(lanes, 3_000)).toHaveLength(8);
  });

  it('is known of its receiver until all of it was received [PU-11]', () => {
    const [one, two] = [lane('a1'), lane('a2')];
    const lanes = lanesOf(one, two);
    for (const each of takeAll(lanes)) lanes.settle(each, 'refused', 0);
    expect([lanes.isReceiverFailing('a'), lanes.refusalsOf(one)]).toEqual([true, 1]);
    lanes.endRests(1_000);
    takeAll(lanes, 1_000);
    lanes.settle(one, 'received', 1_000);
    expect([lanes.isReceiverFailing('a'), lanes.refusalsOf(one)]).toEqual([true, 0]);
    lanes.forget(two);
    expect(lanes.isReceiverFailing('a')).toBe(false);
    // What becomes of the forgotten one's request does not matter any more, and its place is free.
    lanes.settle(two, 'unanswered', 1_000);
    expect(lanes.isReceiverFailing('a')).toBe(false);
  });
});
