/** The flow room's door: facts of all files in, flows, recipients and configuration sites out. */
import type { FileFacts, Span } from '../facts/ir.js';
import type { Knowledge } from '../knowledge/index.js';
import type { FhirModel, Lexicon } from '../knowledge/phi.js';
import type { Workspace } from '../workspace/types.js';
import { closing } from './closing.js';
import { configFiles } from './config-files.js';
import type { Deidentifier, Engine } from './engine.js';
import { findEntries } from './entries.js';
import { evaluateEntry, evaluateExported } from './entry.js';
import { fold } from './fold.js';
import type { HeldCall } from './held-calls.js';
import { interpret } from './interpret.js';
import { Modules } from './modules.js';
import { Program, type FnEntry } from './program.js';
import { Listeners } from './listeners.js';
import { outboundCall } from './outbound.js';
import { resolveRecipients } from './recipients.js';
import type { ConfigSite, FlowResult, FnKey, OutboundCall, Passage, PhiFlow, RecipientUse, Site } from './result.js';
import { Reports } from './reports.js';
import { Summaries } from './summaries.js';
import { EMPTY_SUMMARY, type Cleaned, type ConfigEffect, type Decision, type Egress, type Spot } from './summary.js';
import { schemaShape } from './schemas.js';
import type { Type, TypeSystem } from './types/type.js';
import { join } from './join.js';
import { oneOfEach, overflow, type Mark, type Value } from './value.js';

export interface FlowInput {
  readonly workspace: Workspace;
  /** Facts by path, for all code files that could be read; sorted by path. */
  readonly files: readonly {
    readonly path: string;
    readonly facts: FileFacts;
    readonly role: 'product' | 'test' | 'script';
  }[];
  readonly knowledge: Knowledge;
  /** Makes the type system; it asks back for the shapes of schemas. */
  readonly types: (schemaShape: (file: string, name: string) => Type | null) => TypeSystem;
  readonly fhir: FhirModel;
  readonly lexicon: Lexicon;
  /** Whether what tests do is followed as well; the product's own code is followed in any case. */
  readonly tests: boolean;
  /** Declared de-identifiers: `path#name`, `path#Class.method` or `package#name`. */
  readonly deidentifiers: readonly { readonly function: string; readonly spec: Deidentifier }[];
}

/** To whose account it goes what a function would do if anybody called it with what it declares. */
const NOBODY = -1;

