import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { AddressRules } from '../../src/platform/address-rules.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { NameLookup } from '../../src/platform/name-lookup.ts';
import { checkReceiverUrl, OutboundPost } from '../../src/platform/outbound-post.ts';
import { loadOwnCertificate } from '../../src/platform/self-made-certificate.ts';
import { EventReceiver } from '../support/event-receiver.ts';
import { eventually } from '../support/eventually.ts';
import { StoppableClock } from '../support/stoppable-clock.ts';

/** The rules that a setting stands for. */
function rulesOf(...listed: string[]): AddressRules {
  return new AddressRules(readConfig('site', { ROLLCALL_EVENT_RECEIVERS: listed.join(',') }).eventReceivers);
}

let receiver: EventReceiver;
const open: OutboundPost[] = [];

/** Posts of a site that lists these, and in which names have the addresses given. */
function sender(listed: readonly string[], names: Readonly<Record<string, readonly string[]>> = {}) {
  const asked: string[] = [];
  const lookUp: NameLookup = async (name) => {
    asked.push(name);
    const addresses = names[name] ?? [];
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
  const post = new OutboundPost({ rules: rulesOf(...listed), clock: systemClock, lookUp });
  open.push(post);
  const send = (url: string, headers = {}) => post.post({ url, headers, body: '{"a":"é"}' });
  return { post, send, asked };
}

beforeEach(async () => {
  receiver = await EventReceiver.open();
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((post) => post.close()));
  await receiver.close();
});

describe('what may be named', () => {
  it.each([
    { url: 'https://crm.example/in', listed: 'crm.example' },
    { url: 'https://CRM.Example:443/in', listed: 'https://crm.example' },
    { url: 'https://crm.example:8443/', listed: 'crm.example:8443' },
    { url: 'https://crm.example:9/', listed: 'crm.example:*' },
    { url: 'https://a.b.example.com/', listed: '*.example.com' },
    { url: 'http://crm.example/', listed: 'http://crm.example' },
    { url: 'http://10.0.0.7:9000/', listed: 'http://10.0.0.7:9000' },
    { url: 'https://[fd00::7]/', listed: '[fd00:0::7]' },
    { url: 'https://bücher.example/', listed: 'xn--bcher-kva.example' },
    { url: 'https://xn--bcher-kva.example/', listed: 'bücher.example' },
  ])('$url is allowed where $listed is listed [OB-1] [OB-2] [OB-9]', ({ url, listed }) => {
    expect(checkReceiverUrl(url, rulesOf(listed))).toMatchObject({ kind: 'allowed' });
  });

  it.each([
    { url: 'http://crm.example/', listed: 'crm.example' },
    { url: 'http://crm.example:9/', listed: 'crm.example:*' },
    { url: 'https://crm.example/', listed: 'http://crm.example' },
    { url: 'https://crm.example:8443/', listed: 'crm.example' },
    { url: 'https://crm.example/', listed: 'crm.example:8443' },
    { url: 'https://example.com/', listed: '*.example.com' },
    { url: 'https://badexample.com/', listed: '*.example.com' },
    { url: 'https://example.com.evil.example/', listed: '*.example.com' },
    { url: 'https://evil.example/?crm.example', listed: 'crm.example' },
    { url: 'https://evil.example#crm.example', listed: 'crm.example' },
    { url: 'https://evil.example\\@crm.example/', listed: 'crm.example' },
    { url: 'https://crm.example@evil.example/', listed: 'crm.example' },
    { url: 'https://me@crm.example/', listed: 'crm.example' },
    { url: 'https://me:secret@crm.example/', listed: 'crm.example' },
    { url: 'https://:secret@crm.example/', listed: 'crm.example' },
    { url: 'https://crm.example./', listed: 'crm.example' },
    { url: 'ftp://crm.example/', listed: 'crm.example' },
    { url: 'file:///etc/passwd', listed: 'crm.example' },
    { url: '//crm.example/', listed: 'crm.example' },
    { url: 'crm.example', listed: 'crm.example' },
    { url: '', listed: 'crm.example' },
    { url: 'https://[fe80::1%25eth0]/', listed: '[fe80::1]' },
    { url: 'https://crm.example/', listed: '' },
    { url: 'https://10.0.0.7/', listed: '10.0.0.0/8' },
  ])('$url is refused where "$listed" is listed [OB-1] [OB-2] [OB-3]', ({ url, listed }) => {
    expect(checkReceiverUrl(url, rulesOf(listed))).toMatchObject({ kind: 'refused' });
  });

  it.each([
    'crm.example/path',
    '*',
    '*.10.0.0.1',
    'crm.example:0',
    'crm.example:99999',
    '10.0.0.0/33',
    'a b',
  ])('an entry %s stops the start with one sentence [OB-9]', (entry) => {
    expect(() => rulesOf(entry)).toThrow(
      `the setting eventReceivers (ROLLCALL_EVENT_RECEIVERS) holds "${entry}", which is neither a receiver`,
    );
  });
});

