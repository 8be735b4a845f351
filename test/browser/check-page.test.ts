/// <reference lib="dom" />
/** The page of findings in a real browser: it can be read, filtered and printed, and nothing from the code runs in it. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderCheckHtml } from '../../src/report/check-html.js';
import { EVIL, evilResult } from '../../src/report/testing/map-sample.js';
import { sampleFinding, sampleResult } from '../../src/report/testing/sample.js';
import { emptyFolder, phitrace, ROOT, TODAY } from '../e2e/command.js';
import { launch, SKIPPED } from './chromium.js';
import { open, violations } from './opened.js';

const NO_LINKS = { repository: null, fromPage: null };

describe.skipIf(SKIPPED)('the page of findings', () => {
  let browser: Browser;
  let clinic = '';
  beforeAll(async () => {
    browser = await launch();
    clinic = path.join(emptyFolder(), 'check.html');
    const options = ['--today', TODAY, '--format', 'html', '--output', clinic, '--quiet'];
    expect(phitrace(['check', 'fixtures/clinic', ...options], { cwd: ROOT }).status).toBe(1);
  }, 180_000);
  afterAll(() => browser.close());

  it('loads from disk, asks for nothing, and opens on the gravest finding', async () => {
    const { page, asked, complaints } = await open(browser, clinic);
    expect([asked, complaints]).toEqual([[], []]);
    expect(await page.title()).toBe('PHI findings: clinic');
    expect(await page.locator('details.finding').count()).toBeGreaterThan(40);
    const first = page.locator('details.finding').first();
    expect(await first.getAttribute('open')).not.toBeNull();
    expect(await first.getAttribute('data-severity')).toBe('error');
    expect(await first.locator('.path li').count()).toBeGreaterThan(2);
    expect(await first.locator('mark').count()).toBeGreaterThan(0);
    await page.close();
  });

  it('filters by word, severity and kind of recipient, with the keyboard alone', async () => {
    const { page } = await open(browser, clinic);
    const shown = page.locator('details.finding:visible');
    const all = await shown.count();
    await page.focus('#search');
    await page.keyboard.type('slack');
    expect(await shown.count()).toBeLessThan(all);
    expect(await page.textContent('#status')).toMatch(/^\d+ of \d+ findings shown$/);
    await page.fill('#search', '');
    await page.focus('input[value=error]');
    await page.keyboard.press('Space');
    expect(await page.locator('#errors').isVisible()).toBe(false);
    await page.keyboard.press('Space');
    await page.selectOption('#kind', 'incidental');
    expect(await page.locator('details.finding[data-kind=partner]:visible').count()).toBe(0);
    expect(await shown.count()).toBeGreaterThan(3);
    await page.selectOption('#kind', '');
    await page.locator('details.finding summary').nth(1).focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('details.finding').nth(1).getAttribute('open')).not.toBeNull();
    await page.close();
  });

  it.each(['light', 'dark'] as const)('has no violation that axe knows (%s)', async (colorScheme) => {
    for (const width of [1280, 390]) {
      const { page } = await open(browser, clinic, width);
      await page.emulateMedia({ colorScheme });
      await page.click('#open-all');
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await page.close();
    }
  });

  it('prints every finding unfolded', async () => {
    const { page } = await open(browser, clinic);
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    expect(pdf).toMatch(/\/MediaBox \[0 0 792(?:\.\d+)? 612(?:\.\d+)?\]/);
    expect(await page.locator('details.finding:not([open])').count()).toBe(0);
    await page.close();
  });

  it('lets nothing from the scanned code run', async () => {
    const flows = evilResult().analysis.flows;
    const findings = flows.map((f) => sampleFinding({ ...f, ruleId: 'phi-in-url', message: EVIL }));
    const file = path.join(emptyFolder(), 'check.html');
    const evil = sampleResult(findings, { excerpt: () => EVIL });
    writeFileSync(file, renderCheckHtml(evil, [], { ...NO_LINKS, repository: 'javascript:hacked()//' }));
    const { page, asked, complaints } = await open(browser, file);
    await page.click('#open-all');
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    expect(await page.locator('img, iframe, object, embed, link, a[href^=javascript]').count()).toBe(0);
    expect([asked, complaints]).toEqual([[], []]);
    await page.close();
  });

  it('is a page without any finding, too', async () => {
    const file = path.join(emptyFolder(), 'check.html');
    writeFileSync(file, renderCheckHtml(sampleResult([]), [], NO_LINKS));
    const { page, complaints } = await open(browser, file);
    expect(await page.textContent('main')).toContain('No findings.');
    expect(complaints).toEqual([]);
    expect(await violations(page)).toEqual([]);
    expect(readFileSync(file, 'utf8')).toContain("default-src 'none'");
    await page.close();
  });
});
