/**
 * Text with places to fill: which properties of what it is given does a template name? `{name}`, `{{patient.name}}`,
 * `<%= it.ward %>`, `${id}`: of what is not named nothing goes into the text.
 */
import type { Engine } from './engine.js';
import { select } from './select.js';
import { joinAll } from './join.js';
import { NOTHING, type Value } from './value.js';
import { text } from './contents.js';

/** One place to fill in any of the common notations, the longer delimiters first. */
const PLACES = /\{\{\{?([^]*?)\}\}\}?|<%[-=_#]?([^]*?)[-_]?%>|[$%#]?\{([^{}]*)\}/g;
/** A dotted name inside of a place. */
const NAMES = /(?:\.\.\/)*[A-Za-z_$@][\w$]*(?:\.(?:[A-Za-z_$][\w$]*|\d+))*/g;
/** What engines call the whole of what they are given. */
const WHOLE = new Set(['this', 'it', 'locals', 'data', 'obj']);

/** How deep a template's parts may stand in lists, records and objects of packages. */
const DEPTH = 6;

/** What goes into the text where `template` is filled from `given`; all of it where the template is not known. */
export function filled(e: Engine, template: Value, given: Value): Value {
  const texts: string[] = [];
  if (!constantTexts(template, texts, DEPTH) || texts.length === 0) return text(given);
  const paths = texts.flatMap(named);
  if (paths.some((p) => p.length === 0)) return text(given);
  return text(joinAll(paths.map((p) => p.reduce((v, key) => select(e, v, key), given))));
}

/** The paths that a template names; an empty path is all that it is given. */
export function named(template: string): readonly string[][] {
  const out = new Map<string, string[]>();
  for (const [, double, angle, single] of template.matchAll(PLACES)) {
    const inside = (double ?? angle ?? single ?? '').trim();
    // A partial (`{{> header}}`) and the whole (`{{.}}`) are given everything.
    if (inside === '.' || inside.startsWith('>')) return [[]];
    for (const [name] of withoutTexts(inside).matchAll(NAMES)) {
      const path = name.replace(/^(\.\.\/)+/, '').split('.');
      if (WHOLE.has(path[0]!)) path.shift();
      // `{{this}}` inside of a list is one of its elements, and that list was named.
      if (path.length > 0) out.set(path.join('.'), path);
      else if (!/[#/]|each|with/.test(template)) return [[]];
    }
  }
  return [...out.values()];
}

/** Names of files and helpers' texts are no names of properties. */
function withoutTexts(code: string): string {
  return code.replace(/'[^']*'|"[^"]*"/g, ' ');
}

/** Collects all texts of a template; false if part of it is not known. */
function constantTexts(v: Value, into: string[], depth: number): boolean {
  if (v === NOTHING) return true;
  if (depth === 0) return false;
  for (const a of v.atoms) {
    switch (a.k) {
      case 'const':
        if (typeof a.v === 'string') into.push(a.v);
        break;
      case 'str':
        // A text in pieces may have a place that reaches over their seam.
        if (!a.parts.every((p) => constantTexts(p, into, depth - 1))) return false;
        break;
      case 'xinst':
        if (!(a.args ?? []).every((p) => constantTexts(p, into, depth - 1))) return false;
        break;
      case 'built':
      case 'label':
      case 'fn':
        break;
      default:
        return false;
    }
  }
  return [...(v.fields?.values() ?? [])].every((f) => constantTexts(f, into, depth - 1));
}
