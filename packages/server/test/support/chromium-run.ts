/** Vitest's global setup: one Chromium a run, started when the first test asks for it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserServer } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { startChromium } from './chromium.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address that answers where the browser is: 200 with its endpoint, or 503 with the reason why there is none. */
    chromium: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let browser: Promise<BrowserServer> | undefined;
  const door = createServer((_request, response) => {
    browser ??= startChromium();
    browser.then(
      (started) => response.end(started.wsEndpoint()),
      (fault: unknown) => response.writeHead(503).end(String(fault)),
    );
  }).listen(0, '127.0.0.1');
  await once(door, 'listening');
  project.provide('chromium', `http://127.0.0.1:${(door.address() as AddressInfo).port}/`);
  return async () => {
    door.close();
    const started = await browser?.catch(() => undefined);
    await started?.close();
  };
}
