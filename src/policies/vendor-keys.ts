/** Keys of vendors where everybody can read them: in the source, or in code that browsers are given. Never printed. */
import type { Confidence, Location } from '../analysis.js';
import type { Span } from '../facts/ir.js';
import { listOf, policyCatalog, rowsOf } from './catalog.js';
import { propertyOf } from './code/constants.js';
import { type Listed, listingOf } from './code/listing.js';
import { type Draft, locate } from './draft.js';
import type { PolicyInput } from './input.js';

interface Shape {
  readonly vendor: string;
  readonly pattern: RegExp;
}

/** Literals shaped like a vendor's secret key, and literals handed to a client as its key. */
export function vendorKeyInSource(input: PolicyInput): readonly Draft[] {
  const policy = policyCatalog().policy('vendor-key-in-source');
  const shapes = rowsOf(policy, 'keys').map((row): Shape => {
    const [vendor = '', pattern = ''] = row.split(/\s+/);
    return { vendor, pattern: new RegExp(`^(?:Bearer )?${pattern}$`) };
  });
  const drafts: Draft[] = [];
  const tests = testFiles(input);
  for (const fn of listingOf(input).all()) {
    const seen = new Set<string>();
    for (const block of fn.facts.blocks)
      for (const instr of block.instrs) {
        if (instr.op !== 'const' || typeof instr.v !== 'string' || instr.span === undefined) continue;
        const found = keyOf(instr.v, shapes);
        if (found === null || seen.has(instr.span.join())) continue;
        seen.add(instr.span.join());
        drafts.push(
          keyDraft(input, fn, instr.span, 'vendor-key-in-source', 'high', found.vendor, tests, {
            where: 'in the source',
          }),
        );
      }
    for (const { call } of fn.calls) {
      const [first] = call.args;
      if (call.kind !== 'new' || first === undefined) continue;
      const name = listingOf(input).nameOf(fn, call.f);
      if (name === null || !name.includes('#') || name.includes('/src/')) continue;
      for (const property of listOf(policy, 'options')) {
        const value = propertyOf(fn, first.v, property);
        const def = value === null ? null : fn.def(value);
        if (def?.op !== 'const' || typeof def.v !== 'string' || !looksSecret(def.v)) continue;
        const span = def.span ?? call.span;
        if (seen.has(span.join())) continue;
        seen.add(span.join());
        drafts.push(
          keyDraft(input, fn, span, 'vendor-key-in-source', 'medium', name.split('#')[0] ?? name, tests, {
            where: `as ${property} in the source`,
          }),
        );
      }
    }
  }
  return [...drafts, ...inEnvironmentFiles(input, shapes)];
}

/** `.env` files that git tracks go to everybody who has the repository. */
function inEnvironmentFiles(input: PolicyInput, shapes: readonly Shape[]): readonly Draft[] {
  return input.workspace.envNames().flatMap((name) =>
    input.workspace.env(name).flatMap((value): Draft[] => {
      const found = value.ignored ? null : keyOf(value.value, shapes);
      if (found === null) return [];
      const at: Location = { file: value.file, line: value.line, column: 1, endLine: value.line, endColumn: 1 };
      return [
        {
          ...bare('vendor-key-in-source', at, name, 'high'),
          words: { vendor: vendorName(input, found.vendor), where: `as ${name} in a file that git does not ignore` },
        },
      ];
    }),
  );
}

