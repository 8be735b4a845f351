import { byCodeUnits } from './paths.js';
import type { FileSource } from './types.js';

/**
 * Texts laid over another source: an editor's unsaved buffers, or a test's whole project. A null text hides the file.
 */
export function overlaySource(base: FileSource | null, texts: ReadonlyMap<string, string | null>): FileSource {
  let listing: readonly string[] | null = null;
  return {
    list: () => (listing ??= merged(base, texts)),
    read: (path) => {
      const text = texts.get(path);
      return text === undefined ? (base?.read(path) ?? null) : text;
    },
    probe: (path, headBytes) => {
      const text = texts.get(path);
      if (text === null) return null;
      if (text === undefined && base?.probe !== undefined) return base.probe(path, headBytes);
      const whole = text ?? base?.read(path) ?? null;
      if (whole === null) return null;
      // A character has at most four bytes, so this many characters always fill the head.
      return { bytes: Buffer.byteLength(whole), head: Buffer.from(whole.slice(0, headBytes)).subarray(0, headBytes) };
    },
    ignored: (path) => base?.ignored?.(path) ?? false,
    links: () => base?.links?.() ?? new Map(),
    problems: () => base?.problems?.() ?? [],
  };
}

function merged(base: FileSource | null, texts: ReadonlyMap<string, string | null>): readonly string[] {
  const paths = new Set(base?.list() ?? []);
  for (const [path, text] of texts) {
    if (text === null) paths.delete(path);
    else paths.add(path);
  }
  return [...paths].sort(byCodeUnits);
}
