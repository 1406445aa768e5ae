import { readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { join, resolve } from 'node:path';
import { HIGHEST_WORK_NUMBER, WIDEST_WORK_NUMBER } from '@rollcall/contract';
import { type Static, Type } from 'typebox';
import Value from 'typebox/value';
import type { ListedReceivers } from '../platform/address-rules.ts';
import type { AddressRange } from '../platform/addresses.ts';
import { readEventReceiver } from './event-receivers.ts';
import { type Peer, PeersSchema, readPeer } from './peers.ts';
import { Name, NonEmpty, PORT_RANGE } from './setting-types.ts';
import { readAddressRange } from './trusted-proxies.ts';

const ConfigSchema = Type.Object(
  {
    host: Type.Optional(NonEmpty),
    port: Type.Integer({ ...PORT_RANGE, default: 8043 }),
    plainHost: Type.Optional(NonEmpty),
    plainPort: Type.Optional(Type.Integer(PORT_RANGE)),
    dataDir: Type.Optional(NonEmpty),
    databaseUrl: Type.Optional(Type.String({ pattern: '^postgres(ql)?://' })),
    serverName: Type.Optional(Name),
    nodeName: Type.Optional(Name),
    agentIdMax: Type.Integer({
      minimum: HIGHEST_WORK_NUMBER,
      maximum: WIDEST_WORK_NUMBER,
      default: HIGHEST_WORK_NUMBER,
    }),
    tokenMode: Type.Union([Type.Literal('static'), Type.Literal('dynamic')], { default: 'static' }),
    allowedOrigins: Type.Array(Type.String({ pattern: '^https?://[^/]+$' }), { default: [] }),
    trustedProxies: Type.Array(Type.String(), { default: [], maxItems: 100 }),
    proxyProtocol: Type.Union([Type.Literal('off'), Type.Literal('v2')], { default: 'off' }),
    eventsKeptDays: Type.Integer({ minimum: 1, maximum: 3_650, default: 7 }),
    eventReceivers: Type.Array(Type.String(), { default: [], maxItems: 100 }),
    push404IsReceived: Type.Union([Type.Literal('off'), Type.Literal('on')], { default: 'off' }),
    peers: PeersSchema,
    certificateFile: Type.Optional(NonEmpty),
    keyFile: Type.Optional(NonEmpty),
    secondCertificateFile: Type.Optional(NonEmpty),
    secondKeyFile: Type.Optional(NonEmpty),
    logLevel: Type.Union(
      ['error', 'warn', 'info', 'debug', 'silent'].map((level) => Type.Literal(level)),
      { default: 'info' },
    ),
  },
  { additionalProperties: false },
);
type ConfigKey = keyof Static<typeof ConfigSchema>;

/** The environment's name of each setting that it may give, and how its text is read. */
const ENVIRONMENT: Readonly<
  Record<Exclude<ConfigKey, 'peers'>, readonly [name: string, kind: 'text' | 'number' | 'list']>
> = {
  host: ['ROLLCALL_HOST', 'text'],
  port: ['ROLLCALL_PORT', 'number'],
  plainHost: ['ROLLCALL_PLAIN_HOST', 'text'],
  plainPort: ['ROLLCALL_PLAIN_PORT', 'number'],
  dataDir: ['ROLLCALL_DATA_DIR', 'text'],
  databaseUrl: ['ROLLCALL_DATABASE_URL', 'text'],
  serverName: ['ROLLCALL_SERVER_NAME', 'text'],
  nodeName: ['ROLLCALL_NODE_NAME', 'text'],
  agentIdMax: ['ROLLCALL_AGENT_ID_MAX', 'number'],
  tokenMode: ['ROLLCALL_TOKEN_MODE', 'text'],
  allowedOrigins: ['ROLLCALL_ALLOWED_ORIGINS', 'list'],
  trustedProxies: ['ROLLCALL_TRUSTED_PROXIES', 'list'],
  proxyProtocol: ['ROLLCALL_PROXY_PROTOCOL', 'text'],
  eventsKeptDays: ['ROLLCALL_EVENTS_KEPT_DAYS', 'number'],
  eventReceivers: ['ROLLCALL_EVENT_RECEIVERS', 'list'],
  push404IsReceived: ['ROLLCALL_PUSH_404_IS_RECEIVED', 'text'],
  certificateFile: ['ROLLCALL_CERTIFICATE_FILE', 'text'],
  keyFile: ['ROLLCALL_KEY_FILE', 'text'],
  secondCertificateFile: ['ROLLCALL_SECOND_CERTIFICATE_FILE', 'text'],
  secondKeyFile: ['ROLLCALL_SECOND_KEY_FILE', 'text'],
  logLevel: ['ROLLCALL_LOG_LEVEL', 'text'],
};

/** Demo: loopback only, demo data, empty passwords. Site: nothing has a default credential. */
export type Mode = 'demo' | 'site';

export interface Address {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

/** Everything the process is told, validated; nothing else reads the environment. */
export interface Config {
  readonly mode: Mode;
  readonly host: string;
  readonly port: number;
  /** Where plain HTTP is served; null: nowhere. */
  readonly plain: Address | null;
  readonly dataDir: string;
  /** PostgreSQL; undefined: the embedded store in the data folder. */
  readonly databaseUrl: string | undefined;
  readonly serverName: string;
  readonly nodeName: string;
  readonly agentIdMax: number;
  /** `dynamic`: a session's token is renewed every minute in the answers of its polls. */
  readonly tokenMode: 'static' | 'dynamic';
  readonly allowedOrigins: readonly string[];
  /** Whose word counts on who their clients are. */
  readonly trustedProxies: readonly AddressRange[];
  /** `v2`: each connection of a trusted proxy begins with a PROXY protocol header of version 2. */
  readonly proxyProtocol: 'off' | 'v2';
  /** Events are removed after so many days. */
  readonly eventsKeptDays: number;
  /** To whom events may be sent. */
  readonly eventReceivers: ListedReceivers;
  /** `on`: the answer 404 counts as the receipt of events that are sent. */
  readonly push404IsReceived: 'off' | 'on';
  /** Server-side clients that act for agents without their tokens. */
  readonly peers: readonly Peer[];
  /** PEM files; empty: the installation makes its own certificate. */
  readonly certificateFiles: readonly { readonly certificateFile: string; readonly keyFile: string }[];
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug' | 'silent';
}

/** A setting is missing or not valid; the message names it and says what it must be. */
class ConfigFault extends Error {
  override readonly name = 'ConfigFault';
}

/** Merges the file that ROLLCALL_CONFIG names with the environment, which wins. Throws {@link ConfigFault}. */
export function readConfig(mode: Mode, environment: Readonly<Record<string, string | undefined>>): Config {
  const merged = Value.Default(ConfigSchema, {
    ...readConfigFile(environment.ROLLCALL_CONFIG),
    ...readEnvironment(environment),
  });
  if (!Value.Check(ConfigSchema, merged)) throw new ConfigFault(describeFault(merged));
  const serverName = merged.serverName ?? 'AgentGateway';
  const config: Config = {
    mode,
    host: merged.host ?? (mode === 'demo' ? '127.0.0.1' : '0.0.0.0'),
    port: merged.port,
    plain: merged.plainPort === undefined ? null : plainAddress(merged, merged.plainPort),
    dataDir: resolve(merged.dataDir ?? join('data', mode)),
    databaseUrl: merged.databaseUrl,
    serverName,
    nodeName: merged.nodeName ?? `${serverName}1`,
    agentIdMax: merged.agentIdMax,
    tokenMode: merged.tokenMode,
    allowedOrigins: merged.allowedOrigins,
    trustedProxies: merged.trustedProxies.map(readTrustedProxy),
    proxyProtocol: merged.proxyProtocol,
    eventsKeptDays: merged.eventsKeptDays,
    eventReceivers: readEventReceivers(merged.eventReceivers),
    push404IsReceived: merged.push404IsReceived,
    peers: readPeers(merged.peers),
    certificateFiles: certificateFiles(merged),
    logLevel: merged.logLevel as Config['logLevel'],
  };
  checkAddresses(config);
  if (config.proxyProtocol === 'v2' && config.trustedProxies.length === 0) {
    throw new ConfigFault(
      'proxyProtocol (ROLLCALL_PROXY_PROTOCOL) is v2, but trustedProxies (ROLLCALL_TRUSTED_PROXIES) names no proxy ' +
        'that may send its header',
    );
  }
  return config;
}

function readTrustedProxy(text: string): AddressRange {
  const range = readAddressRange(text);
  if (range !== undefined) return range;
  throw new ConfigFault(
    `the setting trustedProxies (ROLLCALL_TRUSTED_PROXIES) holds "${text}", which is neither an IP address ` +
      'nor a range such as 10.0.0.0/8',
  );
}

function readEventReceivers(texts: readonly string[]): ListedReceivers {
  const read = texts.map((text) => {
    const receiver = readEventReceiver(text);
    if (receiver !== undefined) return receiver;
    throw new ConfigFault(
      `the setting eventReceivers (ROLLCALL_EVENT_RECEIVERS) holds "${text}", which is neither a receiver such as ` +
        'crm.example, *.example.com:8443 or http://10.0.0.7:9000, nor a range such as 10.0.0.0/8',
    );
  });
  return {
    receivers: read.flatMap((entry) => (entry.kind === 'receiver' ? [entry.pattern] : [])),
    openRanges: read.flatMap((entry) => (entry.kind === 'range' ? [entry.range] : [])),
  };
}

function readPeers(given: Static<typeof PeersSchema>): readonly Peer[] {
  const names = new Set<string>();
  return given.map((settings) => {
    const { name, host } = settings;
    if (names.has(name)) throw new ConfigFault(`two peers are called ${name}; give each a name of its own`);
    names.add(name);
    const read = readPeer(settings);
    if (read.kind === 'unreadable') {
      throw new ConfigFault(`the certificate ${read.file} of peer ${name} cannot be read: ${read.why}`);
    }
    if (read.peer.clientFingerprint === null && !isLoopback(host)) {
      throw new ConfigFault(
        `peer ${name} listens on ${host} and asks for no certificate: give it a clientCertificateFile, ` +
          'or let it listen on loopback',
      );
    }
    return read.peer;
  });
}

/** Whatever the HTTPS listener's host is: what is not encrypted stays on this machine unless told otherwise. */
function plainAddress({ plainHost }: Static<typeof ConfigSchema>, port: number): Address {
  return { host: plainHost ?? '127.0.0.1', port };
}

/** Every address that the process listens on, with the name of the setting that chooses its port. */
export function listeningAddresses({
  host,
  port,
  plain,
  peers,
}: Config): readonly (Address & { setting: string })[] {
  return [
    { host, port, setting: 'ROLLCALL_PORT' },
    ...(plain === null ? [] : [{ ...plain, setting: 'ROLLCALL_PLAIN_PORT' }]),
    ...peers.map((peer) => ({
      host: peer.host,
      port: peer.port,
      setting: `peer ${peer.name} in the file of ROLLCALL_CONFIG`,
    })),
  ];
}

function checkAddresses(config: Config): void {
  const settings = new Map<number, string>();
  for (const { host, port, setting } of listeningAddresses(config)) {
    if (config.mode === 'demo' && !isLoopback(host)) {
      throw new ConfigFault(
        `host ${host}: demo mode has agents without passwords and listens on loopback only; ` +
          'make a real installation with `rollcall init`',
      );
    }
    const other = port === 0 ? undefined : settings.get(port);
    if (other !== undefined) {
      throw new ConfigFault(
        `port ${port} is given twice, by ${other} and by ${setting}; choose another for one`,
      );
    }
    settings.set(port, setting);
  }
}

/** Whether a host is this machine as it sees itself, so that nobody else reaches what listens there. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

function readConfigFile(file: string | undefined): object {
  if (file === undefined) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as object;
  } catch (cause) {
    throw new ConfigFault(`the configuration file ${file} cannot be read: ${(cause as Error).message}`);
  }
}

function readEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [key, [name, kind]] of Object.entries(ENVIRONMENT)) {
    const text = environment[name];
    if (text === undefined || text === '') continue;
    if (kind === 'text') values[key] = text;
    if (kind === 'number') values[key] = Number(text);
    if (kind === 'list') values[key] = text.split(',').map((part) => part.trim());
  }
  return values;
}

function describeFault(value: unknown): string {
  const [first] = Value.Errors(ConfigSchema, value);
  const path = first?.instancePath.slice(1) ?? '';
  const message = first?.keyword === 'boolean' ? 'is not known' : (first?.message ?? 'is not valid');
  const [key = ''] = path.split('/');
  if (key === 'peers') return `the setting ${path} (in the file of ROLLCALL_CONFIG) ${message}`;
  const name = Object.hasOwn(ENVIRONMENT, key) ? ENVIRONMENT[key as keyof typeof ENVIRONMENT][0] : key;
  return `the setting ${key} (${name}) ${message}`;
}

function certificateFiles(merged: Static<typeof ConfigSchema>): Config['certificateFiles'] {
  const pairs = [
    [merged.certificateFile, merged.keyFile],
    [merged.secondCertificateFile, merged.secondKeyFile],
  ] as const;
  return pairs.flatMap(([certificateFile, keyFile]) => {
    if (certificateFile === undefined && keyFile === undefined) return [];
    if (certificateFile === undefined || keyFile === undefined) {
      throw new ConfigFault('a certificate and its key are given together, or neither');
    }
    return [{ certificateFile, keyFile }];
  });
}
