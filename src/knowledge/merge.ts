import type { ResolvedMember } from './index.js';
import type { Member, ModelFile, PackageModel, RecipientRule, Sink, TypeModel } from './model.js';
import { nearestWord, type Places, type Problem } from './problems.js';
import { Store, type StoredPackage, type StoredType } from './store.js';

/** A valid model file with the means to point at its parts. */
export interface LoadedFile {
  readonly model: ModelFile;
  readonly places: Places;
  /** Users' packs replace what rules/ says; two files of rules/ must not contradict each other. */
  readonly pack: boolean;
}

type Path = readonly string[];

/** Puts all files into one store; what does not fit together is reported, not guessed. */
export function merge(files: readonly LoadedFile[]): { readonly store: Store; readonly problems: readonly Problem[] } {
  const merger = new Merger();
  for (const file of files) merger.names(file);
  for (const file of files) merger.add(file);
  for (const check of merger.checks) check();
  return { store: merger.store, problems: merger.problems };
}

class Merger {
  readonly store = new Store();
  readonly problems: Problem[] = [];
  /** Run when everything is known: references to types. */
  readonly checks: (() => void)[] = [];
  private readonly fileOfVendor = new Map<string, string>();

  /** First pass: package names and aliases, so that references can be made canonical. */
  names(file: LoadedFile): void {
    for (const [specifier, model] of Object.entries(file.model.packages ?? {})) {
      if (this.store.aliases.has(specifier))
        this.problem(file, ['packages', specifier], `"${specifier}" is already an alias of another package`, true);
      if (!this.store.packages.has(specifier)) this.store.packages.set(specifier, emptyPackage(specifier, file));
      (model.aliases ?? []).forEach((alias, index) => {
        this.alias(file, specifier, alias, ['packages', specifier, 'aliases', String(index)]);
      });
    }
  }

  private alias(file: LoadedFile, specifier: string, alias: string, path: Path): void {
    if (alias.endsWith('*')) {
      this.store.aliasPrefixes.push({ prefix: alias.slice(0, -1), id: specifier });
      return;
    }
    const known = this.store.aliases.get(alias) ?? (this.store.packages.has(alias) ? alias : specifier);
    if (known !== specifier && !file.pack) this.problem(file, path, `"${alias}" is already known as "${known}"`);
    this.store.aliases.set(alias, specifier);
  }

