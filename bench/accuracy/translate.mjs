/**
 * Marks expressions of a foreign test as sources, sinks and cleaned values, by wrapping them in calls of functions that
 * `pack.yaml` describes. Line numbers stay; nothing else of the program changes.
 */
import ts from 'typescript';

export const SOURCE = '$phi';
export const SINK = '$out';
export const CLEAN = '$clean';

export function parse(name, text) {
  const kind = /\.tsx$/.test(name) ? ts.ScriptKind.TSX : /\.ts$/.test(name) ? ts.ScriptKind.TS : ts.ScriptKind.JSX;
  return ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true, kind);
}

/** All nodes of a tree, outermost first. */
export function* nodes(node) {
  yield node;
  const children = [];
  ts.forEachChild(node, (c) => void children.push(c));
  for (const c of children) yield* nodes(c);
}

export const lineOf = (tree, pos) => tree.getLineAndCharacterOfPosition(pos).line + 1;

/** Where a node stands as CodeQL writes it: `line:column:endLine:endColumn`, 1-based, end inclusive. */
export function position(tree, node) {
  const a = tree.getLineAndCharacterOfPosition(node.getStart(tree));
  const b = tree.getLineAndCharacterOfPosition(node.getEnd());
  return `${a.line + 1}:${a.character + 1}:${b.line + 1}:${b.character}`;
}

/** The value of `const x = …`, `x = …`: what the name is given; null if it is given nothing here. */
export function given(id) {
  const p = id.parent;
  if (ts.isVariableDeclaration(p) && p.name === id) return p.initializer ?? null;
  if (ts.isBinaryExpression(p) && p.left === id && p.operatorToken.kind === ts.SyntaxKind.EqualsToken) return p.right;
  return null;
}

export const calleeName = (call) => {
  const f = call.expression;
  return ts.isIdentifier(f) ? f.text : ts.isPropertyAccessExpression(f) ? f.name.text : null;
};

/**
 * Applies edits: `{ node, before, after }` wraps a node, `{ at, text }` inserts, `{ from, to, text }` replaces. Gives the
 * new text, and for each edit with a `sink` key the place at which its wrapper begins.
 */
export function rewrite(text, tree, edits) {
  const inserts = [];
  for (const e of edits) {
    if (e.node) {
      const start = e.node.getStart(tree);
      const end = e.node.getEnd();
      inserts.push({ pos: start, text: e.before, open: true, size: end - start, rank: e.rank ?? 0, sink: e.sink });
      inserts.push({ pos: end, text: e.after, open: false, size: end - start, rank: e.rank ?? 0 });
    } else if (e.at !== undefined)
      inserts.push({ pos: e.at, text: e.text, open: true, size: 0, rank: 0, sink: e.sink, skip: e.skip });
    else inserts.push({ pos: e.from, text: e.text, open: true, size: 0, rank: 9, cut: e.to - e.from });
  }
  // Closings before openings; the outer of two wraps opens first and closes last.
  inserts.sort(
    (a, b) =>
      a.pos - b.pos ||
      Number(a.open) - Number(b.open) ||
      (a.open ? b.size - a.size || b.rank - a.rank : a.size - b.size || a.rank - b.rank),
  );
  let out = '';
  let last = 0;
  const places = new Map();
  const place = () => {
    const lines = out.split('\n');
    return { line: lines.length, column: lines[lines.length - 1].length + 1 };
  };
  for (const i of inserts) {
    out += text.slice(last, i.pos);
    last = i.pos + (i.cut ?? 0);
    if (i.sink !== undefined) places.set(i.sink, place());
    out += i.text;
  }
  return { text: out + text.slice(last), places };
}
