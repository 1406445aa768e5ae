import { availableParallelism } from 'node:os';
import type { TenantId } from '@rollcall/contract';
import type { Config } from './config/config.ts';
import { VERSION } from './config/version.ts';
import { AgentLogs } from './delivery/agent-logs.ts';
import { BatchPolls } from './delivery/batch-polls.ts';
import { EventPush } from './delivery/event-push.ts';
import { EventStreams } from './delivery/event-streams.ts';
import { LongPoll } from './delivery/long-poll.ts';
import { OpenStreams } from './delivery/open-streams.ts';
import { PeerEvents } from './delivery/peer-events.ts';
import { PeerPlaces } from './delivery/peer-places.ts';
import { PeerPresence } from './delivery/peer-presence.ts';
import { positionsWrittenLater, ReadPositions } from './delivery/read-positions.ts';
import { TenantFeeds } from './delivery/tenant-feeds.ts';
import { WebhookDeliveries } from './delivery/webhooks/webhook-deliveries.ts';
import type { Changes } from './domain/agent-session/fold.ts';
import type { AdministrationCore } from './http/administration.ts';
import { agentEventRoutes } from './http/agent-event-routes.ts';
import { agentGroupRoutes } from './http/agent-group-routes.ts';
import { agentSessionRoutes } from './http/agent-session-routes.ts';
import { agentSettingsRoutes } from './http/agent-settings-routes.ts';
import { agentStateRoutes } from './http/agent-state-routes.ts';
import { batchRoutes } from './http/batch-routes.ts';
import { bulletinRoutes } from './http/bulletin-routes.ts';
import type { GatewayCore } from './http/gateway-api.ts';
import { noteRoutes } from './http/note-routes.ts';
import { passwordRoutes } from './http/password-routes.ts';
import { qualityControlRoutes } from './http/quality-control-routes.ts';
import { queryMonitorRoutes } from './http/query-monitor-routes.ts';
import { queueDeviceRoutes } from './http/queue-device-routes.ts';
import { AddressRules } from './platform/address-rules.ts';
import { civilCalendar } from './platform/calendar.ts';
import type { Clock } from './platform/clock.ts';
import { type Logger, sparseWarning } from './platform/logger.ts';
import { checkReceiverUrl, OutboundPost } from './platform/outbound-post.ts';
import type { PasswordHashing } from './platform/password-hashing.ts';
import type { SecretSource } from './platform/session-tokens.ts';
import { AgentSessions } from './services/agent-sessions.ts';
import { AgentTimes } from './services/agent-time.ts';
import { AgentTransactions } from './services/agent-transactions.ts';
import { BulkSupervision } from './services/bulk-supervision.ts';
import { BulletinDistribution } from './services/bulletin-distribution.ts';
import { Bulletins } from './services/bulletins.ts';
import { Deadlines } from './services/deadlines.ts';
import { Directory } from './services/directory.ts';
import { EventRetention } from './services/event-retention.ts';
import { FanOut } from './services/fan-out.ts';
import { FeedWatch } from './services/feed-watch.ts';
import { Leases } from './services/leases.ts';
import { Notes } from './services/notes.ts';
import { PasswordChanges } from './services/password-changes.ts';
import { PushReceivers } from './services/push-receivers.ts';
import { RememberedAgents } from './services/remembered-agents.ts';
import { SignInService } from './services/sign-in.ts';
import { SignInLimits } from './services/sign-in-limits.ts';
import { SignInWatch } from './services/sign-in-watch.ts';
import { SiteAccess } from './services/site-access.ts';
import { Supervision } from './services/supervision.ts';
import type { PeerContacts } from './services/trusted-peers.ts';
import { VerificationQueue } from './services/verification-queue.ts';
import { Webhooks } from './services/webhooks.ts';
import { type AgentStore, UniqueConstraintFault } from './storage/agent-store.ts';
import type { Store } from './storage/store.ts';

/** Sign-ins that may wait for a password verification before more are turned away. */
const MOST_WAITING_VERIFICATIONS = 1_000;

export type Phase = 'starting' | 'serving' | 'draining';