describe('an address in another form', () => {
  const FORMS = [
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '017700000001',
    '127.0.0.1.',
    '127%2e0%2e0%2e1',
    '１２７.0.0.1',
    '127。0。0。1',
    '0',
    '0.0.0.0',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '[2002:7f00:1::]',
    'localhost',
    'localhost.',
    'LOCALHOST',
    'me@127.0.0.1',
  ];

  it.each(FORMS)('reaches nobody: %s [OB-3]', async (form) => {
    const everywhere = await EventReceiver.open({ host: '::' });
    const { post } = sender(['http://crm.example:*', 'http://*.localhost:*', 'crm.example:*']);
    for (const scheme of ['http', 'https']) {
      const url = `${scheme}://${form}:${everywhere.port}/`;
      expect(await post.post({ url, headers: {}, body: '{}' })).toMatchObject({ kind: 'failed' });
    }
    expect(everywhere.heard).toEqual([]);
    await everywhere.close();
  });

  it.each(['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0177.0.0.1', '[::ffff:127.0.0.1]'])(
    'is the address it stands for where that is listed: %s [OB-3]',
    async (form) => {
      const { send } = sender(['http://127.0.0.1:*']);
      expect(await send(receiver.url('/', form))).toEqual({ kind: 'answered', status: 200 });
    },
  );
});

/** Each with an address that only a listed range opens. */
const SPECIAL = [
  ['loopback', '127.0.0.1'],
  ['loopback elsewhere', '127.255.255.254'],
  ['loopback of IPv6', '::1'],
  ['unspecified', '0.0.0.0'],
  ['unspecified of IPv6', '::'],
  ['link-local, with the metadata of clouds', '169.254.169.254'],
  ['link-local of IPv6', 'fe80::1'],
  ['private', '10.255.0.1'],
  ['private, the first', '172.16.0.1'],
  ['private, the last', '172.31.255.255'],
  ['private at home', '192.168.0.1'],
  ['private of IPv6', 'fc00::1'],
  ['metadata at a private address of IPv6', 'fd00:ec2::254'],
  ['shared', '100.64.0.1'],
  ['metadata at a shared address', '100.100.100.200'],
  ['metadata at a public address', '168.63.129.16'],
  ['multicast', '224.0.0.1'],
  ['multicast of IPv6', 'ff02::1'],
  ['broadcast', '255.255.255.255'],
  ['reserved', '240.0.0.1'],
  ['measurements', '198.18.0.1'],
  ['protocol assignments', '192.0.0.192'],
  ['documentation', '203.0.113.1'],
  ['documentation of IPv6', '2001:db8::1'],
  ['mapped loopback', '::ffff:127.0.0.1'],
  ['mapped, in hexadecimal', '::ffff:a00:1'],
  ['loopback as IPv4-compatible', '::127.0.0.1'],
  ['loopback by NAT64', '64:ff9b::7f00:1'],
  ['loopback by local NAT64', '64:ff9b:1::7f00:1'],
  ['loopback by 6to4', '2002:7f00:1::1'],
  ['Teredo', '2001:0:7f00:1::1'],
  ['site-local', 'fec0::1'],
] as const;

