import type { SecretSource } from '../platform/session-tokens.ts';
import type { SiteStore } from '../storage/site-store.ts';

interface SiteAccessParts {
  readonly store: Pick<SiteStore, 'findSiteTokenHash' | 'listTenants'>;
  readonly secrets: SecretSource;
}

/** What the holder of the site token may see (rule ST-6). */
export class SiteAccess {
  readonly #parts: SiteAccessParts;

  constructor(parts: SiteAccessParts) {
    this.#parts = parts;
  }

  /** Whether this is the site token; false where none was ever made. */
  async isSiteToken(token: string): Promise<boolean> {
    const expected = await this.#parts.store.findSiteTokenHash();
    // Two hashes are compared, so the time that it takes says nothing of the token.
    return expected !== undefined && this.#parts.secrets.hashToken(token) === expected;
  }

  /** In order of their ids. */
  async listTenants(): Promise<readonly { readonly tenantId: number; readonly name: string }[]> {
    const tenants = await this.#parts.store.listTenants();
    return tenants.map(({ tenantId, definition }) => ({ tenantId, name: definition.name }));
  }
}