/** Secrets under names that bundlers write into the code of the browser. */
export function vendorKeyInBrowser(input: PolicyInput): readonly Draft[] {
  const policy = policyCatalog().policy('vendor-key-in-browser');
  const prefixes = listOf(policy, 'prefixes');
  const secrets = rowsOf(policy, 'secrets').map((row): Shape => {
    const [vendor = '', pattern = ''] = row.split(/\s+/);
    return { vendor, pattern: new RegExp(`^${pattern}$`) };
  });
  const exposed = (name: string): string | null => {
    const prefix = prefixes.find((one) => name.startsWith(one));
    return prefix === undefined
      ? null
      : (secrets.find(({ pattern }) => pattern.test(name.slice(prefix.length)))?.vendor ?? null);
  };
  const drafts: Draft[] = [];
  const tests = testFiles(input);
  for (const fn of listingOf(input).all()) {
    const seen = new Set<string>();
    for (const block of fn.facts.blocks)
      for (const instr of block.instrs) {
        if (instr.op !== 'load' || seen.has(instr.k)) continue;
        const vendor = exposed(instr.k);
        if (vendor === null) continue;
        seen.add(instr.k);
        drafts.push({
          ...keyDraft(input, fn, instr.span, 'vendor-key-in-browser', 'high', vendor, tests, {
            why: `${instr.k} is written into the code that browsers load`,
          }),
          // One name is one key, wherever it is read.
          cause: instr.k,
          causeName: [instr.k],
        });
      }
    for (const { call } of fn.calls) {
      const [first] = call.args;
      if (call.kind !== 'new' || first === undefined) continue;
      const value = propertyOf(fn, first.v, 'dangerouslyAllowBrowser');
      const def = value === null ? null : fn.def(value);
      if (def?.op !== 'const' || def.v !== true) continue;
      const name = listingOf(input).nameOf(fn, call.f) ?? '';
      drafts.push(
        keyDraft(input, fn, call.span, 'vendor-key-in-browser', 'medium', name.split('#')[0] ?? 'the vendor', tests, {
          why: 'dangerouslyAllowBrowser lets the client run where its key can be read',
        }),
      );
    }
  }
  return drafts;
}

function testFiles(input: PolicyInput): ReadonlySet<string> {
  return new Set(input.workspace.code.filter((file) => file.role === 'test').map((file) => file.path));
}

function keyOf(text: string, shapes: readonly Shape[]): Shape | null {
  if (text.length < 16 || text.length > 400 || isPlaceholder(text)) return null;
  return shapes.find(({ pattern }) => pattern.test(text)) ?? null;
}

/** Long, mixed, no word: what nobody types by hand. */
function looksSecret(text: string): boolean {
  return (
    text.length >= 20 && /^[\w+/=.:-]+$/.test(text) && /\d/.test(text) && /[a-z]/i.test(text) && !isPlaceholder(text)
  );
}

/** `sk-xxxx…`, `your-key-here`, `sk-test-0000`: stands for a key, is none. */
function isPlaceholder(text: string): boolean {
  if (
    /your|example|sample|dummy|fake|placeholder|change.?me|insert|replace|redacted|todo|\.\.\.|…|<|>|\$\{|test[-_]?(?:key|token|secret)|mock/i.test(
      text,
    )
  )
    return true;
  const body = text.slice(Math.max(text.lastIndexOf('-'), text.lastIndexOf('_')) + 1);
  return new Set((body.length >= 8 ? body : text).toLowerCase()).size < 6;
}

function keyDraft(
  input: PolicyInput,
  fn: Listed,
  span: Span,
  rule: 'vendor-key-in-source' | 'vendor-key-in-browser',
  confidence: Confidence,
  vendor: string,
  tests: ReadonlySet<string>,
  words: Readonly<Record<string, string>>,
): Draft {
  const at = locate(input, { file: fn.file, span });
  return {
    ...bare(rule, at, fn.facts.name, confidence),
    words: { vendor: vendorName(input, vendor), ...words },
    test: tests.has(fn.file),
  };
}

function bare(
  rule: 'vendor-key-in-source' | 'vendor-key-in-browser',
  at: Location,
  name: string,
  confidence: Confidence,
): Draft {
  return {
    ...{
      rule,
      severity: confidence === 'high' ? 'error' : 'warning',
      atMost: 'error',
      confidence,
      at,
      functions: [name],
      recipient: null,
    },
    ...{
      phi: [],
      removed: [],
      path: [],
      cause: `${at.file}:${String(at.line)}:${String(at.column)}`,
      causeName: [name],
      words: {},
      test: false,
    },
  };
}

function vendorName(input: PolicyInput, id: string): string {
  return input.knowledge.vendor(id)?.name ?? id;
}
