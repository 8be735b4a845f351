/** Keys that follow from content alone, short enough to be nested. */
import type { TypeRef } from '../../facts/ir.js';

const LONGEST = 160;

/** FNV-1a over UTF-16 units, twice with different seeds: 64 bits are plenty for the types of one code base. */
export function digest(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x85ebca6b);
  }
  return (a >>> 0).toString(36) + (b >>> 0).toString(36);
}

export function shorten(key: string): string {
  return key.length <= LONGEST ? key : key.slice(0, 80) + '~' + digest(key);
}

const written = new WeakMap<TypeRef, string>();

/** Key of a type as written, spans included; computed once a reference. */
export function refKey(ref: TypeRef): string {
  let key = written.get(ref);
  if (key === undefined) {
    key = digest(JSON.stringify(ref));
    written.set(ref, key);
  }
  return key;
}
