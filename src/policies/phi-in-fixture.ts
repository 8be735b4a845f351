/** Records that look like those of real patients, in data files, tests, stories and seeds. */
import type { PhiJson, Severity } from '../analysis.js';
import { listOf, policyCatalog } from './catalog.js';
import { readLiterals } from './data/code-records.js';
import { readNested } from './data/nested.js';
import { DATA_FILE, readRecords } from './data/readers.js';
import { type DataRecord, wordsOf } from './data/record.js';
import { type Rated, Scale } from './data/score.js';
import { lineAt } from './data/lines.js';
import { type Draft, milder } from './draft.js';
import type { PolicyInput } from './input.js';

/** The first megabyte tells what a file is. */
const MAX_TEXT = 1024 * 1024;
/** A repository with more data than this is told by its first files. */
const MAX_TOTAL = 256 * MAX_TEXT;

/** As many realistic records as nobody invents by hand without a mark. */
const MANY = 5;
const BULK = 20;

export function phiInFixture(input: PolicyInput): readonly Draft[] {
  const search = new Search(input);
  return [...search.dataFiles(), ...search.codeFiles()];
}

interface Verdict {
  readonly count: number;
  readonly first: DataRecord;
  readonly rated: readonly Rated[];
  readonly severity: Severity;
  readonly sure: boolean;
}

class Search {
  private readonly scale: Scale;
  private readonly words: (list: string) => ReadonlySet<string>;
  private readonly marks: RegExp;
  private readonly skipFiles: ReadonlySet<string>;

