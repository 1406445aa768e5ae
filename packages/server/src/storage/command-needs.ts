import type { DirectoryNumber } from '@rollcall/contract/identifiers';
import type { Command } from '../domain/agent-session/commands.ts';

/** What the decision about a command may look at or change beside its agent's own row. */
interface CommandNeeds {
  /** The phone and the seats that the agent's session holds. */
  readonly held: boolean;
  /** The tenant's rules. */
  readonly policy: boolean;
  /** The agent's own signs of life. */
  readonly lifeSign: boolean;
  /** The notes that wait for the agent. */
  readonly notes: boolean;
  /** The bulletins of the tenant that the agent was not given yet, and which of them are for it. */
  readonly bulletins: boolean;
}

const NOTHING: CommandNeeds = {
  held: false,
  policy: false,
  lifeSign: false,
  notes: false,
  bulletins: false,
};
const RULES: CommandNeeds = { ...NOTHING, policy: true };
const END: CommandNeeds = { ...NOTHING, held: true };

const NEEDS: Readonly<Record<Command['kind'], CommandNeeds>> = {
  signIn: { held: true, policy: true, lifeSign: true, notes: true, bulletins: true },
  signOut: END,
  endLease: { ...END, lifeSign: true },
  bindPhone: { ...END, policy: true },
  beginWrapUp: RULES,
  endContact: RULES,
  renewToken: NOTHING,
  changePassword: NOTHING,
  changeSettings: NOTHING,
  recordAct: NOTHING,
  tellOfWatched: NOTHING,
  postBulletin: { ...NOTHING, bulletins: true },
  takeBulletins: { ...NOTHING, bulletins: true },
  deliverNote: { ...NOTHING, notes: true },
  becomeReady: NOTHING,
  becomeNotReady: NOTHING,
  cancelNotReady: NOTHING,
  rest: NOTHING,
  cancelRest: NOTHING,
  endWrapUp: NOTHING,
  offerContact: NOTHING,
  answerContact: NOTHING,
  meetDeadline: NOTHING,
  forceReady: NOTHING,
  forceNotReady: NOTHING,
  forceRest: NOTHING,
  forceSignOut: END,
};

/** What to lock and load for a command; both stores go by it. */
export function needsOf({ kind }: Command): CommandNeeds {
  return NEEDS[kind];
}

/** The phone that the command asks for; its holders' signs of life are looked at too. */
export function phoneAskedBy(command: Command): DirectoryNumber | null {
  switch (command.kind) {
    case 'signIn':
      return command.settings.phoneNumber;
    case 'bindPhone':
      return command.phoneNumber;
    default:
      return null;
  }
}
