/** What a new password is compared with. */
export interface PasswordContext {
  readonly oldPassword: string;
  readonly workNumber: number;
  readonly name: string;
}

/** Why a new password is not taken; the first that holds, in this order (rule PW-9). */
export type PasswordFault =
  | { readonly kind: 'length' | 'sameAsOld' | 'sameAsName' }
  | { readonly kind: 'rule'; readonly rule: 'classes' | 'repeats' | 'workNumber' | 'history' };

export const SHORTEST_PASSWORD = 8;
export const LONGEST_PASSWORD = 32;
/** The present password and so many before it may not be used again. */
export const PASSWORDS_BEFORE = 4;

const CLASSES = [/\p{Lu}/u, /\p{Ll}/u, /\p{Nd}/u, /[^\p{Lu}\p{Ll}\p{Nd}]/u];
const FEWEST_CLASSES = 3;
const THREE_IN_A_ROW = /(.)\1\1/su;
const RUN_LENGTH = 3;

/** Says what is wrong with a new password, the history aside; null: nothing. Lengths count code points. */
export function faultOfNewPassword(password: string, context: PasswordContext): PasswordFault | null {
  const length = [...password].length;
  if (length < SHORTEST_PASSWORD || length > LONGEST_PASSWORD) return { kind: 'length' };
  if (password === context.oldPassword) return { kind: 'sameAsOld' };
  if (isNameOrReverse(password, context.name)) return { kind: 'sameAsName' };
  if (CLASSES.filter((each) => each.test(password)).length < FEWEST_CLASSES) return broken('classes');
  if (THREE_IN_A_ROW.test(password)) return broken('repeats');
  if (holdsRunOf(password, String(context.workNumber))) return broken('workNumber');
  return null;
}

function broken(rule: 'classes' | 'repeats' | 'workNumber'): PasswordFault {
  return { kind: 'rule', rule };
}

function isNameOrReverse(password: string, name: string): boolean {
  const given = password.toLowerCase();
  const lowered = name.toLowerCase();
  return given === lowered || given === [...lowered].reverse().join('');
}

function holdsRunOf(password: string, digits: string): boolean {
  const runs = Array.from({ length: Math.max(0, digits.length - RUN_LENGTH + 1) }, (_, start) =>
    digits.slice(start, start + RUN_LENGTH),
  );
  return runs.some((run) => password.includes(run));
}
