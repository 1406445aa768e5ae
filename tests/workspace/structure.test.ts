import { describe, expect, it } from 'vitest';
import { findImports } from '../../scripts/module-imports.ts';
import { findRepositoryFiles, readRepositoryFile } from './support/repository.ts';

interface Layer {
  readonly files: RegExp;
  /** Layers it may import. */
  readonly imports: readonly LayerName[];
  /** Layers of which it may import types, and nothing that runs. */
  readonly types: readonly LayerName[];
  /** Packages and Node modules it may import. */
  readonly packages: 'any' | readonly string[];
}

type LayerName =
  | 'identifiers'
  | 'contract'
  | 'client'
  | 'domain'
  | 'services'
  | 'ports'
  | 'rows'
  | 'adapters'
  | 'http'
  | 'delivery'
  | 'site'
  | 'config'
  | 'platform'
  | 'composition';

/** The import rule of ARCHITECTURE.md. A file belongs to the first layer it matches. */
const LAYERS: Readonly<Record<LayerName, Layer>> = {
  identifiers: { files: inContract('identifiers.ts'), imports: [], types: [], packages: [] },
  contract: { files: inContract(''), imports: ['contract', 'identifiers'], types: [], packages: ['typebox'] },
  client: {
    files: /^packages\/client\/src\//,
    imports: ['client'],
    types: [],
    packages: [],
  },

  domain: { files: inServer('domain/'), imports: ['domain', 'identifiers'], types: [], packages: [] },
  services: {
    files: inServer('services/'),
    imports: ['services', 'domain', 'identifiers'],
    types: ['ports', 'platform', 'site'],
    packages: [],
  },

  ports: {
    files: inServer('(storage/([a-z-]+-)?store|wake-up/[a-z-]+)\\.ts$'),
    imports: ['ports', 'identifiers'],
    types: ['domain', 'site'],
    packages: [],
  },
  /** What the stores share: how a record becomes a row, and the order of migrations. */
  rows: {
    files: inServer('storage/[a-z-]+\\.ts$'),
    imports: ['rows', 'ports', 'domain', 'identifiers'],
    types: ['site'],
    packages: 'any',
  },
  /** Adapters build the domain's working set, so they may call its pure functions. */
  adapters: {
    files: inServer('(storage|wake-up)/[a-z-]+/'),
    imports: ['adapters', 'rows', 'ports', 'platform', 'domain', 'identifiers'],
    types: ['site'],
    packages: 'any',
  },

  http: {
    files: inServer('http/'),
    imports: ['http', 'services', 'platform', 'contract', 'identifiers'],
    types: ['domain', 'delivery'],
    packages: 'any',
  },
  delivery: {
    files: inServer('delivery/'),
    imports: ['delivery', 'services', 'platform', 'contract', 'identifiers'],
    types: ['domain', 'ports'],
    packages: 'any',
  },

  site: {
    files: inServer('site/'),
    imports: ['site', 'contract', 'identifiers'],
    types: ['domain'],
    packages: 'any',
  },
  config: {
    files: inServer('config/'),
    imports: ['config', 'contract', 'identifiers'],
    types: ['platform'],
    packages: 'any',
  },
  platform: {
    files: inServer('platform/'),
    imports: ['platform', 'identifiers'],
    types: [],
    packages: 'any',
  },
  composition: {
    files: inServer('(main|gateway|core|cli|command-fault|webhook-commands|console-text)\\.ts$'),
    imports: [
      'composition',
      'config',
      'site',
      'http',
      'delivery',
      'services',
      'domain',
      'ports',
      'rows',
      'adapters',
      'platform',
      'contract',
      'identifiers',
    ],
    types: [],
    packages: 'any',
  },
};

const WORKSPACE_PACKAGES: Readonly<Record<string, LayerName>> = {
  '@rollcall/contract': 'contract',
  '@rollcall/contract/identifiers': 'identifiers',
  '@rollcall/client': 'client',
};

const layerNames = Object.keys(LAYERS) as LayerName[];

function inContract(rest: string): RegExp {
  return new RegExp(`^packages/contract/src/${rest}`);
}

function inServer(rest: string): RegExp {
  return new RegExp(`^packages/server/src/${rest}`);
}

function layerOf(path: string): LayerName | undefined {
  return layerNames.find((name) => LAYERS[name].files.test(path));
}

function findViolations(path: string, source: string): string[] {
  const layerName = layerOf(path);
  if (layerName === undefined) return [`${path} is in no layer of the import rule`];
  const { imports, types, packages } = LAYERS[layerName];

  return findImports(path, source).flatMap(({ target, isTypeOnly }) => {
    const imported = WORKSPACE_PACKAGES[target] ?? layerOf(target);
    if (imported === undefined) {
      const isPackage = !target.startsWith('packages/');
      const isAllowed = isPackage && (packages === 'any' || packages.includes(target));
      return isAllowed ? [] : [`${path} imports ${target}`];
    }
    if (imports.includes(imported) || (isTypeOnly && types.includes(imported))) return [];
    const hint = types.includes(imported) ? ', of which it may import types only' : '';
    return [`${path} imports ${target} (${imported}${hint})`];
  });
}

