/**
 * Small vocabulary over the parser's nodes. The kinds are copied into module constants, because the parser's
 * own enum object is a hash table and too slow to be asked for every node.
 */
import { ts } from 'ts-morph';
import type { Span } from './ir.js';

const K = ts.SyntaxKind;

export const IDENTIFIER = K.Identifier;
export const PRIVATE_IDENTIFIER = K.PrivateIdentifier;
export const STRING = K.StringLiteral;
export const NUMBER = K.NumericLiteral;
export const BIGINT = K.BigIntLiteral;
export const TEMPLATE_TEXT = K.NoSubstitutionTemplateLiteral;
export const TEMPLATE = K.TemplateExpression;
export const PAREN = K.ParenthesizedExpression;
export const NON_NULL = K.NonNullExpression;
export const AS = K.AsExpression;
export const SATISFIES = K.SatisfiesExpression;
export const TYPE_ASSERTION = K.TypeAssertionExpression;
export const PROPERTY_ACCESS = K.PropertyAccessExpression;
export const ELEMENT_ACCESS = K.ElementAccessExpression;
export const CALL = K.CallExpression;
export const TAGGED_TEMPLATE = K.TaggedTemplateExpression;
export const BINARY = K.BinaryExpression;
export const PREFIX = K.PrefixUnaryExpression;
export const SUPER = K.SuperKeyword;
export const IMPORT_KEYWORD = K.ImportKeyword;
export const SPREAD = K.SpreadElement;
export const VOID = K.VoidExpression;
export const NEW = K.NewExpression;
export const POSTFIX = K.PostfixUnaryExpression;
export const META_PROPERTY = K.MetaProperty;
export const BREAK = K.BreakStatement;
export const CONTINUE = K.ContinueStatement;
export const RETURN = K.ReturnStatement;
export const THROW = K.ThrowStatement;
export const OMITTED = K.OmittedExpression;
export const OBJECT = K.ObjectLiteralExpression;
export const ARRAY = K.ArrayLiteralExpression;
export const OBJECT_PATTERN = K.ObjectBindingPattern;
export const ARRAY_PATTERN = K.ArrayBindingPattern;
export const PROPERTY_ASSIGNMENT = K.PropertyAssignment;
export const SHORTHAND = K.ShorthandPropertyAssignment;
export const SPREAD_ASSIGNMENT = K.SpreadAssignment;
export const METHOD = K.MethodDeclaration;
export const GETTER = K.GetAccessor;
export const SETTER = K.SetAccessor;
export const CONSTRUCTOR = K.Constructor;
export const PROPERTY_DECLARATION = K.PropertyDeclaration;
export const STATIC_BLOCK = K.ClassStaticBlockDeclaration;
export const COMPUTED_NAME = K.ComputedPropertyName;
export const ARROW = K.ArrowFunction;
export const FUNCTION_EXPRESSION = K.FunctionExpression;
export const FUNCTION_DECLARATION = K.FunctionDeclaration;
export const CLASS_DECLARATION = K.ClassDeclaration;
export const CLASS_EXPRESSION = K.ClassExpression;
export const VARIABLE_STATEMENT = K.VariableStatement;
export const VARIABLE_LIST = K.VariableDeclarationList;
export const EXPRESSION_STATEMENT = K.ExpressionStatement;
export const BLOCK = K.Block;
export const IF = K.IfStatement;
export const FOR = K.ForStatement;
export const FOR_IN = K.ForInStatement;
export const FOR_OF = K.ForOfStatement;
export const WHILE = K.WhileStatement;
export const DO = K.DoStatement;
export const SWITCH = K.SwitchStatement;
export const CASE = K.CaseClause;
export const CATCH = K.CatchClause;
export const TRY = K.TryStatement;
export const LABELED = K.LabeledStatement;
export const WITH = K.WithStatement;
export const ENUM = K.EnumDeclaration;
export const MODULE = K.ModuleDeclaration;
export const MODULE_BLOCK = K.ModuleBlock;
export const INTERFACE = K.InterfaceDeclaration;
export const TYPE_ALIAS = K.TypeAliasDeclaration;
export const IMPORT = K.ImportDeclaration;
export const IMPORT_EQUALS = K.ImportEqualsDeclaration;
export const EXTERNAL_MODULE = K.ExternalModuleReference;
export const EXPORT = K.ExportDeclaration;
export const EXPORT_ASSIGNMENT = K.ExportAssignment;
export const NAMESPACE_IMPORT = K.NamespaceImport;
export const NAMESPACE_EXPORT = K.NamespaceExport;
export const JSX_ELEMENT = K.JsxElement;
export const JSX_SELF_CLOSING = K.JsxSelfClosingElement;
export const JSX_FRAGMENT = K.JsxFragment;
export const JSX_TEXT = K.JsxText;
export const JSX_EXPRESSION = K.JsxExpression;
export const JSX_ATTRIBUTE = K.JsxAttribute;
export const JSX_OPENING = K.JsxOpeningElement;
export const JSX_CLOSING = K.JsxClosingElement;
export const JSX_SPREAD = K.JsxSpreadAttribute;
export const JSX_NAMESPACED = K.JsxNamespacedName;
export const THIS = K.ThisKeyword;
export const DECORATOR = K.Decorator;
export const FIRST_NODE = K.FirstNode;
export const FIRST_TYPE = K.FirstTypeNode;
export const LAST_TYPE = K.LastTypeNode;
export const WITH_TYPE_ARGS = K.ExpressionWithTypeArguments;

