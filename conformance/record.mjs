/** What is proved of a package over all its releases, and what a later look no longer proves. */
import { prove } from './prove.mjs';
import { keyOf } from './entries.mjs';

/** Reasons from the least that was found to the most. */
const NEARNESS = ['not reached', 'cannot be called', 'does not compile', 'compiles with another'];

/**
 * The newest release first; those before it are asked about what it does not prove.
 *
 * @param {object} store the merged rules
 * @param {string} pkg
 * @param {readonly object[]} entries all that the rules say of it
 * @param {readonly object[]} releases
 */
export function recordOf(store, pkg, entries, releases) {
  const reasons = new Map(entries.map(({ id }) => [id, 'not installed']));
  const earlierOnly = [];
  releases.forEach((release, age) => {
    const open = entries.filter(({ id }) => reasons.has(id));
    if (open.length === 0) return;
    for (const [id, why] of verdictsOf(store, pkg, open, release))
      if (why === null) {
        reasons.delete(id);
        if (release.age !== 'current') earlierOnly.push(id);
      } else if (age === 0 || closer(why, reasons.get(id))) reasons.set(id, why);
  });
  const versions = releases.map(({ version, specifier }) =>
    version === null ? 'platform' : `${specifier}@${version}`,
  );
  const unproved = Object.fromEntries(reasons);
  return {
    key: keyOf(entries),
    releases: versions,
    entries: entries.length,
    proved: entries.length - reasons.size,
    earlierOnly,
    unproved,
  };
}

/** Entries that the newest release proved and now does not: renamed, moved or removed. */
export function lostBy(before, now, entries) {
  const proved = ({ unproved, earlierOnly }, id) => !Object.hasOwn(unproved, id) && !earlierOnly.includes(id);
  const wasThere = before.key === now.key ? entries : [];
  return wasThere.map(({ id }) => id).filter((id) => proved(before, id) && !proved(now, id));
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
