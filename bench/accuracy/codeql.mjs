/**
 * CodeQL's JavaScript library tests. What is a source, a sink and a barrier is what the suite's own query says (quoted at
 * each translation); what is expected are the rows of its `.expected` file.
 */
import ts from 'typescript';
import { reached } from './engine.mjs';
import { calleeName, CLEAN, given, nodes, parse, position, rewrite, SINK, SOURCE } from './translate.mjs';

const ROOT = 'javascript/ql/test/library-tests';

/** Rows `| source | … | sink | … |` of the named results (all if none are named). */
function expectations(text, names) {
  const rows = new Set();
  let current = '';
  for (const line of text.split('\n')) {
    if (line === '') continue;
    if (!line.startsWith('|')) current = line.trim();
    else if (names === null || names.includes(current)) {
      const m = /^\| (\S+?\.\w+:\d+:\d+:\d+:\d+) \| .*? \| (\S+?\.\w+:\d+:\d+:\d+:\d+) \|/.exec(line);
      if (m) rows.add(`${m[1]} -> ${m[2]}`);
      // A query that lists the sinks alone, since there is one source.
      const only = /^\| (\S+?\.\w+:\d+:\d+:\d+:\d+) \| [^|]* \|$/.exec(line);
      if (only) rows.add(only[1]);
    }
  }
  return rows;
}

const literal = (want) => (n) =>
  ts.isStringLiteralLike(n) && n.text === want && !ts.isPropertyAssignment(n.parent)
    ? [n]
    : ts.isStringLiteralLike(n) && n.text === want && n.parent.initializer === n
      ? [n]
      : [];
/** `call.getCalleeName() = "sink"`, `getAnArgument()`. */
const argumentsOf = (name) => (n) =>
  (ts.isCallExpression(n) || ts.isNewExpression(n)) && calleeName(n) === name
    ? [...(n.arguments ?? [])].filter((a) => !ts.isSpreadElement(a))
    : [];
/** `vd.getBindingPattern().(VarDecl).getName().matches("%word%")`, `vd.getInit()`. */
const initOf = (word) => (n) =>
  ts.isVariableDeclaration(n) && ts.isIdentifier(n.name) && n.name.text.includes(word) && n.initializer
    ? [n.initializer]
    : [];
/** `any(Variable v | v.getName() = "name").getAnAssignedExpr()` */
const assigned = (name) => (n) => (ts.isIdentifier(n) && n.text === name && given(n) ? [given(n)] : []);
const either =
  (...fs) =>
  (n) =>
    fs.flatMap((f) => f(n));

/** `isBarrier`: what functions called `…noReturnTracking…` return; `isBarrierEdge`: reading a property `notTracked`. */
function untracked(n) {
  if (ts.isPropertyAccessExpression(n) && n.name.text === 'notTracked') {
    return ts.isBinaryExpression(n.parent) && n.parent.left === n ? [] : [n];
  }
  if (!ts.isReturnStatement(n) || !n.expression) return [];
  let f = n.parent;
  while (f && !ts.isFunctionLike(f)) f = f.parent;
  return f?.name?.getText().includes('noReturnTracking') ? [n.expression] : [];
}

const wrap = (node, name, rank, sink) => ({ node, before: `${name}(`, after: ')', rank, sink });

/**
 * What a sink of a data-flow configuration asks: whether the text of the source itself arrives. That a list or an object
 * which holds it is handed over is no flow there, and is one for us: so these suites ask before they hand it over.
 */
const TEXT_ONLY = "((v) => (typeof v === 'string' && ";
const textOnly = (node, sink) => ({ node, before: `${TEXT_ONLY}${SINK}(v), v))(`, after: ')', rank: 1, sink });

