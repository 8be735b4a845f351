/** Proves the entries of one package against one of its releases. */
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { compile, mistakes } from './compile.mjs';
import { candidatesOf, PRELUDE } from './probes.mjs';
import { exportsNamed, routesFrom, splitType } from './routes.mjs';
import { shapesOf } from './shapes.mjs';

/** Import paths below a package that its exports are spread over; the rules know them by the package alone. */
const SUBPATHS = JSON.parse(readFileSync(new URL('subpaths.json', import.meta.url), 'utf8'));

/**
 * What the checker does not find by itself. `scripts`: names that script tags put on the page (typings that declare them,
 * and packages that are the same by another way); `types`: what a value of a type of rules/ is to the compiler, where no
 * export leads there (a generated client's models). `PACKAGE` is the release that is asked.
 */
const GIVEN = JSON.parse(readFileSync(new URL('given.json', import.meta.url), 'utf8'));

const STAGES = [
  [0, 2],
  [2, 16],
];

/**
 * For each entry null if it is proved, else why not: `no typings`, `no such import`, `not reached`, `does not compile: …`
 * or `compiles with another option`.
 */
export function prove(store, pkg, entries, release) {
  const others = release.specifier === null ? [] : makersOf(store, pkg, entries);
  const own =
    release.specifier === null
      ? []
      : [release.specifier, ...(SUBPATHS[pkg] ?? []).map((path) => release.specifier + path)];
  const head = [
    ...scriptTypings(pkg),
    ...PRELUDE,
    ...importLines([...own, ...others]),
    ...ambientLines(store, pkg),
    ...givenLines(pkg, release),
  ];
  const empty = compile(head);
  const refused = whyRefused(head, mistakes(empty), own.length);
  if (refused !== null) return new Map(entries.map(({ id }) => [id, refused]));
  const context = contextOf(store, pkg, empty, own.length, others);
  const plan = entries.map((entry) => ({ id: entry.id, ...candidatesOf(entry, context) }));
  const verdicts = new Map();
  let program = empty.program;
  // Most are proved by their first candidates; checking is what takes the time.
  for (const [from, to] of STAGES) {
    const open = plan.filter(
      ({ id, candidates }) => verdicts.get(id) !== null && (from === 0 || candidates.length > from),
    );
    if (open.length === 0) break;
    const lines = [...head];
    const say = (text) => lines.push(text) - 1;
    const written = open.map(({ id, reached, candidates }) => ({
      id,
      reached,
      written: candidates.slice(from, to).map(({ good, bad }) => ({
        good: say(good),
        text: good,
        bad: bad.map(({ change, text, or }) => ({ change, lines: [text, or].filter(Boolean).map(say) })),
      })),
    }));
    const checked = compile(lines, program);
    const wrong = mistakes(checked);
    program = checked.program;
    for (const entry of written) {
      const said = verdict(entry, wrong, pkg);
      if (said === null || from === 0) verdicts.set(entry.id, said);
    }
  }
  return verdicts;
}

function verdict({ reached, written }, wrong, pkg) {
  if (!reached) return pkg === 'global' ? 'script tag' : 'not reached';
  if (written.length === 0) return 'cannot be called that way';
  let why = null;
  for (const { good, bad, text } of written) {
    const mistake = wrong.get(good);
    if (mistake !== undefined) {
      why ??= `does not compile: ${text} ${mistake}`;
      continue;
    }
    const open = bad.filter((each) => !each.lines.some((line) => wrong.has(line)));
    if (bad.length > 0 && open.length === 0) return null;
    why = `compiles with another ${open[0]?.change ?? 'name'}: ${text}`;
  }
  return why;
}

function importLines(specifiers) {
  return specifiers.flatMap((from, i) => [
    `import * as P${i} from ${JSON.stringify(from)};`,
    `import D${i} from ${JSON.stringify(from)};`,
    `import R${i} = require(${JSON.stringify(from)});`,
  ]);
}

function scriptTypings(pkg) {
  return pkg === 'global' ? GIVEN.scripts.typings.map((name) => `/// <reference types=${JSON.stringify(name)} />`) : [];
}

function givenLines(pkg, { specifier }) {
  return givenTypes(pkg).map(
    ([, type], i) => `declare const given_${i}: ${type.replaceAll('PACKAGE', specifier ?? '')};`,
  );
}

function givenTypes(pkg) {
  return Object.entries(GIVEN.types).filter(([id]) => splitType(id)[0] === pkg);
}

/** Names of the platform's types, to be looked up, and of what script tags bring. */
function ambientLines(store, pkg) {
  if (pkg !== 'global') return [];
  const types = [...store.packages.get('global').types.keys()];
  const scripts = Object.entries(GIVEN.scripts.names).map(([name, type]) => `${name}: ${type}`);
  return [
    ...types.map((name) => `declare const ambient_${name}: ${name};`),
    `declare const scripts: { ${scripts.join('; ')} };`,
  ];
}

/** Why a package cannot be imported at all; null if one of the ways works. */
function whyRefused(head, wrong, own) {
  const isOwn = (text) => /^import /.test(text) && Number(/\b[PDR](\d+)\b/.exec(text)[1]) < own;
  const lines = head.flatMap((text, line) => (isOwn(text) ? [line] : []));
  if (lines.length === 0) return null;
  const said = lines.map((line) => wrong.get(line));
  if (said.some((text) => text === undefined)) return null;
  return said.some((text) => text.startsWith('TS7016')) ? 'no typings' : 'no such import';
}

