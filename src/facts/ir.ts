/**
 * The intermediate representation: what ONE file says, and nothing that another file, a vendor or a
 * law would have to be asked about. Facts are plain JSON (serialisable, no cycles, no path, no AST),
 * so that they can be cached by text and shipped between workers.
 *
 * Function bodies are control-flow graphs over local values in single-assignment form (Cytron et al.
 * 1991): every `Val` is defined by exactly one instruction of its function, joins are `phi`s.
 *
 * Positions are half-open character offsets `[start, end)` in the file's text; `FileFacts.lineStarts`
 * turns them into lines and columns. Outside of src/facts they are ordinals, see `numbered.ts`.
 */

/** Raised whenever lowering changes what it emits; part of the cache key. */
export const FACTS_VERSION = 7;

/** Number of a single-assignment value within its function. */
export type Val = number;
/** Absent value (`return;`, a hole in an array). */
export const NO_VAL: Val = -1;

/** Half-open character range `[start, end)`. */
export type Span = readonly [start: number, end: number];

export interface FileFacts {
  readonly version: number;
  /** `ts`, `tsx`, `js` …: the language variant that the text was parsed as. */
  readonly variant: Variant;
  readonly lineStarts: readonly number[];
  readonly length: number;
  readonly imports: readonly ImportFact[];
  readonly exports: readonly ExportFact[];
  /** Index 0 is the module body. */
  readonly functions: readonly FunctionFacts[];
  readonly classes: readonly ClassFacts[];
  /** Interfaces, aliases, enums and the instance side of classes, at any depth. */
  readonly types: readonly TypeDecl[];
  /** `'use server'` / `'use client'` and the like at the top of the file. */
  readonly directives: readonly string[];
  /** Syntax errors; the facts come from the parser's recovered tree. */
  readonly syntaxErrors: readonly { readonly span: Span; readonly message: string }[];
  /** Functions or regions that were left out, with the reason (a bound was hit). */
  readonly skipped: readonly { readonly span: Span; readonly reason: string }[];
  readonly comments: readonly CommentFact[];
}

export type Variant = 'ts' | 'tsx' | 'js' | 'jsx';

/** A comment that addresses the tool (`phitrace-ignore-next-line …`); other comments are not kept. */
export interface CommentFact {
  readonly text: string;
  readonly span: Span;
}

export interface ImportFact {
  readonly specifier: string;
  /** `*` namespace, `default`, a name, or `''` for a side-effect import. */
  readonly imported: string;
  /**
   * `import`, `require` (const x = require('y'), import x = require('y')), `dynamic` (import('y')) or `reexport`. At the top
   * of the module, `const { a: b } = require('y')` and `const b = require('y').a` are imports of `a` as `b`, not variables.
   */
  readonly how: 'import' | 'require' | 'dynamic' | 'reexport';
  readonly typeOnly: boolean;
  readonly local: string;
  readonly span: Span;
}

export type ExportFact =
  /**
   * `export const x`, `export { x as y }`, `export default …`, `exports.x = …`: variable `var` of the module body. What no
   * name in the text declares is the variable `default`, `exports.x`, `module.exports` or `export=`. Where no variable is
   * called `var`, a type declaration is (`export { SomeInterface }`).
   */
  | { readonly kind: 'local'; readonly name: string; readonly var: string }
  /** `export { x as y } from 'z'`, or an import that is exported again. `imported` may be `*` (`export * as y from 'z'`). */
  | { readonly kind: 'from'; readonly name: string; readonly specifier: string; readonly imported: string }
  /** `export * from 'z'` */
  | { readonly kind: 'star'; readonly specifier: string }
  /** `module.exports = …` / `export = …`: variable `var` of the module body is the whole module. */
  | { readonly kind: 'assign'; readonly var: string };

