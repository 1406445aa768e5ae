import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Address, type Config, isLoopback } from './config/config.ts';
import { VERSION } from './config/version.ts';
import { buildCore, type Core, type Phase } from './core.ts';
import { BULLETIN_KEPT_MS, MOST_BULLETINS } from './domain/agent-session/bulletin.ts';
import { DAY_MS } from './domain/durations.ts';
import { registerAgentTimeApi } from './http/agent-time-api.ts';
import { registerApiDescription } from './http/api-description.ts';
import { ClientConnections } from './http/client-connection.ts';
import { registerForceAgentsApi } from './http/force-agents-api.ts';
import { registerGatewayApi } from './http/gateway-api.ts';
import { type Certificate, Listeners } from './http/listeners.ts';
import { ProxyHeaders } from './http/proxy-protocol.ts';
import { registerPushReceiversApi } from './http/push-receivers-api.ts';
import { registerResourceJs } from './http/resource-js.ts';
import { createHttpServer } from './http/server.ts';
import { registerSiteApi } from './http/site-api.ts';
import { registerStatusPage } from './http/status-page.ts';
import { registerVdnFeedApi } from './http/vdn-feed-api.ts';
import { registerWebhooksApi } from './http/webhooks-api.ts';
import { AddressRanges } from './platform/addresses.ts';
import { type Cancel, type Clock, systemClock } from './platform/clock.ts';
import { type Logger, sparseWarning } from './platform/logger.ts';
import { argon2Hashing, type PasswordHashing } from './platform/password-hashing.ts';
import { loadOwnCertificate } from './platform/self-made-certificate.ts';
import { type SecretSource, systemSecrets } from './platform/session-tokens.ts';
import type { AgentTransactions } from './services/agent-transactions.ts';
import { PeerContacts } from './services/trusted-peers.ts';
import { openPostgresStore } from './storage/postgres/open.ts';
import { openSqliteStore } from './storage/sqlite/open.ts';
import type { Store } from './storage/store.ts';

/** What a test may put in place of the real parts. */
export interface GatewayOverrides {
  readonly clock?: Clock;
  readonly hashing?: PasswordHashing;
  readonly secrets?: SecretSource;
  /** Called with the door through which every command goes, once the store is open. */
  readonly watchTransactions?: (transactions: AgentTransactions) => void;
}

/** How long an ended session's token opens the rest of its events. */
const ENDED_SESSION_KEPT_MS = DAY_MS;
/** How long a replaced token that is good no more is still known as one (rule TK-4). */
const REPLACED_TOKEN_KEPT_MS = 3_600_000;
const HOUSEKEEPING_MS = 60_000;
const EXPIRY_WARNING_MS = 30 * DAY_MS;
const PRUNED_AT_ONCE = 1_000;
/** A held poll is answered within this when the node stops; then connections are closed. */
const DRAIN_MS = 2_000;
const OPEN_PLAIN_HTTP = 'plain HTTP is open to the network: passwords and tokens can be read on their way';
const STRANGER_TO_PEER =
  "a connection to a trusted peer's listener was closed: it did not show the certificate of clientCertificateFile";
const BAD_PROXY_HEADER =
  'a connection of a trusted proxy was closed: it did not begin with a PROXY protocol header of version 2; ' +
  'let the proxy send one, or set ROLLCALL_PROXY_PROTOCOL=off';

/** Opens the store that the configuration names. */
export function openStore(config: Config, clock: Clock, log: Logger): Promise<Store> {
  return config.databaseUrl === undefined
    ? openSqliteStore({ file: join(config.dataDir, 'rollcall.db'), clock })
    : openPostgresStore({
        url: config.databaseUrl,
        clock,
        warn: (message, cause) => log.warn({ err: cause }, message),
      });
}

/** The ports on which a node listens. */
export interface OpenPorts {
  readonly port: number;
  /** Null: no plain HTTP. */
  readonly plainPort: number | null;
  /** By the names of the trusted peers. */
  readonly peerPorts: ReadonlyMap<string, number>;
}

/** One node: every object built by hand, leaf first. */
export class Gateway {
  readonly #config: Config;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #secrets: SecretSource;
  readonly #overrides: GatewayOverrides;
  readonly #peers: PeerContacts;
  #phase: Phase = 'starting';
  #listeners: Listeners | undefined;
  #store: Store | undefined;
  #core: Core | undefined;
  #cancelHousekeeping: Cancel = () => undefined;

