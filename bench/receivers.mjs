/**
 * Counts the receivers of method calls that TypeScript's checker resolves and phitrace, which runs no compiler, does not:
 * `node bench/receivers.mjs <project>`. The project's dependencies should be installed, or the checker knows little.
 *
 * Each call `receiver.method(…)` of the project's own files is asked twice. The checker: is the receiver's type known (not
 * `any`, `unknown` or an error), and does it have that method? phitrace: is anything known of the receiver's value when its
 * function is read: what it is, or what it is declared to be? What only a caller can say (an untyped parameter) is counted
 * apart, since it is answered where the function is called.
 */
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { analyzeSync } from '../dist/analyze.js';
import { lowerFile } from '../dist/facts/lower.js';
import { numbered } from '../dist/facts/numbered.js';
import { Frame } from '../dist/flow/frame.js';
import { typeOf } from '../dist/flow/symbol-type.js';

// The compiler that phitrace is built with: the bench's own `typescript` is the native one, which has no checker to ask.
const ts = createRequire(new URL('../package.json', import.meta.url))('typescript');

const dir = resolve(process.argv[2] ?? '.');

const NOTHING = 0;
const CALLERS = 1;
const KNOWN = 2;

/** By `file:end of the receiver`, the most that was ever known of a receiver. */
const seen = new Map();
let program = null;

function known(frame, v) {
  if (v.fields !== null) return KNOWN;
  let most = NOTHING;
  for (const a of v.atoms) {
    if (a.k === 'opaque') {
      if (a.type !== null && a.type.k !== 'any') return KNOWN;
    } else if (a.k === 'sym') {
      const t = typeOf(frame, a);
      if (a.declared || a.t.text || (t !== null && t.k !== 'any')) return KNOWN;
      most = CALLERS;
    } else if (a.k === 'xinst') {
      if (a.type !== null) return KNOWN;
      // The result of a package's function: which one is known, what it gives is not.
    } else return KNOWN;
  }
  return most;
}

const get = Frame.prototype.get;
Frame.prototype.get = function (ssa) {
  const v = get.call(this, ssa);
  program ??= this.e.program;
  if (ssa >= 0) {
    const key = `${this.fn.id}#${ssa}`;
    const was = seen.get(key);
    if (was !== KNOWN) seen.set(key, Math.max(was ?? NOTHING, known(this, v)));
  }
  return v;
};

/** Positions in facts are numbers of a table that leads to the text. */
const tables = new Map();
function lower(path, text, variant) {
  const facts = numbered(lowerFile(text, variant));
  tables.set(path, facts.offsets);
  return facts;
}

analyzeSync({ dir, today: new Date().toISOString().slice(0, 10) }, { lower });

/** phitrace's answer by file and end of the method's name. */
const answers = new Map();
for (const fn of program.fns) {
  if (fn.file.role === 'test') continue;
  const loads = new Map();
  for (const b of fn.facts.blocks)
    for (const i of b.instrs) {
      if (i.op === 'load') loads.set(i.d, i);
      const load = i.op === 'call' && i.self !== -1 ? loads.get(i.f) : undefined;
      if (load === undefined) continue;
      answers.set(
        `${fn.file.path}:${tables.get(fn.file.path)[load.span[1]]}`,
        seen.get(`${fn.id}#${i.self}`) ?? NOTHING,
      );
    }
}

const files = program.files.filter((f) => f.role !== 'test' && /\.[cm]?tsx?$/.test(f.path)).map((f) => f.path);
const byConfig = new Map();
for (const file of files) {
  const config = ts.findConfigFile(dirname(join(dir, file)), ts.sys.fileExists) ?? '';
  byConfig.set(config, [...(byConfig.get(config) ?? []), file]);
}

const counts = { calls: 0, resolved: 0, unread: 0, known: 0, callers: 0, nothing: 0 };
const examples = [];
for (const [config, list] of byConfig) {
  const read = config === '' ? {} : ts.readConfigFile(config, ts.sys.readFile).config;
  const { options } = ts.parseJsonConfigFileContent(read ?? {}, ts.sys, dirname(config === '' ? dir : config));
  const checked = ts.createProgram({
    rootNames: list.map((f) => join(dir, f)),
    options: { ...options, noEmit: true, skipLibCheck: true, composite: false, incremental: false },
  });
  const checker = checked.getTypeChecker();
  for (const file of list) {
    const source = checked.getSourceFile(join(dir, file));
    if (source) count(source, file, checker);
  }
}

function count(source, file, checker) {
  const visit = (node) => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) one(node.expression);
    ts.forEachChild(node, visit);
  };
  const one = (access) => {
    counts.calls++;
    const type = checker.getNonNullableType(checker.getTypeAtLocation(access.expression));
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Never)) return;
    if (checker.getPropertyOfType(checker.getApparentType(type), access.name.text) === undefined) return;
    counts.resolved++;
    const answer = answers.get(`${file}:${access.end}`);
    if (answer === undefined) counts.unread++;
    else if (answer === KNOWN) counts.known++;
    else {
      if (answer === CALLERS) counts.callers++;
      else counts.nothing++;
      if (examples.length < 4000 && answer === NOTHING) {
        const { line } = source.getLineAndCharacterOfPosition(access.getStart());
        examples.push(
          `${file}:${line + 1} ${access.getText().slice(0, 60).replace(/\s+/g, ' ')} : ${checker.typeToString(type).slice(0, 60)}`,
        );
      }
    }
  };
  visit(source);
}

const share = (n) => `${((100 * n) / counts.resolved).toFixed(1)} %`;
console.log(`${relative(process.cwd(), dir) || '.'}: ${counts.calls} method calls`);
console.log(`the checker resolves the receiver of ${counts.resolved}; of these`);
console.log(`  known to phitrace        ${counts.known} (${share(counts.known)})`);
console.log(`  known to callers only    ${counts.callers} (${share(counts.callers)})`);
console.log(`  nothing is known         ${counts.nothing} (${share(counts.nothing)})`);
console.log(`  in code not followed     ${counts.unread} (${share(counts.unread)})`);
if (process.argv.includes('--list')) for (const e of examples) console.log(`  ${e}`);
