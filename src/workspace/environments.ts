import { baseOf } from './paths.js';

const NAMES: Readonly<Record<string, string>> = {
  prod: 'production',
  prd: 'production',
  production: 'production',
  live: 'production',
  stage: 'staging',
  stg: 'staging',
  staging: 'staging',
  uat: 'staging',
  preprod: 'staging',
  preview: 'preview',
  dev: 'development',
  devel: 'development',
  development: 'development',
  local: 'development',
  override: 'development',
  test: 'test',
  testing: 'test',
};

/** The environment that a word names, or null. */
export function environmentOf(word: string): string | null {
  const lower = word.toLowerCase();
  return Object.hasOwn(NAMES, lower) ? NAMES[lower]! : null;
}

/** The environment that a file is for, by its name first and then by its folders from the inside out. */
export function environmentOfPath(path: string): string | null {
  for (const part of path.split('/').reverse()) {
    for (const word of part.split(/[._-]/)) {
      const found = environmentOf(word);
      if (found !== null) return found;
    }
  }
  return null;
}

const NOT_VALUES = /\.(?:vault|keys|enc|gpg|age|sops|bak|swp|orig|lock|d|[cm]?[jt]sx?|md|json|ya?ml)$/i;
const EXAMPLE = /(?:^|[._-])(?:example|sample|template|tpl|dist|defaults?|schema)(?=$|[._-])/i;

export interface EnvFileName {
  readonly environment: string | null;
  readonly example: boolean;
  /** `.env.local` overrides `.env`. */
  readonly local: boolean;
}

/** What the name of a dotenv file says; null if it is none. */
export function envFileName(path: string): EnvFileName | null {
  const base = baseOf(path);
  const words =
    base === '.envrc'
      ? ''
      : (/^\.env(.*)$/.exec(base)?.[1] ??
        /^(.*)\.env$/.exec(base)?.[1] ??
        (base === 'env.example' ? '.example' : null));
  if (words === null || NOT_VALUES.test(base)) return null;
  const example = EXAMPLE.test(words);
  const rest = words.split(/[._-]/).filter((word) => word !== '' && !EXAMPLE.test(word));
  const local = rest.includes('local');
  const named = rest.filter((word) => word !== 'local' && word !== 'env');
  const known = named.map(environmentOf).find((word) => word !== null);
  // `.env.sandbox` names an environment of the project's own; `docker.env` names a service.
  const own = base.startsWith('.env') && named.length === 1 ? named[0]!.toLowerCase() : null;
  return { environment: known ?? own, example, local };
}
