/** Where PHI begins: values that a modelled call or type gives. */
import type { Source } from '../knowledge/model.js';
import type { Letter } from '../knowledge/phi.js';
import type { CallSite } from './call.js';
import { at, label, typedDefault } from './select.js';
import { constants, join, NOTHING, OPAQUE, value, type LabelKind, type Value } from './value.js';

/** The value of a source: labelled by its place in a data model, or opaque and from outside (`request`). */
export function sourceValue(site: CallSite, s: Source, args: readonly Value[]): Value {
  const e = site.frame.e;
  const kind: LabelKind = s.kind ?? 'phi';
  const gives = s.gives;
  if (gives === 'request') return value([{ k: 'opaque', request: true, type: null }]);
  if (gives.startsWith('typearg:')) {
    const ref = site.typeArgs?.[Number(gives.slice(8))];
    if (!ref) return OPAQUE;
    const fn = e.program.fns[site.spot.fn]!;
    return typedDefault(e, e.types.resolve(fn.file.path, fn.index, ref), site.spot);
  }
  const field = /^field:([A-R]?):(.+)$/.exec(gives);
  if (field) {
    const place = e.types.single(
      s.origin ?? field[2]!,
      { letter: (field[1] || null) as Letter | null, category: field[2]!, sensitive: null },
      3,
    );
    return join(value([label(e, place, kind, site.spot, `reads ${place.via}`)]), OPAQUE);
  }
  if (gives === 'free-text' || gives === 'audio' || gives === 'document') {
    const place = e.types.single(s.origin ?? gives, { letter: null, category: 'free-text', sensitive: null }, 3);
    return join(value([label(e, place, kind, site.spot, `receives ${s.origin ?? gives}`)]), OPAQUE);
  }
  if (gives.startsWith('fhir:')) {
    let spec = gives.slice(5);
    const many = spec.endsWith('[]');
    if (many) spec = spec.slice(0, -2);
    const bundle = /^Bundle<(.*)>$/.exec(spec);
    const names = resourceNames(site, bundle ? bundle[1]! : spec, args);
    let out = NOTHING;
    for (const n of names) {
      const t = e.types.fhir(n);
      const one = typedDefault(e, t, site.spot);
      const entry = bundle ? wrapBundle(site, one) : many ? wrapArray(site, one) : one;
      out = join(out, entry);
    }
    return out;
  }
  if (gives.startsWith('prisma:')) {
    const many = gives.endsWith('[]');
    const name = (many ? gives.slice(7, -2) : gives.slice(7)).replace(/\{(\d+)\}/g, (_, n: string) =>
      String(constants(at(e, args, n))?.[0] ?? ''),
    );
    const t = e.types.prismaModel(name);
    if (!t) return OPAQUE;
    const one = typedDefault(e, t, site.spot);
    return many ? wrapArray(site, one) : one;
  }
  return OPAQUE;
}

function resourceNames(site: CallSite, spec: string, args: readonly Value[]): string[] {
  const e = site.frame.e;
  const arg = /^\{(\d+)\}$/.exec(spec);
  if (!arg) return [spec === 'any' || !e.fhir.has(spec) ? 'Resource' : spec];
  const names = constants(at(e, args, arg[1]!));
  const known = (names ?? []).filter((n): n is string => typeof n === 'string' && e.fhir.isResource(n));
  return known.length > 0 ? known : ['Resource'];
}

function wrapArray(site: CallSite, v: Value): Value {
  return value([{ k: 'built', array: true, fn: site.spot.fn, span: null }], new Map([['*', v]]));
}

function wrapBundle(site: CallSite, v: Value): Value {
  const entry = value([{ k: 'built', array: false, fn: site.spot.fn, span: null }], new Map([['resource', v]]));
  return value(
    [{ k: 'built', array: false, fn: site.spot.fn, span: null }],
    new Map([['entry', wrapArray(site, entry)]]),
  );
}
