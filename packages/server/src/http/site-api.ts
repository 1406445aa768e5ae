import { type AdministrationParts, administrationRoute } from './administration.ts';
import type { HttpServer } from './server.ts';

export interface SiteApiParts extends AdministrationParts {
  readonly version: string;
  readonly serverName: string;
  readonly nodeName: string;
}

/** What `GET /api/v1/site` answers. */
interface SiteAnswer {
  readonly version: string;
  readonly state: string;
  readonly serverName: string;
  readonly nodeName: string;
  readonly vdns: readonly { readonly vdn: number; readonly name: string }[];
}

/** What the site is, as far as the caller's token reaches (rule ST-6). */
export function registerSiteApi(server: HttpServer, parts: SiteApiParts): void {
  const { version, phase, serverName, nodeName } = parts;
  administrationRoute(server, parts, {
    path: '/site',
    logName: 'getSite',
    answer: async ({ access, right }) => {
      const tenants = await access.listTenants(right);
      const vdns = tenants.map(({ tenantId, name }) => ({ vdn: tenantId, name }));
      const body: SiteAnswer = { version, state: phase(), serverName, nodeName, vdns };
      return { kind: 'done', body };
    },
  });
}
