import { describe, expect, it } from 'vitest';
import type { FindingJson } from '../analysis.js';
import { judge } from './index.js';
import { type Files, handmade, siteOf } from './testing/handmade.js';

const MORE = 'more alternatives than can be followed';
const DEEP = 'nested deeper than can be followed';
const TEXT = 'function one() {}\nfunction two() {}\nfunction three() {}\n';

/** Functions of one file that were cut, by name and reason. */
function cut(file: string, gaps: readonly (readonly [fn: string, reason: string])[], text = TEXT): FindingJson[] {
  const files: Files = { [file]: text, 'src/other.ts': TEXT };
  const sites = gaps.map(([fn, reason]) => ({ site: siteOf(files, file, `function ${fn}() {}`, fn), file, reason }));
  const elsewhere = { site: siteOf(files, 'src/other.ts', 'function one() {}', 'one'), file: 'src/other.ts' };
  const flows = { cut: [...sites, { ...elsewhere, reason: MORE }] };
  return judge(handmade({ files, flows })).findings.filter((f) => f.file === file);
}

describe('functions that were cut', () => {
  it('are one finding a file and reason, and its places are the functions', () => {
    const found = cut('src/app.ts', [
      ['one', MORE],
      ['two', DEEP],
      ['three', MORE],
    ]);
    expect(found.map((f) => [f.ruleId, f.line, f.places.map((p) => p.line)])).toEqual([
      ['unanalysed-file', 1, [1, 3]],
      ['unanalysed-file', 2, [2]],
    ]);
    expect(found[0]?.message).toContain(`src/app.ts was not analysed in full: ${MORE}.`);
    expect(found[0]?.message).toContain('At 2 places.');
  });

  const before = cut('src/app.ts', [
    ['one', MORE],
    ['three', MORE],
  ])[0];

  it('keep their fingerprints when lines shift and the file moves', () => {
    const text = `// a comment\n\n${TEXT}`;
    const [after] = cut(
      'src/deeper/app.ts',
      [
        ['one', MORE],
        ['three', MORE],
      ],
      text,
    );
    expect(after?.fingerprint).toBe(before?.fingerprint);
    expect(after?.places.map((p) => p.fingerprint)).toEqual(before?.places.map((p) => p.fingerprint));
  });

  it('keep the fingerprint of the finding when the first of them is mended', () => {
    const [after] = cut('src/app.ts', [['three', MORE]]);
    expect(after?.fingerprint).toBe(before?.fingerprint);
    expect(after?.places.map((p) => p.fingerprint)).toEqual([before?.places[1]?.fingerprint]);
  });

  it('are accepted one by one', () => {
    const text = TEXT.replace(
      'function three',
      '// phitrace-ignore-next-line unanalysed-file -- generated\nfunction three',
    );
    const found = cut(
      'src/app.ts',
      [
        ['one', MORE],
        ['three', MORE],
      ],
      text,
    );
    expect(found.map((f) => [f.suppressed?.by ?? null, f.places.length])).toEqual([
      [null, 1],
      ['comment', 1],
    ]);
  });
});
