/** A real Chromium for tests of the page. Where there is none, the tests say so and are skipped; CI may not skip them. */
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** PHITRACE_CHROMIUM, or where Debian and others put it; null if there is none. */
export const CHROMIUM = process.env['PHITRACE_CHROMIUM'] ?? PLACES.find((place) => existsSync(place)) ?? null;

/** `.ci/run` sets it once it has installed Chromium: then a missing browser is a failure. */
const REQUIRED = process.env['PHITRACE_CHROMIUM_REQUIRED'] === '1';

export const SKIPPED = CHROMIUM === null && !REQUIRED;
if (SKIPPED)
  process.stderr.write(
    '\nNOT TESTED: the page of `phitrace map --format html`. There is no Chromium here: apt-get install chromium, or set PHITRACE_CHROMIUM.\n\n',
  );

export function launch(): Promise<Browser> {
  if (CHROMIUM === null) throw new Error('there is no Chromium: apt-get install chromium, or set PHITRACE_CHROMIUM');
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
