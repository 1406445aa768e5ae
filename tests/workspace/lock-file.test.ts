import { expect, it } from 'vitest';
import { readRepositoryFile } from './support/repository.ts';

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lockFile: { packages: Record<string, LockedPackage> } = JSON.parse(
  readRepositoryFile('package-lock.json'),
);
const packages = Object.entries(lockFile.packages);

/** Where Node would look for the dependency, from the dependent's own folder outwards. */
function findLocked(dependent: string, name: string): LockedPackage | undefined {
  for (let folder = dependent; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/'), 0))) {
    const found =
      lockFile.packages[folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`];
    if (found !== undefined || folder === '') return found;
  }
}

it('[OP-14] the lock file has an entry for every optional dependency of every package', () => {
  const missing = packages.flatMap(([dependent, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => findLocked(dependent, name) === undefined)
      .map((name) => `${name} of ${dependent}`),
  );
  const optionalCount = packages.flatMap(([, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies),
  );

  expect(optionalCount).not.toEqual([]);
  expect(missing).toEqual([]);
});

it('[OP-15] the lock file names no registry', () => {
  const withHost = packages.filter(([, { resolved, link }]) => resolved !== undefined && link !== true);

  expect(withHost).toEqual([]);
});

it('[OP-16] every Node that tools/node-runtime pins is in the lock file at that version', () => {
  const runtime: { optionalDependencies: Record<string, string> } = JSON.parse(
    readRepositoryFile('tools/node-runtime/package.json'),
  );
  const pinned = Object.entries(runtime.optionalDependencies);
  const locked = pinned.map(([name]) => [name, findLocked('tools/node-runtime', name)?.version]);

  expect(pinned).not.toEqual([]);
  expect(locked).toEqual(pinned);
  for (const [name, version] of pinned)
    expect(`${name}@${version}`).toMatch(/^node-[a-z0-9-]+@24\.\d+\.\d+$/);
});
