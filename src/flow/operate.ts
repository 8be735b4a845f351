/** Operators, and texts put together. */
import { Frame } from './frame.js';
import { joinMarks } from './marks.js';
import { withStep } from './substitute.js';
import { type Value, constant, type Mark, value, NOTHING, type Atom, type Test, UNDEFINED } from './value.js';
import { constants, marked, marksIn, carries, text, truthiness, mapData } from './contents.js';
import { join } from './join.js';

/** Text from parts; keeps the parts apart where they may make a URL. */
export function concatenate(frame: Frame, parts: readonly Value[], span: readonly [number, number]): Value {
  const cs = parts.map((p) => constants(p));
  if (cs.every((c) => c !== null && c.length === 1))
    return marked(
      constant(
        cs
          .map((c) => String(c![0]))
          .join('')
          .slice(0, 4096),
      ),
      parts.reduce<readonly Mark[] | null>((marks, p) => joinMarks(marks, marksIn(p)), null),
    );
  const first = cs[0];
  const lead = first?.length === 1 && typeof first[0] === 'string' ? first[0] : null;
  const next = cs[1]?.length === 1 && typeof cs[1][0] === 'string' ? cs[1][0] : null;
  const url =
    lead !== null
      ? /^(https?:|wss?:|\/)/.test(lead.trimStart()) || (lead === '' && next !== null && next.startsWith('/'))
      : next !== null && /^[/:?.]/.test(next);
  const step = (v: Value): Value =>
    carries(v) || v.marks !== null ? withStep(v, { fn: frame.fn.id, span, text: 'built into text', source: false }) : v;
  if (url && parts.length <= 24) return step(value([{ k: 'str', parts: parts.map((p) => (p.fields ? text(p) : p)) }]));
  let out = NOTHING;
  for (const p of parts) out = join(out, text(p));
  const atoms: Atom[] = out.atoms.filter((a) => a.k === 'label' || a.k === 'sym' || a.k === 'env');
  return step(atoms.length === 0 && out.marks === null ? NOTHING : value(atoms, null, out.marks));
}

export function operate(o: string, a: Value, b: Value): Value {
  switch (o) {
    case '===':
    case '==':
    case '!==':
    case '!=': {
      const negated = o[0] === '!';
      const x = constants(a);
      const y = constants(b);
      const loose = o.length === 2;
      if (x?.length === 1 && y?.length === 1) {
        const same = loose ? x[0] == y[0] : x[0] === y[0];
        return constant(negated ? !same : same);
      }
      const [s, c] = y?.length === 1 ? [a, y] : x?.length === 1 ? [b, x] : [null, null];
      if (!s || !c) return NOTHING;
      if ((c[0] === undefined || c[0] === null) && truthiness(s) === true) return constant(negated);
      // Constants beside the symbol (defaults) that differ decide nothing.
      const others = s.atoms.filter((x) => x.k !== 'const' || x.v === c[0]);
      const only = others.length === 1 && !s.fields ? others[0]! : null;
      if (only?.k !== 'sym') return NOTHING;
      const test: Test =
        loose && (c[0] === null || c[0] === undefined)
          ? { root: only.root, path: only.path, equals: 'defined', negated: !negated }
          : { root: only.root, path: only.path, equals: { c: c[0] }, negated };
      return value([{ k: 'test', test }]);
    }
    case '!': {
      const t = truthiness(a);
      if (t !== null) return constant(!t);
      const only = a.atoms.length === 1 && !a.fields ? a.atoms[0]! : null;
      if (only?.k === 'test') return value([{ k: 'test', test: { ...only.test, negated: !only.test.negated } }]);
      if (only?.k === 'sym')
        return value([{ k: 'test', test: { root: only.root, path: only.path, equals: 'truthy', negated: true } }]);
      return NOTHING;
    }
    case 'in': {
      const key = constants(a);
      const only = b.atoms.length === 1 && !b.fields ? b.atoms[0]! : null;
      if (key?.length !== 1 || only?.k !== 'sym' || only.t.text) return NOTHING;
      const test: Test = { root: only.root, path: [...only.path, String(key[0])], equals: 'defined', negated: false };
      return value([{ k: 'test', test }]);
    }
    case 'void':
      return UNDEFINED;
    case '+':
    case '-':
    case '|':
    case '&':
    case '^':
    case '~':
    case '<<':
    case '>>':
    case '>>>':
    case '*':
    case '/':
    case '%':
    case '**': {
      const both = join(text(a), text(b));
      return carries(both) || both.marks !== null
        ? mapData(
            value(
              both.atoms.filter((x) => x.k === 'label' || x.k === 'sym'),
              null,
              both.marks,
            ),
            (x) => ({
              ...x,
              t: { ...x.t, year: true },
            }),
          )
        : NOTHING;
    }
    default:
      return NOTHING;
  }
}
