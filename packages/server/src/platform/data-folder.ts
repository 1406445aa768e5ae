import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another process serves from the same data folder. */
class FolderInUseFault extends Error {
  override readonly name = 'FolderInUseFault';
}

const SQLITE_BUSY = 5;

/**
 * Claims a data folder for this process; gives a function that lets it go.
 * Throws {@link FolderInUseFault} when a live process holds it. The claim is a lock of the operating system, which ends
 * with the process however it ends; a process number in a file would outlive it and be given to another.
 */
export function claimDataFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const pidFile = join(folder, 'server.pid');
  const lock = new DatabaseSync(join(folder, 'server.lock'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (fault) {
    lock.close();
    if ((fault as { errcode?: unknown }).errcode !== SQLITE_BUSY) throw fault;
    throw new FolderInUseFault(
      `process ${readHolder(pidFile)} serves from the data folder ${folder}; stop it, or choose another folder with ` +
        'ROLLCALL_DATA_DIR',
    );
  }
  writeFileSync(pidFile, `${process.pid}\n`);
  return () => {
    rmSync(pidFile, { force: true });
    if (lock.isOpen) lock.close();
  };
}

function readHolder(pidFile: string): string {
  try {
    return readFileSync(pidFile, 'utf8').trim();
  } catch {
    return '(number unknown)';
  }
}