interface CoreParts {
  readonly store: Store;
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  readonly hashing: PasswordHashing;
  readonly secrets: SecretSource;
  readonly peers: PeerContacts;
  readonly phase: () => Phase;
}

interface BackgroundWork {
  start(): void;
  /** Resolves when what was begun is done. */
  stop(): Promise<void>;
}

/** Everything of a node that stands on its open store. */
export interface Core extends GatewayCore {
  readonly logEpoch: string;
  readonly administration: AdministrationCore;
  readonly transactions: AgentTransactions;
  readonly longPoll: LongPoll;
  readonly openStreams: OpenStreams;
  readonly readPositions: ReadPositions;
  readonly batchPolls: BatchPolls;
  /** Not begun yet. */
  readonly peerPlaces: PeerPlaces;
  /** Not started yet: nobody may be served before they are. */
  readonly leases: Leases;
  /** What a node does by itself while it serves; not started yet. */
  readonly background: readonly BackgroundWork[];
  readonly limits: SignInLimits;
  readonly retention: EventRetention;
  /** Not begun yet. */
  readonly feedWatch: FeedWatch;
}

type Reads = Pick<AgentStore, 'findAgent'> & { readonly learn: RememberedAgents['learn'] };

/** Builds what stands on the store, leaf first. */
export function buildCore(parts: CoreParts): Core {
  const { store, clock, log, peers, secrets } = parts;
  const warn = (message: string, facts: object) => log.warn(facts, message);
  const reads = agentReads(store);
  const { findAgent } = reads;
  const readers = buildReaders(parts, findAgent);
  const { readPositions, longPoll, openStreams, feedWatch, pushing, peerPlaces, batchPolls } = readers;
  const { findEndedSession, findEndedSessionById, findReplacedToken, findTokenOwner } = store;
  const transactions = new AgentTransactions({
    store,
    clock,
    announce: (changes, feedHeads) => {
      reads.learn(changes);
      readers.wake(changes);
      consequences.wake(changes);
      feedWatch.committed(changes, feedHeads);
    },
    reportBug: (fault) => log.error({ err: fault }, 'a bug of ours: please report this'),
    isConstraintFault: (fault) => fault instanceof UniqueConstraintFault,
  });
  const { saveLifeSigns, renewAllLifeSigns, findDueLeases, hasOtherWriters } = store;
  const leases = new Leases({
    store: { findAgent, saveLifeSigns, renewAllLifeSigns, findDueLeases },
    peers,
    hasOtherWriters,
    transactions,
    clock,
    warn,
  });
  const sessions = new AgentSessions({
    store: { findAgent, findEndedSession, findEndedSessionById, findReplacedToken, findTokenOwner },
    transactions,
    leases,
    secrets,
  });
  const limits = new SignInLimits({ store, clock });
  const storeTimeMs = () => leases.storeTimeMs();
  const directory = new Directory({ store, clock, storeTimeMs });
  const deadlines = new Deadlines({ store, transactions, clock, warn });
  const consequences = buildConsequences({ store, clock, warn, directory, transactions });
  const { deliveries, delivering } = buildWebhookDeliveries(parts, feedWatch);
  const reading = { longPoll, openStreams, readPositions, peerPlaces, batchPolls };
  const built = { transactions, ...reading, leases, sessions, limits, directory };
  return {
    ...built,
    logEpoch: store.logEpoch,
    retention: new EventRetention({ store, clock, storeTimeMs, keptDays: parts.config.eventsKeptDays }),
    feedWatch,
    background: [deadlines, ...consequences.background, feedWatch, delivering, pushing],
    handlers: {
      ...signInHandlers(parts, built),
      ...agentStateRoutes(sessions),
      ...agentSettingsRoutes(sessions),
      ...queryHandlers(parts, built),
      ...agentEventRoutes({ ...readers, leases }),
      ...batchRoutes({
        batchPolls,
        presence: new PeerPresence({ events: readers.peerEvents, leases, clock }),
      }),
    },
    administration: {
      access: new SiteAccess({ store, sessions, secrets }),
      bulk: new BulkSupervision({ directory, transactions, storeTimeMs }),
      tenantFeeds: readers.tenantFeeds,
      directory,
      agentTimes: new AgentTimes({ store, leases, calendar: civilCalendar, clock }),
      ...sentEvents(parts, deliveries),
    },
  };
}

