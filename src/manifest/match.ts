/** How a manifest's hosts and globs match. */

/** `*` is any run of characters, `?` any one; everything else stands for itself. Linear, whatever the pattern. */
export function globMatches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

interface HostPort {
  readonly host: string;
  readonly port: string | null;
}

function hostPort(text: string): HostPort {
  const bare = text
    .trim()
    .toLowerCase()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//, '')
    .replace(/[/?#].*$/, '')
    .replace(/^.*@/, '');
  const found = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(bare);
  return { host: (found?.[1] ?? bare).replace(/\.$/, ''), port: found?.[2] ?? null };
}

/**
 * Whether a host is the suffix itself or lies below it: `example.com` takes `api.example.com`, never
 * `badexample.com`. `*.example.com` takes only what lies below. A port in the suffix must be the host's.
 */
export function hostMatches(suffix: string, host: string): boolean {
  const wanted = hostPort(suffix);
  const actual = hostPort(host);
  if (wanted.port !== null && wanted.port !== actual.port) return false;
  if (wanted.host.startsWith('*.'))
    return actual.host.endsWith(wanted.host.slice(1)) && actual.host.length > wanted.host.length - 1;
  return actual.host === wanted.host || (wanted.host !== '' && actual.host.endsWith(`.${wanted.host}`));
}

/** The machine itself. */
export function isLoopback(host: string): boolean {
  const { host: name } = hostPort(host);
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    /^127(?:\.\d{1,3}){3}$/.test(name) ||
    name === '[::1]' ||
    name === '::1'
  );
}
