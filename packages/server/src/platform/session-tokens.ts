import { hash, randomBytes } from 'node:crypto';
import type { SessionId, TokenHash } from '@rollcall/contract/identifiers';

/** Makes what nobody can guess, and the hashes under which it is stored. */
export interface SecretSource {
  /** 128 random bits, written `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` (rule WI-20). */
  newSessionToken(): string;
  newSessionId(): SessionId;
  /** A token of 256 random bits for the site's administration. */
  newSiteToken(): string;
  /** The key with which requests to a webhook are signed: 256 random bits. */
  newWebhookSecret(): string;
  /** A first password: 14 letters and digits, easy to read out. */
  newFirstPassword(): string;
  hashToken(token: string): TokenHash;
}

/** Letters and digits that are not mistaken for one another. */
const READABLE = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789';
const FIRST_PASSWORD_LENGTH = 14;

export const systemSecrets: SecretSource = {
  newSessionToken: () => {
    const hex = randomBytes(16).toString('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  },
  newSessionId: () => randomBytes(12).toString('base64url') as SessionId,
  newSiteToken: () => randomBytes(32).toString('base64url'),
  newWebhookSecret: () => `whsec_${randomBytes(32).toString('base64url')}`,
  newFirstPassword: () => {
    let password = '';
    while (password.length < FIRST_PASSWORD_LENGTH) {
      // Bytes beyond the last whole multiple would favour the first letters.
      const letters = [...randomBytes(16)].filter((byte) => byte < 256 - (256 % READABLE.length));
      password += letters.map((byte) => READABLE[byte % READABLE.length]).join('');
    }
    return password.slice(0, FIRST_PASSWORD_LENGTH);
  },
  hashToken: (token) => hash('sha256', token, 'hex') as TokenHash,
};
