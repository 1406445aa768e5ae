import { describe, expect, it } from 'vitest';
import { checkDescribed } from '../support/described-answers.ts';
import { type Exchange, NotDescribed } from '../support/described-api.ts';

const SIGN_IN = '/agentgateway/resource/onlineagent/291/loginex';
const STATUS = '/agentgateway/resource/onlineagent/291/agentstatus';
const POLL = '/agentgateway/resource/agentevent/291';
const BUSY = '/agentgateway/resource/onlineagent/291/saybusy';
const SITE = '/api/v1/site';
const FORCE = '/api/v1/vdns/1/agents:force';
const TIMELINE = '/api/v1/vdns/1/agents/291/timeline';
const RESULT = { agentState: 4, isWorking: false };

function done(more: object = {}): string {
  return JSON.stringify({ message: '', retcode: '0', ...more });
}

function exchange(method: string, path: string, more: Partial<Exchange>): Exchange {
  return { method, path, body: Buffer.from(''), status: 200, rawHeaders: [], text: done(), ...more };
}

describe('the comparison of every exchange with the document', () => {
  it.each([
    exchange('GET', STATUS, { text: done({ result: RESULT }) }),
    exchange('GET', `//agentgateway//resource/onlineagent/%32%391/agentstatus/`, {
      text: done({ result: RESULT }),
    }),
    exchange('POST', `${BUSY}?reason=200&prolong=TRUE&time=1`, {}),
    exchange('POST', BUSY, { text: '{"message":"x","retcode":"100-009"}' }),
    exchange('GET', POLL, {}),
    exchange('GET', POLL, { rawHeaders: ['Event-Position', 'k3v9.17'] }),
    exchange('GET', '/agentgateway/resource/onlineagent/291/nothing', { text: 'whatever' }),
    exchange('GET', '/', { text: '<!doctype html>' }),
  ])('finds nothing wrong with $method $path [OA-9]', (each) => {
    expect(() => checkDescribed(each)).not.toThrow();
  });

  it.each([
    [
      'a result of another type',
      exchange('GET', STATUS, { text: done({ result: { ...RESULT, agentState: '4' } }) }),
    ],
    ['a key more', exchange('GET', STATUS, { text: done({ result: { ...RESULT, name: '' } }) })],
    ['no result', exchange('GET', STATUS, {})],
    ['a result where none is', exchange('POST', BUSY, { text: done({ result: 0 }) })],
    ['a code that is not listed', exchange('POST', BUSY, { text: '{"message":"","retcode":"100-010"}' })],
    ['a number for a code', exchange('POST', BUSY, { text: '{"message":"","retcode":0}' })],
    ['a status', exchange('POST', BUSY, { status: 500 })],
    ['a header', exchange('POST', BUSY, { rawHeaders: ['Guid', 'x'] })],
    ['the form of a header', exchange('GET', POLL, { rawHeaders: ['Event-Position', '17.x'] })],
    ['the casing of a header', exchange('GET', POLL, { rawHeaders: ['event-position', 'k3v9.17'] })],
    [
      'an event of another name',
      exchange('GET', POLL, { text: done({ event: { eventType: 'x', workNo: '291', content: null } }) }),
    ],
    ['a query that was taken', exchange('POST', `${BUSY}?reason=251`, {})],
    ['a path that was taken', exchange('POST', BUSY.replace('291', '0291'), {})],
    ['a body that was taken', exchange('PUT', SIGN_IN, { body: Buffer.from('{"phonenum":"1"}') })],
  ])('finds %s that the document does not have [OA-5] [OA-9]', (_what, each) => {
    expect(() => checkDescribed(each)).toThrow(NotDescribed);
  });
});

