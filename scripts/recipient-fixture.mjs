/**
 * The fixture of a recipient: fixtures/recipients/<id>/leaks.ts sends a patient's name and birth date to the vendor,
 * harmless.ts makes the same call without a patient in it. Both are a first draft, for a person to make real.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { analyzeSync } from '../dist/analyze.js';
import { loadKnowledge, shippedRules } from '../dist/knowledge/load.js';
import { sendingCalls } from './recipient-calls.mjs';

const FOLDER = fileURLToPath(new URL('../fixtures/recipients/', import.meta.url));
const MOST_TRIES = 60;

/** Writes both files unless they are there; says what was written. Throws if no call to the vendor could be found. */
export function writeFixture(id, knowledge = loadKnowledge(), files = modelFiles()) {
  const folder = join(FOLDER, id);
  if (existsSync(folder)) return { written: [], call: null };
  const tried = [...sendingCalls(knowledge, files, id)].slice(0, MOST_TRIES);
  for (const call of tried) {
    const finding = findingOf(call, id);
    if (finding === null) continue;
    mkdirSync(folder, { recursive: true });
    const name = knowledge.vendor(id).name;
    writeFileSync(join(folder, 'leaks.ts'), leaking(name, call, marker(finding)));
    writeFileSync(join(folder, 'harmless.ts'), harmless(name, call));
    return { written: [`fixtures/recipients/${id}/leaks.ts`, `fixtures/recipients/${id}/harmless.ts`], call };
  }
  throw new Error(`no call to ${id} that phitrace would report was found among ${tried.length} of its sinks`);
}

/** The model files of rules/, parsed. */
export function modelFiles() {
  return shippedRules().map(({ text }) => parse(text, { merge: true, maxAliasCount: -1 }));
}

function findingOf(call, vendor) {
  const dir = mkdtempSync(join(tmpdir(), 'phitrace-recipient-'));
  try {
    writeFileSync(join(dir, 'package.json'), '{ "name": "draft", "private": true }\n');
    writeFileSync(join(dir, 'leaks.ts'), leaking('', call, ''));
    const { analysis } = analyzeSync({ dir, today: '2026-11-22' });
    const fits = (finding) => finding.recipient?.vendor === vendor && finding.severity !== 'note';
    return (
      analysis.findings.find((each) => fits(each) && each.recipient.service === call.service) ??
      analysis.findings.find(fits) ??
      null
    );
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function marker({ ruleId, recipient, phi }) {
  const letters = [...new Set(phi.flatMap(({ letter }) => (letter === null ? [] : [letter])))].sort();
  return `${ruleId} ${recipient.vendor}/${recipient.service} ${letters.length === 0 ? '*' : letters.join(',')}`;
}

function leaking(name, { imports, setup, write }, expected) {
  return [
    `// ${name}: a patient's name and birth date are handed over.`,
    "import type { Patient } from 'fhir/r4';",
    ...imports,
    '',
    ...setup,
    ...(setup.length > 0 ? [''] : []),
    'export async function leak(patient: Patient): Promise<void> {',
    "  const text = `${patient.name?.[0]?.family ?? ''}, born ${patient.birthDate ?? ''}`;",
    `  // expect-next-line: ${expected}`,
    `  ${awaited(write('text'))};`,
    '}',
    '',
  ].join('\n');
}

function harmless(name, { imports, setup, write }) {
  return [
    `// ${name}: the same call with nothing about a patient in it.`,
    "import type { Patient } from 'fhir/r4';",
    ...imports,
    '',
    ...setup,
    ...(setup.length > 0 ? [''] : []),
    'export async function report(patients: Patient[]): Promise<void> {',
    '  const text = `${patients.length} patients were seen today`;',
    '  // ok-next-line: a count',
    `  ${awaited(write('text'))};`,
    '}',
    '',
  ].join('\n');
}

function awaited(statement) {
  return / = /.test(statement) || statement.startsWith('new ') ? statement : `await ${statement}`;
}
