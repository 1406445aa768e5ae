import type { TenantId } from '@rollcall/contract/identifiers';
import { describe, expect, test } from 'vitest';
import { foldBatch } from '../../src/domain/agent-session/fold.ts';
import {
  agentNumber,
  FIRST_TENANT,
  SECOND_TENANT,
  signIn,
  siteAgent,
  siteTenant,
  verdicts,
} from '../support/store-fixture.ts';
import { expectConsistent, readTables, type WithStore } from './store-under-test.ts';

const [ann, bob, dee] = [agentNumber(0), agentNumber(1), agentNumber(3)];

/** The part of the shared suite about what a site defines. */
export function describeSiteStore(withStore: WithStore): void {
  describe('a site', () => {
    test('is read back: tenants in order of their ids, credentials with the policy of their tenant', () =>
      withStore(async (database) => {
        const store = await database.open();
        const first = siteTenant(FIRST_TENANT, [
          siteAgent(ann, { passwordHash: null, passwordValidUntil: null }),
          siteAgent(bob, { enabled: false, mustChangePassword: true, passwordValidUntil: 1_790_000_000_000 }),
        ]);
        const second = siteTenant(SECOND_TENANT, [siteAgent(dee)], { displacement: 'forbidden' });
        await store.saveSite([second, first]);
        expect(await store.listTenants()).toEqual([
          { tenantId: FIRST_TENANT, definition: first.definition },
          { tenantId: SECOND_TENANT, definition: second.definition },
        ]);
        expect(await store.findTenant(SECOND_TENANT)).toEqual({
          tenantId: SECOND_TENANT,
          definition: second.definition,
        });
        expect(await store.findTenant(9 as TenantId)).toBeUndefined();
        expect(await store.findAgentDefinition(bob)).toEqual(siteAgent(bob).definition);
        expect(await store.findAgentDefinition(agentNumber(900))).toBeUndefined();
        expect(await store.findCredential(bob)).toEqual({
          credential: {
            workNumber: bob,
            tenantId: FIRST_TENANT,
            enabled: false,
            passwordHash: `hash of ${bob}`,
            credentialVersion: 1,
            mustChangePassword: true,
            passwordValidUntil: 1_790_000_000_000,
          },
          policy: first.definition.policy,
        });
        expect((await store.findCredential(ann))?.credential.passwordHash).toBeNull();
        expect(await store.findCredential(agentNumber(900))).toBeUndefined();
        const existing = await store.findExistingAgents([dee, agentNumber(900), ann]);
        expect(new Map([...existing].sort())).toEqual(
          new Map([
            [ann, FIRST_TENANT],
            [dee, SECOND_TENANT],
          ]),
        );
      }));

    test('[TX-14] leaves the agents of another tenant as they are', () =>
      withStore(async (database) => {
        const store = await database.open();
        await store.saveSite([siteTenant(FIRST_TENANT, [siteAgent(ann)]), siteTenant(SECOND_TENANT, [])]);
        const before = await readTables(database);
        await store.saveSite([siteTenant(SECOND_TENANT, [siteAgent(ann, { enabled: false })])]);
        expect((await readTables(database)).agents).toEqual(before.agents);
      }));

    test('[ST-11] is for what its first use said', () =>
      withStore(async (database) => {
        const store = await database.open();
        expect(await store.claimInstallation('site')).toBe('site');
        expect(await store.claimInstallation('demo')).toBe('site');
        expect(await (await database.open()).claimInstallation('demo')).toBe('site');
      }));

    test('[TX-14] written twice is as written once', () =>
      withStore(async (database) => {
        const store = await database.open();
        const site = [siteTenant(FIRST_TENANT, [siteAgent(ann), siteAgent(bob)])];
        await store.saveSite(site);
        const before = await readTables(database);
        await store.saveSite(site);
        expect(await readTables(database)).toEqual(before);
      }));

    test('[TX-14] written again keeps credentials and sessions, and its new policy rules the next batch', () =>
      withStore(async (database) => {
        const store = await database.open();
        await store.saveSite([siteTenant(FIRST_TENANT, [siteAgent(ann), siteAgent(bob)])]);
        await store.commit(
          [signIn({ workNumber: ann, session: 'a1', phone: '4001', seats: 'agent' })],
          foldBatch,
        );
        const record = await store.findAgent(ann);
        await store.saveSite([
          siteTenant(
            FIRST_TENANT,
            [siteAgent(ann, { passwordHash: 'another', mustChangePassword: true }), siteAgent(bob)],
            { displacement: 'forbidden' },
          ),
        ]);
        expect(await store.findAgent(ann)).toEqual(record);
        expect((await store.findCredential(ann))?.credential).toMatchObject({
          passwordHash: `hash of ${ann}`,
          mustChangePassword: false,
          credentialVersion: 1,
        });
        const forced = await store.commit(
          [signIn({ workNumber: ann, session: 'a2', forced: true })],
          foldBatch,
        );
        expect(verdicts(forced)).toEqual(['displacementForbidden']);
        await expectConsistent(database);
      }));

    test('[TX-14] disables an agent that it no longer enables: the next sign-in is refused', () =>
      withStore(async (database) => {
        const store = await database.open();
        await store.saveSite([siteTenant(FIRST_TENANT, [siteAgent(ann)])]);
        await store.saveSite([siteTenant(FIRST_TENANT, [siteAgent(ann, { enabled: false })])]);
        const result = await store.commit([signIn({ workNumber: ann, session: 'a1' })], foldBatch);
        expect(verdicts(result)).toEqual(['credentialChanged']);
      }));

    test('a tenant without agents, and agents beyond what one statement writes, are saved', () =>
      withStore(async (database) => {
        const store = await database.open();
        const many = Array.from({ length: 6_000 }, (_, index) => siteAgent(agentNumber(index)));
        await store.saveSite([siteTenant(FIRST_TENANT, many), siteTenant(SECOND_TENANT, [])]);
        const [counted] = await database.query('SELECT count(*) AS agents FROM agent');
        expect(counted).toEqual({ agents: 6_000 });
        expect(await store.listTenants()).toHaveLength(2);
      }));

    test('a new end of validity reaches the passwords of one tenant that have one', () =>
      withStore(async (database) => {
        const store = await database.open();
        await store.saveSite([
          siteTenant(FIRST_TENANT, [siteAgent(ann, { passwordValidUntil: 10 }), siteAgent(bob)]),
          siteTenant(SECOND_TENANT, [siteAgent(dee, { passwordValidUntil: 10 })]),
        ]);
        await store.setPasswordValidity(FIRST_TENANT, 1_800_000_000_000);
        const validity = await Promise.all(
          [ann, bob, dee].map(
            async (agent) => (await store.findCredential(agent))?.credential.passwordValidUntil,
          ),
        );
        expect(validity).toEqual([1_800_000_000_000, null, 10]);
      }));

    test('the site token is claimed once', () =>
      withStore(async (database) => {
        const store = await database.open();
        expect(await store.findSiteTokenHash()).toBeUndefined();
        expect(await store.claimSiteToken('first')).toBe(true);
        expect(await store.claimSiteToken('second')).toBe(false);
        expect(await store.findSiteTokenHash()).toBe('first');
      }));
  });
}
