import type { TenantId } from '@rollcall/contract';
import { type AdministrationCall, type RefusedAnswer, refuse } from './administration.ts';

export const NO_SUCH_VDN = refuse(404, 'there is no such VDN');

/** The VDN that a part of a path names; undefined where it can name none. */
export function tenantIdIn(vdn: string | undefined): TenantId | undefined {
  return /^[1-9]\d{0,4}$/.test(vdn ?? '') ? (Number(vdn) as TenantId) : undefined;
}

/** The VDN of the path, or the refusal: to an inspector every VDN but its own is closed, as `ownAlone` says. */
export function tenantOf(
  { request, right }: Pick<AdministrationCall, 'request' | 'right'>,
  ownAlone = 'an inspector sees its own VDN alone',
): TenantId | RefusedAnswer {
  const tenantId = tenantIdIn((request.params as Record<string, string>).vdn);
  if (tenantId === undefined) return NO_SUCH_VDN;
  return right.kind === 'ownTenant' && right.tenantId !== tenantId ? refuse(403, ownAlone) : tenantId;
}
