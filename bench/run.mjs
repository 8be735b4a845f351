/**
 * Times a cold `phitrace check` (fresh process, no cache of its own) against TypeScript's native `tsc --noEmit` on the
 * same .ts and .tsx files, in turns, and the page of the map in a browser. See docs/benchmarks.md. Asserts nothing: prints
 * what it measured and a verdict.
 *
 *   npm run bench -- --project DIR [--runs N] [--include GLOB…] [--strict false] [--only phitrace|tsc] [--json FILE]
 *   npm run bench -- --only page|editor [--edits N]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { lowerFile } from '../dist/facts/lower.js';
import { openWorkspace } from '../dist/workspace/open.js';
import { measureEditor } from './editor-soak.mjs';
import { measurePage } from './page.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const GNU_TIME = '/usr/bin/time';
const MEMORY_GOAL_MB = 1536;
const NOT_COMPARED = ['**/*.js', '**/*.jsx', '**/*.mjs', '**/*.cjs'];

const { values: options } = parseArgs({
  options: {
    project: { type: 'string' },
    runs: { type: 'string', default: '3' },
    include: { type: 'string', multiple: true },
    strict: { type: 'string', default: 'true' },
    json: { type: 'string' },
    only: { type: 'string' },
    edits: { type: 'string', default: '2000' },
  },
});

if (options.only === 'page') {
  await measurePage();
  process.exit(0);
}
if (options.only === 'editor') {
  await measureEditor(Number(options.edits));
  process.exit(0);
}
if (!options.project || !existsSync(options.project))
  stop('usage: npm run bench -- --project DIR [--runs N] [--include GLOB], or npm run bench -- --only page|editor');
if (!existsSync(GNU_TIME))
  stop(`GNU time is needed at ${GNU_TIME}: it counts the CPU time of a process and its children`);

const project = resolve(options.project);
const scratch = mkdtempSync(join(tmpdir(), 'phitrace-bench-'));
try {
  main();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
if (!options.only) {
  console.log('');
  await measurePage();
  console.log('');
  await measureEditor(Number(options.edits));
}

function main() {
  const include = options.include ?? null;
  const workspace = openWorkspace(project, { include: include ?? undefined, exclude: NOT_COMPARED });
  const { lines, paths } = survey(workspace);
  const files = workspace.code.map((f) => f.path);
  if (files.length === 0) stop('no .ts or .tsx files there');
  const config = join(scratch, 'phitrace.yaml');
  writeFileSync(config, JSON.stringify({ exclude: NOT_COMPARED, ...(include ? { include } : {}) }));
  const tsconfig = join(scratch, 'tsconfig.json');
  writeFileSync(tsconfig, JSON.stringify(tsconfigOf(files, paths), null, 1));
  const tsc = nativeTsc();
  const installed = dependenciesInstalled(workspace.packages);

  console.log(`code base     ${project}${commitOf(project)}`);
  console.log(`compared      ${files.length} .ts/.tsx files, ${lines.toLocaleString('en')} lines`);
  console.log(
    `dependencies  ${installed.there} of ${installed.all} declared packages are installed${installed.there === 0 ? ': tsc has less to do than usual' : ''}`,
  );
  console.log(`machine       ${availableParallelism()} cores, node ${process.version}, tsc ${tsc.version}`);
  console.log('');

  const tools = [
    {
      name: 'phitrace check',
      argv: (n) => [
        process.execPath,
        join(HERE, '../bin/phitrace.js'),
        'check',
        project,
        '--config',
        config,
        '--no-cache',
        '--allow-partial',
        '--stats',
        '--quiet',
        '--format',
        'text',
        '--output',
        join(scratch, `out-${n}.txt`),
      ],
      expected: [0, 1],
      runs: [],
    },
    {
      name: 'tsc --noEmit',
      argv: () => [tsc.exe, '--noEmit', '-p', tsconfig, '--pretty', 'false'],
      expected: [0, 1, 2],
      runs: [],
    },
    {
      name: 'tsc --singleThreaded',
      argv: () => [tsc.exe, '--noEmit', '-p', tsconfig, '--pretty', 'false', '--singleThreaded'],
      expected: [0, 1, 2],
      runs: [],
    },
  ];
  if (options.only) tools.splice(0, tools.length, ...tools.filter((t) => t.name.startsWith(options.only)));
  const rounds = Math.max(1, Number(options.runs));
  const phases = new Map();
  for (let n = 0; n < rounds; n++) {
    for (const tool of tools) tool.runs.push(measure(tool, n));
    const output = join(scratch, `out-${n}.txt`);
    const text = existsSync(output) ? readFileSync(output, 'utf8') : '';
    for (const [, phase, ms] of text.matchAll(/^\s*time: (\S+)\s+([\d,]+) ms/gm)) {
      if (!phases.has(phase)) phases.set(phase, []);
      phases.get(phase).push(Number(ms.replaceAll(',', '')));
    }
  }
  for (const t of tools.filter((x) => x.name.startsWith('tsc'))) {
    const { errors, unresolved } = t.runs[0];
    t.note = `${errors} errors reported, ${unresolved} of them modules that were not found`;
  }
  print(tools, lines, phases);
  if (options.json)
    writeFileSync(
      options.json,
      JSON.stringify(
        { project, files: files.length, lines, installed, tools, phases: Object.fromEntries(phases) },
        null,
        2,
      ),
    );
}

/**
 * Counts lines, warms the disk cache, and collects how phitrace resolves imports that are not relative (aliases,
 * packages of the same repository) so that tsc can be told the same: without built packages it would not find them.
 */
