/**
 * npm run conformance                      proves what has changed since result.json, and compares
 * npm run conformance -- --update          … and writes result.json
 * npm run conformance -- --all             every package, changed or not
 * npm run conformance -- --open           the packages that hold entries which are not proved
 * npm run conformance -- PACKAGE …         these packages, naming every entry that is not proved
 * npm run conformance -- PACKAGE … --alone the same, with nothing else installed
 *
 * Exit status 1: an entry that result.json holds as proved by the newest release no longer is, or too few are proved.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { entriesOf, keyOf, packagesOf } from './entries.mjs';
import { installAlone } from './alone.mjs';
import { FOLDER, releasesOf } from './installed.mjs';
import { lostBy, recordOf } from './record.mjs';
import { LEAST, shareProved, totalsOf } from './totals.mjs';
import { loadKnowledge } from '../dist/knowledge/load.js';

const RESULT = new URL('result.json', import.meta.url);
const SAVE_EVERY = 3;

const words = process.argv.slice(2);
const open = words.includes('--open');
const update = words.includes('--update');
const all = words.includes('--all');
const chosen = words.filter((word) => !word.startsWith('--'));

if (words.includes('--alone')) installAlone(FOLDER, chosen);
if (!existsSync(`${FOLDER}node_modules`)) {
  console.error('conformance/node_modules is missing: npm install --prefix conformance, or name packages and --alone');
  process.exit(2);
}

const store = loadKnowledge();
const known = existsSync(RESULT) ? JSON.parse(readFileSync(RESULT, 'utf8')).packages : {};
const packages = {};
const lost = [];
let count = 0;

// What was never asked comes first, then what has changed: a run that is broken off has then done what it could.
const rank = (pkg) =>
  (known[pkg]?.releases ?? []).length === 0 ? 0 : known[pkg].key === keyOf(entriesOf(store, pkg)) ? 2 : 1;
const order = packagesOf(store).sort((a, b) => rank(a) - rank(b));
for (const pkg of order) {
  const entries = entriesOf(store, pkg);
  const before = known[pkg];
  const releases = [...releasesOf(pkg), ...aliasesOf(pkg)];
  const versions = releases.map(({ version, specifier }) =>
    version === null ? 'platform' : `${specifier}@${version}`,
  );
  // Where everything is proved, a further release changes nothing.
  const asked =
    before?.proved === before?.entries ? versions.filter((each) => before?.releases.includes(each)) : versions;
  const same = before?.key === keyOf(entries) && before.releases.join() === asked.join();
  if (chosen.length > 0 ? !chosen.includes(pkg) : same && !all && !(open && before.proved < before.entries)) {
    if (before !== undefined) packages[pkg] = before;
    continue;
  }
  if (releases.length === 0 && before?.key === keyOf(entries) && before.releases.length > 0) {
    console.log(`${pkg}: is not installed here; its record stands (npm install --prefix conformance, or --alone)`);
    packages[pkg] = before;
    continue;
  }
  const started = Date.now();
  const record = recordOf(store, pkg, entries, releases);
  packages[pkg] = record;
  if (before !== undefined) lost.push(...lostBy(before, record, entries));
  console.log(`${pkg} ${versions.join(' ')}: ${record.proved} of ${record.entries} in ${Date.now() - started} ms`);
  for (const [id, why] of Object.entries(record.unproved)) console.log(`    ${id}: ${why}`);
  if (update && ++count % SAVE_EVERY === 0) save({ ...known, ...packages });
}

/** Other packages that the rules describe together with this one, as far as they are installed. */
function aliasesOf(pkg) {
  const named = [...store.aliases].filter(([, canonical]) => canonical === pkg).map(([alias]) => alias);
  return named.flatMap((alias) => releasesOf(alias).filter(({ version }) => version !== null));
}

/** Writes a record of every package; of one that was not asked as it is now, that it was not. */
function save(records) {
  const whole = packagesOf(store).map((pkg) => {
    const entries = entriesOf(store, pkg);
    const record = records[pkg];
    return [pkg, record?.key === keyOf(entries) ? record : notAsked(entries)];
  });
  const sorted = Object.fromEntries(whole);
  writeFileSync(RESULT, `${JSON.stringify({ ...totalsOf(sorted), packages: sorted }, null, 1)}\n`);
}

function notAsked(entries) {
  const unproved = Object.fromEntries(entries.map(({ id }) => [id, 'not asked']));
  return { key: keyOf(entries), releases: [], entries: entries.length, proved: 0, earlierOnly: [], unproved };
}

if (update) save(packages);
const totals = totalsOf(packages);
console.log(`\n${totals.proved} of ${totals.entries} entries proved, ${shareProved(totals)} %; of the others:`);
for (const [reason, number] of Object.entries(totals.unproved)) console.log(`  ${number} ${reason}`);
for (const id of lost) console.log(`no longer proved by the newest release: ${id}`);
if (lost.length > 0 || (chosen.length === 0 && Number(shareProved(totals)) < LEAST)) process.exit(1);
