import type { SeededRandom } from '../../faults/support/seeded-random.ts';
import type { RoughRequest } from './wire-request.ts';

type Mutation = (request: RoughRequest, random: SeededRandom) => RoughRequest;

const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'PROPFIND', 'TRACE'];
const ODD_SEGMENTS = [
  '%zz',
  '%',
  '%2',
  '%00',
  '%0d%0a',
  '%c3',
  '%ff%fe',
  '%ed%a0%80',
  '%F0%9F%98%80',
  '%2F',
  '%252e%252e',
  '..',
  '.',
  '%2e%2e',
  '0291',
  '-1',
  '1e3',
  '291.0',
  '+291',
  '%20291',
  '291%20',
  '٢٩١',
  '291;x=1',
  '__proto__',
  'constructor',
  'null',
  'NaN',
  '999999',
  '100',
  '60000',
  '4294967587',
  '9'.repeat(400),
  'a'.repeat(2_000),
  '%41'.repeat(500),
];
const ODD_QUERIES = [
  'reason=200',
  'reason=',
  'reason=199',
  'reason=%zz',
  'reason=200&reason=300',
  'reason[]=200',
  'prolong=maybe',
  'reason=%00',
  '&&&==',
  'reason=2%30%30',
  '__proto__[a]=1',
  'oldpassword=&newpassword=',
  'oldpassword=%ff',
  '%',
  `reason=${'0'.repeat(3_000)}`,
  '?',
  'oldpassword=x',
  'time=1',
  'reason=٢٠٠',
  'after=-1',
  'after=%00.1',
];
const ODD_HEADERS: readonly (readonly [string, string])[] = [
  ['Guid', ''],
  ['Guid', 'x'.repeat(4_000)],
  ['Guid', '00000000-0000-0000-0000-000000000000.n'],
  ['GUID', 'null'],
  ['Cookie', 'JSESSIONID'],
  ['Cookie', 'JSESSIONID=; JSESSIONID="'],
  ['Cookie', '='.repeat(2_000)],
  ['Cookie', '\u00e9'],
  ['Cookie', 'JSESSIONID00000000-0000-0000-0000-000000000000; Path/agentgateway'],
  ['Origin', 'null'],
  ['Origin', ''],
  ['Origin', 'https://elsewhere.example'],
  ['Content-Type', ''],
  ['Content-Type', ';;;'],
  ['Content-Type', 'text/xml'],
  ['Content-Type', 'multipart/form-data; boundary='],
  ['Content-Encoding', 'gzip'],
  ['Content-Encoding', 'UTF-8'],
  ['Expect', '100-continue'],
  ['Expect', 'the worst'],
  ['Accept', 'text/html'],
  ['Accept-Encoding', 'br'],
  ['Host', ''],
  ['X-HTTP-Method-Override', 'DELETE'],
  ['X-Forwarded-For', '127.0.0.1'],
  ['Range', 'bytes=0-1'],
  ['If-Match', '*'],
  ['Upgrade', 'websocket'],
  ['Connection', 'close'],
  ['Connection', 'Upgrade, HTTP2-Settings'],
  ['Te', 'trailers'],
  ['__proto__', '1'],
  ['Authorization', 'Bearer x'],
  ['Via', '1.0 x'],
  ['X', 'y'.repeat(8_000)],
];
const UNREADABLE_HEADERS: readonly (readonly [string, string])[] = [
  ['X', '\u0001'],
  ['X Y', 'z'],
  ['', 'x'],
  ['Content-Length', '-1'],
  ['Content-Length', 'one'],
  ['X', 'y'.repeat(30_000)],
  ['Transfer-Encoding', 'gzip'],
  ['X', '\u{1f600}\u0000'],
];
const ODD_VALUES: readonly string[] = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '1',
  '-1',
  '4.5',
  '1e400',
  '-1e400',
  '9007199254740993',
  '1e-7',
  '""',
  '" "',
  '"11"',
  '[]',
  '{}',
  '[[]]',
  '{"length":5}',
  '{"toString":1}',
  '{"__proto__":{"a":1}}',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udc00x"',
  '"\\u202e"',
  '"40038"',
  '"ü"',
  '"😀"',
  `"${'x'.repeat(33)}"`,
  `"${'😀'.repeat(40)}"`,
  '"true"',
  '"FALSE"',
  '"0x4"',
  '"4 "',
  '"255.255.255.255"',
  '"256.1.1.1"',
  '"::1"',
  '"1.2.3"',
  '"https://127.0.0.1/"',
  '"a\\tb"',
  '"\\r\\nX: y"',
  '04',
  "'x'",
  'undefined',
  'NaN',
  '"unfinished',
  '{"a":',
  String(2 ** 53),
  '40038',
  '11',
  '"4"',
];
const FIELDS = [
  'phonenum',
  'autoanswer',
  'autoenteridle',
  'releasephone',
  'agenttype',
  'status',
  'ip',
  'entryIp',
  'phonelinkage',
  'checkInWebm',
  'checkInMailm',
  'vcPhoneNumber',
  'listenStatus',
  'callBackUri',
  'serviceToken',
  'pushUrl',
  'newPassword',
  '__proto__',
  'constructor',
  'toString',
  'password ',
  'PASSWORD',
  '',
];

