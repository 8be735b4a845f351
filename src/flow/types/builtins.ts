/** The utility and collection types of the language, by name. */
import type { TypeRef } from '../../facts/ir.js';
import type { Field, T } from './kinds.js';
import type { Wiring } from './wiring.js';

type Given = (index: number) => T;
type Build = (use: Wiring, given: Given) => T;

const identity: Build = (_, given) => given(0);
const list: Build = ({ types }, given) => types.array(given(0));
const text: Build = ({ types }) => types.string;
const opaque: Build = ({ types }) => types.any;

const BUILTINS = new Map<string, Build>(
  Object.entries({
    Array: list,
    ReadonlyArray: list,
    ArrayLike: list,
    Set: list,
    ReadonlySet: list,
    WeakSet: list,
    Iterable: list,
    Iterator: list,
    IterableIterator: list,
    AsyncIterable: list,
    AsyncIterator: list,
    AsyncIterableIterator: list,
    Generator: list,
    AsyncGenerator: list,
    ReadableStream: list,
    IteratorResult: identity,
    Map: ({ types }, given) => types.map(given(1), false),
    ReadonlyMap: ({ types }, given) => types.map(given(1), false),
    WeakMap: ({ types }, given) => types.map(given(1), false),
    Promise: ({ types, members }, given) => types.promise(members.awaited(given(0))),
    PromiseLike: ({ types, members }, given) => types.promise(members.awaited(given(0))),
    Record: record,
    Partial: identity,
    Required: identity,
    Readonly: identity,
    NonNullable: identity,
    NoInfer: identity,
    ThisType: opaque,
    WeakRef: identity,
    Awaited: ({ members }, given) => members.awaited(given(0)),
    Pick: (use, given) => chosen(use, given(0), given(1), true),
    Omit: (use, given) => chosen(use, given(0), given(1), false),
    Extract: (use, given) => filtered(use, given(0), given(1), true),
    Exclude: (use, given) => filtered(use, given(0), given(1), false),
    ReturnType: ({ members, types }, given) => members.returns(given(0)) ?? types.any,
    Parameters: parameters,
    ConstructorParameters: ({ types, classes }, given) => {
      const type = given(0);
      const params = type.k === 'typeof-class' ? classes.constructorParams(type.file, type.cls) : [];
      return params.length === 0 ? types.any : types.array(types.union(params), params);
    },
    InstanceType: ({ types, classes }, given) => {
      const type = given(0);
      return type.k === 'typeof-class' ? classes.instance(type) : types.any;
    },
    Uppercase: text,
    Lowercase: text,
    Capitalize: text,
    Uncapitalize: text,
    String: text,
    Number: ({ types }) => types.number,
    Boolean: ({ types }) => types.boolean,
    Date: ({ types }) => types.date,
    Object: opaque,
    Function: ({ types }) =>
      types.fn(
        'unknown',
        'Function',
        () => [],
        () => types.any,
      ),
  } satisfies Record<string, Build>),
);

/** Closure-style names that JSDoc writes in lower case. */
const JSDOC = new Map([
  ['array', 'Array'],
  ['promise', 'Promise'],
  ['function', 'Function'],
]);

export function applyBuiltin(use: Wiring, name: string, args: readonly TypeRef[], given: Given): T | null {
  // JSDoc writes `Object<string, X>` for a record.
  if (/^object$/i.test(name) && args.length === 2) return use.types.map(given(1), true);
  const build = BUILTINS.get(name) ?? BUILTINS.get(JSDOC.get(name) ?? '');
  return build === undefined ? null : build(use, given);
}

function record({ types, members }: Wiring, given: Given): T {
  const keys = given(0);
  const value = given(1);
  const names = members.literalNames(keys);
  if (names === null) return types.map(value, true);
  const fields = names.map((name): Field => ({ name, owner: null, type: () => value }));
  return types.record(`record ${keys.key} ${value.key}`, null, fields);
}

function parameters({ types, members }: Wiring, given: Given): T {
  const params: T[] = [];
  for (let i = 0; i < 20; i++) {
    const param = members.param(given(0), i);
    if (param === null) break;
    params.push(param);
  }
  return params.length === 0 ? types.any : types.array(types.union(params), params);
}

/** `Pick` and `Omit`: the fields stay those of the model that declares them. */
export function chosen(use: Wiring, from: T, keys: T, keep: boolean): T {
  const { types, members } = use;
  if (from.k === 'union') return types.union(from.of.map((part) => chosen(use, part, keys, keep)));
  if (from.k === 'any') return from;
  const names = members.literalNames(keys);
  if (names === null) return keep ? types.any : from;
  const chosenNames = new Set(names);
  const own = from.k === 'obj' ? from.owner : from.name;
  const label = `${keep ? 'Pick' : 'Omit'}<${from.name}, …>`;
  return types.object(
    `${keep ? 'pick' : 'omit'} ${from.key} ${keys.key}`,
    { owner: own, name: label, args: [from], siblings: () => members.siblings(from) },
    () => {
      const fields = new Map<string, Field>();
      for (const [name, field] of members.fields(from)) if (chosenNames.has(name) === keep) fields.set(name, field);
      return { fields, index: from.k === 'obj' ? from.parts().index : null, bases: [] };
    },
  );
}

/** `Extract` and `Exclude`: by identity, by literal, or by a discriminating field. */
function filtered(use: Wiring, from: T, by: T, keep: boolean): T {
  const { types, members } = use;
  if (from.k !== 'union') return from;
  const wanted = by.k === 'union' ? by.of : [by];
  const rest = from.of.filter((part) => wanted.some((pattern) => members.matches(part, pattern)) === keep);
  return rest.length === 0 && keep ? from : types.union(rest);
}
