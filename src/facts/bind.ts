/**
 * One walk before lowering: opens the scopes, numbers functions and classes, resolves every name and learns which
 * variables are reassigned and which are captured. `bindFile` is the entry; the rest are the kinds of syntax.
 */
import { ts } from 'ts-morph';
import type { FunctionKind } from './ir.js';
import { Binder, type VisitTable } from './binder.js';
import { CommonJs } from './commonjs.js';
import { declareList, declarePattern, enterStatements, hasValues } from './declare.js';
import { jsDocTypedefs } from './jsdoc.js';
import { bindExport, bindExportAssignment, exportNames, syntheticBinding } from './modules.js';
import { Scope, Store, type BoundFile, type ClassInfo } from './scope.js';
import * as S from './syntax.js';

/** Binds a whole file; the parser's nodes carry the result in their slots. */
export function bindFile(source: ts.SourceFile, text: string, isJs: boolean): BoundFile {
  const b = new Binder(source, text, isJs, VISIT);
  b.commonJs = new CommonJs(b);
  enterStatements(b, source.statements, true);
  for (const local of b.fn.locals) local.top = true;
  visitStatements(b, source.statements);
  if (isJs) jsDocTypedefs(b, source.endOfFileToken);
  b.commonJs.finish();
  for (const type of b.file.types) if (type.scope === 0 && b.exportedTypes.has(type.name)) type.exported = true;
  for (const binding of b.file.bindings) place(binding);
  nameShared(b.file);
  return b.file;
}

function place(v: BoundFile['bindings'][number]): void {
  if (v.store !== Store.Direct) return;
  v.shared = v.captured || v.top;
  if (v.single && v.plain) return;
  v.store = v.writtenInside ? Store.Cell : Store.Ssa;
}

/** Shared variables of one function have unlike names: the second `x` is `x#2`. */
function nameShared(file: BoundFile): void {
  for (const fn of file.functions) {
    const seen = new Map<string, number>();
    for (const v of fn.locals) {
      if (!v.shared) continue;
      const n = (seen.get(v.name) ?? 0) + 1;
      seen.set(v.name, n);
      if (n > 1) v.unique = `${v.name}#${n}`;
    }
  }
}

function visitStatements(b: Binder, statements: readonly ts.Statement[]): void {
  for (const s of statements) {
    if (b.file.isJs) jsDocTypedefs(b, s);
    b.visit(s);
  }
}

function block(b: Binder, statements: readonly ts.Statement[]): void {
  enterStatements(b, statements, false);
  visitStatements(b, statements);
}

/* ------------------------------------------------------------ functions and what gets its name */

function functionKind(node: S.FunctionNode): FunctionKind {
  switch (node.kind) {
    case S.ARROW:
      return 'arrow';
    case S.METHOD:
      return 'method';
    case S.CONSTRUCTOR:
      return 'constructor';
    case S.GETTER:
      return 'getter';
    case S.SETTER:
      return 'setter';
    default:
      return 'function';
  }
}

function bindFunction(
  b: Binder,
  node: S.FunctionNode,
  name: string,
  cls: number,
  isStatic: boolean,
  doc: ts.Node | null,
): void {
  for (const p of node.parameters) if (p.modifiers !== undefined) b.visitDecorators(p);
  const info = b.newFunction(name, functionKind(node), node, cls, isStatic);
  info.doc = doc;
  S.setSlot(node, info.index);
  const outer = b.scope;
  if (node.kind === S.FUNCTION_EXPRESSION && node.name !== undefined) {
    b.scope = new Scope(outer, b.fn);
    const self = b.declare(node.name as ts.Identifier, 1);
    self.store = Store.SelfFunction;
    self.target = info.index;
  }
  b.inFunction(info, () => {
    for (const p of node.parameters) declarePattern(b, p.name, 1);
    for (const p of node.parameters) {
      visitPattern(b, p.name);
      if (p.initializer !== undefined)
        visitNamed(b, p.initializer, p.name.kind === S.IDENTIFIER ? S.nameText(p.name as ts.Identifier) : '');
    }
    const body = node.body as ts.ConciseBody | undefined;
    if (body === undefined) return;
    if (body.kind === S.BLOCK) {
      enterStatements(b, (body as ts.Block).statements, true);
      visitStatements(b, (body as ts.Block).statements);
    } else b.visit(body);
  });
  b.scope = outer;
}

