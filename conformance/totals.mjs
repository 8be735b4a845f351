/** The counts over all packages: entries, those proved, and why the others are not. */

/** The share in per cent that must be proved. */
export const LEAST = 95;

const REASONS = [
  ['not asked', 'were not asked since the rules changed'],
  ['not installed', 'are of packages that are not installed'],
  ['no typings', 'are of packages without typings'],
  ['no such import', 'are behind an import path that no installed release has'],
  ['script tag', 'are names that a script tag puts on the page and no typings declare'],
  ['not reached', 'are not where the rules say, or no value of their type can be had'],
  ['cannot be called', 'take fewer arguments than the rules say'],
  ['does not compile', 'do not compile as the rules say'],
  ['the checker', 'brought the type checker down'],
  ['compiles with another', 'compile in a changed form as well: the typings take anything there'],
];

/** Of a package's releases: the newest, the last of the major before, and those before that which are still in use. */
export const AGES = ['current', 'previous', 'earlier'];

export function totalsOf(packages) {
  const records = Object.values(packages);
  const sum = (count) => records.reduce((total, record) => total + count(record), 0);
  const reasons = records.flatMap(({ unproved }) => Object.values(unproved));
  const counted = REASONS.map(([start, words]) => [words, reasons.filter((why) => why.startsWith(start)).length]);
  return {
    entries: sum(({ entries }) => entries),
    proved: sum(({ proved }) => proved),
    earlierOnly: sum(({ earlierOnly }) => earlierOnly.length),
    unproved: Object.fromEntries(counted.filter(([, number]) => number > 0)),
    byAge: Object.fromEntries(AGES.map((age) => [age, ageTotals(records, age)])),
  };
}

function ageTotals(records, age) {
  const majors = records.flatMap((record) => Object.values(record.majors ?? {}).filter((major) => major.age === age));
  const sum = (count) => majors.reduce((total, major) => total + count(major), 0);
  const parts = {
    proved: sum(({ proved }) => proved),
    absent: sum(({ absent }) => absent),
    loose: sum(({ loose }) => loose),
    otherwise: sum(({ otherwise }) => otherwise),
  };
  const asked = Object.values(parts).reduce((total, part) => total + part, 0);
  const unknown = sum((major) => Object.keys(major.unknown).length);
  return { releases: majors.length, asked, ...parts, unknown };
}

/** In per cent with one digit, rounded down. */
export function shareProved({ entries, proved }) {
  return (Math.floor((1000 * proved) / Math.max(1, entries)) / 10).toFixed(1);
}
