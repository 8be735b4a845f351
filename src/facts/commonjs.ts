/**
 * `exports.x`, `module.exports` and `require`: properties and calls that mean what `export` and `import` mean. What a
 * file assigns to its exports becomes a variable of the module body (`exports.x`, `module.exports`).
 */
import type { ts } from 'ts-morph';
import type { Binder, CommonJsNames } from './binder.js';
import { Store, type Binding, type ExportedObject } from './scope.js';
import * as S from './syntax.js';

interface Assigned {
  readonly binding: Binding;
  /** The one value assigned, to see through `exports.x = x`. */
  value: ts.Expression | null;
  count: number;
}

interface RequireCandidate {
  readonly declaration: ts.VariableDeclaration;
  readonly call: ts.CallExpression;
  readonly specifier: string;
  readonly bound: readonly { readonly binding: Binding; readonly imported: string; readonly node: ts.Node }[];
}

/** Helpers of compilers around `require('x')`; they return what they get, or an object with it as `default`. */
const INTEROP = /^(?:\w+\.)?(?:__importDefault|__importStar|_interopRequireDefault|_interopRequireWildcard|__toESM)$/;

/** The value of a property descriptor: `value: v`, or what its getter returns. */
function describedValue(node: ts.Expression): ts.Expression | null {
  for (const p of (node as ts.ObjectLiteralExpression).properties) {
    const key = p.name === undefined ? null : S.propertyKey(p.name);
    if (p.kind !== S.PROPERTY_ASSIGNMENT) continue;
    const value = S.bare((p as ts.PropertyAssignment).initializer);
    if (key === 'value') return value;
    if (key !== 'get' || (value.kind !== S.FUNCTION_EXPRESSION && value.kind !== S.ARROW)) continue;
    const { body } = value as ts.ArrowFunction;
    if (body.kind !== S.BLOCK) return S.bare(body as ts.Expression);
    const first = (body as ts.Block).statements[0];
    if (first?.kind === S.RETURN) return (first as ts.ReturnStatement).expression ?? null;
  }
  return null;
}

export class CommonJs implements CommonJsNames {
  private readonly active: boolean;
  private readonly variables = new Map<string, Assigned>();
  private readonly candidates: RequireCandidate[] = [];
  private readonly defined: { readonly name: string; readonly value: ts.Expression | null }[] = [];

  constructor(private readonly b: Binder) {
    this.active = /\bexports\b/.test(b.file.text);
  }

  /** `module.exports`, `exports.x` or null. */
  private keyOf(node: ts.Expression): string | null {
    if (node.kind !== S.PROPERTY_ACCESS) return null;
    const { expression, name } = node as ts.PropertyAccessExpression;
    const key = S.nameText(name as ts.Identifier);
    if (this.isGlobal(expression, 'module')) return key === 'exports' ? 'module.exports' : null;
    if (this.isGlobal(expression, 'exports') || this.keyOf(expression) === 'module.exports') return `exports.${key}`;
    return null;
  }

  private isGlobal(node: ts.Expression, name: string): boolean {
    return (
      node.kind === S.IDENTIFIER &&
      (node as ts.Identifier).escapedText === name &&
      this.b.scope.find(name) === undefined
    );
  }

  private variable(key: string): Assigned {
    let found = this.variables.get(key);
    if (found === undefined) {
      const binding = this.b.newBinding(key, this.b.file.functions[0]!);
      binding.plain = false;
      binding.top = true;
      found = { binding, value: null, count: 0 };
      this.variables.set(key, found);
    }
    return found;
  }

  /** A property access that is read. */
  used(node: ts.PropertyAccessExpression): void {
    if (!this.active) return;
    const key = this.keyOf(node);
    if (key === null) return;
    const { binding } = this.variable(key);
    S.setSlot(node, binding.id);
    if (binding.fn !== this.b.fn) this.b.capture(binding);
  }

  assigned(node: ts.Expression, value: ts.Expression | null): void {
    if (!this.active) return;
    const key = this.keyOf(node);
    if (key === null) return;
    const entry = this.variable(key);
    if (entry.count++ === 0 && this.b.fn.index === 0) entry.binding.defs = 1;
    else this.b.written(entry.binding);
    entry.value = value === null ? null : S.bare(value);
  }