function callback(b: Binder, node: S.FunctionNode): void {
  const own = node.name === undefined ? `<callback ${++b.fn.callbacks}>` : S.nameText(node.name as ts.Identifier);
  bindFunction(b, node, b.fn.prefix + own, -1, false, null);
}

/** Visits an initialiser: a function, class or object literal in it takes the name of what it is assigned to. */
function visitNamed(
  b: Binder,
  node: ts.Expression,
  name: string,
  doc: ts.Node | null = null,
  prefix: string = b.fn.prefix,
): void {
  const value = S.bare(node);
  switch (name === '' ? -1 : value.kind) {
    case S.ARROW:
    case S.FUNCTION_EXPRESSION:
      if (!b.enter(value)) return;
      bindFunction(b, value as S.FunctionNode, prefix + name, -1, false, doc);
      b.leave();
      return;
    case S.CLASS_EXPRESSION:
      if (!b.enter(value)) return;
      bindClass(b, value as S.ClassNode, name);
      b.leave();
      return;
    case S.OBJECT:
      if (!b.enter(value)) return;
      bindObject(b, value as ts.ObjectLiteralExpression, `${prefix}${name}.`);
      b.leave();
      return;
    default:
      b.visit(node);
  }
}

function bindObject(b: Binder, node: ts.ObjectLiteralExpression, prefix: string): void {
  for (const p of node.properties) {
    const key = (p.name === undefined ? null : S.propertyKey(p.name)) ?? '<computed>';
    if (p.name?.kind === S.COMPUTED_NAME) b.visit((p.name as ts.ComputedPropertyName).expression);
    switch (p.kind) {
      case S.PROPERTY_ASSIGNMENT:
        visitNamed(b, (p as ts.PropertyAssignment).initializer, key, p, prefix);
        break;
      case S.SHORTHAND:
        b.reference((p as ts.ShorthandPropertyAssignment).name);
        break;
      case S.SPREAD_ASSIGNMENT:
        b.visit((p as ts.SpreadAssignment).expression);
        break;
      default:
        bindFunction(b, p as S.FunctionNode, prefix + key, -1, false, null);
    }
  }
}

/** Defaults and computed keys of a binding pattern; its names are declared already. */
function visitPattern(b: Binder, name: ts.BindingName): void {
  if (name.kind === S.IDENTIFIER || !b.enter(name)) return;
  for (const el of (name as ts.BindingPattern).elements) {
    if (el.kind === S.OMITTED) continue;
    const element = el as ts.BindingElement;
    if (element.propertyName?.kind === S.COMPUTED_NAME) b.visit(element.propertyName.expression);
    visitPattern(b, element.name);
    if (element.initializer !== undefined)
      visitNamed(b, element.initializer, ts.isIdentifier(element.name) ? S.nameText(element.name) : '');
  }
  b.leave();
}

function bindVariables(b: Binder, list: ts.VariableDeclarationList, doc: ts.Node | null): void {
  for (const d of list.declarations) {
    visitPattern(b, d.name);
    if (d.initializer === undefined || (b.atTop && b.commonJs.declaration(d))) continue;
    visitNamed(b, d.initializer, d.name.kind === S.IDENTIFIER ? S.nameText(d.name as ts.Identifier) : '', doc);
  }
}

/* ------------------------------------------------------------ classes */

function bindClass(b: Binder, node: S.ClassNode, hint: string): void {
  const name = node.name !== undefined ? S.nameText(node.name) : hint === '' ? '<class>' : hint;
  const { file } = b;
  const qualified = b.fn.prefix + name;
  const cls = file.classes.length;
  const info: ClassInfo = {
    index: cls,
    name: qualified,
    node,
    owner: b.fn,
    fieldInit: null,
    staticInit: null,
    extendsVal: -1,
  };
  file.classes.push(info);
  S.setSlot(node, cls + 1);
  const exported = S.isExported(node) && b.atTop;
  if (name !== '<class>') file.types.push({ node, name: b.namespace + name, scope: b.fn.index, exported, cls });
  b.visitDecorators(node);
  const outer = b.scope;
  if (node.kind === S.CLASS_EXPRESSION && node.name !== undefined) {
    b.scope = new Scope(outer, b.fn);
    const self = b.declare(node.name, 1);
    self.store = Store.SelfClass;
    self.target = cls;
  }
  const base = S.extendsClause(node);
  if (base !== undefined) b.visit(base.expression);
  for (const m of node.members) {
    if (m.name?.kind === S.COMPUTED_NAME) b.visit((m.name as ts.ComputedPropertyName).expression);
    b.visitDecorators(m);
    bindMember(b, info, m, qualified);
  }
  b.scope = outer;
}

