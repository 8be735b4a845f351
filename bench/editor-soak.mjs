/**
 * A day at an editor, in one process: unsaved text goes through ESLint's Node API, as the VS Code extension does it (an
 * ESLint object for each validation), in three workspace folders, while files are made, renamed, edited and deleted. Says
 * what the heap holds after each tenth, and throws where a finding is missing or stands where none is.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as parser from '@typescript-eslint/parser';
import { ESLint } from 'eslint';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TODAY = '2026-11-22';
const CLIENT = `import OpenAI from 'openai';
const openai = new OpenAI();
export async function complete(prompt: string): Promise<void> {
  await openai.responses.create({ model: 'gpt-5.4', input: prompt });
}
`;
const PAGE = `import type { Patient } from 'fhir/r4';
import { complete } from './client.js';
export async function summarise(patient: Patient): Promise<void> {
  await complete(\`Summarise \${JSON.stringify(patient)}\`);
}
`;
const SAFE = PAGE.replace('JSON.stringify(patient)', 'patient.name?.length');
const COVERED = `version: 1
agreements:
  - { vendor: openai, executed: 2026-01-01, reviewed: 2026-11-01, services: all }
`;
const CLINIC_FILE = 'src/app/api/visits/[id]/summary/route.ts';
/** One edit of so many is in the clinic, which takes longer. */
const CLINIC_EVERY = 40;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
function heapMb() {
  collect();
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/**
 * `edits` is how many texts are linted. Returns the heap in MB after each tenth of them (the first tenth warms up), the
 * milliseconds that an edit took, and how many reports there were.
 */
export async function soak(edits) {
  const { default: phitrace } = await import('../dist/eslint/index.js');
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'phitrace-soak-')));
  try {
    const open = small(top, 'open', {});
    const covered = small(top, 'covered', { 'baa.yaml': COVERED });
    const clinic = join(top, 'clinic');
    cpSync(join(ROOT, 'fixtures/clinic'), clinic, { recursive: true });
    const clinicText = readFileSync(join(clinic, CLINIC_FILE), 'utf8');
    const overrideConfig = [
      { files: ['**/*.{ts,tsx}'], languageOptions: { parser } },
      phitrace.configs.recommended,
      { settings: { phitrace: { today: TODAY, cache: false } } },
    ];
    const lint = async (cwd, file, text) => {
      const eslint = new ESLint({ cwd, overrideConfigFile: true, overrideConfig });
      const [result] = await eslint.lintText(text, { filePath: join(cwd, file) });
      return result.messages.filter((m) => m.ruleId === 'phitrace/phi-to-uncovered-vendor').map((m) => m.line);
    };
    const heap = [];
    let reports = 0;
    const started = performance.now();
    for (let i = 0; i < edits; i++) {
      const leaks = i % 2 === 0;
      if (i % CLINIC_EVERY === CLINIC_EVERY - 1) {
        const lines = '\n'.repeat(i % 7);
        const found = await lint(clinic, CLINIC_FILE, `${lines}${clinicText}`);
        expect(found, [17 + (i % 7)], i);
        reports += found.length;
      }
      const folder = i % 3 === 0 ? covered : open;
      // Typing, in a name that was never there before.
      const text = (leaks ? PAGE : SAFE).replaceAll('patient', `patient${i}`);
      const found = await lint(folder, 'src/page.ts', text);
      expect(found, leaks && folder === open ? [4] : [], i);
      reports += found.length;
      await files(folder, i, (file, changed) => lint(folder, file, changed));
      if ((i + 1) % Math.floor(edits / 10) === 0) heap.push(heapMb());
    }
    return { heap, milliseconds: (performance.now() - started) / edits, reports };
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
}

/** Now and then a file is made, renamed, edited under its new name, and deleted. */
async function files(folder, i, lint) {
  const name = (what, from) => join('src', `${what}${i - from}.ts`);
  const step = i % 60;
  if (step === 1) put(folder, name('extra', 0), PAGE);
  if (step === 7) renameSync(join(folder, name('extra', 6)), join(folder, name('moved', 6)));
  if (step === 13) expect(await lint(name('moved', 12), `\n${PAGE}`), [5], i);
  if (step === 19) rmSync(join(folder, name('moved', 18)));
  // A new file that is never saved, and one that is linted once more after it was deleted.
  if (step === 25) expect(await lint(name('unsaved', 0), PAGE), [4], i);
  if (step === 31) expect(await lint(name('moved', 30), PAGE), [4], i);
}

function small(top, name, more) {
  const folder = join(top, name);
  const all = { 'package.json': '{"dependencies":{"openai":"^6.0.0"}}', 'src/client.ts': CLIENT, 'src/page.ts': SAFE };
  for (const [file, text] of Object.entries({ ...all, ...more })) put(folder, file, text);
  return folder;
}

function put(folder, file, text) {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

function expect(found, expected, edit) {
  if (found.join() !== expected.join())
    throw new Error(`edit ${edit}: reports at lines [${found.join()}], expected [${expected.join()}]`);
}

/** For `npm run bench -- --only editor`. */
export async function measureEditor(edits) {
  const { heap, milliseconds, reports } = await soak(edits);
  console.log(
    `editor        ${edits} edits through ESLint's API, ${milliseconds.toFixed(0)} ms each, ${reports} reports`,
  );
  console.log(`heap, MB      ${heap.map((mb) => mb.toFixed(1)).join('  ')} (after each tenth)`);
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  await measureEditor(Number(process.argv[2] ?? 2000));
