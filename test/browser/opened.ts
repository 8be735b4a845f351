/// <reference lib="dom" />
/** A page in a real browser: opened from disk, with everything that it asks for or complains of, and what axe says of it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

declare const axe: {
  run(): Promise<{ violations: { id: string; nodes: { target: unknown; failureSummary?: string }[] }[] }>;
};

export interface Opened {
  readonly page: Page;
  /** Addresses that the page asked for, besides itself. */
  readonly asked: string[];
  readonly complaints: string[];
}

export async function open(browser: Browser, file: string, width = 1280, height = 800): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width, height } });
  const asked: string[] = [];
  const complaints: string[] = [];
  const url = pathToFileURL(file).href;
  page.on('request', (r) => {
    if (r.url() !== url) asked.push(r.url());
  });
  page.on('console', (m) => complaints.push(m.text()));
  page.on('pageerror', (e) => complaints.push(String(e)));
  await page.goto(url);
  await page.waitForSelector('html[data-ready=true]', { timeout: 10_000 });
  return { page, asked, complaints };
}

export async function violations(page: Page): Promise<string[]> {
  // What is not on the screen yet is laid out late; axe is to see it all.
  await page.evaluate(() => {
    for (const part of document.querySelectorAll<HTMLElement>('.appendix')) part.style.contentVisibility = 'visible';
  });
  // Through the debugger, which the policy of the page does not bind.
  await page.evaluate(AXE);
  const { violations: found } = await page.evaluate(() => axe.run());
  return found.map(
    (v) =>
      `${v.id}: ${v.nodes
        .map((n) => `${String(n.target)} ${n.failureSummary ?? ''}`)
        .slice(0, 3)
        .join('; ')}`,
  );
}
