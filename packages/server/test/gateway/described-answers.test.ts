import { describe, expect, it } from 'vitest';
import { checkDescribed, type Exchange, NotDescribed } from '../support/described-answers.ts';

const SIGN_IN = '/agentgateway/resource/onlineagent/291/loginex';
const STATUS = '/agentgateway/resource/onlineagent/291/agentstatus';
const POLL = '/agentgateway/resource/agentevent/291';
const BUSY = '/agentgateway/resource/onlineagent/291/saybusy';
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
    ['the form of a header', exchange('GET', POLL, { rawHeaders: ['Event-Position', '17'] })],
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