export type FunctionKind =
  | 'module'
  | 'function'
  | 'arrow'
  | 'method'
  | 'constructor'
  | 'getter'
  | 'setter'
  /** Synthetic: runs the instance field initialisers of a class (`this.f = …`). */
  | 'field-init'
  /** Synthetic: runs static fields and static blocks, with `this` being the class. */
  | 'static-init';

export interface FunctionFacts {
  /** Qualified, for people and fingerprints: `Chart.summarise`, `handler.<callback 1>`; `<module>` for index 0. */
  readonly name: string;
  readonly kind: FunctionKind;
  /** From the first character of the function's name or keyword to its end. */
  readonly span: Span;
  readonly params: readonly ParamFact[];
  readonly returnType: TypeRef | null;
  readonly typeParams: readonly string[];
  /** `<T extends Bound>`: by type parameter; absent when none is bounded. */
  readonly typeBounds?: readonly (TypeRef | null)[];
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
  /** Index of the enclosing function, -1 for the module body. */
  readonly parent: number;
  /** Index of the class whose member this is, or -1. */
  readonly cls: number;
  readonly isStatic: boolean;
  /** Blocks in reverse postorder; block 0 is the entry. Unreachable blocks are not emitted. */
  readonly blocks: readonly Block[];
  readonly valueCount: number;
  /**
   * Names of variables declared in THIS function that an inner function reads or writes (and, for the module
   * body, all exported and top-level ones). They are written with `setvar`; a variable that an INNER function
   * assigns is also read with `getvar`. All others are read here as single-assignment values. The module body has one
   * more for each method that it puts in the place of a class's own (`keptMember`).
   */
  readonly shared: readonly SharedVar[];
  /** Variables of enclosing functions that this function or any function inside it uses. */
  readonly captures: readonly CaptureRef[];
  readonly usesArguments: boolean;
  /** `'use server'` inside the body. */
  readonly directives: readonly string[];
  readonly decorators: readonly DecoratorFact[];
}

/** The variable of a module body that holds what its class `cls` (or constructor function) has as method `name`. */
export function keptMember(cls: string, name: string): string {
  return `${cls}!${name}`;
}

export interface SharedVar {
  readonly name: string;
  /** Assigned exactly once, at its declaration (const, function, class, import-like): its one value is its value. */
  readonly single: boolean;
  readonly type: TypeRef | null;
}

/** A variable by the function (index in this file) that declares it, and its name there (made unique per function: `x`, `x#2`). */
export interface CaptureRef {
  readonly fn: number;
  readonly name: string;
}

export interface ParamFact {
  /** The name, or `''` for a destructured parameter. */
  readonly name: string;
  readonly type: TypeRef | null;
  readonly optional: boolean;
  readonly rest: boolean;
  readonly span: Span;
  readonly decorators: readonly DecoratorFact[];
}

/** `@Name('a', {b: 1})`: the callee as written (`Name`, `ns.Name`), its resolved import if any, and its literal arguments as JSON text. */
export interface DecoratorFact {
  readonly name: string;
  /** Index into `imports`, or -1. */
  readonly import: number;
  /** String literal arguments, others are `null`. */
  readonly args: readonly (string | null)[];
  readonly span: Span;
}

export interface ClassFacts {
  readonly name: string;
  readonly span: Span;
  /** The base class as a type reference (with its type arguments), or null. */
  readonly extends: TypeRef | null;
  /** The value of the base-class expression in the function that holds the class, or NO_VAL. */
  readonly extendsVal: Val;
  /** Index of the function whose body evaluates the class. */
  readonly owner: number;
  readonly implements: readonly TypeRef[];
  readonly typeParams: readonly string[];
  /** As in `FunctionFacts`. */
  readonly typeBounds?: readonly (TypeRef | null)[];
  /** Function index or -1. */
  readonly constructorFn: number;
  readonly fieldInit: number;
  readonly staticInit: number;
  readonly members: readonly ClassMember[];
  readonly decorators: readonly DecoratorFact[];
  readonly abstract: boolean;
}