function survey(workspace) {
  let lines = 0;
  const targets = new Map();
  for (const f of workspace.code) {
    const text = workspace.read(f.path);
    if (text === null) continue;
    const facts = lowerFile(text, f.variant);
    lines += facts.lineStarts.length;
    const specifiers = new Set(
      [...facts.imports, ...facts.exports].flatMap((x) =>
        x.specifier && !x.specifier.startsWith('.') ? [x.specifier] : [],
      ),
    );
    for (const s of specifiers) {
      if (targets.has(s)) continue;
      const to = workspace.resolve(f.path, s);
      if (to.kind === 'file') targets.set(s, to.path);
    }
  }
  return { lines, paths: asPatterns(targets) };
}

/** `@scope/core/util/x` → packages/core/src/util/x.ts, as `@scope/core/*` where the names agree, else one by one. */
function asPatterns(targets) {
  const paths = {};
  const patterns = new Map();
  for (const [specifier, path] of [...targets].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const parts = specifier.split('/');
    const head = parts.slice(0, specifier.startsWith('@') && parts[0] !== '@' ? 2 : 1).join('/');
    const rest = specifier.slice(head.length + 1);
    const stem = path.replace(/(\/index)?\.d?\.?[cm]?tsx?$/, '');
    if (rest !== '' && stem.endsWith(`/${rest}`)) {
      const dir = stem.slice(0, -rest.length);
      const seen = patterns.get(head);
      if (seen === undefined || seen === dir) {
        patterns.set(head, dir);
        paths[`${head}/*`] = [join(project, dir, '*')];
        continue;
      }
    }
    paths[specifier] = [join(project, path)];
  }
  return paths;
}

function tsconfigOf(files, paths) {
  return {
    compilerOptions: {
      noEmit: true,
      target: 'es2022',
      module: 'esnext',
      moduleResolution: 'bundler',
      lib: ['es2023', 'dom', 'dom.iterable', 'esnext.disposable'],
      jsx: 'react-jsx',
      strict: options.strict !== 'false',
      skipLibCheck: true,
      esModuleInterop: true,
      resolveJsonModule: true,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      allowJs: false,
      types: ['*'],
      typeRoots: [join(project, 'node_modules/@types')],
      paths,
    },
    files: files.map((f) => join(project, f)),
  };
}