export function analyzeFlow(input: FlowInput): FlowResult {
  const { workspace, knowledge } = input;
  const asked = new Set<string>();
  const types = input.types((path, name) => {
    const file = program.file(path);
    const key = `${path}#${name}`;
    if (!file || asked.has(key)) return null;
    asked.add(key);
    try {
      return schemaShape(engine, engine.moduleVar(file.index, name), name);
    } finally {
      asked.delete(key);
    }
  });
  const program = new Program(input.files, (from, spec) => workspace.resolve(from, spec));
  const gaps = new Map<string, number>();
  const cut: { site: Site | null; file: string; reason: string }[] = [];
  const cutSeen = new Set<string>();
  const calls = new Map<number, Set<number>>();
  const edges = new Map<string, { readonly spot: Spot; readonly to: number }>();
  /** Functions that the code is seen to call, tests left aside. */
  const called = new Set<number>();
  const escaped = new Set<number>();
  const sources = new Set<string>();
  const readers = new Set<string>();
  const emitted = new Map<string, { g: Egress; by: Set<number> }>();
  const used = new Map<string, { g: Egress; by: Set<number> }>();
  const configs = new Map<string, { c: ConfigEffect }>();
  const decisions = new Map<string, Map<string, ConfigEffect>>();
  const cells = new Map<string, Value>();
  const putOff = new Map<string, HeldCall>();
  const waiting = new Map<string, { g: Egress; fn: number }>();
  const cleaned = new Map<string, { g: Cleaned; by: Set<number> }>();
  const waitingCleaned = new Map<string, { g: Cleaned; fn: number }>();
  const siteOf = (fn: number, span: Span): Site => {
    const f = program.fns[fn]!;
    return { file: f.file.path, span, fn: f.facts.name };
  };
  const gap = (reason: string): void => void gaps.set(reason, (gaps.get(reason) ?? 0) + 1);
  const deid = declared(program, input.deidentifiers);

  const listeners = new Listeners(
    program,
    () => [...configs.values()].map(({ c }) => c),
    (path) => workspace.packageOf(path)?.dir ?? null,
  );
  const engine: Engine = {
    program,
    knowledge,
    types,
    fhir: input.fhir,
    lexicon: input.lexicon,
    summary: (fn) => summaries.get(fn),
    moduleVar: (file, name) => modules.variable(file, name),
    fieldDefault: (cls, field) => modules.field(cls, field),
    statics: (cls) => modules.statics(cls),
    deidentifier: (fn) => deid.own.get(fn) ?? null,
    externalDeidentifier: (symbol) => deid.external.get(symbol) ?? null,
    emit(g, by) {
      const key = `${key0(g)}|${g.atoms.map((a) => (a.k === 'label' ? `${a.place.key}:${a.kind}:${a.t.output ? 1 : 0}` : '')).join(',')}|${toKey(g.to)}`;
      const old = emitted.get(key);
      if (old) old.by.add(by);
      else emitted.set(key, { g, by: new Set([by]) });
    },
    emitCleaned(g, by) {
      const key = `${key0(g)}|${g.marks.map(markKey).join(',')}|${toKey(g.to)}`;
      const old = cleaned.get(key);
      if (old) old.by.add(by);
      else cleaned.set(key, { g, by: new Set([by]) });
    },
    waitCleaned(g, by) {
      waitingCleaned.set(`${by}|${key0(g)}|${g.marks.map(markKey).join(',')}|${toKey(g.to)}`, { g, fn: by });
    },
    emitConfig(c) {
      if (c.decides && program.fns[c.spot.fn]!.file.role !== 'test') decided(c, c.decides);
      if (!c.point) return;
      const key = `${c.spot.fn}:${c.spot.span[0]}:${c.member}`;
      if (!configs.has(key)) configs.set(key, { c });
    },
    listeners: (g) => listeners.at(g),
    decisions: (pkg, name) => [...(decisions.get(`${pkg}|${name}`)?.values() ?? [])],
    use(g, by) {
      const key = `${g.out.fn}:${g.out.span[0]}:${g.member}|${toKey(g.to)}`;
      const old = used.get(key);
      if (old) old.by.add(by);
      else used.set(key, { g: { ...g, atoms: [] }, by: new Set([by]) });
    },
    cell(key, v) {
      const old = cells.get(key);
      cells.set(key, old ? oneOfEach(join(old, v)) : v);
    },
    putOff(c) {
      if (!putOff.has(c.key)) putOff.set(c.key, c);
    },
    wait(g, by) {
      const key = `${by}|${key0(g)}|${toKey(g.to)}|${g.atoms.map((a) => (a.k === 'sym' ? `${a.root}.${a.path.join('.')}` : '')).join(',')}`;
      waiting.set(key, { g, fn: by });
    },
    calls(from, to, spot, guess) {
      if (!guess && from !== to && program.fns[from]!.file.role !== 'test') called.add(to);
      // An entry's call by the outside is no call of the code.
      if (spot.fn !== to || spot.span !== program.fns[to]!.facts.span)
        edges.set(`${String(spot.fn)}:${spot.span.join('-')}:${String(to)}`, { spot, to });
      const set = calls.get(from);
      if (set) set.add(to);
      else calls.set(from, new Set([to]));
    },
    isCalled: (fn) => called.has(fn),
    escapes: (fn) => void escaped.add(fn),
    reads: (client) => void readers.add(client),
    readsFrom: (client) => readers.has(client),
    source: (s) => void sources.add(`${s.fn}:${s.span[0]}:${s.span[1]}`),
    gap,
    leftOut: (fn, reason) => leftOut(program.fns[fn]!, reason),
  };
  const decided = (c: ConfigEffect, { pkg, name }: Decision): void => {
    const key = `${pkg}|${name}`;
    const all = decisions.get(key) ?? new Map<string, ConfigEffect>();
    decisions.set(key, all.set(`${c.spot.fn}:${c.spot.span[0]}:${c.args.map((a) => settingsText(a, 0)).join()}`, c));
  };
  const leftOut = (fn: FnEntry, reason: string): void => {
    const key = `${reason}:${fn.id}`;
    if (cutSeen.has(key)) return;
    cutSeen.add(key);
    cut.push({ site: siteOf(fn.id, fn.facts.span), file: fn.file.path, reason });
  };
  /** Dropped alternatives that a function has answered for. */
  let told = overflow.count;
  const activations = overflow.activations;
  const modules = new Modules(engine);
  const summaries = new Summaries(
    program.fns,
    (fn) => {
      const dropped = overflow.count;
      try {
        return interpret(engine, fn, fn.index === 0 ? (frame) => modules.enter(fn.file.index, frame) : undefined);
      } catch (error) {
        // One function must not end the run: what it does is unknown, and that is said.
        if (!(error instanceof RangeError)) throw error;
        leftOut(fn, 'nested deeper than can be followed');
        return EMPTY_SUMMARY;
      } finally {
        if (overflow.count > Math.max(dropped, told)) leftOut(fn, 'more alternatives than can be followed');
        told = Math.max(told, overflow.count);
      }
    },
    (reason, fn) => {
      gap(reason);
      leftOut(fn, reason);
    },
    (fn) => {
      if (fn.index === 0) modules.leave(fn.file.index);
    },
  );

  const followed = (fn: FnEntry): boolean => input.tests || fn.file.role !== 'test';
  for (const fn of program.fns) if (followed(fn)) summaries.get(fn.id);

  const found = findEntries(program, workspace);
  const entries = {
    certain: found.certain.filter(followed),
    assumed: found.assumed.filter(followed),
    possible: found.possible.filter(followed),
    variables: found.variables.filter(({ file }) => input.tests || file.role !== 'test'),
  };
  const pending: { g: Egress; fn: number }[] = [];
  for (const fn of entries.certain) evaluateEntry(engine, fn, pending);
  const roots = [...entries.certain];
  // What a package without entries calls itself takes what its callers hand in.
  const assume = (fns: readonly FnEntry[]): void => {
    for (const fn of fns) evaluateEntry(engine, fn, pending);
    roots.push(...fns);
  };
  assume(entries.assumed.filter((fn) => !called.has(fn.id)));
  const fromOutside = reach(roots, calls, escaped);
  assume(entries.assumed.filter((fn) => !fromOutside.has(fn.id)));
  for (const { file, name } of entries.variables) evaluateExported(engine, file, name, pending);
  const shown = reach(roots, calls, escaped);
  const callees = new Set<number>();
  for (const set of calls.values()) for (const c of set) callees.add(c);
  for (const fn of entries.possible)
    if (!shown.has(fn.id) && !callees.has(fn.id)) evaluateEntry(engine, fn, pending, NOBODY);
  // Handlers that unknown code calls, beyond those whose registration was seen with their closure.
  for (const id of [...escaped].sort((a, b) => a - b))
    if (!callees.has(id)) evaluateEntry(engine, program.fns[id]!, pending);
  closing(
    engine,
    () => [...pending, ...waiting.values()],
    () => [...waitingCleaned.values()],
    cells,
    putOff,
  );
  const reached = reach(roots, calls, escaped);

  const env = (name: string) => workspace.env(name);
  const fnKey = (id: number): FnKey => `${program.fns[id]!.file.path}#${String(program.fns[id]!.index)}`;
  const described = new Map<Egress, OutboundCall>();
  const callOf = (g: Egress): OutboundCall => {
    const known = described.get(g);
    if (known) return known;
    const call = outboundCall(engine, g, env, siteOf, fnKey);
    described.set(g, call);
    return call;
  };
  const reports = new Reports(engine, siteOf, callOf);
  const recipientsOf = (g: Egress) => resolveRecipients(engine, g, env);
  const flows: PhiFlow[] = [];
  for (const { g, by } of emitted.values()) {
    const live = [...by].some((b) => reached.has(b));
    for (const recipient of recipientsOf(g)) flows.push(...reports.flows(g, recipient, live));
  }
  const passages: Passage[] = [];
  for (const { g, by } of [...emitted.values(), ...cleaned.values()]) {
    const through = reports.passages(g);
    if (through.length === 0) continue;
    const live = [...by].some((b) => reached.has(b));
    for (const recipient of recipientsOf(g)) for (const p of through) passages.push({ ...p, recipient, reached: live });
  }
  const uses: RecipientUse[] = [];
  for (const { g, by } of used.values()) {
    const live = [...by].some((b) => reached.has(b));
    for (const recipient of recipientsOf(g))
      uses.push({
        outbound: siteOf(g.out.fn, g.out.span),
        recipient,
        call: callOf(g),
        reached: live,
        test: program.fns[g.out.fn]!.file.role === 'test',
      });
  }
  const sites: ConfigSite[] = [...configs.values()].map(({ c }) => {
    const site = siteOf(c.spot.fn, c.spot.span);
    const point = c.point!;
    const index = Number(point.options.split('.')[0]);
    const args = c.args.map((a) => fold(engine, a, siteOf));
    return {
      product: point.product,
      part: point.part ?? null,
      service: point.service,
      package: c.mod,
      member: c.member,
      version: workspace.versionOf(site.file, packageName(c.mod)),
      site,
      args,
      options: args[index] ?? { k: 'const', value: undefined, site: null },
      reached: reached.has(c.spot.fn),
      test: program.fns[c.spot.fn]!.file.role === 'test',
    };
  });
  if (overflow.activations > activations)
    gaps.set('closures of one function beyond bound', overflow.activations - activations);
  for (const path of engine.types.cutIn)
    leftOut(program.fns[program.file(path)!.fnBase]!, 'more types than can be read for one question');
  return {
    flows: sortFlows(flows),
    passages,
    uses,
    configs: [...sites, ...configFiles(engine, workspace, siteOf)],
    graph: {
      calls: callsOf(edges.values(), fnKey),
      entries: new Set([...roots.map((fn) => fn.id), ...[...escaped].filter((id) => !callees.has(id))].map(fnKey)),
    },
    sources: sources.size,
    functions: program.fns.length,
    gaps,
    cut,
  };
}

