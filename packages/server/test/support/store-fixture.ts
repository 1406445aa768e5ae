import { createHash } from 'node:crypto';
import type {
  DirectoryNumber,
  SessionId,
  TenantId,
  TokenHash,
  WorkNumber,
} from '@rollcall/contract/identifiers';
import type { SeatClaim, SignInSettings } from '../../src/domain/agent-session/agent-record.ts';
import type { BulletinTarget } from '../../src/domain/agent-session/bulletin.ts';
import type {
  BecomeNotReady,
  BecomeReady,
  DeliverNote,
  PostBulletin,
  Rest,
  SignIn,
  SignOut,
  TakeBulletins,
} from '../../src/domain/agent-session/commands.ts';
import type { CommandOutcome } from '../../src/domain/agent-session/fold.ts';
import { foldBatch } from '../../src/domain/agent-session/fold.ts';
import type { Note } from '../../src/domain/agent-session/note.ts';
import type { TenantPolicySettings } from '../../src/site/site-file.ts';
import type { BatchResult, Fold } from '../../src/storage/agent-store.ts';
import type { SiteAgent, SiteTenant } from '../../src/storage/site-store.ts';

/** Words and numbers of a small site, for tests that speak to a store directly. */
export const FIRST_TENANT = 1 as TenantId;
export const SECOND_TENANT = 2 as TenantId;

export function agentNumber(index: number): WorkNumber {
  return (1_001 + index) as WorkNumber;
}

export function tokenHash(text: string): TokenHash {
  return createHash('sha256').update(text).digest('hex') as TokenHash;
}

export function siteAgent(workNumber: WorkNumber, changes: Partial<SiteAgent> = {}): SiteAgent {
  return {
    workNumber,
    definition: {
      workNumber,
      name: `Agent ${workNumber}`,
      skillQueues: [],
      role: 'agent',
      rights: [],
      enabled: true,
      firstPassword: 'generated',
    },
    account: null,
    enabled: true,
    passwordHash: `hash of ${workNumber}`,
    mustChangePassword: false,
    passwordValidUntil: null,
    ...changes,
  };
}

export function siteTenant(
  tenantId: TenantId,
  agents: readonly SiteAgent[],
  policy: Partial<TenantPolicySettings> = {},
): SiteTenant {
  return {
    tenantId,
    definition: {
      tenantId,
      name: `Tenant ${tenantId}`,
      timeZone: 'UTC',
      policy: {
        displacement: 'allowed',
        phoneRange: null,
        phoneInUse: 'refuse',
        lease: { lifeS: 120, attentionS: 75, pushAttentionS: 130, longestS: 86_400 },
        wrapUpLimitS: null,
        wrapUpAfterHangUp: 'on',
        mediaRegistration: 'asAsked',
        emptyPasswords: 'forbidden',
        passwordValidityDays: 90,
        firstPasswordChange: 'optional',
        licence: { agentSeats: 100, videoSeats: 100 },
        ...policy,
      },
      groups: [],
      skillQueues: [],
      accessCodes: [],
      ivrs: [],
      notReadyReasons: [],
      restReasons: [],
    },
    agents,
  };
}

export interface SignInWords {
  readonly workNumber: WorkNumber;
  /** Also the word that the token is made of. */
  readonly session: string;
  readonly tenantId?: TenantId;
  readonly phone?: string | null;
  readonly forced?: boolean;
  readonly seats?: SeatClaim;
  readonly initialState?: SignInSettings['initialState'];
}

export function signIn(words: SignInWords): SignIn {
  const { workNumber, session, phone = null } = words;
  return {
    kind: 'signIn',
    workNumber,
    tenantId: words.tenantId ?? FIRST_TENANT,
    credentialVersion: 1,
    forced: words.forced ?? false,
    sessionId: session as SessionId,
    tokenHash: tokenHash(session),
    seats: words.seats ?? 'none',
    node: 'node',
    mustChangePassword: false,
    trustsSilence: { from: 0, to: Number.MAX_SAFE_INTEGER },
    peerAddress: '192.0.2.1',
    settings: {
      phoneNumber: phone as DirectoryNumber | null,
      autoAnswer: true,
      autoEnterReady: true,
      releasePhone: true,
      agentType: 'pcAndPhone',
      initialState: words.initialState ?? 'ready',
      claimedIp: '127.0.0.1',
      entryAddress: null,
      phoneLinkage: false,
      registerTextChat: false,
      registerMail: false,
      videoNumber: null,
      watchSignIns: false,
    },
  };
}

/** The session a command speaks of. */
export interface OfSession {
  readonly workNumber: WorkNumber;
  readonly session: string;
  readonly tenantId?: TenantId;
}

function ofSession({ workNumber, session, tenantId = FIRST_TENANT }: OfSession) {
  return { workNumber, tenantId, sessionId: session as SessionId };
}

export function signOut(of: OfSession): SignOut {
  return { kind: 'signOut', forced: true, clientReason: null, ...ofSession(of) };
}

export function becomeReady(of: OfSession): BecomeReady {
  return { kind: 'becomeReady', ...ofSession(of) };
}

export function becomeNotReady(of: OfSession, reason = 0): BecomeNotReady {
  return { kind: 'becomeNotReady', ...ofSession(of), reason, prolong: false };
}

export function deliverNote(
  workNumber: WorkNumber,
  text: string,
  tenantId: TenantId = FIRST_TENANT,
): DeliverNote {
  return { kind: 'deliverNote', workNumber, tenantId, note: noteAt(1, text) };
}

function noteAt(sentAt: number, text: string): Note {
  return { from: agentNumber(90), fromName: 'Sender', text, sentAt, utcOffsetMs: 0 };
}

/** What a bulletin is made of; for everyone, and posted at 1, where it does not say otherwise. */
export interface BulletinWords {
  readonly text: string;
  readonly target?: BulletinTarget;
  readonly sentAt?: number;
}

export function postBulletin(of: OfSession, words: BulletinWords): PostBulletin {
  const { text, target = { kind: 'everyone' }, sentAt = 1 } = words;
  return { kind: 'postBulletin', ...ofSession(of), bulletin: { target, note: noteAt(sentAt, text) } };
}

export function takeBulletins(
  workNumber: WorkNumber,
  upTo: number,
  tenantId: TenantId = FIRST_TENANT,
): TakeBulletins {
  return { kind: 'takeBulletins', workNumber, tenantId, upTo };
}

/** A minute's rest for cause 1. */
export function rest(of: OfSession): Rest {
  return { kind: 'rest', ...ofSession(of), reason: 1, forMs: 60_000, prolong: false };
}

/** The fold with a time of the test's choosing instead of the store's. */
export function foldAt(now: number): Fold {
  return (set, commands) => foldBatch(set, commands, now);
}

/** `accepted`, or the kind of refusal, for each command. */
export function verdicts(result: BatchResult): string[] {
  return result.kind === 'unknown' ? ['unknown'] : result.outcomes.map(verdict);
}

function verdict(outcome: CommandOutcome): string {
  return outcome.kind === 'refused' ? outcome.refusal.kind : outcome.kind;
}
