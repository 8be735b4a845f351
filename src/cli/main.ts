/** Entry of the executable. */
import { readFileSync } from 'node:fs';
import type { Doors } from './doors.js';
import { processIo } from './io.js';
import { run } from './program.js';

function versionOfPackage(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}

// The house is loaded when it is needed: `--help` and mistakes in options answer at once.
const doors: Doors = {
  version: versionOfPackage(),
  analyze: async (options) => (await import('../index.js')).analyze(options),
  ruleIds: async () => (await import('../index.js')).RULE_IDS,
  rules: async () => (await import('../index.js')).ruleDocs(),
  vendors: async ({ dir, config, packs }) => (await import('../inputs.js')).knowledgeOf(dir, config, packs).vendors(),
  terms: async (dir, manifest, config) => (await import('./terms.js')).termsOf(dir, manifest, config),
  cleanCache: async (env) => {
    const { cacheFolder, cleanCache } = await import('../session/cache-folder.js');
    const folder = cacheFolder(env, process.platform);
    return { folder, removed: cleanCache(folder) };
  },
};

// Not process.exit(): what is still on its way to a pipe would be cut off.
process.exitCode = await run(process.argv.slice(2), doors, processIo());
