import type { Certainty, Span } from './span.ts';
import { type AgentInWorld, changeSession, type LiveSession, liveSessions, type World } from './world.ts';

const LIFE_MS = 120_000;
const ATTENTION_MS = 75_000;
/** Signs of life are written once a round: so much beyond a limit is no proof yet. */
const ROUND_MS = 5_000;

/** Stored times are whole milliseconds. */
const ROUNDING_MS = 5;

/** How much time lies between two moments that are known only so far. */
function between(earlier: Span, later: Span): Span {
  return { from: later.from - earlier.to, to: later.to - earlier.from };
}

/** Whether a duration reached a limit, where being `blurMs` beyond it is still no proof. */
export function hasReached(limitMs: number, { from, to }: Span, blurMs: number): Certainty {
  if (to < limitMs - ROUNDING_MS) return 'no';
  return from >= limitMs + blurMs ? 'yes' : 'either';
}

/** Whether a token that was replaced then has been so for `limitMs`. */
export function hasPassed(limitMs: number, since: Span, now: Span): Certainty {
  return hasReached(limitMs, between(since, now), ROUND_MS);
}

/** LE-3. Reading is written once a round (LE-7): until then nobody else may know of it. */
export function isSuspect(
  { read, readLately }: LiveSession,
  now: Span & { trustsSilence: boolean | null },
): Certainty {
  if (now.trustsSilence === false) return 'no';
  const byWritten = hasReached(ATTENTION_MS, between(read, now), ROUND_MS);
  const certainty =
    readLately === null || byWritten === 'no'
      ? byWritten
      : hasReached(ATTENTION_MS, between(readLately, now), ROUND_MS) === 'yes'
        ? 'yes'
        : 'either';
  return certainty === 'yes' && now.trustsSilence === null ? 'either' : certainty;
}

/** LE-2: sessions whose lease may have been over by then; `surely`: it was, and for `graceMs` longer. */
export function sessionsOver(
  world: World,
  now: Span,
  graceMs: number,
): readonly { readonly workNumber: number; readonly surely: boolean }[] {
  return liveSessions(world).flatMap(({ workNumber, session }) => {
    const over = hasReached(LIFE_MS, between(session.seen, now), graceMs);
    return over === 'no' ? [] : [{ workNumber, surely: over === 'yes' }];
  });
}

/** The session's client has asked for something (LE-2), or read its events too (LE-3). */
export function showLife(
  world: World,
  workNumber: number,
  { at, reads }: { at: Span; reads: boolean },
): World {
  const seen = { from: at.from, to: at.to };
  return changeSession(world, workNumber, { seen, ...(reads ? { readLately: seen } : {}) });
}

/** A round has gone by: what was read before it is written. */
export function writeSigns(world: World, beganMs: number): World {
  return changeEach(world, ({ read, readLately }) =>
    readLately === null || readLately.to > beganMs ? { read } : { read: readLately, readLately: null },
  );
}

/** LE-5: every lease begins anew. `surely` false: perhaps one did. */
export function renewLeases(world: World, at: Span, surely: boolean): World {
  return changeEach(world, ({ seen, read }) =>
    surely
      ? { seen: at, read: at, readLately: null }
      : { seen: { from: seen.from, to: at.to }, read: { from: read.from, to: at.to } },
  );
}

/** A clock was set: of replaced tokens it is not said how long they last now. */
export function doubtReplacedTokens(world: World): World {
  const doubt = <Session extends { readonly replaced: LiveSession['replaced'] }>(
    session: Session,
  ): Session => ({
    ...session,
    replaced: session.replaced.map((token) => ({ ...token, isClockUnsure: true })),
  });
  return changeAgents(world, (agent) => ({
    ...agent,
    session: agent.session === null ? null : doubt(agent.session),
    ended: agent.ended.map(doubt),
  }));
}

/** DL-15: after a restart each session goes on where it was; an answer that had no receipt yet is given again. */
export function forgetAnswers(world: World): World {
  const forget = <Session extends { readonly receivedUpTo: number }>(session: Session): Session => ({
    ...session,
    readUpTo: session.receivedUpTo,
  });
  return changeAgents(world, (agent) => ({
    ...agent,
    session: agent.session === null ? null : forget(agent.session),
    ended: agent.ended.map(forget),
  }));
}

function changeAgents(world: World, change: (agent: AgentInWorld) => AgentInWorld): World {
  return new Map([...world].map(([workNumber, agent]) => [workNumber, change(agent)]));
}

function changeEach(world: World, changes: (session: LiveSession) => Partial<LiveSession>): World {
  return changeAgents(world, (agent) =>
    agent.session === null ? agent : { ...agent, session: { ...agent.session, ...changes(agent.session) } },
  );
}