const method: Mutation = (request, random) => ({ ...request, method: random.oneOf(METHODS) });

/** Changes a part of the path, or the whole of it. */
const path: Mutation = (request, random) => {
  const [whole = '', query] = request.target.split('?', 2);
  const segments = whole.split('/');
  const place = 1 + random.below(segments.length - 1);
  const changed = random.oneOf([
    () => segments.toSpliced(place, 1),
    () => segments.toSpliced(place, 0, segments[place] ?? ''),
    () => segments.toSpliced(place, 0, '', ''),
    () => segments.with(place, random.oneOf(ODD_SEGMENTS)),
    () => segments.with(place, random.oneOf(ODD_SEGMENTS)),
    () => segments.with(place, percentEncoded(segments[place] ?? '')),
    () => segments.with(place, (segments[place] ?? '').toUpperCase()),
    () => [...segments, random.oneOf(ODD_SEGMENTS)],
    () => [...segments, ''],
    () => ['', random.oneOf(ODD_SEGMENTS)],
  ])();
  const path = changed.join('/');
  return { ...request, target: (path === '' ? '/' : path) + (query === undefined ? '' : `?${query}`) };
};

const query: Mutation = (request, random) => ({
  ...request,
  target: `${request.target}${request.target.includes('?') ? '&' : '?'}${random.oneOf(ODD_QUERIES)}`,
});

const header: Mutation = (request, random) => ({
  ...request,
  headers: [...request.headers, random.oneOf(ODD_HEADERS)],
});

const repeatedHeader: Mutation = (request, random) =>
  request.headers.length === 0
    ? request
    : { ...request, headers: [...request.headers, random.oneOf(request.headers)] };

const missingHeader: Mutation = (request, random) => ({
  ...request,
  headers: request.headers.toSpliced(random.below(request.headers.length + 1), 1),
});

const unreadableHeader: Mutation = (request, random) => ({
  ...request,
  headers: [...request.headers, random.oneOf(UNREADABLE_HEADERS)],
  mayBeUnreadable: true,
});

const framing: Mutation = (request) => ({ ...request, framing: 'chunked' });

/** A field more, or one that is there already once more; the value need not even be JSON. */
const field: Mutation = (request, random) => {
  const text = request.body.toString('utf8');
  const added = `"${random.oneOf(FIELDS)}":${random.oneOf(ODD_VALUES)}`;
  const body = text.startsWith('{"') ? `${text.slice(0, -1)},${added}}` : `{${added}}`;
  return { ...request, body: Buffer.from(body) };
};

const bytes: Mutation = (request, random) => {
  const { body } = request;
  const place = random.below(body.length + 1);
  const changed = random.oneOf([
    () => body.subarray(0, place),
    () => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]),
    () => Buffer.concat([body, body]),
    () => Buffer.concat([body.subarray(0, place), Buffer.from([random.below(256)]), body.subarray(place)]),
    () => Buffer.from(body.toString('utf8'), 'latin1'),
    () => Buffer.from(body.toString('utf8'), 'utf16le'),
    () => Buffer.from(`[${body}]`),
    () => Buffer.from(`${'['.repeat(20_000)}${body}`),
    () => Buffer.from(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`),
    () => padded(body, 65_536 - 1 + random.below(3)),
    () => Buffer.alloc(70_000, 'x'),
    () => Buffer.alloc(0),
  ])();
  return { ...request, body: changed };
};

/** The same object, so many bytes long. */
function padded(body: Buffer, length: number): Buffer {
  const text = body.toString('utf8');
  if (!text.endsWith('}')) return body;
  const rest = `${text === '{}' ? '' : ','}"pad":""}`;
  const missing = length - Buffer.byteLength(text) + 1 - rest.length;
  return Buffer.from(`${text.slice(0, -1)}${rest.slice(0, -2)}${'y'.repeat(Math.max(0, missing))}"}`);
}

const version: Mutation = (request) => ({ ...request, version: '1.0', framing: 'length' });

const MUTATIONS: readonly Mutation[] = [
  method,
  path,
  path,
  path,
  query,
  query,
  header,
  header,
  header,
  repeatedHeader,
  missingHeader,
  unreadableHeader,
  framing,
  field,
  field,
  field,
  field,
  field,
  bytes,
  bytes,
  bytes,
  version,
];

/** Changes a request in one to three ways. */
export function mutated(request: RoughRequest, random: SeededRandom): RoughRequest {
  let changed = request;
  for (let left = 1 + random.below(3); left > 0; left--) changed = random.oneOf(MUTATIONS)(changed, random);
  // Bytes above ASCII may be refused as no address at all.
  const isAscii = [...changed.target].every((character) => character > ' ' && character <= '~');
  return isAscii ? changed : { ...changed, mayBeUnreadable: true };
}

function percentEncoded(text: string): string {
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}
