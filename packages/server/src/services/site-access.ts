import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { SecretSource } from '../platform/session-tokens.ts';
import type { SiteStore } from '../storage/site-store.ts';
import type { AgentSessions } from './agent-sessions.ts';

interface SiteAccessParts {
  readonly store: Pick<SiteStore, 'findAgentDefinition' | 'findSiteTokenHash' | 'findTenant' | 'listTenants'>;
  readonly sessions: Pick<AgentSessions, 'identifyByToken'>;
  readonly secrets: SecretSource;
}

/** What a token's holder may see of the site: all of it, or one tenant. */
export type SiteRight =
  | { readonly kind: 'wholeSite' }
  | { readonly kind: 'ownTenant'; readonly tenantId: TenantId; readonly inspector: WorkNumber };

/** Who may see what of the site (rules ST-6, AT-6). */
export class SiteAccess {
  readonly #parts: SiteAccessParts;

  constructor(parts: SiteAccessParts) {
    this.#parts = parts;
  }

  /**
   * The right of a site token or a session token. `unknown`: it opens nothing; `none`: a live session of an agent who is
   * no inspector. A session's token is a sign of its life.
   */
  async rightOf(token: string): Promise<SiteRight | { readonly kind: 'none' | 'unknown' }> {
    const { store, sessions, secrets } = this.#parts;
    const hash = secrets.hashToken(token);
    // Two hashes are compared, so the time that it takes says nothing of the token.
    if (hash === (await store.findSiteTokenHash())) return { kind: 'wholeSite' };
    const identity = await sessions.identifyByToken(hash);
    if (identity.kind !== 'live') return { kind: 'unknown' };
    const { workNumber, tenantId } = identity.record;
    const definition = await store.findAgentDefinition(workNumber);
    return definition?.role === 'supervisor'
      ? { kind: 'ownTenant', tenantId, inspector: workNumber }
      : { kind: 'none' };
  }

  /** The tenants that the right covers, in order of their ids. */
  async listTenants(
    right: SiteRight,
  ): Promise<readonly { readonly tenantId: TenantId; readonly name: string }[]> {
    const tenants =
      right.kind === 'wholeSite'
        ? await this.#parts.store.listTenants()
        : [await this.#parts.store.findTenant(right.tenantId)];
    return tenants.flatMap((tenant) =>
      tenant === undefined ? [] : [{ tenantId: tenant.tenantId, name: tenant.definition.name }],
    );
  }
}