describe('a name', () => {
  it.each(SPECIAL)('that has an address of %s reaches nobody: %s [OB-5]', async (_, address) => {
    const { send, asked } = sender(['http://crm.example:*'], { 'crm.example': [address] });
    expect(await send(receiver.url('/', 'crm.example'))).toEqual({
      kind: 'failed',
      why: `crm.example has the address ${address}, which is not allowed`,
    });
    expect(asked).toEqual(['crm.example']);
    expect(receiver.heard).toEqual([]);
  });

  it.each([
    '1.1.1.1',
    '93.184.215.14',
    '172.32.0.1',
    '100.128.0.1',
    '223.255.255.255',
    '::ffff:1.1.1.1',
    '2606:4700::1111',
    '2a00:1450:4001::1',
  ])('may have an address of the public: %s [OB-5]', (address) => {
    expect(rulesOf('crm.example').mayConnect(address)).toBe(true);
  });

  it.each(['fe80::1%eth0', 'nonsense', '', '1.1.1.1 '])('may not have the address "%s" [OB-5]', (address) => {
    expect(rulesOf('crm.example', '1.0.0.0/8').mayConnect(address)).toBe(false);
  });

  it('reaches a special address where its range is listed, and no other [OB-5]', async () => {
    const listed = ['http://*.example:*', '127.0.0.1/32'];
    const names = {
      'a.example': ['127.0.0.1'],
      'b.example': ['127.0.0.2'],
      'c.example': ['::ffff:127.0.0.1'],
    };
    const { send } = sender(listed, names);
    expect(await send(receiver.url('/', 'a.example'))).toEqual({ kind: 'answered', status: 200 });
    expect(await send(receiver.url('/', 'b.example'))).toMatchObject({ kind: 'failed' });
    expect(await send(receiver.url('/', 'c.example'))).toEqual({ kind: 'answered', status: 200 });
    expect(receiver.heard.map(({ headers }) => headers.host?.split(':')[0])).toEqual([
      'a.example',
      'c.example',
    ]);
  });

  it('with one address that is not allowed among others reaches none of them [OB-4]', async () => {
    const { send } = sender(['http://crm.example:*', '127.0.0.1/32'], {
      'crm.example': ['127.0.0.1', '10.0.0.1'],
    });
    expect(await send(receiver.url('/', 'crm.example'))).toMatchObject({ kind: 'failed' });
    expect(receiver.heard).toEqual([]);
  });

  it('is looked up once for each connection, and its new addresses are checked [OB-4]', async () => {
    const addresses = ['127.0.0.1'];
    const elsewhere = await EventReceiver.open({ host: '0.0.0.0' });
    const { send, asked } = sender(['http://crm.example:*', '127.0.0.1/32'], { 'crm.example': addresses });
    const url = elsewhere.url('/', 'crm.example');
    elsewhere.answer = (_, response) => void response.setHeader('Connection', 'close').end();
    expect(await send(url)).toEqual({ kind: 'answered', status: 200 });
    expect(asked).toHaveLength(1);
    addresses[0] = '127.0.0.2';
    expect(await send(url)).toEqual({
      kind: 'failed',
      why: 'crm.example has the address 127.0.0.2, which is not allowed',
    });
    expect(asked).toHaveLength(2);
    expect(elsewhere.heard).toHaveLength(1);
    await elsewhere.close();
  });

  it('without any address fails [OB-8]', async () => {
    const post = new OutboundPost({ rules: rulesOf('does-not-exist.invalid'), clock: systemClock });
    open.push(post);
    const url = 'https://does-not-exist.invalid/?secret=1';
    expect(await post.post({ url, headers: {}, body: '' })).toMatchObject({
      kind: 'failed',
      why: expect.stringMatching(/^its name /),
    });
  });
});

