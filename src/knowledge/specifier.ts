/**
 * Import specifiers as packages are known by: `npm:openai@4/realtime` → `openai/realtime`. Relative and absolute
 * specifiers and URLs of unknown hosts come back as they are.
 */
export function normalizeSpecifier(specifier: string): string {
  let text = specifier;
  const cdn = CDN.exec(text);
  if (cdn !== null) text = text.slice(cdn[0].length);
  else if (text.startsWith('npm:') || text.startsWith('jsr:')) text = text.slice(4).replace(/^\//, '');
  else if (text.startsWith('.') || text.startsWith('/') || text.includes('://')) return text;
  text = text.replace(/[?#].*$/, '');
  text = stripVersion(text);
  if (cdn !== null && cdn[0].includes('deno.land/x/')) text = text.replace(/\/(mod|index|main)\.[mc]?[jt]s$/, '');
  return text.replace(/\/(index)?\.?(?:[mc]?js)?$/, (tail) => (tail === '/' || tail.startsWith('/index') ? '' : tail));
}

const CDN =
  /^https?:\/\/(?:esm\.sh\/(?:v\d+\/|stable\/|gh\/)?|deno\.land\/x\/|cdn\.skypack\.dev\/|unpkg\.com\/|cdn\.jsdelivr\.net\/npm\/)/;

/** `@scope/name@1.2/sub` → `@scope/name/sub`; an alias import `x@npm:y@1` is not a specifier and cannot occur here. */
function stripVersion(text: string): string {
  const parts = text.split('/');
  const at = text.startsWith('@') ? 1 : 0;
  const name = parts[at];
  if (name !== undefined && name.lastIndexOf('@') > 0) parts[at] = name.slice(0, name.indexOf('@', 1));
  return parts.join('/');
}

/** `a/b/c` → `a/b/c`, `a/b`, `a`: the specifiers under which a subpath may be known, most exact first. */
export function* specifierFallbacks(specifier: string): Generator<string> {
  const floor = specifier.startsWith('@') ? 2 : 1;
  const parts = specifier.split('/');
  for (let length = parts.length; length >= floor; length--) yield parts.slice(0, length).join('/');
  const first = /^(node:)?(.+)$/.exec(specifier);
  if (first?.[1] !== undefined && first[2] !== undefined) yield first[2];
}
