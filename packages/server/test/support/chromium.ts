import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { BrowserServer } from 'playwright-core';

/** Why there is no browser to test with. */
class BrowserMissingFault extends Error {
  override readonly name = 'BrowserMissingFault';
}

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];
/** Nothing of it may reach for the network by itself, and root may run it. */
const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Starts Chromium. Throws {@link BrowserMissingFault} when it is not installed. */
export async function startChromium(): Promise<BrowserServer> {
  const executablePath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => PROGRAMS.map((program) => join(folder, program)))
    .find((file) => existsSync(file));
  if (executablePath === undefined) {
    throw new BrowserMissingFault('these tests need a browser: install the Debian package `chromium`');
  }
  const { chromium } = await import('playwright-core');
  return chromium.launchServer({ executablePath, args: FLAGS });
}