function bindMember(b: Binder, info: ClassInfo, m: ts.ClassElement, qualified: string): void {
  const isStatic = S.hasModifier(m, S.STATIC);
  switch (m.kind) {
    case S.STATIC_BLOCK: {
      info.staticInit ??= b.newFunction(`${qualified}.<static>`, 'static-init', info.node, info.index, true);
      const { statements } = (m as ts.ClassStaticBlockDeclaration).body;
      b.inFunction(info.staticInit, () => {
        enterStatements(b, statements, true);
        visitStatements(b, statements);
      });
      return;
    }
    case S.PROPERTY_DECLARATION: {
      const { initializer, name } = m as ts.PropertyDeclaration;
      if (initializer === undefined) return;
      const init = isStatic
        ? (info.staticInit ??= b.newFunction(`${qualified}.<static>`, 'static-init', info.node, info.index, true))
        : (info.fieldInit ??= b.newFunction(`${qualified}.<fields>`, 'field-init', info.node, info.index, false));
      const key = S.propertyKey(name) ?? '<computed>';
      b.inFunction(init, () => {
        visitNamed(b, initializer, key, m, `${qualified}.`);
      });
      return;
    }
    case S.METHOD:
    case S.CONSTRUCTOR:
    case S.GETTER:
    case S.SETTER: {
      const node = m as S.FunctionNode;
      if (node.body === undefined) return; // overloads and abstract members have no body
      const key = node.kind === S.CONSTRUCTOR ? 'constructor' : (S.propertyKey(m.name!) ?? '<computed>');
      bindFunction(b, node, `${qualified}.${key}`, info.index, isStatic, null);
    }
  }
}

/* ------------------------------------------------------------ assignments and chains */

/** An assignment to an existing variable, property or pattern. */
function assign(b: Binder, target: ts.Expression, value: ts.Expression | null): void {
  const node = S.bare(target);
  switch (node.kind) {
    case S.IDENTIFIER: {
      const binding = b.reference(node as ts.Identifier);
      if (binding !== undefined) b.written(binding);
      return;
    }
    case S.ARRAY:
      if (!b.enter(node)) return;
      for (const el of (node as ts.ArrayLiteralExpression).elements) assignElement(b, el);
      b.leave();
      return;
    case S.OBJECT:
      if (!b.enter(node)) return;
      for (const p of (node as ts.ObjectLiteralExpression).properties) {
        if (p.kind === S.PROPERTY_ASSIGNMENT) {
          const { name, initializer } = p as ts.PropertyAssignment;
          if (name.kind === S.COMPUTED_NAME) b.visit((name as ts.ComputedPropertyName).expression);
          assignElement(b, initializer);
        } else if (p.kind === S.SHORTHAND) {
          const { name, objectAssignmentInitializer } = p as ts.ShorthandPropertyAssignment;
          assign(b, name, null);
          if (objectAssignmentInitializer !== undefined) b.visit(objectAssignmentInitializer);
        } else if (p.kind === S.SPREAD_ASSIGNMENT) assign(b, (p as ts.SpreadAssignment).expression, null);
      }
      b.leave();
      return;
    default:
      b.visit(node);
      b.commonJs.assigned(node, value);
  }
}

function assignElement(b: Binder, node: ts.Expression): void {
  if (node.kind === S.SPREAD) node = (node as ts.SpreadElement).expression;
  if (node.kind === S.OMITTED) return;
  if (node.kind === S.BINARY && (node as ts.BinaryExpression).operatorToken.kind === S.EQUALS) {
    assign(b, (node as ts.BinaryExpression).left, null);
    b.visit((node as ts.BinaryExpression).right);
  } else assign(b, node, null);
}