interface ConsequenceParts extends Pick<CoreParts, 'store' | 'clock'> {
  readonly warn: (message: string, facts: object) => void;
  readonly directory: Directory;
  readonly transactions: AgentTransactions;
}

/** What follows for others when a batch was committed. */
function buildConsequences({ store, clock, warn, directory, transactions }: ConsequenceParts) {
  const watch = new SignInWatch({ store, directory, transactions });
  const fanOut = new FanOut({
    store,
    consequence: (tenantId, events) => watch.tell(tenantId, events),
    clock,
    warn,
  });
  const bulletins = new BulletinDistribution({ store, transactions, clock, warn });
  const wake = (changes: Changes) => {
    fanOut.wake(changes);
    bulletins.wake(changes);
  };
  return { background: [fanOut, bulletins], wake };
}

/** What administrators see and do of events that are sent. */
function sentEvents(
  parts: CoreParts,
  deliveries: WebhookDeliveries,
): Pick<AdministrationCore, 'pushReceivers' | 'webhooks'> {
  return {
    pushReceivers: new PushReceivers(parts.store),
    webhooks: buildWebhooks(parts, () => deliveries.lookAtOnce()),
  };
}

/** What administrators do with webhooks, in a server or beside it. */
export function buildWebhooks(
  { store, config, secrets }: Pick<CoreParts, 'store' | 'config' | 'secrets'>,
  changed: () => void,
): Webhooks {
  const rules = new AddressRules(config.eventReceivers);
  const faultOfUrl = (url: string) => {
    const check = checkReceiverUrl(url, rules);
    return check.kind === 'refused' ? check.why : null;
  };
  return new Webhooks({ store, secrets, faultOfUrl, changed });
}

/** They have a sender of their own, so that its connections are not used up by others. */
function buildWebhookDeliveries(
  { store, config, clock, log, secrets }: CoreParts,
  feedWatch: FeedWatch,
): { readonly deliveries: WebhookDeliveries; readonly delivering: BackgroundWork } {
  const post = new OutboundPost({ rules: new AddressRules(config.eventReceivers), clock });
  const deliveries = new WebhookDeliveries({
    holder: secrets.newSessionId(),
    epoch: store.logEpoch,
    store,
    post,
    clock,
    random: Math.random,
    warn: (message, facts) => log.warn(facts, message),
    reportFault: sparseWarning(log, clock, 'a webhook could not go on; it is begun again'),
  });
  feedWatch.onGrowth((heads) => deliveries.wake(heads));
  return { deliveries, delivering: sendingBy(deliveries, post) };
}

/** Those who read the agents' logs, and what wakes them. */
function buildReaders(parts: CoreParts, findAgent: AgentStore['findAgent']) {
  const { store, clock, log } = parts;
  const warn = (message: string, facts: object) => log.warn(facts, message);
  const { findEndedSessionById, findOldestKept, readEvents, hasOtherWriters, logEpoch: epoch } = store;
  const readPositions = new ReadPositions({ store, clock, warn });
  const logs = new AgentLogs({
    store: { findAgent, findEndedSessionById, findOldestKept, readEvents },
    epoch,
  });
  const longPoll = new LongPoll({ logs, positions: readPositions, clock });
  const openStreams = new OpenStreams(clock);
  const eventStreams = new EventStreams({ logs, open: openStreams, clock, warn });
  const feedWatch = new FeedWatch({ store, hasOtherWriters, clock, warn });
  const toldUpTo = (tenantId: TenantId) => feedWatch.toldUpTo(tenantId);
  const tenantFeeds = new TenantFeeds({ store, epoch, open: openStreams, toldUpTo, clock, warn });
  const { eventPush, pushing } = buildEventPush(parts, logs);
  const peerPlaces = new PeerPlaces({ store, clock, warn });
  const peerEvents = new PeerEvents({ store: { ...store, findAgent }, epoch });
  const batchPolls = new BatchPolls({ store, events: peerEvents, places: peerPlaces, epoch, clock });
  const readers = [longPoll, eventStreams, tenantFeeds, eventPush, batchPolls];
  feedWatch.onOthersChanges((agents) => {
    for (const reader of readers) void reader.wakeAgents(agents);
  });
  const wake = (changes: Changes) => {
    for (const reader of readers) reader.wake(changes);
  };
  return {
    readPositions,
    longPoll,
    openStreams,
    eventStreams,
    tenantFeeds,
    feedWatch,
    pushing,
    peerPlaces,
    peerEvents,
    batchPolls,
    wake,
  };
}

