import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { withDesk } from './desk.ts';

/** What the page's own server was sent. */
interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const ECHO = "$apiURL: location.origin + '/echo'";
const ODD = 'a b/c?d=e&f#g;h+%25ä\u{1F600}';

function withPage(use: (page: Page) => Promise<void>): Promise<void> {
  return withDesk('listed', async ({ open }) => use(await open()));
}

/** Evaluates a call of the browser client that goes to the page's own server. */
function sent(page: Page, call: string): Promise<Sent> {
  return page.evaluate<Sent>(call.replace('ECHO', ECHO));
}

describe('a function of the browser client', () => {
  it('puts each parameter into its place, whatever characters it has [RJ-4] [RJ-9]', async () => {
    await withPage(async (page) => {
      const odd = JSON.stringify(ODD);
      const noted = await sent(
        page,
        `OnlineAgent.sendNotelet({ agentid: 291, receiver: ${odd}, content: ${odd}, more: [1, 'b'], none: null, ECHO })`,
      );
      const { pathname, searchParams } = new URL(noted.url, 'http://x');
      expect(noted.method).toBe('POST');
      expect(pathname.split('/').map(decodeURIComponent)).toEqual([
        ...['', 'echo', 'onlineagent', '291', 'sendnotelet', ODD],
      ]);
      expect([...searchParams]).toEqual([
        ['content', ODD],
        ['more', '1'],
        ['more', 'b'],
      ]);
      expect([noted.body, noted.headers['content-type']]).toEqual(['', undefined]);
      const incomplete = await sent(page, `OnlineAgent.rest({ agentid: 291, time: 0, ECHO })`);
      expect(incomplete.url).toBe('/echo/onlineagent/291/rest/0/undefined');
    });
  });

  it('sends the entity as JSON, or as the text that it is, and the headers that are asked for [RJ-4]', async () => {
    await withPage(async (page) => {
      const json = await sent(page, `OnlineAgent.login({ agentid: 291, $entity: { password: 'ä' }, ECHO })`);
      expect([json.method, json.url]).toEqual(['PUT', '/echo/onlineagent/291']);
      expect([json.body, json.headers['content-type']]).toEqual(['{"password":"ä"}', 'application/json']);
      const text = await sent(
        page,
        `OnlineAgent.login({ agentid: 291, $entity: '{}', $contentType: 'text/x', $accepts: 'text/y', ECHO })`,
      );
      expect([text.body, text.headers['content-type'], text.headers.accept]).toEqual([
        '{}',
        expect.stringMatching(/^text\/x\b/),
        'text/y',
      ]);
      const known = await sent(
        page,
        `OnlineAgent.sayFree({ agentid: 291, how: 'whom', $username: 'ann', $password: 'secret', ECHO })`,
      );
      expect(known.headers.authorization).toBe(`Basic ${btoa('ann:secret')}`);
    });
  });

  it('gives text where the answer is no JSON [RJ-5]', async () => {
    await withPage(async (page) => {
      const answer = await page.evaluate(`OnlineAgent.sayFree({ agentid: 291, how: 'text', ${ECHO} })`);
      expect(answer).toMatch(/^\{"method":"POST"/);
    });
  });

  it('sends the token that the page has, and adopts each that it is given [RJ-6]', async () => {
    await withDesk('listed', async ({ context, open }) => {
      const guid = async (page: Page, more = '') =>
        (await sent(page, `OnlineAgent.sayFree({ agentid: 291, ${more} ECHO })`)).headers.guid;
      const page = await open();
      expect(await guid(page)).toBeUndefined();
      await page.evaluate("cookiestring = 'JSESSIONID=own.n'");
      expect(await guid(page, "give: 'JSESSIONID=first.n',")).toBe('own.n');
      expect(await page.evaluate('cookiestring')).toBe('first.n');
      expect(await guid(page, "give: 'second.n',")).toBe('first.n');
      expect([await guid(page), await guid(page)]).toEqual(['second.n', 'second.n']);
      await context.addInitScript("window.cookiestring = 'early.n'");
      expect(await guid(await open())).toBe('early.n');
    });
  });
});

describe('REST', () => {
  it('calls the origin that served the script, else that of the page [RJ-7]', async () => {
    await withDesk('listed', async ({ gateway, open }) => {
      const page = await open();
      const served = `https://127.0.0.1:${gateway.port}`;
      expect(await page.evaluate('REST.apiURL')).toBe(`${served}/agentgateway/resource`);
      const again = `fetch('${served}/agentgateway/resource-js')
        .then(function (answer) { return answer.text(); })
        .then(function (script) { (0, eval)(script); return REST.apiURL === location.origin + '/agentgateway/resource'; })`;
      expect(await page.evaluate(again)).toBe(true);
    });
  });

  it('makes any request by hand [RJ-8]', async () => {
    await withPage(async (page) => {
      const byHand = await page.evaluate(`new Promise(function (told) {
        var request = new REST.Request();
        request.setMethod('PUT');
        request.setURI('/echo?a=1');
        request.addQueryParameter('b', 'c d');
        request.addHeader('X-Own', 'yes');
        request.setAccepts('text/y');
        request.setContentType('text/x');
        request.setEntity({ e: 1 });
        request.setCredentials('ann', 'secret');
        request.setAsync(false);
        request.execute(function (status, xhr, entity) { told([status, entity]); });
      })`);
      expect(byHand).toMatchObject([
        200,
        {
          method: 'PUT',
          url: '/echo?a=1&b=c%20d',
          body: '{"e":1}',
          headers: { 'x-own': 'yes', accept: 'text/y', 'content-type': 'text/x' },
        },
      ]);
    });
  });

  it('ends a special request with the next, and any that is not answered in time [RJ-8]', async () => {
    await withPage(async (page) => {
      const seen = await page.evaluate(`new Promise(function (told) {
        var seen = [];
        function start(name, uri, isSpecial) {
          var request = new REST.Request();
          request.setSpecial(isSpecial);
          request.setURI(uri);
          request.setTimeoutHandle(function () { seen.push(name + ' late'); told(seen); });
          request.execute(function (status) {
            seen.push(name + ' ' + status);
            if (name !== 'second') return;
            REST.timeoutMs = 100;
            start('third', '/echo?how=never', true);
          });
        }
        start('first', '/echo?how=never', true);
        start('second', '/echo', true);
      })`);
      expect(seen).toEqual(['second 200', 'third 0', 'third late']);
    });
  });

  it('encodes what it is given so that it arrives as it was [RJ-9]', async () => {
    await withPage(async (page) => {
      const names = ['encodePathSegment', 'encodePathParamName', 'encodePathParamValue'];
      for (const name of [...names, 'encodeQueryParamNameOrValue', 'encodeFormNameOrValue']) {
        const encoded = await page.evaluate<string>(`REST.Encoding.${name}(${JSON.stringify(ODD)})`);
        expect(encoded, name).toMatch(/^[\w.~!'()*%+-]+$/);
        const decoded = names.includes(name)
          ? decodeURIComponent(encoded)
          : new URLSearchParams(`x=${encoded}`).get('x');
        expect(decoded, name).toBe(ODD);
      }
    });
  });

  it('tells the console of each request when it is asked to, and of no secret [RJ-10]', async () => {
    await withPage(async (page) => {
      const told: string[] = [];
      page.on('console', (message) => told.push(message.text()));
      await page.evaluate("cookiestring = 'secret-token.n'");
      const call = `OnlineAgent.modifyAccountPwd({ agentid: 291, oldpassword: 'secret-old', newpassword: 'secret-new', ${ECHO} })`;
      await page.evaluate(call);
      await page.evaluate('REST.loglevel = 1');
      await page.evaluate(call.replace('agentid', "$entity: { password: 'secret-body' }, agentid"));
      await page.evaluate("REST.log('over')");
      await expect.poll(() => told.at(-1)).toBe('over');
      expect(told).toEqual([
        expect.stringMatching(/^POST http:.*\/echo\/onlineagent\/291\/modifyaccountpwd answered 200$/),
        'over',
      ]);
    });
  });
});