  add(file: LoadedFile): void {
    const { model } = file;
    const vendor = model.vendor === undefined ? (model.of ?? null) : model.id;
    this.addVendor(file);
    for (const [specifier, pack] of Object.entries(model.packages ?? {}))
      this.addPackage(file, specifier, pack, vendor);
    this.addNamed(file, 'globals', model.globals, vendor, this.store.globals, this.store.globalPrefixes);
    this.addNamed(file, 'methods', model.methods, vendor, this.store.methods, new Set());
    (model.hosts ?? []).forEach((rule, index) => {
      const path = ['hosts', String(index), 'host'];
      const owner = rule.vendor ?? vendor;
      if (owner === null) this.problem(file, path, 'a host needs a vendor: its own, or that of the file');
      else if (!this.store.hosts.add(rule, owner, file.pack))
        this.problem(file, path, `"${rule.host}" belongs to another rule already`);
    });
    for (const rule of model.headers ?? []) this.store.headers.set(rule.header.toLowerCase(), rule);
    this.store.envSwitches.push(...(model.switches ?? []));
    this.store.fileConfigs.push(...(model.configFiles ?? []));
    const text = JSON.stringify(model.packages ?? {});
    for (const [, member] of text.matchAll(/"on:([^"]+?)\.(?=\d|\*)/g)) this.store.deciding.add(member!);
    for (const [, property] of text.matchAll(/"this:([^"]+)"/g)) this.store.deciding.add(`${property!}=`);
  }

  private addVendor(file: LoadedFile): void {
    const { id, name, vendor, of } = file.model;
    if (vendor !== undefined) {
      const other = this.fileOfVendor.get(id);
      if (other !== undefined && !file.pack)
        this.problem(file, ['id'], `vendor "${id}" is described in ${other} already`);
      this.fileOfVendor.set(id, file.places.file);
      this.store.vendorsById.set(id, { ...vendor, id, name });
    } else if (of !== undefined) {
      this.checks.push(() => {
        if (this.store.vendorsById.has(of)) return;
        this.problem(
          file,
          ['of'],
          `unknown vendor "${of}"`,
          false,
          nearestWord(of, [...this.store.vendorsById.keys()]),
        );
      });
    }
  }

  private addPackage(file: LoadedFile, specifier: string, model: PackageModel, vendor: string | null): void {
    const target = this.store.packages.get(specifier)!;
    const path = ['packages', specifier];
    const scope: Scope = { file, specifier, vendor };
    for (const [name, member] of flatten(model.exports)) {
      const at = [...path, 'exports', name];
      const resolved: ResolvedMember = {
        id: `${specifier}.${name}`,
        member: addressed(this.absolute(scope, member, at), vendor),
        vendor,
      };
      if (name.startsWith('*') && name.length > 1) target.endings.push({ ending: name.slice(1), member: resolved });
      else this.put(file, target.exports, target.exportPrefixes, name, resolved, at);
    }
    for (const [name, type] of Object.entries(model.types ?? {}))
      this.addType(scope, target, name, type, [...path, 'types', name]);
  }

  private addType(scope: Scope, target: StoredPackage, name: string, model: TypeModel, path: Path): void {
    const known = target.types.get(name);
    const parent = model.extends === undefined ? null : this.reference(scope, model.extends, [...path, 'extends']);
    const stored: StoredType = {
      model: this.unite(scope.file, known?.model, { ...model, members: undefined }, path),
      vendor: scope.vendor ?? known?.vendor ?? null,
      parent: parent ?? known?.parent ?? null,
      members: known?.members ?? new Map<string, ResolvedMember>(),
      prefixes: known?.prefixes ?? new Set<string>(),
    };
    target.types.set(name, stored);
    for (const [member, value] of flatten(model.members ?? {})) {
      const at = [...path, 'members', member];
      const resolved: ResolvedMember = {
        id: `${target.id}#${name}.${member}`,
        member: this.absolute(scope, value, at),
        vendor: scope.vendor,
      };
      this.put(scope.file, stored.members, stored.prefixes, member, resolved, at);
    }
    if (parent !== null) this.checks.push(() => this.noCycle(scope, `${target.id}#${name}`, path));
  }

  private noCycle(scope: Scope, id: string, path: Path): void {
    const seen = new Set<string>();
    for (let at: string | null = id; at !== null;) {
      if (seen.has(at)) {
        this.problem(scope.file, [...path, 'extends'], `type "${id}" extends itself`);
        return;
      }
      seen.add(at);
      const [specifier, name]: string[] = at.split('#');
      at = this.store.packages.get(specifier ?? '')?.types.get(name ?? '')?.parent ?? null;
    }
  }

  private addNamed(
    file: LoadedFile,
    key: 'globals' | 'methods',
    members: Readonly<Record<string, Member>> | undefined,
    vendor: string | null,
    target: Map<string, ResolvedMember>,
    prefixes: Set<string>,
  ): void {
    const scope: Scope = { file, specifier: 'global', vendor };
    for (const [name, member] of flatten(members ?? {})) {
      const at = [key, name];
      const made = addressed(this.absolute(scope, member, at), vendor);
      this.put(file, target, prefixes, name, { id: name, member: made, vendor }, at);
    }
  }

  private put(
    file: LoadedFile,
    target: Map<string, ResolvedMember>,
    prefixes: Set<string>,
    name: string,
    resolved: ResolvedMember,
    path: Path,
  ): void {
    const known = target.get(name);
    const member = this.unite(file, known?.member, resolved.member, path);
    target.set(name, { ...resolved, member, vendor: resolved.vendor ?? known?.vendor ?? null });
    for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) prefixes.add(name.slice(0, dot));
  }

  /** The parts of both; the same part said differently is a contradiction, unless a pack says it. */
  private unite<T extends object>(file: LoadedFile, known: T | undefined, said: T, path: Path): T {
    if (known === undefined) return said;
    const given = Object.entries(said).filter(([, value]) => value !== undefined);
    const before = known as Readonly<Record<string, unknown>>;
    for (const [part, value] of given)
      if (!file.pack && before[part] !== undefined && JSON.stringify(before[part]) !== JSON.stringify(value))
        this.problem(file, [...path, part], `another file says something else here: ${JSON.stringify(before[part])}`);
    return { ...known, ...Object.fromEntries(given) };
  }

  /** A copy whose type references are absolute; nested members have become entries of their own. */
  private absolute(scope: Scope, member: Member, path: Path): Member {
    const made: { -readonly [K in keyof Member]: Member[K] } = { ...member };
    delete made.members;
    if (member.new !== undefined) made.new = this.reference(scope, member.new, [...path, 'new']);
    if (member.type !== undefined) made.type = this.reference(scope, member.type, [...path, 'type']);
    if (member.returns !== undefined && member.returns !== 'same')
      made.returns = this.reference(scope, member.returns, [...path, 'returns']);
    if (member.callbacks !== undefined)
      made.callbacks = Object.fromEntries(
        Object.entries(member.callbacks).map(([at, type]) => [
          at,
          this.reference(scope, type, [...path, 'callbacks', at]),
        ]),
      );
    return made;
  }

  private reference(scope: Scope, text: string, path: Path): string {
    const hash = text.indexOf('#');
    const given = hash < 0 ? scope.specifier : text.slice(0, hash);
    const specifier = this.store.aliases.get(given) ?? given;
    const name = hash < 0 ? text : text.slice(hash + 1);
    this.checks.push(() => {
      const types = this.store.packages.get(specifier)?.types;
      if (types?.has(name) === true) return;
      const nearest =
        types === undefined
          ? nearestWord(specifier, [...this.store.packages.keys()])
          : nearestWord(name, [...types.keys()]);
      this.problem(scope.file, path, `unknown type "${text}"`, false, nearest);
    });
    return `${specifier}#${name}`;
  }

  private problem(file: LoadedFile, path: Path, message: string, atKey = false, nearest: string | null = null): void {
    this.problems.push(file.places.problem(path, message, nearest, atKey));
  }
}

/** Where a reference stands. */
interface Scope {
  readonly file: LoadedFile;
  readonly specifier: string;
  readonly vendor: string | null;
}

function emptyPackage(id: string, file: LoadedFile): StoredPackage {
  return {
    id,
    name: file.model.name,
    exports: new Map(),
    exportPrefixes: new Set(),
    endings: [],
    types: new Map(),
  };
}

/** Nested members as dotted names, parents first. */
function* flatten(members: Readonly<Record<string, Member>>, prefix = ''): Generator<readonly [string, Member]> {
  for (const [name, member] of Object.entries(members)) {
    yield [prefix + name, member];
    if (member.members !== undefined) yield* flatten(member.members, `${prefix}${name}.`);
  }
}

/** A function has no receiver: sinks that name no recipient go to the vendor of the file. */
function addressed(member: Member, vendor: string | null): Member {
  if (member.sink === undefined || vendor === null) return member;
  const to: RecipientRule = { vendor };
  const address = (sink: Sink): Sink => (sink.to === undefined ? { ...sink, to } : sink);
  return { ...member, sink: Array.isArray(member.sink) ? member.sink.map(address) : address(member.sink as Sink) };
}