/** As webhooks do, it has a sender of its own. */
function buildEventPush(
  { store, clock, log, config, secrets }: CoreParts,
  logs: AgentLogs,
): { readonly eventPush: EventPush; readonly pushing: BackgroundWork } {
  const warn = (message: string, facts: object) => log.warn(facts, message);
  const post = new OutboundPost({ rules: new AddressRules(config.eventReceivers), clock });
  const eventPush = new EventPush({
    store,
    logs,
    positions: positionsWrittenLater({ save: store.savePushPositions, clock, warn }),
    post,
    sender: secrets.newSessionId(),
    hasOtherSenders: store.hasOtherWriters,
    notFoundIsReceived: config.push404IsReceived === 'on',
    clock,
    random: Math.random,
    reports: {
      failing: (receiver, why) =>
        warn('events cannot be sent to a receiver; they are kept and sent later', { receiver, why }),
      works: (receiver) => log.info({ receiver }, 'a receiver takes events again'),
      storeFailed: (fault) =>
        warn('the store failed while events were sent; they are sent later', { err: fault }),
    },
  });
  return { eventPush, pushing: sendingBy(eventPush, post) };
}

/** Its connections are closed when it has stopped. */
function sendingBy(work: BackgroundWork, post: OutboundPost): BackgroundWork {
  const stop = async () => {
    await work.stop();
    await post.close();
  };
  return { start: () => work.start(), stop };
}

/** Where no other process changes sessions, records are remembered. */
function agentReads(store: Store): Reads {
  if (store.hasOtherWriters) return { findAgent: store.findAgent, learn: () => undefined };
  const remembered = new RememberedAgents(store);
  return {
    findAgent: (workNumber) => remembered.findAgent(workNumber),
    learn: (changes) => remembered.learn(changes),
  };
}

type Built = Pick<Core, 'transactions' | 'leases' | 'sessions' | 'limits'> & {
  readonly directory: Directory;
};

/** Signing in and out, and passwords. */
function signInHandlers(
  { store, clock, config, hashing, secrets }: CoreParts,
  { transactions, leases, sessions, limits }: Built,
) {
  const { nodeName, serverName } = config;
  const receiverRules = new AddressRules(config.eventReceivers);
  const queue = new VerificationQueue({
    slots: Math.max(1, availableParallelism() - 1),
    maxWaiting: MOST_WAITING_VERIFICATIONS,
  });
  const signIns = new SignInService({
    store,
    transactions,
    queue,
    clock,
    hashing,
    secrets,
    nodeName,
    leases,
    limits,
  });
  return {
    ...agentSessionRoutes({ signIns, sessions, leases, receiverRules, serverName }),
    ...passwordRoutes(new PasswordChanges({ store, sessions, queue, hashing, limits, clock })),
  };
}

/** Whatever is asked about others, and done to them. */
function queryHandlers({ config, phase }: CoreParts, { transactions, leases, sessions, directory }: Built) {
  const { serverName, nodeName } = config;
  const storeTimeMs = () => leases.storeTimeMs();
  const supervision = new Supervision({ directory, transactions });
  const monitored = { directory, sessions, serverName, nodeName, version: VERSION, phase, storeTimeMs };
  return {
    ...agentGroupRoutes(directory, nodeName),
    ...noteRoutes(new Notes({ directory, transactions, calendar: civilCalendar, storeTimeMs })),
    ...bulletinRoutes(new Bulletins({ directory, sessions, calendar: civilCalendar, storeTimeMs })),
    ...queueDeviceRoutes(directory, sessions),
    ...qualityControlRoutes({ directory, sessions, supervision }),
    ...queryMonitorRoutes(monitored),
  };
}