/** Left-deep chains of operators are as long as the author likes: no recursion on the left. */
function bindBinary(b: Binder, node: ts.BinaryExpression): void {
  const rights: ts.Expression[] = [];
  let first: ts.Expression = node;
  while (first.kind === S.BINARY) {
    const { left, operatorToken, right } = first as ts.BinaryExpression;
    if (operatorToken.kind >= S.FIRST_ASSIGNMENT && operatorToken.kind <= S.LAST_ASSIGNMENT) break;
    rights.push(right);
    first = left;
  }
  if (first.kind === S.BINARY) bindAssignment(b, first as ts.BinaryExpression);
  else b.visit(first);
  for (let i = rights.length - 1; i >= 0; i--) b.visit(rights[i]!);
}

function bindAssignment(b: Binder, node: ts.BinaryExpression): void {
  const { left, right, operatorToken } = node;
  assign(b, left, operatorToken.kind === S.EQUALS ? right : null);
  const name = S.dottedName(left);
  visitNamed(b, right, name === null ? '' : name.replace(/^(?:module\.exports|exports|this)\./, ''), null);
}

/** A chain of calls and accesses, from its first link on. */
function bindChain(b: Binder, node: ts.Expression): void {
  const links: ts.Expression[] = [];
  let first = node;
  while (S.isLink(first)) {
    links.push(first);
    first = S.linkBase(first);
  }
  b.visit(first);
  for (let i = links.length - 1; i >= 0; i--) {
    const link = links[i]!;
    switch (link.kind) {
      case S.PROPERTY_ACCESS:
        b.commonJs.used(link as ts.PropertyAccessExpression);
        break;
      case S.ELEMENT_ACCESS:
        b.visit((link as ts.ElementAccessExpression).argumentExpression);
        break;
      case S.CALL:
        bindRequest(b, link as ts.CallExpression);
        b.visitAll((link as ts.CallExpression).arguments);
        break;
      case S.TAGGED_TEMPLATE:
        b.visit((link as ts.TaggedTemplateExpression).template);
        break;
    }
  }
}

/** `import('x')` and `require('x')` with a constant name. */
function bindRequest(b: Binder, node: ts.CallExpression): void {
  const first = node.arguments[0];
  if (node.expression.kind === S.IMPORT_KEYWORD && first !== undefined && S.isStringLike(first))
    S.setSlot(node, b.addImport(first.text, '*', 'dynamic', false, '', node) + 1);
  else {
    const specifier = b.commonJs.requireSpecifier(node);
    if (specifier !== null) S.setSlot(node, b.addImport(specifier, '*', 'require', false, '', node) + 1);
  }
}

function update(b: Binder, node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression): void {
  const { operator, operand } = node;
  if (operator === S.PLUS_PLUS || operator === ts.SyntaxKind.MinusMinusToken) assign(b, operand, null);
  else b.visit(operand);
}

/* ------------------------------------------------------------ namespaces, enums, types */

function bindEnum(b: Binder, node: ts.EnumDeclaration): void {
  const name = b.namespace + S.nameText(node.name);
  b.file.types.push({ node, name, scope: b.fn.index, exported: S.isExported(node), cls: -1 });
  exportHere(b, node, [node.name]);
  b.inScope(false, () => {
    for (const m of node.members) if (m.name.kind === S.IDENTIFIER) b.declare(m.name, 1);
    for (const m of node.members) if (m.initializer !== undefined) b.visit(m.initializer);
  });
}

/** The scopes of namespaces by their variable, so that blocks of one name see each other's members. */
function bindNamespace(b: Binder, node: ts.ModuleDeclaration): void {
  const { name } = node;
  const isName = name.kind === S.IDENTIFIER && (node.flags & ts.NodeFlags.GlobalAugmentation) === 0;
  const runs = isName && !S.isDeclare(node) && hasValues(node);
  if (isName) exportHere(b, node, [name as ts.Identifier]);
  const outer = b.namespace;
  if (isName) b.namespace = `${outer}${name.text}.`;
  const { scope } = b;
  b.scope = new Scope(scope, b.fn);
  const { body } = node;
  if (body?.kind === S.MODULE_BLOCK) {
    const { statements } = body as ts.ModuleBlock;
    if (runs) {
      enterStatements(b, statements, true);
      visitStatements(b, statements);
    } else for (const s of statements) visitTypesOnly(b, s);
  } else if (body?.kind === S.MODULE) {
    if (runs) declareNested(b, body as ts.ModuleDeclaration);
    b.visit(body);
  }
  b.scope = scope;
  b.namespace = outer;
}

/** `namespace A.B {}`: B is a member of A. */
function declareNested(b: Binder, node: ts.ModuleDeclaration): void {
  enterStatements(b, [node], false);
}

