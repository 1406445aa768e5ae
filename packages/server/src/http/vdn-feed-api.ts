import { POSITION_PATTERN, positionFromText } from '@rollcall/contract';
import {
  type AdministrationAnswer,
  type AdministrationCall,
  type AdministrationParts,
  administrationRoute,
  refuse,
} from './administration.ts';
import { NO_SUCH_VDN, tenantOf } from './administration-tenant.ts';
import type { HttpServer } from './server.ts';

const POSITION = new RegExp(POSITION_PATTERN);

/** What all agents of a VDN do, then each change (rules VF-1 to VF-7). */
export function registerVdnFeedApi(server: HttpServer, parts: AdministrationParts): void {
  administrationRoute(server, parts, {
    path: '/vdns/:vdn/feed',
    logName: 'getVdnFeed',
    answer: openFeed,
  });
}

async function openFeed({
  request,
  right,
  directory,
  tenantFeeds,
}: AdministrationCall): Promise<AdministrationAnswer> {
  const tenantId = tenantOf({ request, right });
  if (typeof tenantId !== 'number') return tenantId;
  if ((await directory.tenant(tenantId)) === undefined) return NO_SUCH_VDN;
  const { after = null } = request.query as Record<string, string>;
  const place = request.headers['last-event-id'] ?? after;
  if (place !== null && (typeof place !== 'string' || !POSITION.test(place))) {
    return refuse(400, 'the place to go on behind is no position; send the `id` of a block as it came');
  }
  const inspector = right.kind === 'ownTenant' ? right.inspector : null;
  const begin = await tenantFeeds.prepare({
    tenantId,
    inspector,
    after: place === null ? null : positionFromText(place),
  });
  return { kind: 'stream', begin };
}