const SITE_TEXT = JSON.stringify({
  version: '0.1.0',
  state: 'serving',
  serverName: 'A',
  nodeName: 'A1',
  vdns: [],
});
const FORCED_TEXT = JSON.stringify({ vdn: 1, dryRun: false, results: [] });
const FORCE_BODY = Buffer.from('{"act":{"kind":"ready"},"targets":{"filter":{}}}');
const forced = (more: Partial<Exchange>) =>
  exchange('POST', FORCE, { text: FORCED_TEXT, body: FORCE_BODY, ...more });
const refusal = (error: string) => JSON.stringify({ error, message: 'why' });
const STREAM = ['Content-Type', 'text/event-stream; charset=utf-8'];

describe('the comparison of every exchange with the document of the administration', () => {
  it.each([
    exchange('GET', SITE, { text: SITE_TEXT, rawHeaders: ['Content-Type', 'application/json'] }),
    exchange('GET', SITE, {
      status: 401,
      text: refusal('unauthorized'),
      rawHeaders: ['WWW-Authenticate', 'Bearer'],
    }),
    exchange('GET', SITE, { status: 503, text: refusal('unavailable'), rawHeaders: ['Retry-After', '1'] }),
    forced({}),
    forced({ path: FORCE.replace('/1/', '/x/'), status: 404, text: refusal('notFound') }),
    forced({ status: 400, text: refusal('badRequest'), body: Buffer.from('{') }),
    exchange('GET', '/api/v1/nothing', { status: 404, text: 'whatever' }),
    exchange('OPTIONS', SITE, { text: '' }),
    exchange('GET', '/api/v1/docs', { text: '<!doctype html>' }),
    exchange('GET', '/api/v1/openapi/admin.json', { text: '{}' }),
    exchange('GET', SITE, { text: 'data: 1', rawHeaders: STREAM }),
    exchange('GET', '/api/v1/vdns/1/feed', { text: 'data: 1', rawHeaders: STREAM }),
  ])('finds nothing wrong with $method $path, $status [OA-12]', (each) => {
    expect(() => checkDescribed(each)).not.toThrow();
  });

  it.each([
    ['a call', exchange('GET', '/api/v1/vdns/1/secrets', { text: '{}' })],
    [
      'a refusal of a call',
      exchange('GET', '/api/v1/vdns/1/secrets', { status: 401, text: refusal('unauthorized') }),
    ],
    ['another method', exchange('PUT', SITE, { text: '{}' })],
    ['a key more', exchange('GET', SITE, { text: SITE_TEXT.replace('{', '{"more":1,') })],
    ['a key less', exchange('GET', SITE, { text: SITE_TEXT.replace('"state":"serving",', '') })],
    ['a value', exchange('GET', SITE, { text: SITE_TEXT.replace('serving', 'asleep') })],
    [
      'a key more, deep inside',
      forced({ text: FORCED_TEXT.replace('[]', '[{"agent":291,"outcome":"done","position":null,"x":1}]') }),
    ],
    ['a status', exchange('GET', SITE, { status: 500, text: refusal('unavailable') })],
    ['a status that others have', exchange('GET', SITE, { status: 404, text: refusal('notFound') })],
    ['an error', exchange('GET', SITE, { status: 403, text: refusal('teapot') })],
    ['a header', exchange('GET', SITE, { text: SITE_TEXT, rawHeaders: ['Retry-After', '1'] })],
    ['a type', exchange('GET', SITE, { text: SITE_TEXT, rawHeaders: ['Content-Type', 'text/html'] })],
    [
      'a body that was taken',
      forced({ body: Buffer.from('{"act":{"kind":"dance"},"targets":{"filter":{}}}') }),
    ],
    ['a path that was taken', forced({ path: FORCE.replace('/1/', '/01/') })],
    [
      'a query that was taken',
      exchange('GET', `${TIMELINE}?from=today`, {
        text: JSON.stringify({ vdn: 1, agent: 291, from: 0, to: 1, asOf: 1, intervals: [], next: null }),
      }),
    ],
  ])('finds %s that the document does not have [OA-12]', (_what, each) => {
    expect(() => checkDescribed(each)).toThrow(NotDescribed);
  });
});
