/** One way through the house: workspace → facts → flow → policies. All doors come in here. */
import { relative, resolve } from 'node:path';
import type { AnalysisResult, AnalyzeOptions } from './analysis.js';
import { environmentWrites } from './facts/environment-writes.js';
import type { FileFacts } from './facts/ir.js';
import { lowerFile } from './facts/lower.js';
import { analyzeFlow } from './flow/analyze.js';
import { createTypeSystem } from './flow/types/system.js';
import { letterBit } from './flow/letters.js';
import type { Deidentifier } from './flow/engine.js';
import type { TypeDeps } from './flow/types/deps.js';
import { healthKnowledge } from './flow/types/health-knowledge.js';
import type { TypeSystem } from './flow/types/type.js';
import { loadFhir } from './knowledge/fhir.js';
import { loadLexicon } from './knowledge/lexicon.js';
import { LETTERS, type Letter } from './knowledge/phi.js';
import { decideCoverage } from './manifest/coverage.js';
import type { DeidentifierDecl } from './manifest/types.js';
import { dateOf, functionFromManifest, readInputs, type InputFiles, type Inputs } from './inputs.js';
import { judge, maskCode } from './policies/index.js';
import { VERSION } from './version.js';
import { openWorkspace } from './workspace/open.js';
import type { CodeVariant, EnvValue, FileSource, Workspace } from './workspace/types.js';

/** What a door may put in place of the disk and of a fresh start. Nothing here changes what is found in the same files. */
export interface Means {
  /** Code and data of the folder: a revision, the index, an editor's buffers. */
  readonly source?: FileSource;
  /** Manifest, configuration and packs. */
  readonly inputs?: InputFiles;
  /** Facts of a file that were lowered before; default: lowered now. */
  readonly lower?: (path: string, text: string, variant: CodeVariant) => FileFacts;
  /** Places whose comments act; default: all do. */
  readonly honoured?: ReadonlySet<string>;
  /** Told what was read besides the code. */
  readonly onInputs?: (inputs: Inputs) => void;
}

