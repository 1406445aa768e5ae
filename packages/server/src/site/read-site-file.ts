import { accountKey } from '@rollcall/contract/identifiers';
import Value from 'typebox/value';
import { type SiteFile, SiteFileSchema } from './site-file.ts';

/** The site file is not valid; each problem says where it stands and what it must be. */
export class SiteFileFault extends Error {
  override readonly name = 'SiteFileFault';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`the site file is not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** More problems than this are not listed; nobody mends hundreds at a time. */
const MOST_PROBLEMS = 20;

/** Reads the text of a site file, defaults applied. Throws {@link SiteFileFault}. */
export function readSiteFile(text: string): SiteFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SiteFileFault([`it is not JSON: ${(cause as Error).message}`]);
  }
  const complete = Value.Default(SiteFileSchema, value);
  if (!Value.Check(SiteFileSchema, complete)) throw new SiteFileFault(shapeProblems(complete));
  const problems = complete.tenants.flatMap(tenantProblems).concat(repeatedNumbers(complete));
  if (problems.length > 0) throw new SiteFileFault(problems.slice(0, MOST_PROBLEMS));
  return complete;
}

function shapeProblems(value: unknown): string[] {
  const problems = [...Value.Errors(SiteFileSchema, value)].map(({ instancePath, message, keyword }) => {
    const what = keyword === 'boolean' ? 'is not a known key' : message;
    return `${instancePath === '' ? 'the file' : instancePath} ${what}`;
  });
  return [...new Set(problems)].slice(0, MOST_PROBLEMS);
}

type SiteFileTenant = SiteFile['tenants'][number];

/** What the schema cannot say: ids are given once, and a range begins before it ends. */
function tenantProblems(tenant: SiteFileTenant): string[] {
  const { tenantId, policy } = tenant;
  const range = policy.phoneRange;
  const lists = {
    group: tenant.groups.map(({ groupId }) => groupId),
    'skill queue': tenant.skillQueues.map(({ skillQueueId }) => skillQueueId),
    'access code': tenant.accessCodes.map(({ accessCodeId }) => accessCodeId),
    IVR: tenant.ivrs.map(({ ivrId }) => ivrId),
    'not-ready reason': tenant.notReadyReasons.map(({ reason }) => reason),
    'rest reason': tenant.restReasons.map(({ reason }) => reason),
  };
  return [
    ...(isTimeZone(tenant.timeZone) ? [] : [`tenant ${tenantId}: no time zone ${tenant.timeZone}`]),
    ...(range && range.from > range.to ? [`tenant ${tenantId}: phoneRange ends before it begins`] : []),
    ...Object.entries(lists).flatMap(([what, ids]) =>
      repeated(ids).map((id) => `tenant ${tenantId}: ${what} ${id} stands in the file twice`),
    ),
    ...agentProblems(tenant),
  ];
}

/** Whether the runtime knows the zone, by its IANA name. */
function isTimeZone(name: string): boolean {
  // Offsets are zones to the runtime as well, but have no days of 23 and 25 hours.
  if (/^[+-]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Every reference of an agent leads somewhere, and an empty password is allowed where it is used. */
function agentProblems(tenant: SiteFileTenant): string[] {
  const groups = new Set(tenant.groups.map(({ groupId }) => groupId));
  const queues = new Set(tenant.skillQueues.map(({ skillQueueId }) => skillQueueId));
  return tenant.agents.flatMap(({ workNumber, group, skillQueues, firstPassword }) => {
    const problems: string[] = [];
    if (group !== undefined && !groups.has(group)) problems.push(`agent ${workNumber}: no group ${group}`);
    for (const queue of skillQueues) {
      if (!queues.has(queue)) problems.push(`agent ${workNumber}: no skill queue ${queue}`);
    }
    if (firstPassword === 'empty' && tenant.policy.emptyPasswords !== 'allowed') {
      problems.push(`agent ${workNumber}: the policy of tenant ${tenant.tenantId} forbids empty passwords`);
    }
    return problems;
  });
}

function repeatedNumbers(site: SiteFile): string[] {
  const agents = site.tenants.flatMap(({ agents: ofTenant }) => ofTenant.map(({ workNumber }) => workNumber));
  const tenants = site.tenants.map(({ tenantId }) => tenantId);
  const accounts = site.tenants.flatMap(({ agents: ofTenant }) =>
    ofTenant.flatMap(({ account }) => (account === undefined ? [] : [accountKey(account)])),
  );
  return [
    ...repeated(accounts).map((account) => `account ${account} stands in the file twice`),
    ...repeated(agents).map((workNumber) => `agent ${workNumber} stands in the file twice`),
    ...repeated(tenants).map((tenantId) => `tenant ${tenantId} stands in the file twice`),
  ];
}

function repeated<Id>(ids: readonly Id[]): Id[] {
  const seen = new Set<Id>();
  return [...new Set(ids.filter((id) => seen.size === seen.add(id).size))];
}