function nativeTsc() {
  const require = createRequire(import.meta.url);
  let manifest;
  try {
    manifest = require.resolve(`@typescript/typescript-${process.platform}-${process.arch}/package.json`);
  } catch {
    stop('run `npm ci` in bench/ first');
  }
  const exe = join(dirname(manifest), 'lib', process.platform === 'win32' ? 'tsc.exe' : 'tsc');
  return { exe, version: JSON.parse(readFileSync(manifest, 'utf8')).version };
}

function dependenciesInstalled(packages) {
  const names = new Set();
  const there = new Set();
  for (const p of packages) {
    for (const d of Object.keys(p.dependencies)) {
      names.add(d);
      for (let dir = join(project, p.dir); dir.startsWith(project); dir = dirname(dir)) {
        if (existsSync(join(dir, 'node_modules', d))) {
          there.add(d);
          break;
        }
      }
    }
  }
  return { all: names.size, there: there.size };
}

function commitOf(dir) {
  const top = spawnSync('git', ['-C', dir, 'rev-parse', '--show-prefix', 'HEAD'], { encoding: 'utf8' });
  const words = top.status === 0 ? top.stdout.trim().split('\n') : [];
  return words.length > 0 ? ` at ${words.at(-1)}` : '';
}

/** One run under GNU time: user + system time of the process and its children, wall time, the largest process's peak memory. */
function measure(tool, n) {
  const report = join(scratch, 'time.txt');
  const run = spawnSync(GNU_TIME, ['-f', '%U %S %e %M', '-o', report, ...tool.argv(n)], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    cwd: scratch,
  });
  if (!tool.expected.includes(run.status))
    stop(`${tool.name} ended with status ${run.status}\n${run.stderr.slice(-2000)}${run.stdout.slice(-2000)}`);
  const [user, sys, wall, kb] = readFileSync(report, 'utf8').trim().split('\n').at(-1).split(' ').map(Number);
  const errors = [...run.stdout.matchAll(/error TS(\d+)/g)].map((m) => m[1]);
  return {
    cpu: user + sys,
    user,
    sys,
    wall,
    mb: kb / 1024,
    errors: errors.length,
    unresolved: errors.filter((c) => c === '2307' || c === '7016').length,
  };
}

function print(tools, lines, phases) {
  const row = (cells) => console.log(cells.map((c, i) => (i === 0 ? c.padEnd(22) : c.padStart(16))).join(''));
  row(['min (median)', 'CPU s', 'wall s', 'peak MB', 'lines/CPU s']);
  const best = tools.map((t) => {
    const cpu = stat(t.runs, 'cpu');
    const wall = stat(t.runs, 'wall');
    const mb = stat(t.runs, 'mb');
    row([t.name, show(cpu, 2), show(wall, 2), show(mb, 0), Math.round(lines / cpu.min).toLocaleString('en')]);
    return { cpu: cpu.min, mb: mb.median };
  });
  for (const t of tools) if (t.note) console.log(`  ${t.name}: ${t.note}`);
  if (phases.size > 0)
    console.log(
      `  phitrace by phase, wall ms, median: ${[...phases].map(([p, ms]) => `${p} ${median(ms)}`).join(', ')}`,
    );
  console.log('');
  const [mine, theirs] = best;
  if (options.only) return;
  verdict(mine.cpu <= theirs.cpu, `CPU time ${(mine.cpu / theirs.cpu).toFixed(2)} × that of tsc (goal: at most 1)`);
  verdict(mine.mb <= MEMORY_GOAL_MB, `peak memory ${Math.round(mine.mb)} MB (goal: at most ${MEMORY_GOAL_MB})`);
}

function verdict(met, text) {
  console.log(`${met ? 'met     ' : 'NOT MET '} ${text}`);
}

function stat(runs, key) {
  const values = runs.map((r) => r[key]);
  return { min: Math.min(...values), median: median(values) };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const mid = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[mid] : (sorted[mid - 1] + sorted[mid]) / 2;
}

function show(s, digits) {
  return `${s.min.toFixed(digits)} (${s.median.toFixed(digits)})`;
}

function stop(message) {
  console.error(`bench: ${message}`);
  process.exit(2);
}
