import { join } from 'node:path';
import type { Config } from './config/config.ts';
import { ownCertificateFiles } from './platform/self-made-certificate.ts';
import type { GeneratedPassword } from './services/site-loading.ts';

/** The reference's sign-in body, as it stands in the documentation of the operation. */
const SIGN_IN_BODY =
  '{ "password": "", "phonenum": "40038", "status": "4", "releasephone": "false", "agenttype": "4" }';

/** What a demo start prints: one line that signs agent 291 in and one that reads its events. */
export function demoInstructions(config: Config, port: number): string {
  const certificate = quote(ownCertificateFiles(config.dataDir).certificateFile);
  const cookies = quote(join(config.dataDir, 'agent-291.cookies'));
  const base = `https://127.0.0.1:${port}/agentgateway/resource`;
  const curl = `curl --silent --show-error --include --cacert ${certificate}`;
  return `
Demo data: agents 291 and 292 and inspector 290 sign in with an empty password.
Sign agent 291 in:

  ${curl} --cookie-jar ${cookies} -X PUT -H 'Content-Type: application/json; charset=UTF-8' -d ${quote(SIGN_IN_BODY)} ${base}/onlineagent/291/loginex

Read its events, one a call:

  ${curl} --cookie ${cookies} ${base}/agentevent/291

`;
}

/** Prints passwords that were made for new accounts; they are not kept anywhere. */
export function printGeneratedPasswords(generated: readonly GeneratedPassword[]): void {
  if (generated.length === 0) return;
  const lines = generated.map(({ workNumber, name, password }) => `  ${workNumber}  ${password}  ${name}`);
  process.stdout.write(`Passwords of new accounts, shown this once:\n${lines.join('\n')}\n\n`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