  constructor(private readonly input: PolicyInput) {
    const policy = policyCatalog().policy('phi-in-fixture');
    this.scale = new Scale(policy, input.today);
    const sets = new Map<string, ReadonlySet<string>>();
    this.words = (list) => {
      const known = sets.get(list) ?? new Set(listOf(policy, list));
      sets.set(list, known);
      return known;
    };
    const escaped = listOf(policy, 'marks').map((mark) => mark.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    this.marks = new RegExp(escaped.join('|'), 'i');
    this.skipFiles = this.words('skip_files');
  }

  dataFiles(): readonly Draft[] {
    const drafts: Draft[] = [];
    let total = 0;
    for (const file of this.input.workspace.others) {
      if (!DATA_FILE.test(file) || this.isSkipped(file) || total > MAX_TOTAL) continue;
      const head = this.head(file);
      if (head === null) continue;
      total += head.text.length;
      if (this.marks.test(head.text)) continue;
      const records = readRecords(file, head.text, (name) => this.scale.isField(name));
      const verdict = this.judge(file, records);
      if (verdict === null) continue;
      const at = lineAt(head.text, verdict.first.at);
      drafts.push(this.draft(file, verdict, { ...at, endLine: at.line, endColumn: at.column }, head.whole));
    }
    return drafts;
  }

  /** Tests, stories, mocks and seeds; constants of the product are no fixtures. */
  codeFiles(): readonly Draft[] {
    return this.input.workspace.code.flatMap((file) => {
      if (
        file.role === 'product' &&
        !/(?:^|[/._-])(?:seeds?|fixtures?|mocks?|stor(?:y|ies)|demo)(?:[/._-]|$)/i.test(file.path)
      )
        return [];
      const facts = this.input.facts(file.path);
      if (facts === null || this.isMarkedPath(file.path)) return [];
      const literals = readLiterals(facts);
      if (literals.length === 0) return [];
      const text = this.input.workspace.read(file.path);
      if (text !== null && this.marks.test(text)) return [];
      const records = literals.flatMap(({ node, kind }) => readNested(node, kind, (name) => this.scale.isField(name)));
      const verdict = this.judge(file.path, records);
      if (verdict === null) return [];
      const { line, column } = this.input.position(file.path, verdict.first.at);
      const severity = milder(verdict.severity, 'warning');
      return [
        this.draft(
          file.path,
          { ...verdict, severity, sure: false },
          { line, column, endLine: line, endColumn: column },
          true,
        ),
      ];
    });
  }

  private head(file: string): { readonly text: string; readonly whole: boolean } | null {
    if (this.input.head !== undefined) return this.input.head(file, MAX_TEXT);
    const text = this.input.workspace.read(file);
    return text === null ? null : { text: text.slice(0, MAX_TEXT), whole: text.length <= MAX_TEXT };
  }

  private isSkipped(file: string): boolean {
    const base = file.split('/').at(-1) ?? file;
    if (this.skipFiles.has(base) || this.isMarkedPath(file)) return true;
    return wordsOf(file).some((word) => this.words('skip_words').has(word));
  }

  /** The path itself says that the data are made up. */
  private isMarkedPath(file: string): boolean {
    return wordsOf(file).some((word) => this.words('path_marks').has(word));
  }

  private judge(file: string, records: readonly DataRecord[]): Verdict | null {
    const place = wordsOf(file);
    const real: { readonly record: DataRecord; readonly rated: Rated }[] = [];
    const likely: typeof real = [];
    let synthetic = 0;
    for (const record of records) {
      if (!this.isPatient(record, place)) continue;
      const rated = this.scale.rate(record);
      if (rated.rating === 'realistic') real.push({ record, rated });
      else if (rated.rating === 'likely') likely.push({ record, rated });
      else if (rated.rating === 'synthetic') synthetic += 1;
    }
    const bulk = real.length + likely.length >= BULK;
    const counted = bulk ? [...real, ...likely].sort((a, b) => a.record.at - b.record.at) : real;
    const [first] = counted;
    // Made-up records beside them say what the others are.
    if (first === undefined || synthetic >= counted.length || isUniform(counted.map((one) => one.rated))) return null;
    const sample = place.some((word) => this.words('path_samples').has(word));
    const named = place.some((word) => this.words('path_real').has(word));
    const many = real.length >= MANY || (named && real.length > 0);
    return {
      count: counted.length,
      first: first.record,
      rated: counted.map((one) => one.rated),
      severity: many && !sample ? 'error' : 'warning',
      sure: real.length >= BULK && !sample,
    };
  }

  private isPatient(record: DataRecord, place: readonly string[]): boolean {
    const about = this.scale.isPatient(record);
    if (about !== 'open') return about === 'yes' && !this.isStaff(wordsOf(record.kind));
    const words = [...wordsOf(record.kind), ...place, ...record.fields.flatMap(([name]) => wordsOf(name))];
    if (words.some((word) => this.words('patient_words').has(word))) return !this.isStaff(wordsOf(record.kind));
    // A date of birth in a table of nobody in particular.
    return !this.isStaff(words) && this.scale.rate(record).found.some(({ letter }) => letter === 'C');
  }

  private isStaff(words: readonly string[]): boolean {
    return (
      words.some((word) => this.words('other_words').has(word)) &&
      !words.some((word) => this.words('patient_words').has(word))
    );
  }

  private draft(
    file: string,
    verdict: Verdict,
    at: { readonly line: number; readonly column: number; readonly endLine: number; readonly endColumn: number },
    whole: boolean,
  ): Draft {
    const kind =
      verdict.first.kind === '' ? (file.split('/').at(-1) ?? file).replace(/\.[^.]*$/, '') : verdict.first.kind;
    const phi = phiOf(kind, verdict.rated);
    return {
      rule: 'phi-in-fixture',
      severity: verdict.severity,
      atMost: 'error',
      confidence: verdict.sure ? 'high' : 'medium',
      at: { file, ...at },
      functions: [file.split('/').at(-1) ?? file],
      recipient: null,
      phi,
      removed: [],
      path: [],
      cause: file,
      causeName: [file.split('/').at(-1) ?? file],
      words: {
        file,
        count: verdict.count === 1 ? 'One record' : `${String(verdict.count)} records`,
        part: whole ? '' : ', in the first megabyte',
      },
      test: false,
    };
  }
}

/** Rows that share one person or are few copies of each other come from a generator or a template. */
function isUniform(rated: readonly Rated[]): boolean {
  if (rated.length < MANY) return false;
  return new Set(rated.map((one) => one.person)).size * 2 < rated.length;
}

const CATEGORIES: Readonly<Record<string, string>> = {
  A: 'names',
  B: 'geography',
  C: 'dates',
  D: 'telephone',
  E: 'fax',
  F: 'email',
  G: 'ssn',
  H: 'medical-record-number',
  I: 'health-plan-number',
};

/** The columns that hold identifiers; never what stands in them. */
function phiOf(kind: string, rated: readonly Rated[]): readonly PhiJson[] {
  const seen = new Map<string, PhiJson>();
  for (const one of rated)
    for (const { letter, name } of one.found)
      if (!seen.has(letter))
        seen.set(letter, { letter, category: CATEGORIES[letter] ?? 'other', via: `${kind}.${name}`, sensitive: null });
  if (rated.some((one) => one.clinical))
    seen.set('clinical', { letter: null, category: 'clinical', via: kind, sensitive: null });
  return [...seen.keys()].sort().map((key) => seen.get(key)!);
}
