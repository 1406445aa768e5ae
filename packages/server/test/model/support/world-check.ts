import { createHash } from 'node:crypto';
import { differenceFrom, foundOf } from '../../faults/support/agent-model.ts';
import type { StoredSession, Tables } from '../../faults/support/tables.ts';
import { accountOf, agentIn, type LiveSession, type ModelSite, type World } from '../reference/world.ts';

/** Undefined when the tables hold exactly this world, else the first difference. */
export function differenceFromTables(site: ModelSite, world: World, tables: Tables): string | undefined {
  for (const workNumber of world.keys()) {
    const difference = agentDifference(world, workNumber, tables);
    if (difference !== undefined) return `agent ${workNumber}: ${difference}`;
  }
  return unequal('phones held', phonesHeld(site, world), tables.phones.toSorted());
}

function agentDifference(world: World, workNumber: number, tables: Tables): string | undefined {
  const { log, session, ended } = agentIn(world, workNumber);
  const found = foundOf(tables, workNumber);
  const live =
    session === null
      ? null
      : {
          token: session.token,
          signedInAt: session.signedInAt,
          firstSequence: session.firstSequence,
          state: session.state,
          phone: session.phone,
        };
  const rows = tables.ended.filter((row) => row.workNumber === workNumber);
  return (
    differenceFrom({ log, session: live }, found) ??
    unequal('live token', session === null ? undefined : hashOf(session.token), found.session?.tokenHash) ??
    unequal('settings', session === null ? undefined : settingsOf(session), storedSettings(found.session)) ??
    unequal('seats', session?.seats, found.session?.seats) ??
    unequal(
      'ended sessions',
      ended.map((each) => [each.firstSequence, each.lastSequence, each.reason, hashOf(each.token)]),
      rows.map((each) => [each.firstSequence, each.lastSequence, each.reason, each.tokenHash]),
    )
  );
}

function settingsOf({ settings, releasePhone }: Pick<LiveSession, 'settings' | 'releasePhone'>): object {
  const { autoAnswer, autoEnterIdle, takesContacts, customState, forwardTo, selfRecording } = settings;
  return { autoAnswer, autoEnterIdle, takesContacts, customState, forwardTo, selfRecording, releasePhone };
}

function storedSettings(stored: StoredSession | null): object | undefined {
  if (stored === null) return undefined;
  const { settings } = stored;
  return settingsOf({ settings: { ...settings, autoEnterIdle: settings.autoEnterReady }, ...settings });
}

function phonesHeld(site: ModelSite, world: World): readonly string[] {
  return [...world]
    .flatMap(([workNumber, { session }]) =>
      session?.holdsPhone === true
        ? [`${accountOf(site, workNumber).tenant.tenantId}/${session.phone}/${workNumber}`]
        : [],
    )
    .toSorted();
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function unequal(what: string, expected: unknown, actual: unknown): string | undefined {
  const [one, other] = [JSON.stringify(expected), JSON.stringify(actual)];
  return one === other ? undefined : `${what} should be ${one} and are ${other}`;
}
