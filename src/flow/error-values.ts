/** Errors as values: their message, their stack and their cause travel with them, but are not what JSON keeps of them. */
import type { Engine } from './engine.js';
import { select } from './select.js';
import { carries, text } from './contents.js';
import { constant, type Value } from './value.js';
import { update, without } from './fields.js';

/** Marks what was made by an error's constructor. */
const ERROR = '!error';

/** An error with this message; its stack begins with it. */
export function withMessage(error: Value, message: Value | undefined): Value {
  const marked = update(error, ERROR, constant(true));
  if (!message) return marked;
  const out = update(marked, 'message', message);
  return carries(message) ? update(out, 'stack', text(message)) : out;
}

/** `new Error(message, { cause })`, `new AggregateError(errors, message, { cause })`. */
export function madeError(e: Engine, blank: Value, kind: string, args: readonly Value[]): Value {
  const aggregate = kind === 'AggregateError';
  const [message, options] = aggregate ? args.slice(1) : args;
  let out = withMessage(blank, message && text(message));
  if (aggregate && args[0]) out = update(out, 'errors', args[0]);
  const cause = options ? select(e, options, 'cause') : null;
  if (cause && carries(cause)) out = update(out, 'cause', cause);
  return out;
}

/** What JSON keeps of a value: of an error only what was assigned to it. */
export function enumerable(v: Value): Value {
  return v.fields?.has(ERROR) ? without(v, ['message', 'stack', 'cause', 'errors', ERROR]) : v;
}