describe('a request', () => {
  const LISTED = ['http://127.0.0.1:*'];

  it('carries its headers as they are written and the length of its body [OB-7]', async () => {
    const { send } = sender(LISTED);
    await send(receiver.url('/in?x=1'), { Guid: 'a', service_token: 'b' });
    const [heard] = receiver.heard;
    expect(heard).toMatchObject({ method: 'POST', path: '/in?x=1', body: '{"a":"é"}' });
    expect(heard?.rawHeaders).toEqual(
      expect.arrayContaining(['Guid', 'service_token', 'Content-Length', '10']),
    );
    expect(heard?.headers['transfer-encoding']).toBeUndefined();
  });

  it.each([204, 404, 500])('is answered %i [OB-7]', async (status) => {
    receiver.answer = (_, response) => void response.writeHead(status).end('why not');
    expect(await sender(LISTED).send(receiver.url())).toEqual({ kind: 'answered', status });
  });

  it.each([301, 302, 303, 307, 308])('does not follow a redirect %i [OB-6]', async (status) => {
    const other = await EventReceiver.open();
    receiver.answer = (_, response) => void response.writeHead(status, { Location: other.url() }).end();
    expect(await sender(LISTED).send(receiver.url())).toEqual({ kind: 'answered', status });
    expect(other.heard).toEqual([]);
    await other.close();
  });

  it('uses a connection again, and a new one when the receiver has closed that [OB-7]', async () => {
    const { send } = sender(LISTED);
    const answered = { kind: 'answered', status: 200 };
    for (let count = 0; count < 3; count++) expect(await send(receiver.url())).toEqual(answered);
    expect(new Set(receiver.heard.map(({ fromPort }) => fromPort)).size).toBe(1);
    receiver.closeIdleConnections();
    expect(await send(receiver.url())).toEqual(answered);
    expect(new Set(receiver.heard.map(({ fromPort }) => fromPort)).size).toBe(2);
  });

  it('opens no more than 16 connections to one host [OB-7]', async () => {
    const { send } = sender(LISTED);
    const held: (() => void)[] = [];
    receiver.answer = (_, response) => void held.push(() => response.end());
    const sent = Promise.all(Array.from({ length: 20 }, () => send(receiver.url())));
    await eventually(() => expect(held).toHaveLength(16));
    receiver.answer = (_, response) => void response.end();
    for (const release of held) release();
    expect(await sent).toEqual(Array.from({ length: 20 }, () => ({ kind: 'answered', status: 200 })));
    expect(new Set(receiver.heard.map(({ fromPort }) => fromPort)).size).toBe(16);
  });

  it('reads no more than 64 KiB of an answer, and takes its status all the same [OB-7]', async () => {
    let written = 0;
    receiver.answer = (_, response) => {
      response.writeHead(200);
      const more = () => {
        if (response.destroyed) return;
        written += 16_384;
        response.write(Buffer.alloc(16_384), () => setImmediate(more));
      };
      more();
    };
    expect(await sender(LISTED).send(receiver.url())).toEqual({ kind: 'answered', status: 200 });
    // What the kernel buffers on both sides may be on its way.
    expect(written).toBeLessThan(16_000_000);
  });

  it('is given up after 10 seconds, before and after the connection is made [OB-7]', async () => {
    const clock = new StoppableClock();
    const post = new OutboundPost({ rules: rulesOf(...LISTED, '127.0.0.1:*'), clock });
    open.push(post);
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    for (const scheme of ['http', 'https']) {
      const known = sockets.length;
      const outcome = clock.whileStopped(async () => {
        const sent = post.post({ url: `${scheme}://127.0.0.1:${port}/`, headers: {}, body: '{}' });
        await eventually(() => expect(sockets).toHaveLength(known + 1));
        clock.advance(9_999);
        clock.advance(1);
        return sent;
      });
      expect(await outcome).toEqual({ kind: 'failed', why: 'no answer within 10 s' });
    }
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => void silent.close(() => resolve()));
  });

  it('says in one sentence why it failed, and names no path and no header [OB-8]', async () => {
    const { send } = sender(LISTED);
    const url = receiver.url('/secret-path?secret=query');
    receiver.answer = (_, response) => void response.destroy();
    expect(await send(url)).toEqual({ kind: 'failed', why: 'the connection was closed' });
    receiver.answer = (_, response) => void response.socket?.end('nonsense\r\n\r\n');
    expect(await send(url)).toEqual({ kind: 'failed', why: 'the request failed (HPE_INVALID_CONSTANT)' });
    expect(await send(url, { Guid: 'secret\r\nheader' })).toEqual({
      kind: 'failed',
      why: 'the request failed (ERR_INVALID_CHAR)',
    });
    await receiver.close();
    expect(await send(url)).toEqual({ kind: 'failed', why: 'the connection was refused' });
    expect(await send('http://10.0.0.1:8/secret')).toEqual({
      kind: 'failed',
      why: 'http://10.0.0.1:8 is not listed as a receiver',
    });
  });

  it('ends when its caller gives it up, or when the sender is closed [OB-7]', async () => {
    const { post } = sender(LISTED);
    receiver.answer = () => undefined;
    const own = new AbortController();
    const request = { url: receiver.url(), headers: {}, body: '{}' };
    const first = post.post({ ...request, signal: own.signal });
    const second = post.post(request);
    await eventually(() => expect(receiver.heard).toHaveLength(2));
    own.abort();
    expect(await first).toEqual({ kind: 'failed', why: 'it was given up' });
    await post.close();
    expect(await second).toEqual({ kind: 'failed', why: 'it was given up' });
    expect(await post.post(request)).toEqual({ kind: 'failed', why: 'it was given up' });
    expect(receiver.heard).toHaveLength(2);
  });
});

describe('a request over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-outbound-'));
  const trusted = getCACertificates('default');
  let tls: { certificate: string; key: string };

  beforeAll(async () => {
    tls = await loadOwnCertificate(folder, Date.now());
  });

  afterAll(() => {
    setDefaultCACertificates(trusted);
    rmSync(folder, { recursive: true });
  });

  it('reaches a receiver whose certificate is trusted and bears its name, and no other [OB-1] [OB-8]', async () => {
    const secure = await EventReceiver.open({ tls });
    const listed = ['127.0.0.1:*', 'localhost:*', 'crm.example:*', '127.0.0.0/8'];
    const { send } = sender(listed, { localhost: ['127.0.0.1'], 'crm.example': ['127.0.0.1'] });
    expect(await send(secure.url())).toEqual({
      kind: 'failed',
      why: 'TLS failed (DEPTH_ZERO_SELF_SIGNED_CERT)',
    });
    setDefaultCACertificates([...trusted, tls.certificate]);
    expect(await send(secure.url())).toEqual({ kind: 'answered', status: 200 });
    expect(await send(secure.url('/', 'localhost'))).toEqual({ kind: 'answered', status: 200 });
    expect(await send(secure.url('/', 'crm.example'))).toEqual({
      kind: 'failed',
      why: 'TLS failed (ERR_TLS_CERT_ALTNAME_INVALID)',
    });
    expect(secure.heard).toHaveLength(2);
    await secure.close();
  });
});