function callsOf(
  edges: Iterable<{ readonly spot: Spot; readonly to: number }>,
  fnKey: (id: number) => FnKey,
): Map<FnKey, { readonly span: Span; readonly to: FnKey }[]> {
  const out = new Map<FnKey, { readonly span: Span; readonly to: FnKey }[]>();
  for (const { spot, to } of edges) {
    const from = fnKey(spot.fn);
    const call = { span: spot.span, to: fnKey(to) };
    const list = out.get(from);
    if (list) list.push(call);
    else out.set(from, [call]);
  }
  return out;
}

/** What settings say, as a text that tells different ones apart. */
function settingsText(v: Value, depth: number): string {
  const own = v.atoms.map((a) => (a.k === 'const' ? `=${String(a.v)}` : a.k === 'env' ? `$${a.name}` : a.k)).join('|');
  if (!v.fields || depth > 3) return own;
  return `${own}{${[...v.fields].map(([key, field]) => `${key}:${settingsText(field, depth + 1)}`).join()}}`;
}

function packageName(mod: string): string {
  const parts = mod.split('/');
  return mod.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!;
}

function key0(g: Egress): string {
  return `${g.out.fn}:${g.out.span[0]}:${g.member}:${g.place.fn}:${g.place.span[0]}:${g.place.span[1]}:${g.inUrl ? 1 : g.inInstructions ? 2 : 0}`;
}

