import type { PushReceiversAnswer } from '@rollcall/contract';
import {
  type AdministrationAnswer,
  type AdministrationCall,
  type AdministrationParts,
  administrationRoute,
} from './administration.ts';
import { NO_SUCH_VDN, tenantOf } from './administration-tenant.ts';
import type { HttpServer } from './server.ts';

/** To whom events of a VDN's agents are sent: an inspector sees its own VDN alone (rule PU-15). */
export function registerPushReceiversApi(server: HttpServer, parts: AdministrationParts): void {
  administrationRoute(server, parts, {
    path: '/vdns/:vdn/push-receivers',
    logName: 'listPushReceivers',
    answer: list,
  });
}

async function list({ request, right, pushReceivers }: AdministrationCall): Promise<AdministrationAnswer> {
  const tenantId = tenantOf({ request, right });
  if (typeof tenantId !== 'number') return tenantId;
  const receivers = await pushReceivers.list(tenantId);
  if (receivers === undefined) return NO_SUCH_VDN;
  const body: PushReceiversAnswer = { vdn: tenantId, receivers: [...receivers] };
  return { kind: 'done', body };
}