export interface ClassMember {
  /** `#private` names keep their `#`; `[Symbol.iterator]` is `@@iterator`. Computed names that are not constant are left out. */
  readonly name: string;
  readonly kind: 'method' | 'getter' | 'setter' | 'field';
  readonly isStatic: boolean;
  /** Function index for methods and accessors; -1 for fields and abstract or overload signatures. */
  readonly fn: number;
  /** Declared type of a field or parameter property. */
  readonly type: TypeRef | null;
  readonly decorators: readonly DecoratorFact[];
  readonly span: Span;
}

/* ------------------------------------------------------------------ types */

/** A type as the code writes it, unresolved. */
export type TypeRef =
  /** A name, dotted for namespaces (`Prisma.PatientGetPayload`), to be looked up lexically, in imports, then globally. */
  | { readonly k: 'ref'; readonly name: string; readonly args?: readonly TypeRef[] }
  /** `import('x').Y` */
  | { readonly k: 'import'; readonly spec: string; readonly name: string; readonly args?: readonly TypeRef[] }
  /** string, number, boolean, any, unknown, void, null, undefined, never, object, bigint, symbol */
  | { readonly k: 'prim'; readonly name: string }
  | { readonly k: 'lit'; readonly value: string | number | boolean }
  | { readonly k: 'obj'; readonly members: readonly TypeMember[]; readonly index: TypeRef | null }
  | { readonly k: 'union'; readonly of: readonly TypeRef[] }
  | { readonly k: 'inter'; readonly of: readonly TypeRef[] }
  | { readonly k: 'array'; readonly of: TypeRef }
  | { readonly k: 'tuple'; readonly of: readonly TypeRef[] }
  | { readonly k: 'fn'; readonly params: readonly TypeRef[]; readonly ret: TypeRef }
  /** `typeof x.y` */
  | { readonly k: 'typeof'; readonly name: string }
  /** `T['key']` (key is a type: a literal, or anything for `T[number]`, `T[K]`) */
  | { readonly k: 'index'; readonly obj: TypeRef; readonly key: TypeRef }
  | { readonly k: 'keyof'; readonly of: TypeRef }
  /** `{ [K in over]: value }` */
  | { readonly k: 'mapped'; readonly param: string; readonly over: TypeRef; readonly value: TypeRef }
  /** `A extends B ? C : D` keeps both results. */
  | { readonly k: 'cond'; readonly then: TypeRef; readonly else: TypeRef }
  /** `x is T` / `asserts x is T` as a return type. */
  | { readonly k: 'guard'; readonly param: string; readonly type: TypeRef | null };

export interface TypeMember {
  /** A call signature is the member `()`, a construct signature `new()`. */
  readonly name: string;
  readonly type: TypeRef;
  readonly optional: boolean;
  readonly span: Span;
}

export interface TypeDecl {
  readonly name: string;
  readonly kind: 'interface' | 'alias' | 'enum' | 'class';
  /**
   * Index of the function whose scope declares it; 0 at the top. Namespace members are named `Ns.Name`, those of
   * `declare module 'x'` are named `'x'.Name`.
   */
  readonly scope: number;
  readonly params: readonly string[];
  readonly extends: readonly TypeRef[];
  /** An `obj` for interfaces, enums (members typed by literals) and classes; anything for aliases. */
  readonly type: TypeRef;
  /** Index into `classes` when kind is `class`, else -1. */
  readonly cls: number;
  readonly exported: boolean;
  readonly span: Span;
}

/* ------------------------------------------------------- control-flow graph */

export interface Block {
  /** Predecessors by block index, in the order that `phi` inputs use. Exceptional predecessors are not listed. */
  readonly preds: readonly number[];
  readonly instrs: readonly Instr[];
  readonly term: Terminator;
  /**
   * Block that receives exceptions raised here (`catch`, or the exceptional copy of `finally`), or -1: leaves the function.
   * A handler block starts with `catch` and has no listed predecessors. A `phi` right after that `catch` has one input for
   * each value that its variable may have when the protected region throws: the value before the region, and every
   * value that the region assigns. Its inputs belong to no predecessor and may be any in number.
   */
  readonly handler: number;
}