const sources = findRepositoryFiles('packages/*/src/**/*.ts').map((path) => ({
  path,
  source: readRepositoryFile(path),
}));

describe('[OP-18] the import rule', () => {
  it.each(layerNames)('[OP-18] is kept by %s', (name) => {
    const files = sources.filter(({ path }) => layerOf(path) === name);

    expect(files.flatMap(({ path, source }) => findViolations(path, source))).toEqual([]);
  });

  it.each(layerNames.filter((name) => name !== 'identifiers'))(
    '[OP-18] stands in ARCHITECTURE.md as it is: %s',
    (name) => {
      const { imports, types, packages } = LAYERS[name];
      const others = imports.filter((other) => other !== name && other !== 'identifiers');
      const list = (names: readonly string[]) => names.join(', ') || '–';
      const shownPackages = packages === 'any' ? 'any' : packages.join(', ') || 'none';
      const row = readRepositoryFile('ARCHITECTURE.md').match(new RegExp(`^\\| ${name} \\|.*$`, 'm'))?.[0];
      expect(row?.split(' | ').slice(2).join(' | ')).toBe(
        `${list(others)} | ${list(types)} | ${shownPackages} |`,
      );
    },
  );

  it('[OP-18] has a layer for every source file', () => {
    expect(sources.map(({ path }) => path).filter((path) => layerOf(path) === undefined)).toEqual([]);
    expect(sources).not.toEqual([]);
  });

  it.each([
    ['domain/a.ts', `import { readFileSync } from 'node:fs';`],
    ['domain/a.ts', `import type { ResultCode } from '@rollcall/contract';`],
    ['domain/a.ts', `export * from '../services/sign-in.ts';`],
    ['domain/a.ts', `type Store = import('../storage/agent-store.ts').AgentStore;`],
    ['services/a.ts', `import { UniqueConstraintFault } from '../storage/agent-store.ts';`],
    ['services/a.ts', `import { type Clock, systemClock } from '../platform/clock.ts';`],
    ['services/a.ts', `import type { Database } from '../storage/sqlite/open.ts';`],
    ['services/a.ts', `const store = await import('../storage/postgres/open.ts');`],
    ['services/a.ts', `import { Client } from 'pg';`],
    ['storage/sqlite/a.ts', `import { SignInService } from '../../services/sign-in.ts';`],
    ['http/a.ts', `import { openStore } from '../storage/sqlite/open.ts';`],
    ['http/a.ts', `import { decide } from '../domain/agent-session/decide.ts';`],
    ['http/a.ts', `import { gateway } from '../gateway.ts';`],
    ['delivery/a.ts', `import { route } from '../http/routes.ts';`],
    ['platform/a.ts', `import { x } from '../../../contract/src/index.ts';`],
    ['helpers/a.ts', ''],
  ])('[OP-18] finds the violation planted in %s: %s', (path, source) => {
    expect(findViolations(`packages/server/src/${path}`, source)).toHaveLength(1);
  });

  it.each([
    ['packages/contract/src/a.ts', `import fastify from 'fastify';`],
    ['packages/client/src/a.ts', `import type { Operation } from '@rollcall/contract';`],
    ['packages/client/src/a.ts', `import { decide } from '../../server/src/domain/agent-session/decide.ts';`],
  ])('[OP-18] finds the violation planted in %s: %s', (path, source) => {
    expect(findViolations(path, source)).toHaveLength(1);
  });

  it.each([
    ['domain/a.ts', `import { parseWorkNumber } from '@rollcall/contract/identifiers';`],
    ['services/a.ts', `import { type AgentStore } from '../storage/agent-store.ts';`],
    ['services/a.ts', `import type { Clock } from '../platform/clock.ts';`],
    ['storage/sqlite/a.ts', `import type { AgentRecord } from '../../domain/agent-session/agent-record.ts';`],
    ['gateway.ts', `import { openStore } from './storage/sqlite/open.ts';`],
  ])('[OP-18] allows in %s: %s', (path, source) => {
    expect(findViolations(`packages/server/src/${path}`, source)).toEqual([]);
  });
});

const MODEL = 'packages/server/test/model/reference/';

describe('[OP-20] the model of the sign-in family', () => {
  const importsFromOutside = (path: string, source: string) =>
    findImports(path, source)
      .filter(({ target }) => !target.startsWith(MODEL))
      .map(({ target }) => `${path} imports ${target}`);

  it('[OP-20] imports nothing from outside its folder', () => {
    const files = findRepositoryFiles(`${MODEL}**/*.ts`);
    expect(files).not.toEqual([]);
    expect(files.flatMap((path) => importsFromOutside(path, readRepositoryFile(path)))).toEqual([]);
  });

  it.each([
    `import { decide } from '../../../src/domain/agent-session/decide.ts';`,
    `import type { AgentState } from '../../../src/domain/agent-session/agent-state.ts';`,
    `export * from '../support/model-run.ts';`,
    `type Code = import('@rollcall/contract').ResultCode;`,
    `const { hash } = await import('node:crypto');`,
  ])('[OP-20] finds what is planted: %s', (source) => {
    expect(importsFromOutside(`${MODEL}a.ts`, source)).toHaveLength(1);
  });
});
