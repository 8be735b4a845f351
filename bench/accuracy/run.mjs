/**
 * `npm run bench:accuracy -- --ql DIR --joern DIR [--verbose]`: recall and precision on the data-flow tests of other tools,
 * read from copies of their repositories (folders or git directories of Semmle/ql and joernio/joern).
 */
import { parseArgs } from 'node:util';
import { codeql } from './codeql.mjs';
import { joern } from './joern.mjs';
import { suite } from './read.mjs';

const { values } = parseArgs({
  options: { ql: { type: 'string' }, joern: { type: 'string' }, verbose: { type: 'boolean' } },
});
if (!values.ql && !values.joern) {
  console.error('Which suites? --ql DIR (Semmle/ql) and --joern DIR (joernio/joern)');
  process.exit(2);
}

const results = [];
if (values.ql) results.push(...codeql(suite(values.ql)));
if (values.joern) results.push(...joern(suite(values.joern)));

const percent = (a, b) => (b === 0 ? '–' : `${((100 * a) / b).toFixed(1)} %`);
const rows = [['suite', 'expected', 'found', 'missed', 'extra', 'recall', 'precision']];
const total = { expected: 0, hit: 0, extra: 0 };
for (const r of results) {
  const hit = [...r.expected].filter((x) => r.found.has(x));
  const missed = [...r.expected].filter((x) => !r.found.has(x));
  const extra = [...r.found].filter((x) => !r.expected.has(x));
  total.expected += r.expected.size;
  total.hit += hit.length;
  total.extra += extra.length;
  rows.push(
    [
      r.suite,
      r.expected.size,
      hit.length,
      missed.length,
      extra.length,
      percent(hit.length, r.expected.size),
      percent(hit.length, hit.length + extra.length),
    ].map(String),
  );
  const note = (x) => r.comments?.get(x.split(' -> ')[1]) ?? '';
  for (const x of missed) console.log(`missed  ${r.suite}: ${x}   ${note(x)}`);
  for (const x of extra) console.log(`extra   ${r.suite}: ${x}   ${note(x)}`);
  for (const s of r.skipped ?? []) console.log(`skipped ${r.suite}: ${s.name} (${s.reason})`);
}
rows.push(
  [
    'all',
    total.expected,
    total.hit,
    total.expected - total.hit,
    total.extra,
    percent(total.hit, total.expected),
    percent(total.hit, total.hit + total.extra),
  ].map(String),
);

/**
 * False alarms by the suites' own comments: flows to a sink whose line says `OK` (but not `NOT OK`). What the expected files
 * list there are CodeQL's own; a suite whose expectations are its comments has none by definition.
 */
const innocent = (note) => /^OK\b/.test(note ?? '') || /\bnot here\b/.test(note ?? '');
const alarms = [['suite', 'sinks marked OK', "CodeQL's false alarms", 'ours']];
for (const r of results) {
  if (!r.comments) continue;
  const marked = [...r.comments].filter(([, note]) => innocent(note)).length;
  const wrong = (pairs) => [...pairs].filter((x) => innocent(r.comments.get(x.split(' -> ')[1]))).length;
  alarms.push([r.suite, marked, wrong(r.expected), wrong(r.found)].map(String));
}
const sum = (i) => String(alarms.slice(1).reduce((n, r) => n + Number(r[i]), 0));
if (alarms.length > 1) alarms.push(['all', sum(1), sum(2), sum(3)]);

function print(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((r) => r[i].length)));
  console.log();
  for (const r of rows)
    console.log(r.map((c, i) => (i === 0 ? c.padEnd(widths[i]) : c.padStart(widths[i]))).join('  '));
}
print(rows);
if (alarms.length > 1) print(alarms);
