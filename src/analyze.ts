/** One way through the house: workspace → facts → flow → policies. All doors come in here. */
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { AnalysisResult, AnalyzeOptions } from './analysis.js';
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
import { loadKnowledge } from './knowledge/load.js';
import { LETTERS, type Letter } from './knowledge/phi.js';
import { DEFAULT_CONFIG, loadConfig, type Config } from './manifest/config.js';
import { decideCoverage } from './manifest/coverage.js';
import { findManifest } from './manifest/find.js';
import { loadManifest, NO_MANIFEST } from './manifest/load.js';
import { InputError } from './manifest/problems.js';
import type { DeidentifierDecl, Manifest } from './manifest/types.js';
import { vocabularyOf } from './manifest/vocabulary.js';
import { judge, maskCode, RULE_IDS } from './policies/index.js';
import { VERSION } from './version.js';
import { openWorkspace } from './workspace/open.js';

/** Reads the folder and judges what it finds. Throws `InputError` or `KnowledgeError` for mistakes in options, manifest or configuration. */
export function analyzeSync(options: AnalyzeOptions): AnalysisResult {
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
  const configPath = options.config ?? maybe(join(dir, 'phitrace.yaml'));
  const config = readConfig(configPath);
  const knowledge = readKnowledge(config, configPath);
  const fhir = loadFhir();
  const lexicon = loadLexicon();
  const vocabulary = vocabularyOf(knowledge, RULE_IDS);
  const manifestPath = options.manifest ?? findManifest(dir);
  const manifest = manifestPath === null ? NO_MANIFEST : readManifest(manifestPath, dir, vocabulary);
  lap('rules');

  progress('listing files');
  let workspace;
  try {
    workspace = openWorkspace(dir, { include: config.include ?? undefined, exclude: config.exclude });
  } catch (error) {
    throw new Error(error instanceof Error ? error.message : String(error));
  }
  lap('workspace');

  progress(`reading ${workspace.code.length} files`);
  const facts = new Map<string, FileFacts>();
  const texts = new Map<string, string>();
  const failed: { site: null; file: string; reason: string }[] = [];
  let lines = 0;
  let skipped = 0;
  for (const f of workspace.code) {
    const text = workspace.read(f.path);
    if (text === null) {
      failed.push({ site: null, file: f.path, reason: 'cannot be read' });
      continue;
    }
    texts.set(f.path, text);
    try {
      const x = lowerFile(text, f.variant);
      facts.set(f.path, x);
      lines += x.lineStarts.length;
      skipped += x.skipped.length;
    } catch (error) {
      failed.push({ site: null, file: f.path, reason: `could not be read: ${error instanceof Error ? error.message.split('\n')[0] : 'unknown error'}` });
    }
  }
  lap('facts');

  progress('following data');
  const files = workspace.code.filter((f) => facts.has(f.path)).map((f) => ({ path: f.path, facts: facts.get(f.path)!, role: f.role }));
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
  const flows = analyzeFlow({
    workspace,
    files,
    knowledge,
    types,
    fhir,
    lexicon,
    deidentifiers: manifest.deidentifiers.map((d) => ({ function: fromManifest(d.function, manifestPath, dir), spec: deidentifier(d) })),
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
    decide: (query) => decideCoverage(manifest, query, today, vocabulary),
    workspace,
    knowledge,
    today,
    rules: { ...config.rules, ...options.rules },
    profile: options.profile ?? config.profile ?? 'recommended',
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
  const unanalysed = workspace.unanalysed.filter((u) => u.kind === 'failed').length + failed.length + skipped + flows.cut.length;
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
    partial: unanalysed > 0,
    excerpt: (file, line) => {
      const text = texts.get(file);
      const starts = facts.get(file)?.lineStarts;
      if (text === undefined || !starts || starts[line - 1] === undefined) return null;
      return maskCode(text.slice(starts[line - 1], starts[line] ?? text.length).replace(/\r?\n$/, ''));
    },
  };
}

/** See `analyzeSync`; asynchronous so that facts may come from workers. */
export function analyze(options: AnalyzeOptions): Promise<AnalysisResult> {
  return new Promise((done, fail) => {
    try {
      done(analyzeSync(options));
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

function dateOf(options: AnalyzeOptions): string {
  if (options.today !== undefined) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(options.today) || Number.isNaN(Date.parse(options.today))) throw new Error(`"${options.today}" is not a date (YYYY-MM-DD)`);
    return options.today;
  }
  const epoch = process.env['SOURCE_DATE_EPOCH'];
  const now = epoch !== undefined && /^\d+$/.test(epoch) ? new Date(Number(epoch) * 1000) : new Date();
  return now.toISOString().slice(0, 10);
}

function maybe(path: string): string | null {
  try {
    readFileSync(path);
    return path;
  } catch {
    return null;
  }
}

function read(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new Error(`${what} "${path}" cannot be read`);
  }
}

function readConfig(path: string | null): Config {
  if (path === null) return DEFAULT_CONFIG;
  const { config, problems } = loadConfig(read(path, 'configuration'), path, RULE_IDS);
  if (!config) throw new InputError(problems);
  return config;
}

/** What ships with the package does not change while the process lives. */
let shipped: ReturnType<typeof loadKnowledge> | null = null;

function readKnowledge(config: Config, configPath: string | null): ReturnType<typeof loadKnowledge> {
  const packs = config.packs.map((p) => {
    const path = isAbsolute(p) || configPath === null ? p : join(dirname(configPath), p);
    return { path: p, text: read(path, 'rule pack') };
  });
  if (packs.length > 0) return loadKnowledge({ packs });
  shipped ??= loadKnowledge();
  return shipped;
}

function readManifest(path: string, dir: string, vocabulary: ReturnType<typeof vocabularyOf>): Manifest {
  const name = relative(dir, path).split('\\').join('/');
  const { manifest, problems } = loadManifest(read(path, 'manifest'), name, vocabulary);
  if (!manifest) throw new InputError(problems);
  return manifest;
}

/** `path#name` of the manifest's folder, seen from the scanned folder. */
function fromManifest(fn: string, manifestPath: string | null, dir: string): string {
  const hash = fn.indexOf('#');
  if (manifestPath === null || hash < 0) return fn;
  const path = relative(dir, join(dirname(resolve(manifestPath)), fn.slice(0, hash))).split('\\').join('/');
  return /\.[cm]?[jt]sx?$/.test(path) ? `${path}${fn.slice(hash)}` : fn;
}

function deidentifier(d: DeidentifierDecl): Deidentifier {
  let letters = 0;
  const fields: string[] = [];
  if (d.removes === 'all') letters = -1;
  else for (const r of d.removes) if ((LETTERS as readonly string[]).includes(r)) letters |= letterBit(r as Letter);
    else fields.push(r);
  return { letters, fields, output: d.output, mutates: d.mutates };
}
