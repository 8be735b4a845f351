/** Relative paths with `/`; the root is `''`. Pure string work, no file system. */

export function dirOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The last extension with its dot, lower case; `''` for none and for dot files. */
export function extensionOf(path: string): string {
  const base = baseOf(path);
  const dot = base.lastIndexOf('.');
  return dot <= 0 ? '' : base.slice(dot).toLowerCase();
}

/**
 * Joins and normalises; null if the result lies outside the root or is absolute. What configurations say in the manner of
 * Windows (`.\\src\\*`) is read as TypeScript and npm read it.
 */
export function joinPath(dir: string, written: string): string | null {
  const relative = written.includes('\\') ? written.replaceAll('\\', '/') : written;
  if (relative.startsWith('/')) return null;
  const parts = dir === '' ? [] : dir.split('/');
  for (const part of relative.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (parts.pop() === undefined) return null;
    } else {
      parts.push(part);
    }
  }
  return parts.join('/');
}

/** `dir` itself and its parents up to the root `''`, nearest first. */
export function* upward(dir: string): Generator<string> {
  let current = dir;
  for (;;) {
    yield current;
    if (current === '') return;
    current = dirOf(current);
  }
}

/** `path` as seen from `dir`, which must contain it. */
export function below(dir: string, path: string): string {
  return dir === '' ? path : path.slice(dir.length + 1);
}

export function isInside(dir: string, path: string): boolean {
  return dir === '' || path === dir || path.startsWith(`${dir}/`);
}

export function withoutTrailingSlashes(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '/') end -= 1;
  return text.slice(0, end);
}

/** Order by code units: the same on every machine and locale. */
export function byCodeUnits(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
