declare const brand: unique symbol;
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** Number by which the contact centre knows an agent; unique in the whole installation. */
export type WorkNumber = Branded<number, 'WorkNumber'>;
/** Customer partition of an installation. */
export type TenantId = Branded<number, 'TenantId'>;
/** One sign-in of one agent. Stays the same when its token is renewed. */
export type SessionId = Branded<string, 'SessionId'>;
/** SHA-256 of a session token, lower-case hex. The token itself is never stored. */
export type TokenHash = Branded<string, 'TokenHash'>;
/** Number of the phone an agent uses; unique within a tenant. */
export type DirectoryNumber = Branded<string, 'DirectoryNumber'>;

export const LOWEST_WORK_NUMBER = 101;
export const HIGHEST_WORK_NUMBER = 59_999;
/** The highest work number that an installation may be widened to. */
export const WIDEST_WORK_NUMBER = 999_999;

const DECIMAL_WITHOUT_LEADING_ZERO = /^[1-9][0-9]{0,5}$/;

/** Gives the work number that `text` writes, or undefined when it is not one of the installation's range. */
export function parseWorkNumber(text: string, highest: number): WorkNumber | undefined {
  if (!DECIMAL_WITHOUT_LEADING_ZERO.test(text)) return undefined;
  const value = Number(text);
  return value >= LOWEST_WORK_NUMBER && value <= highest ? (value as WorkNumber) : undefined;
}

/** The form in which account names are kept and compared: capital letters do not matter (rule SI-51). */
export function accountKey(account: string): string {
  return account.normalize('NFC').toLowerCase();
}
