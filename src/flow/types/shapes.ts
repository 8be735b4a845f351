/** What `typeof` gives for values of a type. */
import { inner, type T } from './kinds.js';
import type { Shape, Type } from './type.js';

const PRIMITIVE = new Map<string, Shape>([
  ['string', 'string'],
  ['number', 'number'],
  ['boolean', 'boolean'],
  ['bigint', 'bigint'],
  ['symbol', 'symbol'],
  ['undefined', 'undefined'],
  ['void', 'undefined'],
  ['null', 'object'],
  ['Date', 'object'],
]);

/** The one answer that `typeof` gives for values of the type; null: it depends, or is not known. */
export function shapeOf(type: T): Shape | null {
  switch (type.k) {
    case 'prim':
      return PRIMITIVE.get(type.name) ?? null;
    case 'lit':
      return shapeOfConstant(type.value);
    case 'obj':
      return type.flavour === 'enum' || type.parts().fields.has('()') ? null : 'object';
    case 'class':
    case 'fhir':
    case 'prisma':
    case 'map':
      return 'object';
    case 'array':
      return 'array';
    case 'fn':
    case 'typeof-class':
      return 'function';
    // A promise is followed as what it holds.
    case 'promise':
    case 'union':
    case 'ext':
    case 'any':
      return null;
  }
}

/** Whether values of the type are objects that have properties of their own: a model, a record. */
export function isStructured(type: Type): boolean {
  return shapeOf(inner(type)) === 'object' && type.k !== 'prim';
}

export function shapeOfConstant(v: string | number | boolean | null | undefined): Shape {
  return v === null ? 'object' : (typeof v as Shape);
}

/** Whether a value of the first shape passes a test for the second: a list is an object as well. */
export function fits(shape: Shape, asked: Shape): boolean {
  return shape === asked || (shape === 'array' && asked === 'object');
}

const SHAPES = new Set<string>([...PRIMITIVE.values(), 'function']);

/** The shape that a text compared with `typeof` names; null: none. */
export function namedShape(v: unknown): Shape | null {
  return typeof v === 'string' && SHAPES.has(v) ? (v as Shape) : null;
}
