/** What is proved of a package over all its releases, and what a later look no longer proves. */
import { prove } from './prove.mjs';
import { keyOf } from './entries.mjs';

/** Reasons from the least that was found to the most. */
const NEARNESS = ['not reached', 'cannot be called', 'does not compile', 'compiles with another'];
/** Reasons that say nothing against an entry: the release does not have what it speaks of. */
const ABSENT = ['no such import', 'no typings', 'script tag', 'not reached'];
/** It is there, and its typings take anything. */
const LOOSE = 'compiles with another';

/**
 * Every release of the package itself is asked about every entry; the packages that the rules describe together with it
 * (`others`), in turn, about what is not proved yet.
 *
 * @param {object} store the merged rules
 * @param {string} pkg
 * @param {readonly object[]} entries all that the rules say of it
 * @param {readonly object[]} releases its own, the newest first
 * @param {readonly object[]} others
 */
export function recordOf(store, pkg, entries, releases, others = []) {
  const reasons = new Map(entries.map(({ id }) => [id, 'not installed']));
  const earlierOnly = [];
  const asked = [];
  for (const release of [...releases, ...others]) {
    const open = others.includes(release) ? entries.filter(({ id }) => reasons.has(id)) : entries;
    if (open.length === 0) break;
    const verdicts = verdictsOf(store, pkg, open, release);
    const isFirst = asked.length === 0;
    asked.push({ release, verdicts });
    for (const [id, why] of verdicts) {
      if (!reasons.has(id)) continue;
      if (why === null) {
        reasons.delete(id);
        if (release.age !== 'current') earlierOnly.push(id);
      } else if (isFirst || closer(why, reasons.get(id))) reasons.set(id, why);
    }
  }
  const own = asked.filter(({ release }) => !others.includes(release));
  return {
    key: keyOf(entries),
    releases: [...releases, ...others].map(nameOf),
    entries: entries.length,
    proved: entries.length - reasons.size,
    earlierOnly: entries.map(({ id }) => id).filter((id) => earlierOnly.includes(id)),
    unproved: Object.fromEntries(reasons),
    majors: Object.fromEntries(own.map(({ release, verdicts }) => [nameOf(release), countsOf(release, verdicts)])),
  };
}

/** `openai@6.3.0`: how a release is named in a record. */
export function nameOf({ version, specifier }) {
  return version === null ? 'platform' : `${specifier}@${version}`;
}

/** Entries that the newest release proved and now does not: renamed, moved or removed. */
export function lostBy(before, now, entries) {
  const proved = ({ unproved, earlierOnly }, id) => !Object.hasOwn(unproved, id) && !earlierOnly.includes(id);
  const wasThere = before.key === now.key ? entries : [];
  return wasThere.map(({ id }) => id).filter((id) => proved(before, id) && !proved(now, id));
}

/**
 * How one release stands to the entries: it proves them, does not have what they speak of, takes anything there, or has
 * it in another form. That is as it should be where an option is newer than the release, or where the rules know the
 * older form as well. `unknown` names the others: calls that the release has, and no form of which the rules know.
 */
function countsOf({ age }, verdicts) {
  const said = [...verdicts].filter(([, why]) => why !== null);
  const absent = said.filter(([, why]) => ABSENT.includes(why)).length;
  const loose = said.filter(([, why]) => why.startsWith(LOOSE)).length;
  const otherwise = said.filter(([, why]) => !ABSENT.includes(why) && !why.startsWith(LOOSE));
  const known = new Set([...verdicts].filter(([, why]) => why === null || why.startsWith(LOOSE)).map(placeOf));
  return {
    age,
    proved: verdicts.size - said.length,
    absent,
    loose,
    otherwise: otherwise.length,
    unknown: Object.fromEntries(otherwise.filter((each) => !known.has(placeOf(each)))),
  };
}

/** An entry's id without its argument: the call that it speaks of. */
function placeOf([id]) {
  return id.slice(0, id.lastIndexOf(' '));
}

function verdictsOf(store, pkg, entries, release) {
  try {
    return prove(store, pkg, entries, release);
  } catch (error) {
    return new Map(entries.map(({ id }) => [id, `the checker failed: ${error.message.split('\n')[0]}`]));
  }
}

/** Whether a release came closer to a proof than the newer ones: an entry that is found and refused says more. */
function closer(why, than) {
  const rank = (text) => NEARNESS.findIndex((start) => text.startsWith(start));
  return rank(why) > rank(than);
}