  /** `module.exports` itself. */
  isWhole(node: ts.Expression): boolean {
    return this.active && this.keyOf(node) === 'module.exports';
  }

  /** `exports.a = exports.b = void 0`, which compilers put at the top, defines nothing. */
  isPreamble(node: ts.Expression): boolean {
    if (!this.active) return false;
    while (node.kind === S.BINARY) {
      const { left, right, operatorToken } = node as ts.BinaryExpression;
      if (operatorToken.kind !== S.EQUALS || this.keyOf(left) === null) return false;
      node = right;
      if (node.kind === S.VOID) return true;
    }
    return false;
  }

  /** What compilers write for `export … from`: `__exportStar(require('x'), exports)`, `defineProperty(exports, …)`. */
  statement(node: ts.Expression): void {
    if (!this.active || node.kind !== S.CALL) return;
    const { expression, arguments: args } = node as ts.CallExpression;
    const callee = S.dottedName(expression);
    if (callee === null || args.length < 2) return;
    if (callee.endsWith('__exportStar')) {
      const specifier = this.requireSpecifier(args[0]!);
      if (specifier !== null) this.b.file.exports.push({ kind: 'star', specifier });
      return;
    }
    const [target, name, descriptor] = args;
    if (callee === 'Object.assign') this.assignedAtOnce(node, target!, args.slice(1));
    if (callee !== 'Object.defineProperty' || !this.isGlobal(target!, 'exports') || !S.isStringLike(name!)) return;
    if (descriptor?.kind === S.OBJECT) this.defined.push({ name: name.text, value: describedValue(descriptor) });
  }

  /** `Object.assign(exports, { a, b: … }, require('./more'))`. */
  private assignedAtOnce(node: ts.Expression, target: ts.Expression, sources: readonly ts.Expression[]): void {
    if (!this.isGlobal(target, 'exports') && !this.isWhole(target)) return;
    if (this.b.fn.index !== 0) return;
    const exported: ExportedObject[] = [];
    for (const source of sources) {
      const specifier = this.requireSpecifier(source);
      if (specifier !== null) this.b.file.exports.push({ kind: 'star', specifier });
      if (source.kind !== S.OBJECT) continue;
      const members = (source as ts.ObjectLiteralExpression).properties.flatMap((p) => {
        const key = p.name === undefined ? null : S.propertyKey(p.name);
        if (key === null) return [];
        const entry = this.variable(`exports.${key}`);
        if (entry.count++ === 0) entry.binding.defs = 1;
        else this.b.written(entry.binding);
        return [{ key, binding: entry.binding }];
      });
      exported.push({ object: source, members });
    }
    this.b.file.exportedObjects.set(node, exported);
  }

  /** The module name of `require('x')`. */
  requireSpecifier(node: ts.Node): string | null {
    if (node.kind !== S.CALL) return null;
    const { expression, arguments: args } = node as ts.CallExpression;
    if (expression.kind !== S.IDENTIFIER || (expression as ts.Identifier).escapedText !== 'require') return null;
    const first = args[0];
    if (args.length !== 1 || first === undefined || !S.isStringLike(first)) return null;
    const bound = this.b.scope.find('require');
    return bound === undefined || bound.top ? first.text : null;
  }

