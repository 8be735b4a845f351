/** Reading options of which only part is constant. What the code does not show is `maybe`. */
import { pathSteps } from '../../knowledge/paths.js';
import type { Folded, Site } from '../../flow/result.js';

export type Answer = 'yes' | 'no' | 'maybe';
export type Constant = string | number | boolean | null | undefined;

const ABSENT: Folded = { k: 'const', value: undefined, site: null };
const UNKNOWN: Folded = { k: 'unknown', site: null };

/** Kleene's `or`. */
export function anyOf(...answers: readonly Answer[]): Answer {
  if (answers.includes('yes')) return 'yes';
  return answers.includes('maybe') ? 'maybe' : 'no';
}

/** Kleene's `and`. */
export function allOf(...answers: readonly Answer[]): Answer {
  if (answers.includes('no')) return 'no';
  return answers.includes('maybe') ? 'maybe' : 'yes';
}

export function not(answer: Answer): Answer {
  return answer === 'maybe' ? 'maybe' : answer === 'yes' ? 'no' : 'yes';
}

/** One answer for several alternatives of which the code takes one. */
function oneOf(answers: readonly Answer[]): Answer {
  const [first] = answers;
  return first !== undefined && answers.every((answer) => answer === first) ? first : 'maybe';
}

/** A property; absent ones are `undefined`, those that a spread may bring are unknown. */
export function prop(options: Folded, name: string): Folded {
  switch (options.k) {
    case 'object':
      return options.props.get(name) ?? (options.open ? UNKNOWN : ABSENT);
    case 'either':
      return { k: 'either', of: options.of.map((one) => prop(one, name)), site: options.site };
    case 'const':
      return ABSENT;
    default:
      return UNKNOWN;
  }
}

/** A property by dotted path. */
export function propAt(options: Folded, path: string): Folded {
  return pathSteps(path).reduce(prop, options);
}

/** Where an option is written, or null if it is not there. The last part of a dotted path that stands in the code. */
export function siteOfOption(options: Folded, path: string): Site | null {
  let at = options;
  let found: Site | null = null;
  for (const name of pathSteps(path)) {
    if (at.k === 'either') at = at.of.find((one) => one.k === 'object' && one.props.has(name)) ?? at;
    if (at.k !== 'object') return found;
    const site = at.propSites.get(name);
    if (site === undefined) return found;
    found = site;
    at = at.props.get(name) ?? UNKNOWN;
  }
  return found;
}

/** Environment values as far as files give them. */
export type EnvLookup = (name: string) => readonly string[];

/** Whether a value passes a test of constants. Objects, arrays, functions and calls are there, but are no constant. */
export function test(value: Folded, passes: (constant: Constant) => boolean, env: EnvLookup): Answer {
  switch (value.k) {
    case 'const':
      return passes(value.value) ? 'yes' : 'no';
    case 'either':
      return oneOf(value.of.map((one) => test(one, passes, env)));
    case 'env': {
      const values = env(value.name);
      return values.length === 0 ? 'maybe' : oneOf(values.map((one) => (passes(one) ? 'yes' : 'no')));
    }
    case 'unknown':
      return 'maybe';
    default:
      return 'no';
  }
}

export function isOneOf(value: Folded, constants: readonly Constant[], env: EnvLookup): Answer {
  return test(value, (constant) => constants.includes(constant), env);
}

/** `true`, or an environment value that says so. */
export function isOn(value: Folded, env: EnvLookup): Answer {
  return isOneOf(value, [true, 'true', '1', 1], env);
}

/** `false`, or an environment value that says so. */
export function isOff(value: Folded, env: EnvLookup): Answer {
  return isOneOf(value, [false, 'false', '0'], env);
}

/** Whether there is a value at all (`undefined` is none). */
export function isPresent(value: Folded): Answer {
  switch (value.k) {
    case 'const':
      return value.value === undefined ? 'no' : 'yes';
    case 'either':
      return oneOf(value.of.map(isPresent));
    case 'unknown':
      return 'maybe';
    default:
      return 'yes';
  }
}

/** Whether an array of constants holds a word. */
export function holds(value: Folded, word: string, env: EnvLookup): Answer {
  if (value.k === 'either') return oneOf(value.of.map((one) => holds(one, word, env)));
  if (value.k !== 'array') return isPresent(value) === 'no' || value.k === 'const' ? 'no' : 'maybe';
  return anyOf(...value.items.map((item) => isOneOf(item, [word], env)), value.open ? 'maybe' : 'no');
}

/** Whether an array has elements. */
export function hasElements(value: Folded): Answer {
  if (value.k === 'either') return oneOf(value.of.map(hasElements));
  if (value.k === 'array') return value.items.length > 0 ? 'yes' : value.open ? 'maybe' : 'no';
  return value.k === 'const' ? 'no' : 'maybe';
}

/** Integrations by the name of the function or class that makes them. */
export interface Integrations {
  /** The options of an integration that is added (`null`: it is not in the list). */
  find(...names: readonly string[]): Folded | null;
  /** Something in the list cannot be read (a spread, a function that edits the defaults). */
  readonly open: boolean;
  readonly site: Site | null;
}

export function integrationsOf(options: Folded): Integrations {
  const found = new Map<string, Folded>();
  let open = false;
  const read = (value: Folded): void => {
    if (value.k === 'either') {
      open = true;
      value.of.forEach(read);
    } else if (value.k === 'array') {
      open ||= value.open;
      value.items.forEach(read);
    } else if (value.k === 'call') {
      const name = value.symbol.split(/[#.]/).at(-1) ?? '';
      if (!found.has(name)) found.set(name, value.args[0] ?? ABSENT);
    } else if (isPresent(value) !== 'no') open = true;
  };
  const list = prop(options, 'integrations');
  read(list);
  return {
    find: (...names) => names.map((name) => found.get(name)).find((one) => one !== undefined) ?? null,
    open,
    site: siteOfOption(options, 'integrations'),
  };
}
