/**
 * Who has accepted what: `// phitrace-ignore-next-line <rule-id> -- reason (until YYYY-MM-DD)` in code, and `accept:`
 * in the manifest. Both act on places. A suppression that is expired, malformed or without effect is a finding itself.
 */
import path from 'node:path';
import { distance } from 'fastest-levenshtein';
import picomatch from 'picomatch';
import type { Location, SuppressedJson } from '../analysis.js';
import type { BaselineEntry } from '../manifest/baseline.js';
import { daysBetween } from '../manifest/dates.js';
import { RULE_IDS } from './catalog.js';
import { type Draft, locate } from './draft.js';
import type { PolicyInput } from './input.js';

/** What is wrong with a suppression, if anything, in the words of a finding. */
export interface SuppressionProblem {
  readonly rule: 'unused-suppression' | 'expired-suppression';
  readonly at: Location;
  readonly why: string;
  /** Stable words for its fingerprint. */
  readonly names: readonly string[];
}

interface Suppression {
  readonly by: 'comment' | 'manifest';
  readonly rules: readonly string[];
  readonly reason: string;
  readonly until: string | null;
  readonly at: Location;
  readonly where: string;
  readonly matches: (draft: Draft, fingerprint: string) => boolean;
  /** Files in which it may be needed; none if it does not speak of files. */
  readonly files: () => readonly string[];
  used: boolean;
}

/** Rules about suppressions themselves cannot be suppressed. */
const NOT_SUPPRESSIBLE = new Set(['unused-suppression', 'expired-suppression']);
const ADDRESSES_US = /^phitrace-(?:ignore|disable|suppress)/;
const WELL_FORMED = /^phitrace-ignore-next-line\s+([\w-]+(?:\s*,\s*[\w-]+)*)\s+--\s+(\S.*)$/s;
const UNTIL = /\s*\(\s*until\s+([^)]*)\)\s*$/;

export class Suppressions {
  private readonly byLine = new Map<string, Suppression[]>();
  private readonly accepted: Suppression[] = [];
  private readonly broken: SuppressionProblem[] = [];
  private readonly all: Suppression[] = [];
  private readonly baseline = new Map<string, BaselineEntry & { used: boolean }>();

  constructor(private readonly input: PolicyInput) {
    for (const { path: file } of input.workspace.code) this.readComments(file);
    for (const entry of input.manifest.accept) this.readEntry(entry);
    for (const entry of input.baseline?.entries ?? []) this.baseline.set(entry.fingerprint, { ...entry, used: false });
  }

  /** Whether a place is accepted, by whom and why. Marks what it used. */
  find(draft: Draft, fingerprint: string): SuppressedJson | null {
    if (NOT_SUPPRESSIBLE.has(draft.rule)) return null;
    const near = this.byLine.get(`${draft.at.file}:${String(draft.at.line)}`) ?? [];
    let first: Suppression | null = null;
    for (const one of [...near, ...this.accepted])
      if (one.rules.includes(draft.rule) && one.matches(draft, fingerprint)) {
        one.used = true;
        if (one.by === 'comment' && this.input.honoured?.has(fingerprint) === false) continue;
        first ??= one;
      }
    const known = this.baseline.get(fingerprint);
    if (known !== undefined) known.used = true;
    if (first !== null) return { by: first.by, reason: first.reason, until: first.until };
    if (known === undefined) return null;
    const days = daysBetween(known.since, this.input.today);
    return { by: 'baseline', reason: `in the baseline since ${known.since} (${count(days, 'day')})`, until: null };
  }

  /**
   * After all places were asked about. `judged` says whether a rule was judged at all in this run, `incomplete` which files
   * were not analysed in full: what is accepted there may be needed.
   */
  problems(judged: (rule: string) => boolean, incomplete: ReadonlySet<string>): readonly SuppressionProblem[] {
    const unused = this.all
      .filter((one) => !one.used && one.rules.some(judged) && !isOnlyIn(one.files(), incomplete))
      .map((one): SuppressionProblem => ({
        rule: 'unused-suppression',
        at: one.at,
        why: `nothing there breaks ${one.rules.join(' or ')}`,
        names: [one.by, ...one.rules, one.where],
      }));
    return [...this.broken, ...unused, ...this.dead(judged, incomplete)];
  }

  /** Entries of the baseline whose place is no more: what they hid has been repaired, or has changed. */
  private dead(judged: (rule: string) => boolean, incomplete: ReadonlySet<string>): readonly SuppressionProblem[] {
    const file = this.input.baseline?.path ?? '';
    return [...this.baseline.values()]
      .filter((entry) => !entry.used && judged(entry.rule) && !incomplete.has(entry.file))
      .map((entry): SuppressionProblem => ({
        rule: 'unused-suppression',
        at: { file, line: entry.line, column: 1, endLine: entry.line, endColumn: 1 },
        why: `the baseline holds a place of ${entry.rule} that is no more; --update-baseline takes it out`,
        names: ['baseline', entry.fingerprint],
      }));
  }

  private readComments(file: string): void {
    const comments = this.input.facts(file)?.comments ?? [];
    const found: { readonly at: Location; readonly text: string }[] = [];
    for (const comment of comments) {
      const text = bare(comment.text);
      if (ADDRESSES_US.test(text)) found.push({ at: locate(this.input, { file, span: comment.span }), text });
    }
    const lines = new Set(found.flatMap(({ at }) => range(at.line, at.endLine)));
    for (const { at, text } of found) {
      let target = at.endLine + 1;
      while (lines.has(target)) target += 1;
      this.readComment(text, at, target);
    }
  }

