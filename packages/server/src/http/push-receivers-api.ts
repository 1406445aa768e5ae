import type { PushReceiversAnswer, TenantId } from '@rollcall/contract';
import {
  type AdministrationAnswer,
  type AdministrationCall,
  type AdministrationParts,
  administrationRoute,
  refuse,
} from './administration.ts';
import type { HttpServer } from './server.ts';

const NO_SUCH_VDN = refuse(404, 'there is no such VDN');

/** To whom events of a VDN's agents are sent: an inspector sees its own VDN alone (rule PU-15). */
export function registerPushReceiversApi(server: HttpServer, parts: AdministrationParts): void {
  administrationRoute(server, parts, {
    path: '/vdns/:vdn/push-receivers',
    logName: 'listPushReceivers',
    answer: list,
  });
}

async function list({ request, right, pushReceivers }: AdministrationCall): Promise<AdministrationAnswer> {
  const { vdn = '' } = request.params as Record<string, string>;
  if (!/^[1-9]\d{0,4}$/.test(vdn)) return NO_SUCH_VDN;
  const tenantId = Number(vdn) as TenantId;
  if (right.kind === 'ownTenant' && right.tenantId !== tenantId)
    return refuse(403, 'an inspector sees its own VDN alone');
  const receivers = await pushReceivers.list(tenantId);
  if (receivers === undefined) return NO_SUCH_VDN;
  const body: PushReceiversAnswer = { vdn: tenantId, receivers: [...receivers] };
  return { kind: 'done', body };
}
