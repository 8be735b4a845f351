/** The README's table of what phitrace knows; `npm run docs` writes it, and a test keeps it true. */
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { shareProved } from '../conformance/totals.mjs';

const README = new URL('../README.md', import.meta.url);
const RESULT = new URL('../conformance/result.json', import.meta.url);
const OLDER = [
  ['previous', 'the major before the newest'],
  ['earlier', 'older majors in use'],
];
const BETWEEN = /(<!-- counts -->\n)[^]*?(<!-- \/counts -->)/;

/** The table, of the merged rules and the recorded proof. */
export function countsTable(store, result) {
  const members = [...store.packages.values()].flatMap((pkg) => [
    ...pkg.exports.values(),
    ...[...pkg.types.values()].flatMap((type) => [...type.members.values()]),
  ]);
  const all = [...members, ...store.globals.values()].map(({ member }) => member);
  const commands = [...store.packages.values()].flatMap((pkg) =>
    [...pkg.types.values()].filter(({ model }) => model.command),
  );
  const vendors = store.vendors();
  const facts = vendors.flatMap(({ baa }) => baa.facts).filter(({ founded }) => founded !== 'unverified');
  const rows = [
    ['vendors', vendors.length],
    ['services that a BAA may name', vendors.reduce((sum, { services }) => sum + Object.keys(services).length, 0)],
    ['sourced and dated facts about agreements', facts.length],
    ['packages and import paths', store.packages.size + store.aliases.size],
    ['calls that send', all.filter(({ sink }) => sink !== undefined).length + commands.length],
    ['calls and properties where PHI begins', all.filter(({ source }) => source !== undefined).length],
    [
      'calls, options and arguments proved against the real SDKs',
      `${result.proved} of ${result.entries} (${shareProved(result)} %)`,
    ],
    ...OLDER.map(([age, words]) => {
      const { releases, asked, proved, absent, unknown } = result.byAge[age];
      const counts = `${proved} of ${asked - absent} that they have; ${unknown} in a form that the rules do not know`;
      return [`the same asked of ${releases} releases of ${words}: proved`, counts];
    }),
    ...Object.entries(result.unproved).map(([why, count]) => [`not proved, since they ${why}`, count]),
  ];
  return ['| known | count |', '|---|---|', ...rows.map(([what, count]) => `| ${what} | ${count} |`), ''].join('\n');
}

/** The README with this table between its marks. */
export function withCounts(readme, table) {
  return readme.replace(BETWEEN, (_, open, close) => open + table + close);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { loadKnowledge } = await import('../dist/knowledge/load.js');
  const table = countsTable(loadKnowledge(), JSON.parse(readFileSync(RESULT, 'utf8')));
  writeFileSync(README, withCounts(readFileSync(README, 'utf8'), table));
}