  /** Remembers `const x = require('y')` and its like; whether they are imports shows when all is read. */
  declaration(node: ts.VariableDeclaration): boolean {
    if (node.initializer === undefined) return false;
    let value = S.bare(node.initializer);
    let property: string | null = null;
    if (value.kind === S.PROPERTY_ACCESS) {
      property = S.nameText((value as ts.PropertyAccessExpression).name as ts.Identifier);
      value = S.bare((value as ts.PropertyAccessExpression).expression);
    }
    if (value.kind === S.CALL && INTEROP.test(S.dottedName((value as ts.CallExpression).expression) ?? '')) {
      const wrapped = (value as ts.CallExpression).arguments[0];
      if (wrapped !== undefined) value = wrapped;
    }
    const specifier = this.requireSpecifier(value);
    if (specifier === null) return false;
    const bound: { binding: Binding; imported: string; node: ts.Node }[] = [];
    const bindingOf = (name: ts.BindingName): Binding => this.b.file.bindings[S.slotOf(name)]!;
    if (node.name.kind === S.IDENTIFIER)
      bound.push({ binding: bindingOf(node.name), imported: property ?? '*', node: node.name });
    else {
      if (property !== null || node.name.kind !== S.OBJECT_PATTERN) return false;
      for (const el of (node.name as ts.ObjectBindingPattern).elements) {
        const imported = S.propertyKey(el.propertyName ?? el.name);
        if (el.dotDotDotToken !== undefined || el.initializer !== undefined) return false;
        if (imported === null || el.name.kind !== S.IDENTIFIER) return false;
        bound.push({ binding: bindingOf(el.name), imported, node: el });
      }
    }
    this.candidates.push({ declaration: node, call: value as ts.CallExpression, specifier, bound });
    return true;
  }

  /** After the walk: turns constant requires into imports and writes the exports. */
  finish(): void {
    const { file } = this.b;
    for (const { declaration, call, specifier, bound } of this.candidates) {
      if (bound.length > 0 && bound.every(({ binding }) => binding.single)) {
        file.requires.add(declaration);
        for (const { binding, imported, node } of bound) {
          binding.store = Store.Import;
          binding.target = this.b.addImport(specifier, imported, 'require', false, binding.name, node);
        }
      } else S.setSlot(call, this.b.addImport(specifier, '*', 'require', false, '', call) + 1);
    }
    for (const { name, value } of this.defined) if (value !== null) this.exportDefined(name, value);
    for (const [key, { binding, value, count }] of this.variables) {
      if (count === 0) binding.store = Store.None;
      else if (key === 'module.exports') this.exportWhole(binding, count === 1 ? value : null);
      else this.exportValue(key.slice('exports.'.length), binding, count === 1 ? value : null);
    }
  }

  private exportDefined(name: string, value: ts.Expression): void {
    const { bindings, imports, exports } = this.b.file;
    if (value.kind === S.PROPERTY_ACCESS) {
      const { expression, name: member } = value as ts.PropertyAccessExpression;
      const source = bindings[S.slotOf(expression)];
      if (expression.kind !== S.IDENTIFIER || source?.store !== Store.Import) return;
      const { specifier } = imports[source.target]!;
      exports.push({ kind: 'from', name, specifier, imported: S.nameText(member as ts.Identifier) });
    } else this.exportValue(name, null, value);
  }

  private exportWhole(binding: Binding, value: ts.Expression | null): void {
    const { exports } = this.b.file;
    exports.push({ kind: 'assign', var: binding.unique });
    if (value === null) return;
    const specifier = this.requireSpecifier(value);
    if (specifier !== null) exports.push({ kind: 'star', specifier });
    if (value.kind !== S.OBJECT) return;
    for (const p of (value as ts.ObjectLiteralExpression).properties) {
      const key = p.name === undefined ? null : S.propertyKey(p.name);
      if (key === null) continue;
      if (p.kind === S.SHORTHAND) this.exportValue(key, null, (p as ts.ShorthandPropertyAssignment).name);
      else if (p.kind === S.PROPERTY_ASSIGNMENT) this.exportValue(key, null, (p as ts.PropertyAssignment).initializer);
    }
  }

  private exportValue(name: string, variable: Binding | null, value: ts.Expression | null): void {
    const { bindings, imports, exports } = this.b.file;
    const source = value !== null && value.kind === S.IDENTIFIER ? bindings[S.slotOf(value)]! : null;
    if (source !== null && source.id > 0 && source.store === Store.Import) {
      const { specifier, imported } = imports[source.target]!;
      exports.push({ kind: 'from', name, specifier, imported });
    } else if (source !== null && source.id > 0 && source.top)
      exports.push({ kind: 'local', name, var: source.unique });
    else if (variable !== null) exports.push({ kind: 'local', name, var: variable.unique });
  }
}