function contextOf(store, pkg, { checker, file }, ownPaths, others) {
  const shapes = shapesOf(checker, file);
  const rootsOf = (i) =>
    file.statements.flatMap((statement) => {
      const name = importedName(statement);
      if (name === null || name.text.slice(1) !== String(i)) return [];
      const type = checker.getTypeAtLocation(name);
      const kind = { P: 'namespace', D: 'default', R: 'required' }[name.text[0]];
      return shapes.isAny(type) ? [] : [{ kind, text: name.text, type }];
    });
  const platform = () => {
    const symbol = checker.resolveName('globalThis', undefined, ts.SymbolFlags.Value, false);
    const scripts = file.statements
      .filter(ts.isVariableStatement)
      .map((statement) => statement.declarationList.declarations[0].name)
      .find((name) => name.text === 'scripts');
    return [
      { kind: 'namespace', text: 'globalThis', type: checker.getTypeOfSymbol(symbol) },
      { kind: 'namespace', text: 'scripts', type: checker.getTypeAtLocation(scripts) },
    ];
  };
  const roots = pkg === 'global' ? platform() : Array.from({ length: ownPaths }, (_, i) => rootsOf(i)).flat();
  const exportsOf = (members, from) =>
    [...members].map(([name, { member }]) => ({ member, places: exportsNamed(shapes, from, name) }));
  const own = pkg === 'global' ? store.globals : store.packages.get(pkg).exports;
  const named = [
    ...exportsOf(own, roots),
    ...others.flatMap((other, i) => exportsOf(store.packages.get(other).exports, rootsOf(ownPaths + i))),
  ];
  const routes = routesFrom(shapes, store, [...named, ...annotated(store, pkg, checker, file, shapes, ownPaths)]);
  return { shapes, store, roots, routes };
}

/** Types that a program may name: `(request: Request) => …`. */
function annotated(store, pkg, checker, file, shapes, ownPaths) {
  const names = [...(store.packages.get(pkg)?.types.keys() ?? [])];
  const given = file.statements.filter(ts.isVariableStatement).flatMap((statement) => {
    const { name } = statement.declarationList.declarations[0];
    const [, index] = /^given_(\d+)$/.exec(name.text) ?? [];
    const type = checker.getTypeAtLocation(name);
    return index === undefined || shapes.isAny(type) ? [] : [typed(givenTypes(pkg)[index][0], name.text, type)];
  });
  if (pkg === 'global')
    return file.statements.filter(ts.isVariableStatement).flatMap((statement) => {
      const { name } = statement.declarationList.declarations[0];
      if (!name.text.startsWith('ambient_')) return [];
      const type = checker.getTypeAtLocation(name);
      return shapes.isAny(type) ? [] : [typed(`global#${name.text.slice('ambient_'.length)}`, name.text, type)];
    });
  const exported = new Map();
  for (const statement of file.statements.filter(ts.isImportDeclaration)) {
    const local = importedName(statement)?.text ?? '';
    const module = checker.getSymbolAtLocation(statement.moduleSpecifier);
    if (!local.startsWith('P') || Number(local.slice(1)) >= ownPaths || module === undefined) continue;
    for (const symbol of checker.getExportsOfModule(module)) exported.set(symbol.name, { symbol, local });
  }
  const own = names.flatMap((name) => {
    if (!exported.has(name)) return [];
    const { symbol: found, local } = exported.get(name);
    const symbol = found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found;
    if ((symbol.flags & ts.SymbolFlags.Type) === 0) return [];
    const type = checker.getDeclaredTypeOfSymbol(symbol);
    const parameters = symbol.declarations?.map((each) => each.typeParameters?.length ?? 0) ?? [];
    const count = Math.max(0, ...parameters);
    const args = count === 0 ? '' : `<${Array.from({ length: count }, () => 'any').join(', ')}>`;
    return shapes.isAny(type) ? [] : [typed(`${pkg}#${name}`, `({} as ${local}.${name}${args})`, type)];
  });
  return [...own, ...given];
}

function typed(typeId, text, type) {
  return { member: { type: typeId }, places: [{ text, type }] };
}

function importedName(statement) {
  if (ts.isImportEqualsDeclaration(statement)) return statement.name;
  if (!ts.isImportDeclaration(statement)) return null;
  const { name, namedBindings } = statement.importClause ?? {};
  return name ?? (namedBindings && ts.isNamespaceImport(namedBindings) ? namedBindings.name : null);
}

/** Other packages whose exports give values of this one's types (`@azure/openai` those of `openai`). */
function makersOf(store, pkg, entries) {
  const types = new Set(entries.flatMap(({ type }) => (type === null ? [] : [`${pkg}#${type}`])));
  const makers = [...store.packages.values()].filter((other) => {
    if (other.id === pkg || other.id === 'global') return false;
    const members = [
      ...other.exports.values(),
      ...[...other.types.values()].flatMap((type) => [...type.members.values()]),
    ];
    const given = members.flatMap(({ member }) => [member.new, member.returns, member.type]);
    return given.some((id) => id !== undefined && types.has(id) && splitType(id)[0] === pkg);
  });
  const isOwn = store.packages.get(pkg)?.exports.size > 0;
  return isOwn ? [] : makers.slice(0, 3).map(({ id }) => id);
}
