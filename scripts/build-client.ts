/** `npm run build:client`: writes the client package as it is published into packages/client/dist. */
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const client = join(root, 'packages/client');
const compiler = join(root, 'node_modules/typescript/bin/tsc');

/** The compiler found mistakes, or is not there. */
class BuildFault extends Error {
  override readonly name = 'BuildFault';
}

/** Makes JavaScript and types of the sources in `folder`, and all that belongs beside them. */
export function buildClient(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  const project = join(client, 'tsconfig.build.json');
  const command = [compiler, '--project', project, '--outDir', folder];
  const { status, stdout, error } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  if (status !== 0) throw new BuildFault(stdout, { cause: error });
  for (const path of globSync('**/*.d.ts', { cwd: folder })) pointAtJavaScript(join(folder, path));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(publishedManifest(), null, 2)}\n`);
  cpSync(join(client, 'README.md'), join(folder, 'README.md'));
  cpSync(join(client, 'examples'), join(folder, 'examples'), { recursive: true });
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
}

/** The compiler leaves `./x.ts` in types as it was written; the published package has no such file. */
function pointAtJavaScript(file: string): void {
  writeFileSync(file, readFileSync(file, 'utf8').replace(/(from '\.[^']*)\.ts'/g, "$1.js'"));
}

/** What the workspace says of the package, with its entry as it is built. */
function publishedManifest(): object {
  const { name, version, description, license, type, engines } = JSON.parse(
    readFileSync(join(client, 'package.json'), 'utf8'),
  );
  const exports = { '.': { types: './index.d.ts', default: './index.js' } };
  return { name, version, description, license, type, engines, exports, sideEffects: false };
}

if (import.meta.main) {
  const folder = join(client, 'dist');
  buildClient(folder);
  console.log(`wrote ${folder}: publish it with \`npm publish packages/client/dist\``);
}
