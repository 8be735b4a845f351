/** `--format junit`: one test case a finding, for dashboards that know nothing else. */
import type { Analysis, FindingJson } from '../analysis.js';
import { printable, wellFormed } from './escape.js';
import { active, fromCwd, stepLine } from './places.js';

/** Errors and warnings are failures; notes are test cases that pass and say what was noted. */
export function renderJunit(analysis: Analysis): string {
  const findings = active(analysis);
  const failures = findings.filter((f) => f.severity !== 'note').length;
  const time = (analysis.summary.durationMs / 1000).toFixed(3);
  const counts = `tests="${Math.max(1, findings.length)}" failures="${failures}" errors="0" time="${time}"`;
  const cases =
    findings.length > 0
      ? findings.map((f) => testCase(analysis, f))
      : [`    <testcase classname="phitrace" name="no findings in ${analysis.summary.files} files"/>`];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="phitrace" ${counts}>`,
    `  <testsuite name="phitrace" ${counts}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(analysis: Analysis, f: FindingJson): string {
  const file = fromCwd(analysis, f.file);
  const open = `    <testcase classname="${xml(file)}" name="${xml(`${f.ruleId} at ${f.line}:${f.column}`)}" file="${xml(file)}" line="${f.line}"`;
  const text = [f.message, ...f.path.map((s) => stepLine(analysis, s)), f.help]
    .filter((line) => line !== '')
    .map(xml)
    .join('\n');
  return f.severity === 'note'
    ? `${open}>\n      <system-out>${text}</system-out>\n    </testcase>`
    : `${open}>\n      <failure type="${xml(f.severity)}" message="${xml(f.message)}">${text}</failure>\n    </testcase>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** XML knows no control characters, nor halves of surrogate pairs. */
function xml(text: string): string {
  const safe = wellFormed(printable(text)).replace(/[\ufffe\uffff]/g, '\ufffd');
  return safe.replace(/[&<>"']/g, (c) => ENTITIES[c] ?? c);
}
