/**
 * npm run conformance                      proves what has changed since result.json, and compares
 * npm run conformance -- --update          … and writes result.json
 * npm run conformance -- --all             every package, changed or not
 * npm run conformance -- --open           the packages that hold entries which are not proved
 * npm run conformance -- PACKAGE …         these packages, naming every entry that is not proved
 * npm run conformance -- PACKAGE … --alone the same, with nothing else installed
 *
 * Exit status 1: an entry that result.json holds as proved by the newest release no longer is, too few are proved, or what
 * generated/ holds is not what its generator writes.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { entriesOf, keyOf, packagesOf } from './entries.mjs';
import { installAlone } from './alone.mjs';
import { canGenerate, generatePrismaClient, keepPrismaClient, keptPrismaClient } from './generated.mjs';
import { FOLDER, releasesOf } from './installed.mjs';
import { lostBy, nameOf, recordOf } from './record.mjs';
import { AGES, LEAST, shareProved, totalsOf } from './totals.mjs';
import { loadKnowledge } from '../dist/knowledge/load.js';

const RESULT = new URL('result.json', import.meta.url);
const SAVE_EVERY = 3;
const AGE_NAMES = { current: 'newest', previous: 'one major before', earlier: 'older' };

const words = process.argv.slice(2);
const open = words.includes('--open');
const update = words.includes('--update');
const all = words.includes('--all');
const chosen = words.filter((word) => !word.startsWith('--'));

const store = loadKnowledge();
if (words.includes('--alone')) installAlone(FOLDER, chosen, chosen.flatMap(aliasNames));
if (!existsSync(`${FOLDER}node_modules`)) {
  console.error('conformance/node_modules is missing: npm ci --prefix conformance, or name packages and --alone');
  process.exit(2);
}

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
  const releases = releasesOf(pkg);
  const others = aliasesOf(pkg);
  const versions = [...releases, ...others].map(nameOf);
  const same =
    before?.key === keyOf(entries) && before.releases.join() === versions.join() && before.majors !== undefined;
  if (chosen.length > 0 ? !chosen.includes(pkg) : same && !all && !(open && before.proved < before.entries)) {
    if (before !== undefined) packages[pkg] = before;
    continue;
  }
  if (versions.length === 0 && before?.key === keyOf(entries) && before.releases.length > 0) {
    console.log(`${pkg}: is not installed here; its record stands (npm ci --prefix conformance, or --alone)`);
    packages[pkg] = before;
    continue;
  }
  const started = Date.now();
  const record = recordOf(store, pkg, entries, releases, others);
  packages[pkg] = record;
  if (before !== undefined) lost.push(...lostBy(before, record, entries));
  console.log(`${pkg} ${versions.join(' ')}: ${record.proved} of ${record.entries} in ${Date.now() - started} ms`);
  for (const [id, why] of Object.entries(record.unproved)) console.log(`    ${id}: ${why}`);
  for (const [release, major] of Object.entries(record.majors).slice(1)) sayMajor(release, major);
  if (update && ++count % SAVE_EVERY === 0) save({ ...known, ...packages });
}

/** Other packages that the rules describe together with this one, as far as they are installed. */
function aliasesOf(pkg) {
  return aliasNames(pkg).flatMap((alias) => releasesOf(alias).filter(({ version }) => version !== null));
}

function aliasNames(pkg) {
  return [...store.aliases].filter(([, canonical]) => canonical === pkg).map(([alias]) => alias);
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
  return {
    key: keyOf(entries),
    releases: [],
    entries: entries.length,
    proved: 0,
    earlierOnly: [],
    unproved,
    majors: {},
  };
}

/** Whether the Prisma client that probes import is what Prisma generates; with --update it is made so. */
function checkGenerated() {
  if (!canGenerate()) {
    console.log('generated/prisma-client: not compared, since prisma is not installed here');
    return true;
  }
  const now = generatePrismaClient();
  if (now === keptPrismaClient()) return true;
  console.log(`generated/prisma-client: Prisma generates something else now${update ? '; written anew' : ''}`);
  if (update) keepPrismaClient(now);
  return update;
}

/** How an older release stands to the entries, and the calls of which it has another form than the rules know. */
function sayMajor(release, { proved, absent, loose, otherwise, unknown }) {
  const parts = [
    `${proved} proved`,
    ...(absent > 0 ? [`${absent} of what it does not have`] : []),
    ...(loose > 0 ? [`${loose} where it takes anything`] : []),
    ...(otherwise > 0 ? [`${otherwise} in another form`] : []),
  ];
  console.log(`  ${release}: ${parts.join(', ')}`);
  for (const [id, why] of Object.entries(unknown)) console.log(`      no form of it is known: ${id}: ${why}`);
}

if (update) save(packages);
const totals = totalsOf(packages);
console.log(`\n${totals.proved} of ${totals.entries} entries proved, ${shareProved(totals)} %; of the others:`);
for (const [reason, number] of Object.entries(totals.unproved)) console.log(`  ${number} ${reason}`);
for (const age of AGES) {
  const { releases, asked, proved, absent, loose, otherwise, unknown } = totals.byAge[age];
  console.log(
    `${AGE_NAMES[age]}: ${releases} releases, asked ${asked}: ${proved} proved, ${absent} of what they do not have, ` +
      `${loose} where they take anything, ${otherwise} in another form (${unknown} in none that the rules know)`,
  );
}
const isGenerated = chosen.length > 0 && !chosen.includes('@prisma/client') ? true : checkGenerated();
for (const id of lost) console.log(`no longer proved by the newest release: ${id}`);
if (lost.length > 0 || !isGenerated || (chosen.length === 0 && Number(shareProved(totals)) < LEAST)) process.exit(1);
