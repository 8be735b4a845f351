/**
 * Times the page of `phitrace map --format html` in a real Chromium: a map of 60 recipients and 2,000 flows, from the
 * file's address until it can be used, then a search and a path. Asserts nothing: prints what it measured.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { ts } from 'ts-morph';
import { renderMapHtml } from '../dist/report/map-html.js';

const SAMPLES = fileURLToPath(new URL('../src/report/testing/', import.meta.url));
const CHROMIUM =
  process.env.PHITRACE_CHROMIUM ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((p) => existsSync(p));
const GOAL_MS = 2000;
const RUNS = 5;

/** Prints the measurement, or why there is none. */
export async function measurePage() {
  console.log('map page      60 recipients, 2,000 flows');
  if (CHROMIUM === undefined) {
    console.log('  not measured: there is no Chromium here (apt-get install chromium, or set PHITRACE_CHROMIUM)');
    return;
  }
  const scratch = mkdtempSync(join(tmpdir(), 'phitrace-page-'));
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  });
  try {
    const file = join(scratch, 'map.html');
    const { largeResult, mapContext } = await samples(scratch);
    const started = performance.now();
    writeFileSync(file, renderMapHtml(largeResult(60, 2000), mapContext()));
    const written = performance.now() - started;
    const runs = [];
    for (let n = 0; n < RUNS; n++) runs.push(await visit(browser, pathToFileURL(file).href));
    const of = (key) => runs.map((r) => r[key]).sort((a, b) => a - b);
    const told = (key) => `${Math.round(of(key)[0])} (${Math.round(of(key)[RUNS >> 1])}) ms`;
    console.log(`  written in ${Math.round(written)} ms, ${(statSync(file).size / 1e6).toFixed(1)} MB`);
    console.log(`  min (median) of ${RUNS}, Chromium ${browser.version()}:`);
    console.log(
      `  can be used after ${told('ready')}, a search answers in ${told('search')}, a path opens in ${told('path')}`,
    );
    const slowest = of('ready').at(-1);
    console.log(
      `${slowest <= GOAL_MS ? 'met     ' : 'NOT MET '} the slowest of them: ${Math.round(slowest)} ms (goal: at most ${GOAL_MS})`,
    );
  } finally {
    await browser.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function visit(browser, url) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const timed = async (work) => {
    const started = performance.now();
    await work();
    return performance.now() - started;
  };
  const ready = await timed(async () => {
    await page.goto(url);
    await page.waitForSelector('html[data-ready=true]');
  });
  const search = await timed(async () => {
    await page.fill('#search', 'vendor-07');
    await page.locator('#status', { hasText: ' of ' }).waitFor();
  });
  const path = await timed(async () => {
    await page.locator('tr[data-flow]:visible button').first().click();
    await page.waitForSelector('dialog .path');
  });
  await page.close();
  return { ready, search, path };
}

/** The tests' made-up companies, as JavaScript. */
async function samples(scratch) {
  writeFileSync(join(scratch, 'package.json'), '{"type":"module"}');
  for (const name of ['sample', 'map-sample']) {
    const source = readFileSync(join(SAMPLES, `${name}.ts`), 'utf8');
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    writeFileSync(join(scratch, `${name}.js`), outputText);
  }
  // eslint-disable-next-line no-restricted-syntax -- our own test samples, nothing that was scanned
  return await import(pathToFileURL(join(scratch, 'map-sample.js')).href);
}
