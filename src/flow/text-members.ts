/** What a text has of its own: reading anything else off one gives nothing. */
import type { Instr } from '../facts/ir.js';
import type { Frame } from './frame.js';

const OWN = new Set([
  ...Object.getOwnPropertyNames(String.prototype),
  ...Object.getOwnPropertyNames(Number.prototype),
  ...Object.getOwnPropertyNames(Object.prototype),
]);

/**
 * Whether a property is read off what was put together as a text right here, and no text has it: neither the language's
 * own nor, by the rules, those of a package that adds to them (`` `${name}`.red ``).
 */
export function isMissingOnText(frame: Frame, load: Extract<Instr, { op: 'load' }>): boolean {
  let def = frame.defs[load.b];
  if (def?.op === 'typed') def = frame.defs[def.v];
  if (def?.op !== 'concat' || OWN.has(load.k) || /^\d+$|^@@/.test(load.k)) return false;
  return frame.e.knowledge.member('global#String', load.k) === null;
}