/** Reads the folder and judges what it finds. Throws `InputError` or `KnowledgeError` for mistakes in options, manifest or configuration. */
export function analyzeSync(options: AnalyzeOptions, means: Means = {}): AnalysisResult {
  const started = performance.now();
  const phases: Record<string, number> = {};
  let mark = started;
  const lap = (name: string): void => {
    const now = performance.now();
    phases[name] = Math.round(now - mark);
    mark = now;
  };
  const progress = options.onProgress ?? ((): void => undefined);
  const today = dateOf(options);
  const dir = resolve(options.dir);

  progress('reading rules');
  const inputs = readInputs(dir, options, means.inputs);
  means.onInputs?.(inputs);
  const { config, knowledge, vocabulary, manifest, manifestPath, baseline } = inputs;
  const fhir = loadFhir();
  const lexicon = loadLexicon();
  lap('rules');

  progress('listing files');
  const opened = openWorkspace(dir, {
    include: config.include ?? undefined,
    exclude: config.exclude,
    source: means.source,
  });
  lap('workspace');

  progress(`reading ${opened.code.length} files`);
  const facts = new Map<string, FileFacts>();
  const texts = new Map<string, string>();
  const failed: { site: null; file: string; reason: string }[] = [];
  let lines = 0;
  let skipped = 0;
  for (const f of opened.code) {
    const text = opened.read(f.path);
    if (text === null) {
      failed.push({ site: null, file: f.path, reason: 'cannot be read' });
      continue;
    }
    texts.set(f.path, text);
    try {
      const x = means.lower?.(f.path, text, f.variant) ?? lowerFile(text, f.variant);
      facts.set(f.path, x);
      lines += x.lineStarts.length;
      skipped += x.skipped.length;
    } catch (error) {
      failed.push({
        site: null,
        file: f.path,
        reason: `could not be read: ${error instanceof Error ? error.message.split('\n')[0] : 'unknown error'}`,
      });
    }
  }
  const workspace = withVariablesOf(opened, facts);
  lap('facts');

  progress('following data');
  const files = workspace.code
    .filter((f) => facts.has(f.path))
    .map((f) => ({ path: f.path, facts: facts.get(f.path)!, role: f.role }));
  const types = (schemaShape: NonNullable<TypeDeps['schemaShape']>): TypeSystem =>
    createTypeSystem({
      ...healthKnowledge(),
      file: (path) => facts.get(path) ?? null,
      files: () => files.map((f) => f.path),
      resolveImport: (from, specifier) => workspace.resolve(from, specifier),
      prisma: workspace.prisma,
      knownType: (id) => knowledge.type(id) !== null,
      schemaShape,
    });
  const profile = options.profile ?? config.profile ?? 'recommended';
  const flows = analyzeFlow({
    workspace,
    files,
    tests: profile !== 'recommended',
    knowledge,
    types,
    fhir,
    lexicon,
    deidentifiers: manifest.deidentifiers.map((d) => ({
      function: functionFromManifest(d.function, manifestPath, dir),
      spec: deidentifier(d),
    })),
  });
  lap('flow');

  progress('judging');
  const position = (file: string, offset: number): { line: number; column: number } => {
    const starts = facts.get(file)?.lineStarts ?? [0];
    let lo = 0;
    let hi = starts.length - 1;
    while (lo < hi) {
      const mid = (lo + hi + 1) >> 1;
      if (starts[mid]! <= offset) lo = mid;
      else hi = mid - 1;
    }
    return { line: lo + 1, column: offset - starts[lo]! + 1 };
  };
  const judged = judge({
    flows: { ...flows, cut: [...flows.cut, ...failed] },
    manifest,
    baseline,
    honoured: means.honoured,
    decide: (query) => decideCoverage(manifest, query, today, vocabulary),
    workspace,
    knowledge,
    today,
    rules: { ...config.rules, ...options.rules },
    profile,
    position,
    excerpt: (file, span) => {
      const text = texts.get(file);
      return text === undefined ? null : text.slice(span[0], Math.min(span[1], span[0] + 400)).replace(/\s+/g, ' ');
    },
    facts: (file) => facts.get(file) ?? null,
  });
  lap('policies');
  const severities = { error: 0, warning: 0, note: 0 };
  let suppressed = 0;
  for (const f of judged.findings) {
    if (f.suppressed) suppressed++;
    else severities[f.severity]++;
  }
  const unanalysed =
    workspace.unanalysed.filter((u) => u.kind === 'failed').length + failed.length + skipped + flows.cut.length;
  const root = relative(process.cwd(), dir).split('\\').join('/') || '.';
  return {
    analysis: {
      schemaVersion: 1,
      tool: { name: 'phitrace', version: VERSION },
      root,
      asOf: today,
      findings: judged.findings,
      flows: judged.flows,
      recipients: judged.registry,
      summary: {
        files: files.length,
        lines,
        unanalysed,
        errors: severities.error,
        warnings: severities.warning,
        notes: severities.note,
        suppressed,
        durationMs: Math.round(performance.now() - started),
      },
    },
    details: {
      manifest: manifest.path,
      sources: flows.sources,
      functions: flows.functions,
      flows: judged.flows.length,
      gaps: Object.fromEntries([...flows.gaps].sort(([a], [b]) => (a < b ? -1 : 1))),
      phases,
      peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
    },
    cleanings: judged.cleanings,
    scorecard: judged.scorecard,
    partial: unanalysed > 0,
    excerpt: (file, line) => {
      const text = texts.get(file);
      const starts = facts.get(file)?.lineStarts;
      if (text === undefined || !starts || starts[line - 1] === undefined) return null;
      return maskCode(text.slice(starts[line - 1], starts[line] ?? text.length).replace(/\r?\n$/, ''));
    },
  };
}

/** The workspace, with the variables that the product's own code sets beside those of its environment files. */
function withVariablesOf(workspace: Workspace, facts: ReadonlyMap<string, FileFacts>): Workspace {
  const set = new Map<string, EnvValue[]>();
  for (const { path: file, role } of workspace.code) {
    const own = role === 'test' ? undefined : facts.get(file);
    for (const { name, value, at } of own ? environmentWrites(own) : []) {
      const line = own!.lineStarts.filter((start) => start <= at).length;
      const one: EnvValue = { value, file, line, environment: null, ignored: false, origin: 'env-file' };
      set.set(name, [...(set.get(name) ?? []), one]);
    }
  }
  if (set.size === 0) return workspace;
  // What code sets itself stands, whatever it was started with.
  const env = (name: string): readonly EnvValue[] => [...(set.get(name) ?? []), ...workspace.env(name)];
  return Object.assign(Object.create(workspace) as Workspace, { env });
}

function deidentifier(d: DeidentifierDecl): Deidentifier {
  let letters = 0;
  const fields: string[] = [];
  if (d.removes === 'all') letters = -1;
  else
    for (const r of d.removes)
      if ((LETTERS as readonly string[]).includes(r)) letters |= letterBit(r as Letter);
      else fields.push(r);
  return { letters, fields, output: d.output, mutates: d.mutates };
}