export type Terminator =
  | { readonly t: 'jump'; readonly to: number }
  /** `switch` becomes a chain of branches on `===`. */
  | { readonly t: 'branch'; readonly cond: Val; readonly then: number; readonly else: number }
  | { readonly t: 'return'; readonly value: Val; readonly span: Span }
  | { readonly t: 'throw'; readonly value: Val; readonly span: Span }
  /** No way on (an infinite loop's end, after a bound). */
  | { readonly t: 'stop' };

export interface Arg {
  readonly v: Val;
  readonly spread?: true;
}

export type ObjectPart =
  | { readonly k: string; readonly v: Val }
  /** Computed key that is not constant. */
  | { readonly kx: Val; readonly v: Val }
  | { readonly spread: Val }
  /** Accessor in an object literal. */
  | { readonly k: string; readonly get?: number; readonly set?: number };

/** `d` is always the value that the instruction defines. */
export type Instr =
  /** Literal. Regular expressions are `{re: source}`, with slashes and flags as written; bigint as string with `n`. */
  | {
      readonly op: 'const';
      readonly d: Val;
      readonly v: string | number | boolean | null | undefined | { readonly re: string };
      readonly span?: Span;
    }
  /** Value of parameter `i`; a rest parameter is an array of the remaining arguments. */
  | { readonly op: 'param'; readonly d: Val; readonly i: number }
  | { readonly op: 'arguments'; readonly d: Val }
  /** In an arrow function, that of the nearest function around it that is none. */
  | { readonly op: 'this'; readonly d: Val }
  /**
   * A name bound nowhere in the file: `fetch`, `process`, `console`, `module` …; also `new.target`, `import.meta`, and
   * `import` as the callee of `import(expression)`.
   */
  | { readonly op: 'global'; readonly d: Val; readonly name: string; readonly span: Span }
  /** The binding of `imports[i]`. `import('x')` and `require('x')` expressions also have an entry (imported `*`). */
  | { readonly op: 'import'; readonly d: Val; readonly i: number; readonly span: Span }
  /** Shared variable of this function (only if an inner function assigns it). */
  | { readonly op: 'getvar'; readonly d: Val; readonly name: string }
  /** Defines or assigns a shared variable of this function. */
  | { readonly op: 'setvar'; readonly name: string; readonly v: Val; readonly span: Span }
  /** Shared variable of an enclosing function; in the module body, of its own as functions see it. */
  | { readonly op: 'getcap'; readonly d: Val; readonly fn: number; readonly name: string; readonly span: Span }
  | { readonly op: 'setcap'; readonly fn: number; readonly name: string; readonly v: Val; readonly span: Span }
  /** `b.k`, `b?.k`, `b['k']`, `b[0]` (key '0'), `b[Symbol.x]` (key '@@x'), and one step of a destructuring pattern. */
  | { readonly op: 'load'; readonly d: Val; readonly b: Val; readonly k: string; readonly span: Span }
  /** `b[key]` */
  | { readonly op: 'loadx'; readonly d: Val; readonly b: Val; readonly key: Val; readonly span: Span }
  | { readonly op: 'store'; readonly b: Val; readonly k: string; readonly v: Val; readonly span: Span }
  | { readonly op: 'storex'; readonly b: Val; readonly key: Val; readonly v: Val; readonly span: Span }
  | { readonly op: 'delete'; readonly b: Val; readonly k: string; readonly span: Span }
  /** `delete b[key]` */
  | { readonly op: 'deletex'; readonly b: Val; readonly key: Val; readonly span: Span }
  /** `super.k`; `*` for a computed key. */
  | { readonly op: 'superload'; readonly d: Val; readonly k: string; readonly span: Span }
  /**
   * `f(args)`, `new f(args)`, tagged templates (`args[0]` is an array of the strings). `self` is the receiver of a
   * method call (the base of the `load` that made `f`), else NO_VAL. `super(...)` has kind `super` and f = NO_VAL.
   * `span` is the whole call expression from the first character of its callee (without `new` or `await`) to its
   * closing parenthesis; `argSpans` are those of the arguments. `decorate` stands for what runs when a class is made:
   * the decorator `f` with the member and its name; its result is what the member is from then on.
   */
  | {
      readonly op: 'call';
      readonly d: Val;
      readonly f: Val;
      readonly self: Val;
      readonly args: readonly Arg[];
      readonly kind: 'call' | 'new' | 'super' | 'tag' | 'decorate';
      readonly typeArgs: readonly TypeRef[] | null;
      readonly span: Span;
      readonly argSpans: readonly Span[];
    }
  /** String building: template literals and `+` where an operand may be a string. Parts in order, literals included. */
  | { readonly op: 'concat'; readonly d: Val; readonly parts: readonly Val[]; readonly span: Span }
  | {
      readonly op: 'object';
      readonly d: Val;
      readonly parts: readonly ObjectPart[];
      readonly span: Span;
      readonly spans: readonly Span[];
    }
  | { readonly op: 'array'; readonly d: Val; readonly els: readonly Arg[]; readonly span: Span }
  /** One input per predecessor of the block, in order. Also the value of `a ?? b`, `a || b`, `a && b`, `c ? a : b`. */
  | { readonly op: 'phi'; readonly d: Val; readonly ins: readonly Val[] }
  /** A function where it is made, or its own name inside it. */
  | { readonly op: 'fn'; readonly d: Val; readonly f: number; readonly span: Span }
  /** A class where it is evaluated, or its own name inside it. */
  | { readonly op: 'class'; readonly d: Val; readonly c: number; readonly span: Span }
  | { readonly op: 'await'; readonly d: Val; readonly v: Val; readonly span: Span }
  | { readonly op: 'yield'; readonly d: Val; readonly v: Val; readonly star: boolean; readonly span: Span }
  /**
   * Comparisons, arithmetic, `!`, `typeof`, `in`, `instanceof`, `void`: `b` is NO_VAL for unary ones. `more` asks whether a
   * loop over `a` goes on.
   */
  | { readonly op: 'op'; readonly d: Val; readonly o: string; readonly a: Val; readonly b: Val }
  /** A value that the code gives a type: annotation of a variable, `as`, `satisfies`, `<T>x`, JSDoc. */
  | {
      readonly op: 'typed';
      readonly d: Val;
      readonly v: Val;
      readonly type: TypeRef;
      readonly how: 'annotation' | 'as' | 'satisfies';
      readonly span: Span;
    }
  /** One element of an iterable (`for…of`, `for await`), one key (`for…in`). */
  | { readonly op: 'iter'; readonly d: Val; readonly v: Val; readonly how: 'of' | 'in' | 'await'; readonly span: Span }
  /** Object rest: everything but `minus` (constant keys; a computed key is listed as `*`). */
  | { readonly op: 'rest'; readonly d: Val; readonly v: Val; readonly minus: readonly string[]; readonly span: Span }
  /** Array rest: elements from index `from`. */
  | { readonly op: 'slice'; readonly d: Val; readonly v: Val; readonly from: number; readonly span: Span }
  /** The exception that a handler block receives (first instruction of the block). */
  | { readonly op: 'catch'; readonly d: Val; readonly span: Span }
  /**
   * `<Tag …props>children</Tag>`: `f` is the component's value or NO_VAL for an intrinsic element named `tag`.
   * Attributes and spread attributes are the `object` value `props`; children are its property `children` (one child is the
   * value itself, several are an array). A fragment has an empty tag.
   */
  | {
      readonly op: 'jsx';
      readonly d: Val;
      readonly f: Val;
      readonly tag: string;
      readonly props: Val;
      readonly span: Span;
    };