/** Tells a step from others, and what went into it. */
function markKey(m: Mark): string {
  const went = m.of.atoms.map((a) =>
    a.k === 'label' ? a.place.key : a.k === 'sym' ? `${a.root}.${a.path.join('.')}` : '',
  );
  return `${m.fn}:${m.span.join('-')}(${went.join(' ')})`;
}

function toKey(to: Value | null): string {
  if (!to) return '';
  return to.atoms
    .map((a) =>
      a.k === 'xinst' ? `${a.sym}@${a.fn}:${a.span[0]}` : a.k === 'const' ? String(a.v) : a.k === 'env' ? a.name : a.k,
    )
    .join('+');
}

function reach(
  roots: readonly FnEntry[],
  calls: ReadonlyMap<number, ReadonlySet<number>>,
  escaped: ReadonlySet<number>,
): Set<number> {
  const out = new Set<number>(roots.map((r) => r.id));
  for (const e of escaped) out.add(e);
  const work = [...out];
  while (work.length > 0) {
    for (const c of calls.get(work.pop()!) ?? []) {
      if (out.has(c)) continue;
      out.add(c);
      work.push(c);
    }
  }
  return out;
}

function sortFlows(flows: PhiFlow[]): PhiFlow[] {
  const cmp = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return flows.sort(
    (a, b) =>
      cmp(a.place.file, b.place.file) ||
      a.place.span[0] - b.place.span[0] ||
      a.place.span[1] - b.place.span[1] ||
      cmp(a.outbound.file, b.outbound.file) ||
      a.outbound.span[0] - b.outbound.span[0] ||
      cmp(a.recipient.vendor, b.recipient.vendor) ||
      cmp(a.recipient.service, b.recipient.service) ||
      cmp(a.recipient.environment ?? '', b.recipient.environment ?? '') ||
      Number(a.inUrl) - Number(b.inUrl) ||
      cmp(a.items[0]?.via ?? '', b.items[0]?.via ?? ''),
  );
}

/** Declared de-identifiers, found by path and qualified name. */
function declared(
  program: Program,
  list: FlowInput['deidentifiers'],
): { own: Map<number, Deidentifier>; external: Map<string, Deidentifier> } {
  const own = new Map<number, Deidentifier>();
  const external = new Map<string, Deidentifier>();
  for (const d of list) {
    const hash = d.function.indexOf('#');
    const path = d.function.slice(0, hash);
    const name = d.function.slice(hash + 1);
    const file = program.file(path);
    if (!file) {
      external.set(d.function, d.spec);
      continue;
    }
    const direct = program.directVar(file.index, name);
    if (direct?.k === 'fn') own.set(direct.id, d.spec);
    const exported = program.exported(file, name);
    if (exported.k === 'var') {
      const target = program.directVar(exported.file, exported.name);
      if (target?.k === 'fn') own.set(target.id, d.spec);
    }
    file.facts.functions.forEach((f, i) => {
      if (f.name === name) own.set(file.fnBase + i, d.spec);
    });
  }
  return { own, external };
}
