import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { BrowserContext, Page } from 'playwright-core';
import { withBrowser } from '../support/browser.ts';
import { type RunningGateway, withGateway } from '../support/running-gateway.ts';

/** Agent 291 with an empty password, and a seat. */
const SITE = {
  tenants: [
    {
      tenantId: 1,
      name: 'Desks',
      policy: { emptyPasswords: 'allowed', licence: { agentSeats: 1, videoSeats: 0 } },
      skillQueues: [{ skillQueueId: 2, name: 'Orders', media: 'voice' }],
      agents: [
        {
          workNumber: 291,
          name: 'Agent 291',
          skillQueues: [2],
          firstPassword: 'empty',
          firstPasswordChange: 'optional',
        },
      ],
    },
  ],
};

/** Where a page comes from: the gateway itself, or a server of its own whose origin the gateway lists, or does not. */
export type PageOrigin = 'own' | 'listed' | 'unlisted';

export interface Desk {
  readonly gateway: RunningGateway;
  readonly context: BrowserContext;
  /** A page that has loaded the browser client of the gateway, and then runs the script. */
  open(script?: string): Promise<Page>;
}

/** Starts a gateway with a page of that origin in a browser, and ends both whatever happens. */
export async function withDesk(origin: PageOrigin, use: (desk: Desk) => Promise<void>): Promise<void> {
  let html = '';
  const pages = createServer((request, response) => {
    if (request.url === '/') response.setHeader('Content-Type', 'text/html; charset=utf-8').end(html);
    else void answerWithEcho(request, response);
  }).listen(0, '127.0.0.1');
  await once(pages, 'listening');
  const elsewhere = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  const environment = origin === 'listed' ? { ROLLCALL_ALLOWED_ORIGINS: elsewhere } : {};
  try {
    await withGateway({ environment, site: SITE }, (gateway) =>
      withBrowser(async (context) => {
        const client = `https://127.0.0.1:${gateway.port}/agentgateway/resource-js`;
        const open = async (script = '') => {
          const page = await context.newPage();
          html = `<!doctype html><script src="${client}"></script><script>${script}</script>`;
          if (origin === 'own') {
            await page.goto(client);
            await page.setContent(html);
          } else {
            await page.goto(elsewhere);
          }
          return page;
        };
        await use({ gateway, context, open });
      }),
    );
  } finally {
    pages.close();
    pages.closeAllConnections();
  }
}

/** Answers with what was sent. `give` in the query becomes `Set-GUID`; `how`: as `text`, `never`, or to `whom` alone. */
async function answerWithEcho(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url = '', headers } = request;
  const query = new URL(url, 'http://x').searchParams;
  const body = await text(request);
  const how = query.get('how');
  const give = query.get('give');
  if (how === 'never') return;
  if (give !== null) response.setHeader('Set-GUID', give);
  if (how === 'whom' && headers.authorization === undefined) {
    response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' });
  } else {
    response.setHeader('Content-Type', how === 'text' ? 'text/plain' : 'application/json');
  }
  response.end(JSON.stringify({ method, url, headers, body }));
}
