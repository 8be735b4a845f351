/**
 * Properties that code puts on an object which a framework hands from one function to the next: a request that a guard
 * gave its patient, an application that a plugin gave a method. All objects of such a type share them (`attached` in rules/).
 */
import { channelValue, storeInChannel } from './channels.js';
import type { CallSite } from './call-site.js';
import type { Engine } from './engine.js';
import { NOTHING, type Value, type XInstAtom } from './value.js';

/** The channel of a property of such an object; null if the object is of another kind, or describes it itself. */
function cellOf(e: Engine, a: XInstAtom, key: string): string | null {
  if (a.type === null || a.path !== '' || key === '*' || key.startsWith('!')) return null;
  const name = e.knowledge.type(a.type)?.attached ?? null;
  if (name === null || e.knowledge.member(a.type, key) !== null || e.knowledge.hasPrefix(a.type, key)) return null;
  return `cell:attached:${name}.${key}`;
}

/** What any function put on such an object under this name; nothing if none ever does. */
export function attachedValue(e: Engine, a: XInstAtom, key: string): Value {
  const cell = cellOf(e, a, key);
  return cell !== null && e.program.isWritten(key) ? channelValue(cell) : NOTHING;
}

/** Keeps what was put on such an object for all that have one in their hands. */
export function attach(site: CallSite, a: XInstAtom, key: string, v: Value): void {
  const cell = cellOf(site.frame.e, a, key);
  if (cell !== null) storeInChannel(site, cell, v);
}

/** Keeps all that a callback put on an object that it was given. */
export function attachAll(site: CallSite, given: Value): void {
  for (const a of given.atoms) if (a.k === 'xinst') for (const [key, v] of given.fields ?? []) attach(site, a, key, v);
}
