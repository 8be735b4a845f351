import type { CodeFile } from './types.js';
import { baseOf, dirOf } from './paths.js';

/** With a dot only: `lab-test.ts` is about a laboratory. */
const TEST_FILE =
  /\.(?:test|tests|spec|specs|e2e|e2e-spec|cy|stories|story|mock|mocks|fixture|fixtures)\.[cm]?[jt]sx?$|^(?:jest|vitest|playwright|cypress|karma|wdio)\.(?:config|setup|workspace)\b|^setupTests\.|^test-(?:setup|utils?)\./i;

/** Folder names that say "not the product" wherever they stand. */
const TEST_FOLDER = new Set([
  '__tests__',
  '__test__',
  '__mocks__',
  '__fixtures__',
  '__snapshots__',
  '__stories__',
  '.storybook',
  'e2e',
  'e2e-tests',
  'cypress',
  'playwright',
  'fixtures',
  'mocks',
  'test-utils',
  'testutils',
  'integration-tests',
]);

/** Names that a clinic also gives to laboratory tests or patient stories; they need evidence. */
const MAYBE_TEST_FOLDER = new Set(['test', 'tests', 'spec', 'specs', 'mock', 'testing', 'stories']);

const SCRIPT_FILE = /^(?:seed|seeds|seeder)(?:[._-].*)?\.[cm]?[jt]sx?$|[._-]seed(?:er|s)?\.[cm]?[jt]sx?$/i;
const SCRIPT_FOLDER = new Set(['scripts', 'script', 'seed', 'seeds', 'seeders']);

/** Tells test and script code from the product by place and name alone. */
export class Roles {
  private readonly testFolders = new Set<string>();
  private readonly packageDirs: ReadonlySet<string>;
  private readonly byFolder = new Map<string, CodeFile['role']>([['', 'product']]);

  private readonly code: ReadonlySet<string>;

  constructor(codePaths: readonly string[], packageDirs: Iterable<string>) {
    this.packageDirs = new Set(packageDirs);
    this.code = new Set(codePaths);
    for (const path of codePaths) {
      if (!TEST_FILE.test(baseOf(path))) continue;
      for (let dir = dirOf(path); dir !== '' && !this.testFolders.has(dir); dir = dirOf(dir)) this.testFolders.add(dir);
    }
  }

  of(path: string): CodeFile['role'] {
    const base = baseOf(path);
    if (TEST_FILE.test(base) || this.isDenoTest(path)) return 'test';
    const folder = this.folder(dirOf(path));
    if (folder !== 'product') return folder;
    return SCRIPT_FILE.test(base) ? 'script' : 'product';
  }

  /** `sync_test.ts` beside `sync.ts`. */
  private isDenoTest(path: string): boolean {
    const subject = path.replace(/_test(?=\.[cm]?[jt]sx?$)/, '');
    return subject !== path && this.code.has(subject);
  }

  private folder(dir: string): CodeFile['role'] {
    const known = this.byFolder.get(dir);
    if (known !== undefined) return known;
    const parent = this.folder(dirOf(dir));
    const role = parent === 'test' ? 'test' : this.isTestFolder(dir, parent) ? 'test' : parent;
    const verdict = role === 'product' && SCRIPT_FOLDER.has(baseOf(dir).toLowerCase()) ? 'script' : role;
    this.byFolder.set(dir, verdict);
    return verdict;
  }

  private isTestFolder(dir: string, parent: CodeFile['role']): boolean {
    const name = baseOf(dir).toLowerCase();
    if (TEST_FOLDER.has(name)) return true;
    if (!MAYBE_TEST_FOLDER.has(name)) return false;
    const above = dirOf(dir);
    // A package's own tests, and the checks among its scripts.
    if (name !== 'stories' && (above === '' || this.packageDirs.has(above) || parent === 'script')) return true;
    return this.testFolders.has(dir);
  }
}
