import { baseOf, dirOf } from './paths.js';

/**
 * Folders that never hold the project's own code. Names that people also give to their own code (`build`, `vendor`)
 * count only beside a package.json, .git or at the root: `src/vendor/` may well be about the clinic's vendors.
 */
const ALWAYS = new Set([
  'node_modules',
  'bower_components',
  'jspm_packages',
  '.git',
  '.hg',
  '.svn',
  '.next',
  '.nuxt',
  '.output',
  '.svelte-kit',
  '.astro',
  '.docusaurus',
  '.expo',
  '.turbo',
  '.nx',
  '.cache',
  '.parcel-cache',
  '.vite',
  '.vercel',
  '.netlify',
  '.wrangler',
  '.serverless',
  '.aws-sam',
  '.terraform',
  '.pnpm-store',
  '.yarn',
  '.nyc_output',
  '.phitrace',
  'cdk.out',
  'storybook-static',
]);

const OUTPUT = new Set(['dist', 'build', 'out', 'coverage', 'vendor']);

export function isNeverCode(name: string): boolean {
  return ALWAYS.has(name);
}

/** An output folder by name; it counts as one only in a folder that has a package.json, and in the root. */
export function isOutputFolder(name: string): boolean {
  return OUTPUT.has(name);
}

/** Tells for any path whether it lies in a folder that holds no code of the project, judged by the whole listing. */
export function leftOutFolders(listing: Iterable<string>): (path: string) => boolean {
  const packageRoots = new Set(['']);
  for (const path of listing) if (baseOf(path) === 'package.json') packageRoots.add(dirOf(path));
  const verdicts = new Map<string, boolean>([['', false]]);
  const isLeftOut = (dir: string): boolean => {
    let verdict = verdicts.get(dir);
    if (verdict === undefined) {
      const name = baseOf(dir);
      const parent = dirOf(dir);
      verdict = isNeverCode(name) || (isOutputFolder(name) && packageRoots.has(parent)) || isLeftOut(parent);
      verdicts.set(dir, verdict);
    }
    return verdict;
  };
  return (path) => isLeftOut(dirOf(path));
}
