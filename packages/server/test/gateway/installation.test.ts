import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { readSiteFile } from '../../src/site/read-site-file.ts';

const BIN = new URL('../../bin/rollcall.js', import.meta.url).pathname;

/** Runs a command of the command line on a folder; a server is told to stop once it is ready. */
async function rollcall(command: string, folder: string): Promise<{ code: unknown; out: string }> {
  const environment = { PATH: process.env.PATH, ROLLCALL_PORT: '0', ROLLCALL_DATA_DIR: folder };
  const child = spawn(process.execPath, [BIN, command], { env: environment });
  try {
    let out = '';
    const take = (chunk: Buffer) => {
      out += chunk;
      if (/ready at/.test(out)) child.kill('SIGTERM');
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const [code] = await once(child, 'exit');
    return { code, out };
  } finally {
    child.kill('SIGKILL');
  }
}

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-installation-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('demo data and a real site', () => {
  it('never share a store, whichever was first [ST-11]', async () => {
    await withFolder(async (folder) => {
      expect((await rollcall('init', folder)).code).toBe(0);
      const demo = await rollcall('demo', folder);
      expect([demo.code, demo.out]).toEqual([
        1,
        expect.stringMatching(/^rollcall: the store holds a real installation/),
      ]);
      const again = await rollcall('start', folder);
      expect([again.code, again.out]).toEqual([0, expect.not.stringContaining('empty passwords')]);
    });
    await withFolder(async (folder) => {
      expect((await rollcall('demo', folder)).code).toBe(0);
      for (const command of ['init', 'start']) {
        const refused = await rollcall(command, folder);
        expect([refused.code, refused.out]).toEqual([1, expect.stringMatching(/the store holds demo data/)]);
      }
    });
  });

  it('can be read by their own user only [ST-12]', async () => {
    await withFolder(async (folder) => {
      await rollcall('demo', folder);
      const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
      expect(names).toContain('rollcall.db');
      for (const name of names) {
        expect((statSync(join(folder, name)).mode & 0o077).toString(8), name).toBe('0');
      }
    });
  });
});

describe('a site file', () => {
  it('has a schema that any JSON Schema tool reads, printed by a command [ST-1]', async () => {
    await withFolder(async (folder) => {
      const { code, out } = await rollcall('schema', folder);
      expect([code, JSON.parse(out)]).toEqual([
        0,
        expect.objectContaining({ type: 'object', title: 'Rollcall site file' }),
      ]);
      expect(JSON.parse(out).properties.tenants.items.properties).toHaveProperty('skillQueues');
    });
  });

  const tenant = { tenantId: 1, name: 'T' };
  const queue = { skillQueueId: 1, name: 'Q', media: 'voice' };
  it.each([
    [
      'a range that ends first',
      { ...tenant, policy: { phoneRange: { from: 9, to: 1 } } },
      'ends before it begins',
    ],
    ['a queue twice', { ...tenant, skillQueues: [queue, queue] }, 'skill queue 1 stands in the file twice'],
    [
      'a reason twice',
      { ...tenant, restReasons: [1, 1].map((reason) => ({ reason, label: 'Break' })) },
      'rest reason 1 stands in the file twice',
    ],
  ])('with %s is refused [ST-3]', (_name, site, problem) => {
    expect(() => readSiteFile(JSON.stringify({ tenants: [site] }))).toThrow(problem);
  });
});

describe('a command beside a process that writes', () => {
  it('waits for its turn and does what it should [TX-15]', async () => {
    await withFolder(async (folder) => {
      expect((await rollcall('init', folder)).code).toBe(0);
      const other = new DatabaseSync(join(folder, 'rollcall.db'), { timeout: 5_000 });
      let isOver = false;
      const writing = (async () => {
        while (!isOver) {
          other.exec('BEGIN IMMEDIATE');
          await new Promise((resolve) => setTimeout(resolve, 20));
          other.exec('COMMIT');
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      })();
      try {
        for (let run = 0; run < 3; run++) {
          expect(await rollcall('locks', folder)).toEqual({ code: 0, out: 'Nothing is locked.\n' });
        }
      } finally {
        isOver = true;
        await writing;
        other.close();
      }
    });
  });
});
