import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const repositoryRoot = join(import.meta.dirname, '../../..');

export function readRepositoryFile(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8');
}

/** Paths relative to the repository, with `/` between folders, sorted. */
export function findRepositoryFiles(pattern: string): string[] {
  return globSync(pattern, { cwd: repositoryRoot, exclude: ['**/node_modules'] }).sort();
}