/** One run per source, with all sinks marked, so that every pair is told apart. */
function pairs(files, { source, sink, barrier, texts = false }, extraEdits) {
  const trees = new Map([...files].map(([path, text]) => [path, parse(path, text)]));
  const marks = [];
  const sources = [];
  for (const [path, tree] of trees) {
    for (const n of nodes(tree)) {
      for (const s of source(n))
        if (!sources.some((x) => x.node === s)) sources.push({ path, node: s, at: `${path}:${position(tree, s)}` });
      for (const s of sink(n))
        if (!marks.some((x) => x.edit.node === s && x.sink))
          marks.push({
            path,
            sink: `${path}:${position(tree, s)}`,
            edit: texts
              ? textOnly(s, `${path}:${position(tree, s)}`)
              : wrap(s, SINK, 1, `${path}:${position(tree, s)}`),
          });
      for (const s of barrier?.(n) ?? []) marks.push({ path, edit: wrap(s, CLEAN, 0.5) });
    }
  }
  const found = new Set();
  for (const s of sources) {
    const program = new Map();
    const at = new Map();
    for (const [path, tree] of trees) {
      const edits = marks.filter((m) => m.path === path).map((m) => m.edit);
      if (s.path === path) edits.push(wrap(s.node, SOURCE, 0));
      for (const e of extraEdits?.(path, tree, s) ?? []) edits.push(e);
      const { text, places } = rewrite(files.get(path), tree, edits);
      program.set(path, text);
      const inside = texts ? TEXT_ONLY.length : 0;
      for (const [sink, p] of places) at.set(`${path}:${p.line}:${p.column + inside}`, sink);
    }
    for (const place of reached(program)) if (at.has(place)) found.add(`${s.at} -> ${at.get(place)}`);
  }
  const comments = new Map();
  for (const m of marks) {
    if (!m.sink) continue;
    const tree = trees.get(m.path);
    const line = files.get(m.path).split('\n')[tree.getLineAndCharacterOfPosition(m.edit.node.getStart(tree)).line];
    comments.set(m.sink, /\/\/\s*(.*)$/.exec(line)?.[1] ?? '');
  }
  const all = sources.flatMap((s) => [...comments.keys()].map((sink) => `${s.at} -> ${sink}`));
  return { found, comments, pairs: all };
}

function folder(ql, name) {
  const files = new Map();
  for (const f of ql.list(`${ROOT}/${name}`))
    if (/\.(m?js|ts|tsx|jsx)$/.test(f)) files.set(f, ql.read(`${ROOT}/${name}/${f}`));
  return files;
}

function interProcedural(ql) {
  const files = folder(ql, 'InterProceduralFlow');
  const text = ql.read(`${ROOT}/InterProceduralFlow/tests.expected`);
  // Taint tracking and the German variant: what any of the configurations without flow labels reports.
  const expected = expectations(text, ['dataFlow', 'taintTracking', 'germanFlow']);
  const run = pairs(files, {
    source: either(initOf('source'), assigned('quelle')),
    sink: either(initOf('sink'), assigned('abfluss')),
    barrier: untracked,
  });
  // Parity as two places of an object: a source fills `even`, `inc` swaps the two, a sink sees what is in `even`.
  const labels = expectations(text, ['flowLabels']);
  const odd = new Map([['tst5.mjs', files.get('tst5.mjs')]]);
  const flows = parity(odd);
  return [
    { suite: 'InterProceduralFlow', expected, ...run },
    { suite: 'InterProceduralFlow (parity labels)', expected: labels, ...flows },
  ];
}

