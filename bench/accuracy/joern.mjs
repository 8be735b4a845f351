/**
 * Joern's JavaScript data-flow tests: Scala code that holds a program, two queries for nodes of it (sources and sinks) and
 * the flows between them. A query is read as the nodes that it selects; a case that asks something else is skipped.
 *
 * Joern's sources are places: an identifier that is read taints the variable from there on. So a read of a variable
 * becomes an assignment of PHI to it, a written one is given PHI, a parameter is assigned at the start of its function.
 */
import ts from 'typescript';
import { reached } from './engine.mjs';
import { calleeName, given, lineOf, nodes, parse, rewrite, SINK, SOURCE } from './translate.mjs';

const FILE = 'joern-cli/frontends/jssrc2cpg/src/test/scala/io/joern/jssrc2cpg/dataflow/DataflowTests.scala';

class Skip extends Error {}

/** The tests of the file: name, program, statements that follow it. Nested tests share the program of those around. */
function* tests(scala) {
  const blocks = scala.split(/\n {2}(?=")/).slice(1);
  for (const block of blocks) {
    const name = /^"((?:[^"\\]|\\.)*)"/.exec(block)[1];
    const program =
      /code\(\s*"""([^]*?)"""(?:\.stripMargin)?/.exec(block)?.[1] ?? /code\("((?:[^"\\]|\\.)*)"\)/.exec(block)?.[1];
    if (program === undefined) continue;
    const code = program.replace(/^[ \t]*\|/gm, '');
    const nested = [...block.matchAll(/\n {4}"([^"]*)" in \{\n([^]*?)\n {4}\}/g)];
    if (nested.length === 0) yield { name, code, body: block };
    for (const [, inner, body] of nested)
      yield { name: `${name}: ${inner}`, code, body: `${block.slice(0, nested[0].index)}\n${body}` };
  }
}

