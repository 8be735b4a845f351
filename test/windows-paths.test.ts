/** Every function that takes or gives a path, with Node's paths being those of Windows. */
import { describe, expect, it, vi } from 'vitest';

vi.mock('node:path', async (original) => {
  const { win32 } = await original<typeof import('node:path')>();
  return { ...win32, default: win32 };
});

const { readSettings, withinRoot } = await import('../src/eslint/settings.js');
const { functionFromManifest } = await import('../src/inputs.js');
const { fromManifest } = await import('../src/policies/suppressions.js');
const { pageLinks } = await import('../src/cli/page-links.js');
const { cacheFolder } = await import('../src/session/cache-folder.js');
const { findManifest } = await import('../src/manifest/find.js');

describe('paths of Windows', () => {
  it('of a linted file are told in the manner of the analysis', () => {
    expect(withinRoot('C:\\repo', 'C:\\repo\\src\\app\\page.ts')).toBe('src/app/page.ts');
    // Editors write the drive in lower case.
    expect(withinRoot('C:\\repo', 'c:\\repo\\src\\page.ts')).toBe('src/page.ts');
    expect(withinRoot('C:\\repo', 'D:\\repo\\page.ts')).toBeNull();
    expect(withinRoot('C:\\repo', 'C:\\repository\\page.ts')).toBeNull();
    expect(withinRoot('\\\\server\\share\\repo', '\\\\server\\share\\repo\\a.ts')).toBe('a.ts');
  });

  it('in the settings may have either slash', () => {
    const read = readSettings({ root: '..\\..', manifest: 'compliance/baa.yaml' }, 'C:\\repo\\apps\\api');
    expect(read).toMatchObject({ root: 'C:\\repo', manifest: 'C:\\repo\\apps\\api\\compliance\\baa.yaml' });
  });

  it('between manifest and scanned folder come out with slashes', () => {
    expect(functionFromManifest('src/deid.ts#clean', 'C:\\repo\\baa.yaml', 'C:\\repo\\apps\\api')).toBe(
      '../../src/deid.ts#clean',
    );
    expect(fromManifest('C:\\repo\\apps\\api', '../..', 'src/a.ts')).toBe('apps/api/src/a.ts');
  });

  it('from the page of the map to the code come out with slashes, and never between drives', () => {
    const io = { cwd: 'C:\\repo', env: {} };
    expect(pageLinks(io, 'C:\\repo\\apps\\api', 'C:\\repo\\out\\map.html').fromPage).toBe('../apps/api');
    expect(pageLinks(io, 'C:\\repo', 'D:\\map.html').fromPage).toBeNull();
    // What the page makes of it, where it was opened from disk.
    const opened = (href: string): string => new URL('../apps/api/', href).pathname;
    expect(`vscode://file${opened('file:///C:/repo/out/map.html')}`).toBe('vscode://file/C:/repo/apps/api/');
  });

  it('end at the root of the drive', () => {
    const asked: string[] = [];
    const found = findManifest('C:\\repo\\apps', (file) => {
      asked.push(file);
      return false;
    });
    expect([found, asked]).toEqual([null, ['C:\\repo\\apps\\baa.yaml', 'C:\\repo\\baa.yaml', 'C:\\baa.yaml']]);
  });

  it("lead to the user's own cache", () => {
    expect(cacheFolder({ LOCALAPPDATA: 'C:\\Users\\x\\AppData\\Local' }, 'win32')).toBe(
      'C:\\Users\\x\\AppData\\Local\\phitrace\\Cache',
    );
  });
});
