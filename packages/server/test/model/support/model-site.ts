import type { ModelAccount, ModelSite, ModelTenant } from '../reference/world.ts';

const NO_SEATS = { agentSeats: 0, videoSeats: 0 };

/** Tenants that differ in every policy that the sign-in family knows. */
const TENANTS: readonly { readonly tenant: ModelTenant; readonly agents: readonly number[] }[] = [
  {
    tenant: {
      tenantId: 1,
      displacement: 'allowed',
      phoneInUse: 'refuse',
      phoneRange: { from: 40_000, to: 49_999 },
      agentSeats: 2,
      videoSeats: 1,
      registersTextChat: true,
      passwordDays: 10,
      wrapUpLimitMs: 60_000,
      wrapsUpAfterHangUp: true,
    },
    agents: [291, 292, 293, 294],
  },
  {
    tenant: {
      tenantId: 2,
      displacement: 'forbidden',
      phoneInUse: 'share',
      phoneRange: null,
      ...NO_SEATS,
      registersTextChat: false,
      passwordDays: 'never',
      wrapUpLimitMs: null,
      wrapsUpAfterHangUp: true,
    },
    agents: [401, 402, 403],
  },
  {
    tenant: {
      tenantId: 3,
      displacement: 'allowed',
      phoneInUse: 'takeOver',
      phoneRange: null,
      agentSeats: 2,
      videoSeats: 0,
      registersTextChat: true,
      passwordDays: 180,
      wrapUpLimitMs: 20_000,
      wrapsUpAfterHangUp: false,
    },
    agents: [501, 502, 503],
  },
];

/** The one agent with a password, which it must change; all others have an empty one. */
export const AGENT_WITH_PASSWORD = 294;

/** Few enough for conflicts; the last is outside the first tenant's range. */
export const PHONES = ['40038', '40039', '39999'] as const;

/** The site as a file for the server. */
export const SITE_FILE = {
  tenants: TENANTS.map(({ tenant, agents }) => ({
    tenantId: tenant.tenantId,
    name: `Tenant ${tenant.tenantId}`,
    policy: {
      displacement: tenant.displacement,
      phoneInUse: tenant.phoneInUse,
      phoneRange: tenant.phoneRange,
      licence: { agentSeats: tenant.agentSeats, videoSeats: tenant.videoSeats },
      mediaRegistration: tenant.registersTextChat ? 'asAsked' : 'none',
      passwordValidityDays: tenant.passwordDays,
      emptyPasswords: 'allowed',
      wrapUpLimitS: tenant.wrapUpLimitMs === null ? null : tenant.wrapUpLimitMs / 1_000,
      wrapUpAfterHangUp: tenant.wrapsUpAfterHangUp ? 'on' : 'off',
    },
    agents: agents.map((workNumber) => ({
      workNumber,
      name: `Agent ${workNumber}`,
      ...(workNumber === AGENT_WITH_PASSWORD
        ? {}
        : { firstPassword: 'empty', firstPasswordChange: 'optional' }),
    })),
  })),
};

/** The same site for the model, with the passwords that loading it generated. */
export function modelSite(passwords: ReadonlyMap<number, string>): ModelSite {
  return new Map(
    TENANTS.flatMap(({ tenant, agents }) =>
      agents.map((workNumber): [number, ModelAccount] => {
        const mustChangePassword = workNumber === AGENT_WITH_PASSWORD;
        return [workNumber, { tenant, password: passwords.get(workNumber) ?? '', mustChangePassword }];
      }),
    ),
  );
}
