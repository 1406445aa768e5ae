/** `npm run generate`: writes the documents that are made from the contract. A test says when that has to be done. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMPATIBILITY_PATH, compatibilityPage } from './compatibility.ts';

writeFileSync(join(import.meta.dirname, '..', COMPATIBILITY_PATH), compatibilityPage());
console.log(`wrote ${COMPATIBILITY_PATH}`);
