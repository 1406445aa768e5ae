/** `npm run generate`: writes what is made from the contract. A test says when that has to be done. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientFiles } from './client-operations.ts';
import { COMPATIBILITY_PATH, compatibilityPage } from './compatibility.ts';

const files = { [COMPATIBILITY_PATH]: compatibilityPage(), ...clientFiles() };
for (const [path, text] of Object.entries(files)) {
  writeFileSync(join(import.meta.dirname, '..', path), text);
  console.log(`wrote ${path}`);
}
