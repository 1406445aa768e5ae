import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Another process serves from the same data folder. */
export class FolderInUseFault extends Error {
  override readonly name = 'FolderInUseFault';
}

/**
 * Claims a data folder for this process; gives a function that lets it go.
 * Throws {@link FolderInUseFault} when a live process holds it. What a killed process left behind is taken over.
 */
export function claimDataFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'server.pid');
  const holder = readHolder(file);
  if (holder !== undefined && holder !== process.pid && isAlive(holder)) {
    throw new FolderInUseFault(
      `process ${holder} serves from the data folder ${folder}; stop it, or choose another folder with ` +
        `ROLLCALL_DATA_DIR (if that process is no Rollcall, delete ${file})`,
    );
  }
  writeFileSync(file, `${process.pid}\n`);
  return () => rmSync(file, { force: true });
}

function readHolder(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8').trim());
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return (fault as NodeJS.ErrnoException).code === 'EPERM';
  }
}