/** Questions of a test: which pairs of lines (or whether any flow) are expected between which queries. */
function questions(body) {
  const named = new Map();
  for (const m of body.matchAll(/(?:val|def)\s+(\w+)\s*=\s*(cpg\b[^\n]*)/g)) named.set(m[1], m[2]);
  const flows = new Map();
  for (const m of body.matchAll(/(?:val|def)\s+(\w+)\s*=\s*(\w+)\.reachableByFlows\((\w+)\)/g))
    flows.set(m[1], [m[2], m[3]]);
  const out = [];
  const ask = (sink, source, expected) => out.push({ source: named.get(source), sink: named.get(sink), expected });
  for (const m of body.matchAll(
    /(\w+)\.map\(flowToResultPairs\)\.toSetMutable shouldBe\s*Set\(([^]*?)\n\n|(\w+)\.map\(flowToResultPairs\)\.toSetMutable shouldBe\s*Set\(([^]*)$/g,
  )) {
    const [sink, source] = flows.get(m[1] ?? m[3]);
    const pairs = new Set();
    for (const list of (m[2] ?? m[4]).matchAll(/List\(((?:\s*\("(?:[^"\\]|\\.)*", \d+\),?)+)\s*\)/g)) {
      const steps = [...list[1].matchAll(/", (\d+)\)/g)].map((s) => Number(s[1]));
      pairs.add(`${steps[0]} -> ${steps[steps.length - 1]}`);
    }
    ask(sink, source, pairs);
  }
  for (const m of body.matchAll(/(\w+)\.size shouldBe (\d+)/g))
    if (flows.has(m[1])) ask(...flows.get(m[1]), Number(m[2]) > 0);
  for (const m of body.matchAll(/(\w+)\.reachableBy\((\w+)\)(?:\.dedup)?\.size shouldBe (\d+)/g))
    ask(m[1], m[2], Number(m[3]) > 0);
  for (const m of body.matchAll(/(\w+)\.reachableByFlows\((\w+)\) should have size (\d+)/g))
    ask(m[1], m[2], Number(m[3]) > 0);
  return out;
}

const unquote = (s) => s.replace(/\\(.)/g, '$1');
/** Regular expressions of Joern match the whole text. */
const whole = (s) => new RegExp(`^(?:${unquote(s).replace(/\\\\/g, '\\')})$`, 's');

/** The nodes of a program that a query selects, as `{ kind, node }`. */
function select(tree, query) {
  let q = query.replace(/\.l$/, '').trim();
  const line = /\.lineNumber\((\d+)\)$/.exec(q);
  if (line) q = q.slice(0, line.index);
  let all = [...nodes(tree)];
  const code = (n) => n.getText(tree);
  const at = (list) => (line ? list.filter((x) => lineOf(tree, x.node.getStart(tree)) === Number(line[1])) : list);
  const identifiers = (name) =>
    all
      .filter(
        (n) =>
          ts.isIdentifier(n) &&
          n.text === name &&
          !ts.isParameter(n.parent) &&
          !(ts.isPropertyAccessExpression(n.parent) && n.parent.name === n) &&
          !(ts.isPropertyAssignment(n.parent) && n.parent.name === n) &&
          !ts.isPropertyDeclaration(n.parent) &&
          !ts.isFunctionDeclaration(n.parent),
      )
      .map((node) => ({ kind: 'identifier', node }));
  const literals = (text) =>
    all
      .filter((n) => (ts.isNumericLiteral(n) || ts.isStringLiteral(n)) && code(n) === text)
      .map((node) => ({ kind: 'value', node }));
  let m = /^cpg\.method\("([^"]*)"\)\.ast\.(.*)$/.exec(q);
  if (m) {
    const f = functions(tree).find((x) => whole(m[1]).test(x.name?.text ?? ''));
    if (!f) throw new Skip(`no function ${m[1]}`);
    all = [...nodes(f)];
    if (m[2] === 'isReturn')
      return at(
        all
          .filter((n) => ts.isReturnStatement(n) && n.expression)
          .map((n) => ({ kind: 'value', node: n.expression, line: lineOf(tree, n.getStart(tree)) })),
      );
    q = `cpg.${m[2].replace('isIdentifier', 'identifier').replace('isLiteral', 'literal')}`;
  }
  if ((m = /^cpg\.identifier(?:\.name|\.nameExact)?\("([^"]*)"\)$/.exec(q))) return at(identifiers(m[1]));
  if ((m = /^cpg\.literal(?:\.code|\.codeExact)?\("((?:[^"\\]|\\.)*)"\)$/.exec(q))) return at(literals(unquote(m[1])));
  if ((m = /^cpg\.member\.name\("([^"]*)"\)$/.exec(q)))
    return all
      .filter((n) => ts.isPropertyDeclaration(n) && code(n.name) === m[1] && n.initializer)
      .map((n) => ({ kind: 'value', node: n.initializer }));
  if ((m = /^cpg\.fieldAccess\.where\(_\.fieldIdentifier\.canonicalName\("([^"]*)"\)\)$/.exec(q)))
    return all
      .filter((n) => ts.isPropertyAccessExpression(n) && n.name.text === m[1])
      .map((node) => ({ kind: 'value', node }));
  if (
    (m =
      /^cpg\.method(?:\("([^"]*)"\))?\.parameter(?:\.(order|index)\((\d+)\)|\.(?:name|nameExact)\("([^"]*)"\))?$/.exec(
        q,
      ))
  ) {
    return functions(tree)
      .filter((f) => m[1] === undefined || whole(m[1]).test(f.name?.text ?? ''))
      .flatMap((f) =>
        f.parameters
          .filter(
            (p, i) =>
              (m[3] === undefined || i === Number(m[3]) - 1) && (m[4] === undefined || p.name.getText(tree) === m[4]),
          )
          .map((p) => ({ kind: 'parameter', node: p, fn: f, line: lineOf(tree, f.getStart(tree)) })),
      );
  }
  if (
    (m =
      /^cpg\.call(?:(?:\.code)?\("((?:[^"\\]|\\.)*)"\)|\.nameExact\("([^"]*)"\))(?:\.argument(?:\((\d+)\)|\.code\("([^"]*)"\))?)?$/.exec(
        q,
      ))
  ) {
    const byCode = q.startsWith('cpg.call.code');
    const calls = all.filter(
      (n) =>
        isCall(n) && (byCode ? whole(m[1]).test(code(n)) : ts.isCallExpression(n) && calleeName(n) === (m[2] ?? m[1])),
    );
    if (!q.includes('.argument')) return calls.map((node) => ({ kind: 'call', node }));
    return calls.flatMap((n) =>
      operands(n)
        .filter((a, i) => (m[3] === undefined || i === Number(m[3]) - 1) && (m[4] === undefined || code(a) === m[4]))
        .map((node) => ({ kind: ts.isIdentifier(node) ? 'identifier' : 'value', node })),
    );
  }
  throw new Skip(`needs Joern's ${/\.methodReturn/.test(q) ? 'METHOD_RETURN node' : `query ${q}`}`);
}

const functions = (tree) =>
  [...nodes(tree)].filter((n) => ts.isFunctionDeclaration(n) || ts.isFunctionExpression(n) || ts.isArrowFunction(n));
/** Operators and declarations with a value are calls there. */
const isCall = (n) =>
  ts.isCallExpression(n) ||
  ts.isBinaryExpression(n) ||
  ts.isPropertyAccessExpression(n) ||
  (ts.isVariableDeclarationList(n) && n.declarations.length === 1 && n.declarations[0].initializer !== undefined);
function operands(n) {
  if (ts.isCallExpression(n)) return [...n.arguments];
  if (ts.isBinaryExpression(n)) return [n.left, n.right];
  if (ts.isVariableDeclarationList(n)) return [n.declarations[0].name, n.declarations[0].initializer];
  return [n.expression];
}

const wrap = (node, name, rank, sink) => ({ node, before: `${name}(`, after: ')', rank, sink });

/** Edits that put PHI where the selected node is. */
function asSource(tree, { kind, node, fn }) {
  if (kind === 'parameter') {
    const name = node.name.getText(tree);
    if (!ts.isBlock(fn.body)) throw new Skip('a parameter without a body to assign it in');
    return [{ at: fn.body.getStart(tree) + 1, text: ` ${name} = ${SOURCE}();` }];
  }
  if (kind !== 'identifier')
    return lvalue(node)
      ? [{ node, before: `(${node.getText(tree)} = ${SOURCE}(`, after: '))', rank: 0 }]
      : [wrap(node, SOURCE, 0)];
  const value = given(node);
  if (value) return [wrap(value, SOURCE, 0)];
  const p = node.parent;
  if (ts.isVariableDeclaration(p) && p.name === node) return [];
  if (ts.isPostfixUnaryExpression(p) || ts.isPrefixUnaryExpression(p))
    return [{ node: p, before: `(${node.text} = ${SOURCE}(`, after: '))', rank: 0 }];
  if (
    ts.isBinaryExpression(p) &&
    p.left === node &&
    ts.SyntaxKind[p.operatorToken.kind].endsWith('EqualsToken') &&
    !/^(Equals|Exclam|Less|Greater)/.test(ts.SyntaxKind[p.operatorToken.kind])
  )
    return [{ node: p, before: `(${node.text} = ${SOURCE}(`, after: '))', rank: 0 }];
  return [{ node, before: `(${node.text} = ${SOURCE}(`, after: '))', rank: 0 }];
}

const lvalue = (n) =>
  ts.isPropertyAccessExpression(n) &&
  !ts.isCallExpression(n.parent.parent ?? n) &&
  !ts.isPropertyAssignment(n.parent) &&
  ts.isCallExpression(n.parent) &&
  n.parent.arguments.includes(n);

/** Edits that ask whether PHI reaches the selected node. */
function asSink(tree, { kind, node, fn }, id) {
  if (kind === 'parameter')
    return [{ at: fn.body.getStart(tree) + 1, text: `${SINK}(${node.name.getText(tree)});`, sink: id }];
  if (kind === 'call' && ts.isCallExpression(node)) return node.arguments.map((a, i) => wrap(a, SINK, 1, `${id}#${i}`));
  if (kind === 'call') {
    const value = ts.isBinaryExpression(node.parent) && node.parent.left === node ? node.parent.right : node;
    return [wrap(value, SINK, 1, id)];
  }
  const value = ts.isIdentifier(node) ? given(node) : null;
  if (value) return [wrap(value, SINK, 1, id)];
  if (ts.isVariableDeclaration(node.parent) && node.parent.name === node) return [];
  const p = node.parent;
  const compound =
    ts.isPostfixUnaryExpression(p) ||
    (ts.isBinaryExpression(p) &&
      p.left === node &&
      p.operatorToken.getText(tree).endsWith('=') &&
      !/^[=!]=/.test(p.operatorToken.getText(tree)))
      ? p
      : node;
  return [wrap(compound, SINK, 1, id)];
}

/** `const` may be assigned by the marks. */
function mutable(tree) {
  const edits = [];
  for (const n of nodes(tree)) {
    if (!ts.isVariableDeclarationList(n) || !(n.flags & ts.NodeFlags.Const)) continue;
    const from = n.getStart(tree);
    edits.push({ from, to: from + 'const'.length, text: 'let' });
  }
  return edits;
}

/** Pairs of lines between which a flow is found. */
function answer(code, source, sink) {
  const path = /:\s*[A-Z]\w*\)/.test(code) ? 'index.ts' : 'index.jsx';
  const tree = parse(path === 'index.ts' ? 'index.ts' : 'index.jsx', code);
  const sources = select(tree, source);
  const sinks = select(tree, sink);
  const marks = sinks.flatMap((s, i) => asSink(tree, s, String(i)));
  const line = (x) => x.line ?? lineOf(tree, x.node.getStart(tree));
  const found = new Set();
  for (const s of sources) {
    const { text, places } = rewrite(code, tree, [...marks, ...asSource(tree, s), ...mutable(tree)]);
    const at = new Map(
      [...places].map(([id, p]) => [`${path}:${p.line}:${p.column}`, sinks[Number(id.split('#')[0])]]),
    );
    for (const place of reached(new Map([[path, text]])))
      if (at.has(place)) found.add(`${line(s)} -> ${line(at.get(place))}`);
  }
  return found;
}

export function joern(files) {
  const expected = new Set();
  const found = new Set();
  const skipped = [];
  for (const t of tests(files.read(FILE))) {
    const asked = questions(t.body);
    if (asked.length === 0)
      skipped.push({ name: t.name, reason: 'asks about nodes and edges of its own graph, not about a flow' });
    asked.forEach((q, i) => {
      const id = (pair) => `${t.name}${asked.length > 1 ? ` (${i + 1})` : ''} ${pair}`;
      try {
        const pairs = answer(t.code, q.source, q.sink);
        if (typeof q.expected === 'boolean') {
          if (q.expected) expected.add(id('any'));
          if (pairs.size > 0) found.add(id('any'));
        } else {
          for (const p of q.expected) expected.add(id(p));
          for (const p of pairs) found.add(id(p));
        }
      } catch (error) {
        if (!(error instanceof Skip)) throw error;
        skipped.push({ name: id(''), reason: error.message });
      }
    });
  }
  return [{ suite: 'Joern DataflowTests', expected, found, skipped }];
}
