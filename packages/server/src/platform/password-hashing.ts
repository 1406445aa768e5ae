import { hash, verify } from '@node-rs/argon2';

/** Hashes and verifies passwords; each call costs about 10 ms of one core. */
export interface PasswordHashing {
  /** PHC string of argon2id. */
  hash(password: string): Promise<string>;
  verify(passwordHash: string, password: string): Promise<boolean>;
  /** A hash that no password opens, made with the same cost: what an unknown agent is verified against. */
  readonly hashOfNobody: string;
}

/** argon2id, which is the library's own choice of variant. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

const HASH_OF_NOBODY =
  '$argon2id$v=19$m=19456,t=2,p=1$cm9sbGNhbGwtbm9ib2R5IQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

export const argon2Hashing: PasswordHashing = {
  hash: (password) => hash(password, COST),
  verify: (passwordHash, password) => verify(passwordHash, password),
  hashOfNobody: HASH_OF_NOBODY,
};