function visitTypesOnly(b: Binder, s: ts.Statement): void {
  if (s.kind === S.INTERFACE || s.kind === S.TYPE_ALIAS || s.kind === S.MODULE) b.visit(s);
}

function bindType(b: Binder, node: ts.InterfaceDeclaration | ts.TypeAliasDeclaration): void {
  const name = b.namespace + S.nameText(node.name);
  if (S.isDefault(node)) b.file.exports.push({ kind: 'local', name: 'default', var: name });
  b.file.types.push({ node, name, scope: b.fn.index, exported: S.isExported(node), cls: -1 });
}

function exportHere(b: Binder, node: ts.Node, names: readonly ts.Identifier[]): void {
  if (b.atTop && S.isExported(node)) exportNames(b, names);
}

/** `export default function () {}`, `export default class {}`: named or not. */
function exportDeclaration(b: Binder, node: ts.FunctionDeclaration | ts.ClassDeclaration): void {
  if (!b.atTop || !S.isExported(node)) return;
  if (!S.isDefault(node)) {
    if (node.name !== undefined) exportNames(b, [node.name]);
    return;
  }
  if (node.name === undefined) b.file.defaultExport = syntheticBinding(b, 'default');
  const variable = node.name === undefined ? 'default' : S.nameText(node.name);
  b.file.exports.push({ kind: 'local', name: 'default', var: variable });
}

/* ------------------------------------------------------------ the table */

const VISIT: VisitTable = [];

function on<N extends ts.Node>(kind: ts.SyntaxKind, handler: (b: Binder, node: N) => void): void {
  VISIT[kind] = handler as (b: Binder, node: never) => void;
}

const nothing = (): void => undefined;
for (const kind of [S.BREAK, S.CONTINUE, S.META_PROPERTY, S.IMPORT, S.JSX_CLOSING, S.JSX_NAMESPACED]) on(kind, nothing);

on<ts.BinaryExpression>(S.BINARY, bindBinary);
for (const kind of [S.PROPERTY_ACCESS, S.ELEMENT_ACCESS, S.CALL, S.NON_NULL, S.TAGGED_TEMPLATE])
  on<ts.Expression>(kind, bindChain);