function parity(files) {
  const [[path, text]] = [...files];
  const tree = parse(path, text);
  const calls = [...nodes(tree)].filter((n) => ts.isCallExpression(n));
  const found = new Set();
  const comments = new Map();
  for (const s of calls.filter((c) => calleeName(c) === 'source')) {
    const edits = [];
    for (const c of calls) {
      const name = calleeName(c);
      const arg = c.arguments[0];
      if (name === 'inc')
        edits.push(
          { node: c, before: '((v) => ({ even: v.odd, odd: v.even }))(', after: ')', rank: 1 },
          { from: c.expression.getStart(tree), to: c.expression.getEnd(), text: '' },
        );
      else if (name === 'sink') {
        const at = `${path}:${position(tree, arg)}`;
        comments.set(at, '');
        edits.push({ node: arg, before: `((v) => (${SINK}(v.even), v))(`, after: ')', rank: 1, sink: at });
      } else if (c === s)
        edits.push({ node: c, before: `((v) => ({ ...v, even: ${SOURCE}() }))(`, after: ')', rank: 1 });
    }
    const { text: program, places } = rewrite(text, tree, edits);
    const at = new Map([...places].map(([sink, p]) => [`${path}:${p.line}:${p.column + '((v) => ('.length}`, sink]));
    for (const place of reached(new Map([[path, program]])))
      if (at.has(place)) found.add(`${path}:${position(tree, s)} -> ${at.get(place)}`);
  }
  return { found, comments };
}

/**
 * Two configurations. The first follows values: does the text arrive? What the second (taint) expects beyond that, lists
 * and errors that hold it, is asked of all that is handed over; what it does not expect there is not counted against us.
 */
function promises(ql) {
  const files = folder(ql, 'Promises');
  const text = ql.read(`${ROOT}/Promises/tests.expected`);
  const asked = { source: literal('source'), sink: argumentsOf('sink') };
  const beyond = expectations(text, ['exclusiveTaintFlow']);
  const run = pairs(files, { ...asked, texts: true });
  const whole = [...pairs(files, asked).found].filter((pair) => beyond.has(pair));
  const expected = new Set([...expectations(text, ['flow']), ...beyond]);
  return [{ suite: 'Promises', expected, ...run, found: new Set([...run.found, ...whole]) }];
}

function plain(name, file) {
  return (ql) => [
    {
      suite: name,
      expected: expectations(ql.read(`${ROOT}/${name}/${file}`), null),
      ...pairs(folder(ql, name), { source: literal('source'), sink: argumentsOf('sink'), texts: true }),
    },
  ];
}

/**
 * Labels A and B are the letters A and B of one value. A guard that takes a label away on an outcome takes the letter away
 * at the start of that branch: `sanitizes(outcome, e, lbl)` of the suite's query.
 */
function guards(ql) {
  const name = 'LabelledBarrierGuards';
  const files = folder(ql, name);
  const GUARDS = { isTypeA: { true: 'B', false: 'A' }, sanitizeA: { true: 'A' }, sanitizeB: { true: 'B' } };
  const conjuncts = (c) =>
    ts.isBinaryExpression(c) && c.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken
      ? [...conjuncts(c.left), ...conjuncts(c.right)]
      : [c];
  const clean = (path, tree, s) => {
    const edits = [];
    for (const n of nodes(tree)) {
      if (n === s.node) edits.push({ node: n, before: '($phiA() + $phiB()) || (', after: ')', rank: 5 });
      if (!ts.isIfStatement(n)) continue;
      const tests = conjuncts(n.expression).filter((c) => ts.isCallExpression(c) && GUARDS[calleeName(c)]);
      const write = (outcome) =>
        tests
          .map((c) => [c.arguments[0].getText(tree), GUARDS[calleeName(c)][outcome]])
          .filter(([, l]) => l)
          .map(([x, l]) => ` ${x} = $clean${l}(${x});`)
          .join('');
      edits.push({ at: n.thenStatement.getStart(tree) + 1, text: write('true') });
      if (n.elseStatement)
        edits.push({ at: n.elseStatement.getStart(tree) + 1, text: tests.length === 1 ? write('false') : '' });
      else if (tests.length === 1) edits.push({ at: n.getEnd(), text: ` else {${write('false')} }` });
    }
    return edits;
  };
  const source = (n) => (ts.isCallExpression(n) && calleeName(n) === 'source' ? [n] : []);
  const run = pairs(files, { source, sink: argumentsOf('sink') }, clean);
  return [{ suite: name, expected: expectations(ql.read(`${ROOT}/${name}/${name}.expected`), null), ...run }];
}

