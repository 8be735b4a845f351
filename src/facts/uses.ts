/** What instructions read. */
import type { Instr, Val } from './ir.js';

/** Values that an instruction uses, joins aside. */
export function usesOf(i: Instr): readonly Val[] {
  switch (i.op) {
    case 'setvar':
    case 'setcap':
    case 'await':
    case 'yield':
    case 'typed':
    case 'iter':
    case 'rest':
    case 'slice':
      return [i.v];
    case 'load':
    case 'delete':
      return [i.b];
    case 'loadx':
    case 'deletex':
      return [i.b, i.key];
    case 'store':
      return [i.b, i.v];
    case 'storex':
      return [i.b, i.key, i.v];
    case 'call':
      return [i.f, i.self, ...i.args.map((a) => a.v)];
    case 'concat':
      return i.parts;
    case 'object':
      return i.parts.flatMap((p) => ('spread' in p ? [p.spread] : 'kx' in p ? [p.kx, p.v] : 'v' in p ? [p.v] : []));
    case 'array':
      return i.els.map((e) => e.v);
    case 'op':
      return [i.a, i.b];
    case 'jsx':
      return [i.f, i.props];
    default:
      return [];
  }
}