on<ts.NewExpression>(S.NEW, (b, node) => {
  b.visit(node.expression);
  b.visitAll(node.arguments);
});
on<ts.PrefixUnaryExpression>(S.PREFIX, update);
on<ts.PostfixUnaryExpression>(S.POSTFIX, update);
on<ts.ExpressionWithTypeArguments>(S.WITH_TYPE_ARGS, (b, node) => {
  b.visit(node.expression);
});
on<S.FunctionNode>(S.ARROW, callback);
on<S.FunctionNode>(S.FUNCTION_EXPRESSION, callback);
on<ts.FunctionDeclaration>(S.FUNCTION_DECLARATION, (b, node) => {
  if (node.body === undefined) return;
  exportDeclaration(b, node);
  if (node.name !== undefined && S.slotOf(node.name) === 0) b.declare(node.name, 1); // `if (c) function f() {}`
  const name = node.name === undefined ? 'default' : S.nameText(node.name);
  bindFunction(b, node, b.fn.prefix + name, -1, false, null);
});
on<ts.ClassDeclaration>(S.CLASS_DECLARATION, (b, node) => {
  exportDeclaration(b, node);
  bindClass(b, node, S.isDefault(node) ? 'default' : '');
});
on<S.ClassNode>(S.CLASS_EXPRESSION, (b, node) => {
  bindClass(b, node, '');
});
on<ts.ObjectLiteralExpression>(S.OBJECT, (b, node) => {
  bindObject(b, node, b.fn.prefix);
});
on<ts.VariableStatement>(S.VARIABLE_STATEMENT, (b, node) => {
  for (const d of node.declarationList.declarations) exportHere(b, node, S.namesOf(d.name, []));
  if (!S.isDeclare(node)) bindVariables(b, node.declarationList, b.file.isJs ? node : null);
});
on<ts.ExpressionStatement>(S.EXPRESSION_STATEMENT, (b, node) => {
  if (b.commonJs.isPreamble(node.expression)) b.file.requires.add(node);
  else b.visit(node.expression);
});
on<ts.Block>(S.BLOCK, (b, node) => {
  b.inScope(false, () => {
    block(b, node.statements);
  });
});
on<ts.CatchClause>(S.CATCH, (b, node) => {
  b.inScope(false, () => {
    if (node.variableDeclaration !== undefined) {
      declarePattern(b, node.variableDeclaration.name, 1);
      visitPattern(b, node.variableDeclaration.name);
    }
    b.visit(node.block);
  });
});
on<ts.ForStatement>(S.FOR, (b, node) => {
  b.inScope(false, () => {
    const init = node.initializer;
    if (init?.kind === S.VARIABLE_LIST) {
      declareList(b, init as ts.VariableDeclarationList);
      bindVariables(b, init as ts.VariableDeclarationList, null);
    } else if (init !== undefined) b.visit(init);
    if (node.condition !== undefined) b.visit(node.condition);
    b.visit(node.statement);
    if (node.incrementor !== undefined) b.visit(node.incrementor);
  });
});
function bindForOf(b: Binder, node: ts.ForOfStatement | ts.ForInStatement): void {
  b.inScope(false, () => {
    const init = node.initializer;
    if (init.kind === S.VARIABLE_LIST) {
      declareList(b, init as ts.VariableDeclarationList, 1);
      bindVariables(b, init as ts.VariableDeclarationList, null);
    } else assign(b, init as ts.Expression, null);
    b.visit(node.expression);
    b.visit(node.statement);
  });
}
on<ts.ForOfStatement>(S.FOR_OF, bindForOf);
on<ts.ForInStatement>(S.FOR_IN, bindForOf);
on<ts.SwitchStatement>(S.SWITCH, (b, node) => {
  b.visit(node.expression);
  b.inScope(true, () => {
    for (const clause of node.caseBlock.clauses) enterStatements(b, clause.statements, false);
    for (const clause of node.caseBlock.clauses) {
      if (clause.kind === S.CASE) b.visit((clause as ts.CaseClause).expression);
      visitStatements(b, clause.statements);
    }
  });
});
on<ts.LabeledStatement>(S.LABELED, (b, node) => {
  b.visit(node.statement);
});
on<ts.IfStatement>(S.IF, (b, node) => {
  for (let s: ts.IfStatement = node; ; s = s.elseStatement as ts.IfStatement) {
    b.visit(s.expression);
    b.visit(s.thenStatement);
    if (s.elseStatement === undefined) return;
    if (s.elseStatement.kind !== S.IF) {
      b.visit(s.elseStatement);
      return;
    }
  }
});
on<ts.EnumDeclaration>(S.ENUM, bindEnum);
on<ts.ModuleDeclaration>(S.MODULE, bindNamespace);
on<ts.InterfaceDeclaration>(S.INTERFACE, bindType);
on<ts.TypeAliasDeclaration>(S.TYPE_ALIAS, bindType);
on<ts.ImportEqualsDeclaration>(S.IMPORT_EQUALS, (b, node) => {
  exportHere(b, node, [node.name]);
  const root = node.moduleReference.kind === S.EXTERNAL_MODULE ? null : rootName(node.moduleReference);
  if (root !== null) b.reference(root);
});
on<ts.ExportDeclaration>(S.EXPORT, (b, node) => {
  bindExport(b, node);
});
on<ts.ExportAssignment>(S.EXPORT_ASSIGNMENT, (b, node) => {
  if (b.atTop) bindExportAssignment(b, node);
  visitNamed(b, node.expression, node.isExportEquals === true ? 'export=' : 'default', node);
});

function rootName(node: ts.Node): ts.Identifier | null {
  while (node.kind === ts.SyntaxKind.QualifiedName) node = (node as ts.QualifiedName).left;
  return node.kind === S.IDENTIFIER ? (node as ts.Identifier) : null;
}

function bindTag(b: Binder, node: ts.JsxOpeningLikeElement): void {
  const tag = node.tagName;
  if (tag.kind !== S.IDENTIFIER) b.visit(tag);
  else if (!S.isIntrinsicTag(tag as ts.Identifier)) b.reference(tag as ts.Identifier);
  b.visit(node.attributes);
}
on<ts.JsxOpeningElement>(S.JSX_OPENING, bindTag);
on<ts.JsxSelfClosingElement>(S.JSX_SELF_CLOSING, bindTag);
on<ts.JsxAttribute>(S.JSX_ATTRIBUTE, (b, node) => {
  if (node.initializer !== undefined) b.visit(node.initializer);
});