export const EQUALS = K.EqualsToken;
export const PLUS = K.PlusToken;
export const MINUS = K.MinusToken;
export const PLUS_PLUS = K.PlusPlusToken;
export const PLUS_EQUALS = K.PlusEqualsToken;
export const COMMA = K.CommaToken;
export const AND_AND = K.AmpersandAmpersandToken;
export const BAR_BAR = K.BarBarToken;
export const NULLISH = K.QuestionQuestionToken;
export const AND_AND_EQUALS = K.AmpersandAmpersandEqualsToken;
export const BAR_BAR_EQUALS = K.BarBarEqualsToken;
export const NULLISH_EQUALS = K.QuestionQuestionEqualsToken;
export const EXCLAMATION = K.ExclamationToken;
export const FIRST_ASSIGNMENT = K.FirstAssignment;
export const LAST_ASSIGNMENT = K.LastAssignment;

const MODIFIERS = { export: K.ExportKeyword, default: K.DefaultKeyword, declare: K.DeclareKeyword };
export const STATIC = K.StaticKeyword;
export const ABSTRACT = K.AbstractKeyword;
export const ASYNC = K.AsyncKeyword;
const PARAMETER_PROPERTY = new Set([
  K.PublicKeyword,
  K.PrivateKeyword,
  K.ProtectedKeyword,
  K.ReadonlyKeyword,
  K.OverrideKeyword,
]);

export type FunctionNode =
  | ts.FunctionDeclaration
  | ts.FunctionExpression
  | ts.ArrowFunction
  | ts.MethodDeclaration
  | ts.ConstructorDeclaration
  | ts.GetAccessorDeclaration
  | ts.SetAccessorDeclaration;
export type ClassNode = ts.ClassDeclaration | ts.ClassExpression;

/**
 * The parser gives each node a number slot for a type checker, which never runs here. Binding keeps there what it
 * resolved: a name's binding, a function's or class's index, a module request's import. It costs no map per name.
 */
interface Slot {
  id: number;
}

export function slotOf(node: ts.Node): number {
  return (node as unknown as Slot).id;
}

export function setSlot(node: ts.Node, value: number): void {
  (node as unknown as Slot).id = value;
}

export function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  const list = (node as { modifiers?: readonly ts.Node[] }).modifiers;
  if (list === undefined) return false;
  for (const m of list) if (m.kind === kind) return true;
  return false;
}

export const isExported = (node: ts.Node): boolean => hasModifier(node, MODIFIERS.export);
export const isDefault = (node: ts.Node): boolean => hasModifier(node, MODIFIERS.default);
export const isDeclare = (node: ts.Node): boolean => hasModifier(node, MODIFIERS.declare);

/** `constructor(private x: T)` declares a field as well. */
export function isParameterProperty(node: ts.ParameterDeclaration): boolean {
  return node.modifiers !== undefined && node.modifiers.some((m) => PARAMETER_PROPERTY.has(m.kind));
}

/** `this: T` before the parameters is no parameter. */
export function isThisParameter(node: ts.ParameterDeclaration): boolean {
  return node.name.kind === IDENTIFIER && (node.name as ts.Identifier).escapedText === 'this';
}

/** A field with a value; its computed key is taken along with the value, when the value is made. */
export function isInitialised(node: ts.ClassElement): boolean {
  return node.kind === PROPERTY_DECLARATION && (node as ts.PropertyDeclaration).initializer !== undefined;
}

export function extendsClause(node: ClassNode): ts.ExpressionWithTypeArguments | undefined {
  return node.heritageClauses?.find((h) => h.token === K.ExtendsKeyword)?.types[0];
}

export function isIdentifier(node: ts.Node): node is ts.Identifier {
  return node.kind === IDENTIFIER;
}

/** The text of a name; the parser escapes leading underscores. */
export function nameText(node: ts.Identifier | ts.PrivateIdentifier): string {
  return ts.idText(node as ts.Identifier);
}

/** Without parentheses. */
export function unparen(node: ts.Expression): ts.Expression {
  while (node.kind === PAREN) node = (node as ts.ParenthesizedExpression).expression;
  return node;
}

/** Without parentheses, `!`, and casts: what is left is what runs. */
export function bare(node: ts.Expression): ts.Expression {
  for (;;) {
    switch (node.kind) {
      case PAREN:
      case NON_NULL:
      case AS:
      case SATISFIES:
      case TYPE_ASSERTION:
        node = (node as ts.ParenthesizedExpression).expression;
        continue;
      default:
        return node;
    }
  }
}

