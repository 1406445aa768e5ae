import { hasPassed } from './leases.ts';
import type { Certainty, Span } from './span.ts';
import { agentIn, type ReplacedToken, type World } from './world.ts';

/** What a token opens at the agent whose path is called (rules WI-24, WI-25, TK-3 to TK-6). */
export type Identity =
  | { readonly kind: 'live' }
  /** `place`: which of the agent's ended sessions. */
  | { readonly kind: 'ended'; readonly place: number }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'nobody' };

const GOOD_MS = 120_000;
const KNOWN_MS = 3_600_000;

/** Every identity that is possible, where clocks decide and are not known exactly. */
export function identitiesOf(
  world: World,
  { workNumber, token }: { readonly workNumber: number; readonly token: string },
  now: Span,
): readonly Identity[] {
  const { session, ended } = agentIn(world, workNumber);
  if (session?.token === token) return [{ kind: 'live' }];
  const replaced = session?.replaced.find((each) => each.token === token);
  if (replaced !== undefined) return either(isOver(replaced, now), tooOld(replaced, now), { kind: 'live' });
  const place = ended.findIndex((each) => each.token === token);
  if (place >= 0) return [{ kind: 'ended', place }];
  for (const [index, { replaced: tokens, endedAt, isClockUnsure }] of ended.entries()) {
    const old = tokens.find((each) => each.token === token);
    if (old === undefined) continue;
    const outdated = tooOld(old, now);
    // Once it is forgotten that it was replaced, it opens nothing.
    const wasOver = isClockUnsure ? 'either' : isOver(old, endedAt);
    const isUnsure = wasOver === 'no' && outdated.length > 1;
    return either(isUnsure ? 'either' : wasOver, outdated, { kind: 'ended', place: index });
  }
  return ofAnotherAgent(world, { workNumber, token }, now);
}

function isOver({ at, isClockUnsure }: ReplacedToken, then: Span): Certainty {
  return isClockUnsure ? 'either' : hasPassed(GOOD_MS, at, then);
}

/** What a replaced token is when it is good no more: still known as one, or forgotten. */
function tooOld({ at, isClockUnsure }: ReplacedToken, now: Span): readonly Identity[] {
  const forgotten = isClockUnsure ? 'either' : hasPassed(KNOWN_MS, at, now);
  return forgotten === 'no' ? [{ kind: 'foreign' }] : [{ kind: 'foreign' }, { kind: 'nobody' }];
}

function either(isOld: Certainty, old: readonly Identity[], good: Identity): readonly Identity[] {
  if (isOld === 'no') return [good];
  return isOld === 'yes' ? old : [good, ...old];
}

function ofAnotherAgent(
  world: World,
  { workNumber, token }: { readonly workNumber: number; readonly token: string },
  now: Span,
): readonly Identity[] {
  for (const [other, { session, ended }] of world) {
    if (other === workNumber) continue;
    if (session?.token === token) return [{ kind: 'foreign' }];
    const sessions = [...(session === null ? [] : [session]), ...ended];
    const replaced = sessions.flatMap((each) => each.replaced).find((each) => each.token === token);
    if (replaced !== undefined) return tooOld(replaced, now);
  }
  return [{ kind: 'nobody' }];
}
