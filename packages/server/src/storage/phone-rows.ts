import type { DirectoryNumber, TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { PhoneHold } from '../domain/agent-session/decision.ts';
import type { PhoneHolders, PhoneKey } from '../domain/agent-session/working-set.ts';

/** One agent's hold of one phone; both stores have the same columns. */
export interface PhoneRow {
  readonly tenant_id: number;
  readonly number: string;
  readonly work_number: number;
  readonly shared: number;
}

/** The holders of each phone that the rows name. */
export function holdersFromRows(rows: readonly PhoneRow[]): Map<PhoneKey, PhoneHolders> {
  const holders = new Map<PhoneKey, Map<WorkNumber, PhoneHold>>();
  for (const row of rows) {
    const key: PhoneKey = `${row.tenant_id}/${row.number}`;
    const ofPhone = holders.get(key) ?? new Map<WorkNumber, PhoneHold>();
    holders.set(key, ofPhone.set(row.work_number as WorkNumber, row.shared === 1 ? 'shared' : 'alone'));
  }
  return holders;
}

/** A hold that begins or ends with a batch. */
export interface PhoneChange {
  readonly tenantId: TenantId;
  readonly number: DirectoryNumber;
  readonly workNumber: WorkNumber;
  readonly hold: PhoneHold;
}

/**
 * What a batch changes of the phones that it has locked. Every hold that ends is written before any that begins: two
 * agents of one batch may exchange phones.
 */
export function phoneChanges(
  before: ReadonlyMap<PhoneKey, PhoneHolders>,
  after: ReadonlyMap<PhoneKey, PhoneHolders>,
): { readonly freed: readonly PhoneChange[]; readonly taken: readonly PhoneChange[] } {
  return { freed: missingIn(after, before), taken: missingIn(before, after) };
}

function missingIn(
  there: ReadonlyMap<PhoneKey, PhoneHolders>,
  here: ReadonlyMap<PhoneKey, PhoneHolders>,
): PhoneChange[] {
  return [...here].flatMap(([key, holders]) => {
    const others = there.get(key);
    return [...holders].flatMap(([workNumber, hold]) =>
      others?.get(workNumber) === hold ? [] : [{ ...partsOf(key), workNumber, hold }],
    );
  });
}

function partsOf(key: PhoneKey): { tenantId: TenantId; number: DirectoryNumber } {
  const slash = key.indexOf('/');
  return {
    tenantId: Number(key.slice(0, slash)) as TenantId,
    number: key.slice(slash + 1) as DirectoryNumber,
  };
}
