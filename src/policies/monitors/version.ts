/** Versions as package files declare them. */

export interface Version {
  readonly major: number;
  /** Null for ranges, which leave the minor version open. */
  readonly minor: number | null;
}

/** `9.47.2`, `^9`, `~8.1.0`, `v10`, `>=8 <9`, `npm:@sentry/node@9.1.0`; null for `latest`, `*`, `workspace:*`. */
export function parseVersion(text: string | null): Version | null {
  if (text === null) return null;
  const match = /^(?:npm:.+@)?\s*([\^~>=v]*)\s*(\d+)(?:\.(\d+))?/.exec(text.trim());
  if (match === null) return null;
  const exact = match[1] === '' || match[1] === '=' || match[1] === 'v';
  return { major: Number(match[2]), minor: exact && match[3] !== undefined ? Number(match[3]) : null };
}