/**
 * The expected file of the query is empty because `ConsistencyChecking` compares the flows with the comments: a flow to
 * every line that says NOT OK, none to any other.
 */
function consistent(name) {
  return (ql) => {
    const run = pairs(folder(ql, name), { source: literal('source'), sink: argumentsOf('sink'), texts: true });
    const expected = new Set(run.pairs.filter((p) => run.comments.get(p.split(' -> ')[1]).startsWith('NOT OK')));
    return [{ suite: name, expected, ...run }];
  };
}

/**
 * `getACall("isSafe")` in the condition of an `if` makes its argument safe where it holds; what a call of `sanitizer_…` gives
 * is safe. Conditions with `||` and `!` are left alone: a part of them alone says nothing about either branch.
 */
function taintTracking(ql) {
  const name = 'TaintTracking';
  const files = folder(ql, name);
  const conjuncts = (c) =>
    ts.isBinaryExpression(c) && c.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken
      ? [...conjuncts(c.left), ...conjuncts(c.right)]
      : [c];
  const guards = (path, tree) =>
    [...nodes(tree)].filter(ts.isIfStatement).flatMap((n) => {
      const safe = conjuncts(n.expression)
        .filter((c) => ts.isCallExpression(c) && calleeName(c) === 'isSafe')
        .map((c) => c.arguments[0].getText(tree));
      if (safe.length === 0) return [];
      const text = safe.map((x) => ` ${x} = ${CLEAN}(${x});`).join('');
      return ts.isBlock(n.thenStatement)
        ? [{ at: n.thenStatement.getStart(tree) + 1, text }]
        : [{ node: n.thenStatement, before: `{${text} `, after: ' }', rank: 9 }];
    });
  const run = pairs(
    files,
    {
      source: (n) => (ts.isCallExpression(n) && calleeName(n) === 'source' ? [n] : []),
      sink: argumentsOf('sink'),
      barrier: (n) => (ts.isCallExpression(n) && calleeName(n)?.startsWith('sanitizer_') ? [n] : []),
    },
    guards,
  );
  const rows = expectations(ql.read(`${ROOT}/${name}/BasicTaintTracking.expected`), ['#select']);
  return [{ suite: name, expected: rows, ...run }];
}

/** Suites that say where data begins and ends by the names of two functions. */
function called(path, file, { names = null, source = 'source', sink = 'sink', texts = false }) {
  return (ql) => [
    {
      suite: path.replace(/^.*\//, ''),
      expected: expectations(ql.read(`${ROOT}/${path}/${file}`), names),
      ...pairs(folder(ql, path), {
        source: (n) => (ts.isCallExpression(n) && calleeName(n) === source ? [n] : []),
        sink: argumentsOf(sink),
        texts,
      }),
    },
  ];
}

/** The same where the expected file lists sinks alone: any source will do. */
function calledOnce(path, file, options) {
  return (ql) =>
    called(
      path,
      file,
      options,
    )(ql).map((r) => ({
      ...r,
      found: new Set([...r.found].map((pair) => pair.split(' -> ')[1])),
    }));
}

/** The suites of the goal, and others for practice. */
export function codeql(ql) {
  return [
    interProcedural,
    promises,
    consistent('Generators'),
    plain('Arrays', 'DataFlow.expected'),
    guards,
    taintTracking,
    called('frameworks/AsyncPackage', 'AsyncTaintTracking.expected', {}),
    called('frameworks/Collections', 'test.expected', { names: ['dataFlow'] }),
    calledOnce('frameworks/ComposedFunctions', 'compose.expected', { source: 'SOURCE', sink: 'SINK' }),
    called('frameworks/Immutable', 'tests.expected', {}),
  ].flatMap((f) => f(ql));
}
