/** Reference of P1: verifies one password again and again and prints how many a second. Fixed by decision 0005. */
import { hash, verify } from '@node-rs/argon2';

const PASSWORD = 'correct-horse-battery';
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const WARM_UP_MS = 500;

const [slots = 1, durationMs = 1_000] = process.argv.slice(2).map(Number);
const passwordHash = await hash(PASSWORD, COST);
await verifyFor(WARM_UP_MS);
process.stdout.write(`${await verifyFor(durationMs)}\n`);

/** Verifications a second, `slots` at a time. */
async function verifyFor(milliseconds: number): Promise<number> {
  const began = performance.now();
  let verified = 0;
  const slot = async () => {
    while (performance.now() - began < milliseconds) {
      if (!(await verify(passwordHash, PASSWORD))) throw new Error('the password of this file is right');
      verified += 1;
    }
  };
  await Promise.all(Array.from({ length: slots }, slot));
  return (verified * 1_000) / (performance.now() - began);
}
