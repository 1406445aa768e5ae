import type { TenantId } from '@rollcall/contract/identifiers';
import type { TenantPolicySettings } from '../site/site-file.ts';

/** Policies as last parsed, with the text they were parsed from: one a tenant, parsed again when it changes. */
export class PolicyCache {
  readonly #parsed = new Map<TenantId, { readonly text: string; readonly policy: TenantPolicySettings }>();

  parse(tenantId: TenantId, text: string): TenantPolicySettings {
    const known = this.#parsed.get(tenantId);
    if (known?.text === text) return known.policy;
    const policy = JSON.parse(text) as TenantPolicySettings;
    this.#parsed.set(tenantId, { text, policy });
    return policy;
  }
}
