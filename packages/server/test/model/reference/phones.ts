import { isSuspect } from './leases.ts';
import type { Certainty } from './span.ts';
import {
  accountOf,
  changeSession,
  type LiveSession,
  liveSessions,
  type ModelSite,
  type When,
  type World,
} from './world.ts';

/** A phone that an agent asks for, with a sign-in or within a session; null: none. */
export interface PhoneCase {
  readonly site: ModelSite;
  readonly world: World;
  readonly workNumber: number;
  readonly phone: string | null;
  readonly when: When;
}

interface Holder {
  readonly workNumber: number;
  readonly session: LiveSession;
}

/** The live sessions of the agent's tenant. */
export function sessionsBeside(site: ModelSite, world: World, workNumber: number): readonly Holder[] {
  const { tenant } = accountOf(site, workNumber);
  return liveSessions(world).filter((each) => accountOf(site, each.workNumber).tenant === tenant);
}

/** Others who hold the phone. */
export function otherHolders({ site, world, workNumber, phone }: PhoneCase): readonly Holder[] {
  if (phone === null) return [];
  return sessionsBeside(site, world, workNumber).filter(
    (each) => each.workNumber !== workNumber && each.session.holdsPhone && each.session.phone === phone,
  );
}

/** Every set of suspects among these that is possible. */
export function whoIsSuspect(looked: readonly Holder[], when: When): ReadonlySet<number>[] {
  const judged = looked.map(({ workNumber, session }): [number, Certainty] => [
    workNumber,
    isSuspect(session, when),
  ]);
  const sure = judged.flatMap(([workNumber, certainty]) => (certainty === 'yes' ? [workNumber] : []));
  let sets = [new Set(sure)];
  for (const [workNumber, certainty] of judged) {
    if (certainty === 'either') sets = sets.flatMap((set) => [set, new Set([...set, workNumber])]);
  }
  return sets;
}

/** SI-24, SI-60, SI-61: why the phone may not be had; null: it may. */
export function refusePhone(
  asked: PhoneCase,
  { suspects, outsideRange }: { readonly suspects: ReadonlySet<number>; readonly outsideRange: string },
): string | null {
  const { site, workNumber, phone } = asked;
  if (phone === null) return null;
  const { phoneRange: range, phoneInUse } = accountOf(site, workNumber).tenant;
  const isInside = range === null || (Number(phone) >= range.from && Number(phone) <= range.to);
  if (!isInside) return outsideRange;
  const isHeld = otherHolders(asked).some((holder) => !suspects.has(holder.workNumber));
  return phoneInUse === 'refuse' && isHeld ? '100-003' : null;
}

/** Who loses the phone to the agent does not hold it any more. */
export function takePhone(asked: PhoneCase, suspects: ReadonlySet<number>): World {
  const { phoneInUse } = accountOf(asked.site, asked.workNumber).tenant;
  let { world } = asked;
  for (const { workNumber } of otherHolders(asked)) {
    const loses = suspects.has(workNumber) || phoneInUse === 'takeOver';
    if (loses) world = changeSession(world, workNumber, { holdsPhone: false });
  }
  return world;
}
