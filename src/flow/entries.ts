/** Where outside code calls in: handlers, framework files, package exports. Everything else needs a caller. */
import type { FileEntry, FnEntry, Program } from './program.js';
import type { Workspace } from '../workspace/types.js';

/** Files whose exports a framework calls by convention. */
const FRAMEWORK_FILES: readonly RegExp[] = [
  // Next.js: app routes, pages, layouts, middleware, instrumentation, pages API. Remix, SvelteKit, Expo routes alike.
  /(^|\/)app\/(.*\/)?(route|page|layout|template|loading|error|not-found|global-error|default)\.[cm]?[jt]sx?$/,
  /(^|\/)pages\/.+\.[cm]?[jt]sx?$/,
  /(^|\/)(middleware|instrumentation|instrumentation-client|proxy)\.[cm]?[jt]s$/,
  /(^|\/)(app\/)?routes\/.+\.[cm]?[jt]sx?$/,
  // Edge, serverless and hosted functions.
  /(^|\/)(supabase|netlify)\/(edge-)?functions\/.+\.[cm]?[jt]sx?$/,
  /(^|\/)api\/.+\.[cm]?[jt]sx?$/,
  /(^|\/)(functions|lambdas?|zambdas?|handlers?|bots)\/.+\.[cm]?[jt]s$/,
  /(^|\/)(server|index|main|app|worker|handler)\.[cm]?[jt]sx?$/,
];

const HANDLER_EXPORTS = new Set([
  'handler',
  'default',
  'main',
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'loader',
  'action',
  'middleware',
  'getServerSideProps',
  'getStaticProps',
  'register',
  'onRequest',
  'fetch',
  'scheduled',
  'queue',
]);

/** Methods of decorated classes that a framework calls by name: filters, interceptors, pipes, guards, workers. */
const FRAMEWORK_METHODS = new Set(['catch', 'intercept', 'transform', 'canActivate', 'use', 'process', 'onModuleInit']);

export interface Entries {
  /** Called from outside. */
  readonly certain: readonly FnEntry[];
  /** Exports of a package that shows no entry: called from outside, unless the package's own code calls them. */
  readonly assumed: readonly FnEntry[];
  /** Exported variables that are no plain functions or classes, of files whose exports outside code takes. */
  readonly variables: readonly { readonly file: FileEntry; readonly name: string }[];
  /** Exported, but nothing shows that anybody calls them. */
  readonly possible: readonly FnEntry[];
}

export function findEntries(program: Program, workspace: Workspace): Entries {
  const certain = new Set<number>();
  const assumed = new Set<number>();
  const possible = new Set<number>();
  const variables: { file: FileEntry; name: string }[] = [];
  const entryFiles = new Set(workspace.packages.flatMap((p) => p.entries));
  const shown = new Set<string>();
  const byPackage = new Map<string, FileEntry[]>();
  for (const file of program.files) {
    const dir = workspace.packageOf(file.path)?.dir ?? '';
    push(byPackage, dir, file);
    certain.add(file.fnBase);
    const before = certain.size;
    const server = file.facts.directives.includes('use server');
    if (entryFiles.has(file.path) || server || FRAMEWORK_FILES.some((re) => re.test(file.path))) {
      for (const fn of exportedFunctions(
        program,
        file,
        entryFiles.has(file.path) || server ? null : handlerNames(file),
      ))
        certain.add(fn);
    } else {
      for (const fn of exportedFunctions(program, file, new Set(['handler']))) certain.add(fn);
    }
    file.facts.functions.forEach((f, i) => {
      if (f.directives.includes('use server')) certain.add(file.fnBase + i);
    });
    file.facts.classes.forEach((c) => {
      // A decorated class is made and called by its framework.
      if (c.decorators.length === 0) return;
      for (const m of c.members)
        if (m.fn >= 0 && (m.decorators.length > 0 || FRAMEWORK_METHODS.has(m.name))) certain.add(file.fnBase + m.fn);
    });
    if (certain.size > before) shown.add(dir);
  }
  for (const [dir, files] of byPackage) {
    for (const file of files) {
      const open = !shown.has(dir) || entryFiles.has(file.path) || FRAMEWORK_FILES.some((re) => re.test(file.path));
      if (open) variables.push(...exportedVariables(program, file));
      for (const fn of exportedFunctions(program, file, null)) {
        if (!certain.has(fn)) (shown.has(dir) ? possible : assumed).add(fn);
      }
    }
  }
  const entries = (ids: Iterable<number>): FnEntry[] => [...ids].sort((a, b) => a - b).map((id) => program.fns[id]!);
  return { certain: entries(certain), assumed: entries(assumed), variables, possible: entries(possible) };
}

