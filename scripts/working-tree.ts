import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Git is missing, or does not know the folder. */
class WorkingTreeFault extends Error {
  override readonly name = 'WorkingTreeFault';
}

/** Copies every file that a commit of the working tree at `root` would hold into `folder`. */
export function copyWorkingTree(root: string, folder: string): void {
  for (const path of listWorkingTree(root)) {
    const copy = join(folder, path);
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(join(root, path), copy);
  }
}

function listWorkingTree(root: string): string[] {
  const command = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { error, status, stdout, stderr } = spawnSync('git', command, { cwd: root, encoding: 'utf8' });
  if (error !== undefined) throw new WorkingTreeFault('the Debian package git is missing', { cause: error });
  if (status !== 0) throw new WorkingTreeFault(`git ls-files: ${stderr}`);
  return stdout.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));
}
