import { type BrowserContext, chromium } from 'playwright-core';
import { inject } from 'vitest';

/** Hands `use` a browser profile of its own that takes self-made certificates, and closes it whatever happens. */
export async function withBrowser<Result>(
  use: (context: BrowserContext) => Promise<Result>,
): Promise<Result> {
  const answer = await fetch(inject('chromium'));
  const text = await answer.text();
  if (!answer.ok) throw new TypeError(text);
  const browser = await chromium.connect(text);
  try {
    return await use(await browser.newContext({ ignoreHTTPSErrors: true }));
  } finally {
    await browser.close();
  }
}
