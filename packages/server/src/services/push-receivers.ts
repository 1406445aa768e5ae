import type { TenantId } from '@rollcall/contract/identifiers';
import type { EventPushStore, PushReceiver } from '../storage/event-push-store.ts';
import type { SiteStore } from '../storage/site-store.ts';

/** To whom events are sent, as administrators see it (rule PU-15). */
export class PushReceivers {
  readonly #store: Pick<EventPushStore, 'listPushReceivers'> & Pick<SiteStore, 'findTenant'>;

  constructor(store: Pick<EventPushStore, 'listPushReceivers'> & Pick<SiteStore, 'findTenant'>) {
    this.#store = store;
  }

  /** Undefined: there is no such tenant. */
  async list(tenantId: TenantId): Promise<readonly PushReceiver[] | undefined> {
    const tenant = await this.#store.findTenant(tenantId);
    return tenant === undefined ? undefined : this.#store.listPushReceivers(tenantId);
  }
}
