import { join } from 'node:path';
import type { WorkNumber } from '@rollcall/contract';
import type { Config } from './config/config.ts';
import type { AgentInterval } from './domain/agent-session/agent-interval.ts';
import type { LedgerFault } from './domain/agent-time/ledger-check.ts';
import { ownCertificateFiles } from './platform/self-made-certificate.ts';
import type { LedgerVerdict } from './services/ledger-verification.ts';
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

/** What does not add up, in one sentence. */
export function describeLedgerFault(workNumber: WorkNumber, fault: LedgerFault): string {
  return `Agent ${workNumber}: ${factsOf(fault)}.`;
}

function factsOf(fault: LedgerFault): string {
  switch (fault.kind) {
    case 'gap':
      return `session ${fault.sessionId} has no interval from ${utc(fault.from)} to ${utc(fault.to)}`;
    case 'overlap':
      return `session ${fault.sessionId} counts the time from ${utc(fault.from)} to ${utc(fault.to)} twice`;
    case 'beyondEnd':
      return (
        `the intervals of session ${fault.sessionId} go on until ${utc(fault.to)}, but it ended, or its present state ` +
        `began, at ${utc(fault.from)}`
      );
    case 'stray':
      return (
        `${intervalInWords(fault.interval)} belongs to session ${fault.interval.sessionId}, which by the audit trail ` +
        'was not signed in then'
      );
    case 'unknownState':
      return `${intervalInWords(fault.interval)} has a state or a reason that there is not`;
    case 'noBegin':
      return `the audit trail has no sign-in of session ${fault.sessionId}`;
    case 'noEnd':
      return `the audit trail has no end of session ${fault.sessionId}, which is over`;
  }
}

function intervalInWords({ state, reason, beganAt, endedAt }: AgentInterval): string {
  const what = reason === null ? state : `${state} ${reason}`;
  return `the interval ${what} from ${utc(beganAt)} to ${utc(endedAt)}`;
}

const LATEST_DATE_MS = 8_640_000_000_000_000;

/** What stands in the store may be no date at all. */
function utc(epochMs: number): string {
  return Math.abs(epochMs) > LATEST_DATE_MS ? String(epochMs) : new Date(epochMs).toISOString();
}

/** The last line of a comparison. */
export function describeLedgerVerdict({ agents, sessions, intervals, faults }: LedgerVerdict): string {
  const [ofAgents, ofSessions, ofIntervals] = [
    counted(agents, 'agent'),
    counted(sessions, 'session'),
    counted(intervals, 'interval'),
  ];
  const verdict = faults === 0 ? 'everything adds up' : counted(faults, 'fault');
  return `${ofAgents}, ${ofSessions}, ${ofIntervals}: ${verdict}.`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