  private readComment(text: string, at: Location, target: number): void {
    const parsed = parseComment(text);
    if ('wrong' in parsed) {
      this.broken.push({ rule: 'unused-suppression', at, why: parsed.wrong, names: ['malformed'] });
      return;
    }
    const where = 'next line';
    if (this.expired(parsed.until, at, ['comment', ...parsed.rules])) return;
    const one: Suppression = {
      by: 'comment',
      ...parsed,
      at,
      where,
      matches: () => true,
      files: () => [at.file],
      used: false,
    };
    this.all.push(one);
    const key = `${at.file}:${String(target)}`;
    this.byLine.set(key, [...(this.byLine.get(key) ?? []), one]);
  }

  private readEntry(entry: PolicyInput['manifest']['accept'][number]): void {
    const at = manifestLine(this.input, entry.line);
    if (this.expired(entry.until, at, ['manifest', entry.rule, entry.where])) return;
    const one: Suppression = {
      by: 'manifest',
      rules: [entry.rule],
      reason: entry.reason,
      until: entry.until,
      at,
      where: entry.where,
      matches: matcher(this.input, entry.where),
      files: () => this.input.workspace.code.map((file) => file.path).filter(within(this.input, entry.where)),
      used: false,
    };
    this.all.push(one);
    this.accepted.push(one);
  }

  private expired(until: string | null, at: Location, names: readonly string[]): boolean {
    if (until === null || until >= this.input.today) return false;
    this.broken.push({ rule: 'expired-suppression', at, why: `it ended on ${until}`, names });
    return true;
  }
}

/** Text of a comment without its marks. */
function bare(text: string): string {
  return text
    .replace(/^\s*(?:\{\s*)?(?:\/\/+|\/\*+)?\s*/, '')
    .replace(/\s*\*+\/\s*\}?\s*$/, '')
    .trim();
}

type Parsed =
  | { readonly rules: readonly string[]; readonly reason: string; readonly until: string | null }
  | { readonly wrong: string };

function parseComment(text: string): Parsed {
  const word = /^[\w-]+/.exec(text)?.[0] ?? '';
  if (word !== 'phitrace-ignore-next-line')
    return { wrong: `"${word}" is not a directive; write phitrace-ignore-next-line` };
  const match = WELL_FORMED.exec(text);
  if (match === null) {
    const ruled = /^\S+\s+[\w-]/.test(text);
    return { wrong: ruled ? 'it gives no reason; write "<rule-id> -- reason"' : 'it names no rule' };
  }
  const rules = (match[1] ?? '').split(',').map((rule) => rule.trim());
  for (const rule of rules)
    if (!isRule(rule)) return { wrong: `there is no rule "${rule}"; did you mean ${nearestRule(rule)}?` };
  const said = (match[2] ?? '').trim();
  const until = UNTIL.exec(said)?.[1]?.trim() ?? null;
  const reason = said.replace(UNTIL, '').trim();
  if (until !== null && !isDate(until)) return { wrong: `"${until}" is not a date; write (until YYYY-MM-DD)` };
  if (until === null && /\(\s*until\b/.test(said))
    return { wrong: 'its end date is not closed; write (until YYYY-MM-DD)' };
  if (reason === '') return { wrong: 'it gives no reason; write "<rule-id> -- reason"' };
  return { rules, reason, until };
}

function isRule(id: string): boolean {
  return (RULE_IDS as readonly string[]).includes(id);
}

function nearestRule(word: string): string {
  return [...RULE_IDS].sort((a, b) => distance(word, a) - distance(word, b) || (a < b ? -1 : 1))[0] ?? '';
}

/** A real day of the calendar, `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Glob over paths relative to the manifest's folder, place fingerprint, or vendor/service. */
function matcher(input: PolicyInput, where: string): Suppression['matches'] {
  const inside = within(input, where);
  return (draft, fingerprint) =>
    where === fingerprint ||
    (draft.recipient !== null && where === `${draft.recipient.vendor}/${draft.recipient.service}`) ||
    inside(draft.at.file);
}

function isOnlyIn(files: readonly string[], incomplete: ReadonlySet<string>): boolean {
  return files.length > 0 && files.every((file) => incomplete.has(file));
}

/** Whether a file of the scanned folder is one that the manifest's pattern names. */
function within(input: PolicyInput, where: string): (file: string) => boolean {
  const folder = path.posix.dirname(input.manifest.path ?? 'baa.yaml');
  const glob = picomatch(where.replace(/^\.\//, ''), { dot: true });
  return (file) => glob(fromManifest(input.workspace.root, folder, file));
}

/** A path of the scanned folder as the manifest would write it. */
export function fromManifest(root: string, folder: string, file: string): string {
  if (folder === '.') return file;
  const slashed = root.replaceAll('\\', '/');
  return path.posix.relative(path.posix.join(slashed, folder), path.posix.join(slashed, file));
}

/** A line of the manifest as a place of a finding. */
export function manifestLine(input: PolicyInput, line: number): Location {
  return { file: input.manifest.path ?? 'baa.yaml', line, column: 1, endLine: line, endColumn: 1 };
}

function count(n: number, word: string): string {
  return `${String(n)} ${word}${n === 1 ? '' : 's'}`;
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