/** In framework files the names that the framework knows; a file without any of them is taken whole. */
function handlerNames(file: FileEntry): Set<string> | null {
  const named = file.facts.exports.some((e) => e.kind === 'local' && HANDLER_EXPORTS.has(e.name));
  return named ? HANDLER_EXPORTS : null;
}

/** Functions and public methods behind a file's exports. */
function exportedFunctions(program: Program, file: FileEntry, names: ReadonlySet<string> | null): number[] {
  const out: number[] = [];
  for (const e of file.facts.exports) {
    if (e.kind === 'star') {
      if (names === null) out.push(...starFunctions(program, file, e.specifier, new Set([file.index])));
      continue;
    }
    const name = e.kind === 'assign' ? 'default' : e.name;
    if (names !== null && !names.has(name)) continue;
    const b =
      e.kind === 'assign' ? ({ k: 'var', file: file.index, name: e.var } as const) : program.exported(file, name);
    if (b.k === 'var') out.push(...behind(program, b.file, b.name));
  }
  return out;
}

function exportedVariables(program: Program, file: FileEntry): { file: FileEntry; name: string }[] {
  return file.facts.exports.flatMap((e) => {
    const b = e.kind === 'local' ? program.exported(file, e.name) : null;
    return b?.k === 'var' && b.file === file.index && program.directVar(b.file, b.name) === null
      ? [{ file, name: b.name }]
      : [];
  });
}

function starFunctions(program: Program, file: FileEntry, specifier: string, seen: Set<number>): number[] {
  const b = program.resolveBinding(file, specifier, '*');
  if (b.k !== 'module' || seen.has(b.file) || seen.size > 200) return [];
  seen.add(b.file);
  const target = program.files[b.file]!;
  const out = exportedFunctions(program, target, new Set(program.exportNames(target)));
  for (const e of target.facts.exports)
    if (e.kind === 'star') out.push(...starFunctions(program, target, e.specifier, seen));
  return out;
}

function behind(program: Program, file: number, name: string): number[] {
  const d = program.directVar(file, name);
  const f = program.files[file]!;
  if (d?.k === 'fn') return [d.id];
  if (d?.k === 'class') {
    const c = program.classes[d.id]!;
    const methods = c.facts.members.filter((m) => m.fn >= 0 && !m.name.startsWith('#')).map((m) => f.fnBase + m.fn);
    // `handle = async (patient) => …`: a method but for the way it is written.
    const written = f.facts.functions.flatMap((fn, i) =>
      c.facts.fieldInit > 0 && fn.parent === c.facts.fieldInit && isField(c.facts.name, fn.name) ? [f.fnBase + i] : [],
    );
    return [...methods, ...written, ...assignedFields(f, c.facts.constructorFn)];
  }
  // An object of functions (`export const api = { send() {} }`) or a wrapped handler: the functions that stand in it.
  return f.facts.functions.flatMap((fn, i) =>
    fn.parent === 0 && fn.kind !== 'module' && (fn.name === name || fn.name.startsWith(`${name}.`))
      ? [f.fnBase + i]
      : [],
  );
}

/** `this.greet = async (patient) => …` in a constructor. */
function assignedFields(f: FileEntry, constructorFn: number): number[] {
  const body = f.facts.functions[constructorFn];
  if (!body) return [];
  const made = new Map<number, number>();
  const selves = new Set<number>();
  const out: number[] = [];
  for (const b of body.blocks)
    for (const i of b.instrs) {
      if (i.op === 'this') selves.add(i.d);
      else if (i.op === 'fn') made.set(i.d, i.f);
      else if (i.op === 'typed' && made.has(i.v)) made.set(i.d, made.get(i.v)!);
      else if (i.op === 'store' && selves.has(i.b) && made.has(i.v) && !i.k.startsWith('#'))
        out.push(f.fnBase + made.get(i.v)!);
    }
  return out;
}

function isField(cls: string, name: string): boolean {
  return name.startsWith(`${cls}.`) && /^[\w$]+$/.test(name.slice(cls.length + 1));
}

function push<K, V>(map: Map<K, V[]>, key: K, v: V): void {
  const list = map.get(key);
  if (list) list.push(v);
  else map.set(key, [v]);
}