  constructor(config: Config, log: Logger, overrides: GatewayOverrides = {}) {
    this.#config = config;
    this.#log = log;
    this.#clock = overrides.clock ?? systemClock;
    this.#secrets = overrides.secrets ?? systemSecrets;
    this.#overrides = overrides;
    const keepers = config.peers.filter(({ keepsSessionsAlive }) => keepsSessionsAlive);
    this.#peers = new PeerContacts(
      this.#clock,
      keepers.map(({ name }) => name),
    );
  }

  /**
   * Listens, then opens the store and runs `prepare` on it; resolves with the ports when sign-ins are taken.
   * Rejects when a port or the store cannot be had; nothing is left open then.
   */
  async start(prepare: (store: Store) => Promise<void> = async () => undefined): Promise<OpenPorts> {
    const opened = Promise.withResolvers<Store>();
    // Nobody may be waiting for the store when it fails to open; the start itself reports that.
    opened.promise.catch(() => undefined);
    const core = opened.promise.then((store) => this.#openCore(store));
    core.catch(() => undefined);
    this.#listeners = this.#buildServer(core);
    let ports: OpenPorts;
    try {
      ports = await this.#listen(this.#listeners);
      this.#store = await openStore(this.#config, this.#clock, this.#log);
      await prepare(this.#store);
      opened.resolve(this.#store);
      await core;
    } catch (fault) {
      opened.reject(fault);
      await this.stop();
      throw fault;
    }
    this.#phase = 'serving';
    for (const part of this.#core?.background ?? []) part.start();
    this.#scheduleHousekeeping();
    return ports;
  }

  /** Takes no more sign-ins, answers held polls, finishes what was begun, closes. Safe to call twice. */
  async stop(): Promise<void> {
    this.#phase = 'draining';
    this.#cancelHousekeeping();
    for (const part of this.#core?.background ?? []) await part.stop();
    const listeners = this.#listeners;
    this.#listeners = undefined;
    if (listeners !== undefined) {
      this.#core?.longPoll.releaseAll();
      this.#core?.batchPolls.releaseAll();
      this.#core?.openStreams.endAll();
      const cancel = this.#clock.after(DRAIN_MS, () => listeners.closeAllConnections());
      await listeners.close();
      cancel();
    }
    await this.#writeWhatIsLeft();
    await this.#core?.transactions.idle();
    const store = this.#store;
    this.#store = undefined;
    await store?.close();
  }

  /** What is kept in memory between two rounds. Losing it costs little, so a store that fails does not stop the stop. */
  async #writeWhatIsLeft(): Promise<void> {
    try {
      await this.#core?.readPositions.stop();
      await this.#core?.peerPlaces.stop();
      await this.#core?.leases.stop();
      await this.#core?.limits.tidyUp();
    } catch (fault) {
      this.#log.warn(
        { err: fault },
        'read positions, signs of life and sources of sign-ins could not be written at the stop',
      );
    }
  }

  async #listen(listeners: Listeners): Promise<OpenPorts> {
    const { host, port, plain, peers } = this.#config;
    const certificates = await this.#certificates();
    const transport = (clientFingerprint: string | null) =>
      ({ kind: 'tls', certificates, clientFingerprint }) as const;
    const ports = {
      port: await listeners.open({ host, port, transport: transport(null), trustedPeer: null }),
      plainPort: plain === null ? null : await this.#listenPlainly(listeners, plain),
      peerPorts: new Map<string, number>(),
    };
    for (const { name, agents, clientFingerprint, ...own } of peers) {
      const trustedPeer = { name, agents: new Set(agents) };
      const peerPort = await listeners.open({
        host: own.host,
        port: own.port,
        transport: transport(clientFingerprint),
        trustedPeer,
      });
      ports.peerPorts.set(name, peerPort);
    }
    return ports;
  }

  #listenPlainly(listeners: Listeners, address: Address): Promise<number> {
    if (!isLoopback(address.host)) this.#log.warn(address, OPEN_PLAIN_HTTP);
    return listeners.open({ ...address, transport: { kind: 'plain' }, trustedPeer: null });
  }

  async #certificates(): Promise<readonly Certificate[]> {
    const { certificateFiles, dataDir } = this.#config;
    const certificates =
      certificateFiles.length === 0
        ? [await loadOwnCertificate(dataDir, this.#clock.wallMs())]
        : certificateFiles.map(({ certificateFile, keyFile }) => ({
            certificate: readFileSync(certificateFile, 'utf8'),
            key: readFileSync(keyFile, 'utf8'),
          }));
    for (const { certificate } of certificates) this.#warnOfExpiry(new X509Certificate(certificate));
    return certificates;
  }

  #warnOfExpiry({ subject, validTo, validToDate }: X509Certificate): void {
    const isNear = validToDate.getTime() - this.#clock.wallMs() < EXPIRY_WARNING_MS;
    if (isNear)
      this.#log.warn({ subject, validTo }, 'a certificate expires soon; replace it, then start again');
  }

  async #openCore(store: Store): Promise<Core> {
    const { hashing = argon2Hashing, watchTransactions } = this.#overrides;
    const parts = {
      store,
      hashing,
      clock: this.#clock,
      secrets: this.#secrets,
      log: this.#log,
      peers: this.#peers,
    };
    const core = buildCore({ ...parts, config: this.#config, phase: () => this.#phase });
    this.#core = core;
    watchTransactions?.(core.transactions);
    // Every lease begins anew before anybody is served: this node's absence is nobody's silence (rule LE-5).
    await core.leases.start();
    await core.feedWatch.begin();
    await core.peerPlaces.begin(this.#config.peers.map(({ name }) => name));
    return core;
  }

  #buildServer(core: Promise<Core>): Listeners {
    const { serverName, nodeName, agentIdMax, allowedOrigins, mode, tokenMode, proxyProtocol } = this.#config;
    const secrets = this.#secrets;
    const clock = this.#clock;
    const phase = () => this.#phase;
    const trustedProxies = new AddressRanges(this.#config.trustedProxies);
    const proxyHeaders =
      proxyProtocol === 'off'
        ? null
        : new ProxyHeaders({
            trustedProxies,
            clock,
            report: sparseWarning(this.#log, clock, BAD_PROXY_HEADER),
          });
    const connections = new ClientConnections({ clock, trustedProxies, proxyHeaders });
    const server = createHttpServer({
      connections,
      peers: this.#peers,
      clock,
      log: this.#log,
      allowedOrigins,
    });
    registerGatewayApi(server, {
      core,
      phase,
      secrets,
      clock,
      nodeName,
      allowedOrigins,
      highestWorkNumber: agentIdMax,
      renewsTokens: tokenMode === 'dynamic',
    });
    const administration = { core: core.then((built) => built.administration), phase };
    administration.core.catch(() => undefined);
    registerSiteApi(server, { ...administration, version: VERSION, serverName, nodeName });
    const logEpoch = async () => (await core).logEpoch;
    registerForceAgentsApi(server, { ...administration, logEpoch });
    registerPushReceiversApi(server, administration);
    registerWebhooksApi(server, { ...administration, logEpoch });
    registerVdnFeedApi(server, administration);
    registerAgentTimeApi(server, { ...administration, highestWorkNumber: agentIdMax });
    registerResourceJs(server);
    registerApiDescription(server, VERSION);
    registerStatusPage(server, { version: VERSION, phase, nodeName, isDemo: mode === 'demo' });
    const reportStranger = sparseWarning(this.#log, clock, STRANGER_TO_PEER);
    return new Listeners({ server, connections, proxyHeaders, reportStranger });
  }

  #scheduleHousekeeping(): void {
    this.#cancelHousekeeping = this.#clock.after(HOUSEKEEPING_MS, () => {
      this.#core?.longPoll.forgetOldReaders();
      this.#prune()
        .catch((fault: unknown) => this.#log.warn({ err: fault }, 'old rows could not be removed'))
        .finally(() => {
          if (this.#phase === 'serving') this.#scheduleHousekeeping();
        });
    });
  }

  /** In portions, so that commits come in between. */
  async #prune(): Promise<void> {
    await this.#core?.limits.tidyUp();
    const nowMs = this.#core?.leases.storeTimeMs() ?? this.#clock.wallMs();
    const prunes = [
      (store: Store) => store.pruneEndedSessions(nowMs - ENDED_SESSION_KEPT_MS, PRUNED_AT_ONCE),
      (store: Store) => store.pruneReplacedTokens(nowMs - REPLACED_TOKEN_KEPT_MS, PRUNED_AT_ONCE),
      (store: Store) => store.pruneBulletins(nowMs - BULLETIN_KEPT_MS, MOST_BULLETINS, PRUNED_AT_ONCE),
    ];
    for (const prune of prunes) {
      let removed = PRUNED_AT_ONCE;
      while (removed >= PRUNED_AT_ONCE && this.#store !== undefined) removed = await prune(this.#store);
    }
    // Behind the sessions that could still read some of them.
    await this.#core?.retention.prune();
  }
}