/** A step in a chain of accesses and calls. */
export function isLink(node: ts.Expression): boolean {
  switch (node.kind) {
    case PROPERTY_ACCESS:
    case ELEMENT_ACCESS:
    case CALL:
    case NON_NULL:
    case TAGGED_TEMPLATE:
      return true;
    default:
      return false;
  }
}

/** What a link of a chain applies to. */
export function linkBase(node: ts.Expression): ts.Expression {
  if (node.kind === TAGGED_TEMPLATE) return (node as ts.TaggedTemplateExpression).tag;
  return (node as ts.CallExpression).expression;
}

/** The names that a pattern binds. */
export function namesOf(pattern: ts.BindingName, into: ts.Identifier[]): ts.Identifier[] {
  if (pattern.kind === IDENTIFIER) into.push(pattern as ts.Identifier);
  else
    for (const el of (pattern as ts.BindingPattern).elements)
      if (el.kind !== OMITTED) namesOf((el as ts.BindingElement).name, into);
  return into;
}

export function isStringLike(node: ts.Node): node is ts.StringLiteral | ts.NoSubstitutionTemplateLiteral {
  return node.kind === STRING || node.kind === TEMPLATE_TEXT;
}

/** The key of an element access or computed name, if it is constant. `[Symbol.iterator]` is `@@iterator`. */
export function constantKey(node: ts.Expression): string | null {
  node = bare(node);
  if (isStringLike(node)) return node.text;
  if (node.kind === NUMBER) return (node as ts.NumericLiteral).text;
  if (node.kind === PREFIX) {
    const { operator, operand } = node as ts.PrefixUnaryExpression;
    if (operator === MINUS && operand.kind === NUMBER) return `-${(operand as ts.NumericLiteral).text}`;
  }
  if (node.kind === PROPERTY_ACCESS) {
    const { expression, name } = node as ts.PropertyAccessExpression;
    if (expression.kind === IDENTIFIER && (expression as ts.Identifier).escapedText === 'Symbol')
      return `@@${nameText(name as ts.Identifier)}`;
  }
  return null;
}

/** The constant key of a property name, or null if it is computed. */
export function propertyKey(name: ts.PropertyName | ts.BindingName | ts.ModuleExportName): string | null {
  switch (name.kind) {
    case IDENTIFIER:
    case PRIVATE_IDENTIFIER:
      return nameText(name as ts.Identifier);
    case STRING:
    case NUMBER:
    case BIGINT:
    case TEMPLATE_TEXT:
      return (name as ts.StringLiteral).text;
    case COMPUTED_NAME:
      return constantKey((name as ts.ComputedPropertyName).expression);
    default:
      return null;
  }
}

/** `<div>` and `<my-element>` are the host's, `<Card>` is a component. */
export function isIntrinsicTag(tag: ts.Identifier): boolean {
  const text = tag.escapedText as string;
  const c = text.charCodeAt(0);
  return (c >= 97 && c <= 122) || text.includes('-');
}

/** `A.b.c` as text, or null when it is anything but names and dots. */
export function dottedName(node: ts.Node): string | null {
  let rest = '';
  for (;;) {
    if (node.kind === IDENTIFIER) return nameText(node as ts.Identifier) + rest;
    if (node.kind === THIS) return 'this' + rest;
    if (node.kind === PROPERTY_ACCESS) {
      const access = node as ts.PropertyAccessExpression;
      rest = `.${nameText(access.name as ts.Identifier)}${rest}`;
      node = access.expression;
    } else if (node.kind === K.QualifiedName) {
      const qualified = node as ts.QualifiedName;
      rest = `.${nameText(qualified.right)}${rest}`;
      node = qualified.left;
    } else return null;
  }
}

/** The first name of `A.b.c`. */
export function rootIdentifier(node: ts.Node): ts.Identifier | null {
  for (;;) {
    if (node.kind === IDENTIFIER) return node as ts.Identifier;
    if (node.kind === PROPERTY_ACCESS || node.kind === CALL) node = (node as ts.PropertyAccessExpression).expression;
    else return null;
  }
}

/** Exported by the parser, but not declared. */
const { skipTrivia } = ts as unknown as { skipTrivia(text: string, pos: number): number };

/** Certainly no white space and no comment: a letter, a digit, a bracket, a quote. */
function isTokenStart(c: number): boolean {
  return (c > 47 && c < 127 && c !== 60) || (c > 35 && c < 47) || c === 34;
}

/** First character of a node after white space and comments. */
export function startOf(text: string, node: ts.Node): number {
  const pos = node.pos;
  if (pos >= node.end) return node.end; // what the author left out has no length
  const c = text.charCodeAt(pos);
  if (isTokenStart(c)) return pos;
  if (c === 32 && isTokenStart(text.charCodeAt(pos + 1))) return pos + 1;
  if (node.kind === JSX_TEXT) return pos;
  return Math.min(skipTrivia(text, pos), node.end);
}

export function spanOf(text: string, node: ts.Node): Span {
  return [startOf(text, node), node.end];
}
