import { HostIndex, type KnownHost } from './hosts.js';
import type { Knowledge, ResolvedMember, ResolvedPackage, ResolvedType, Vendor } from './index.js';
import type { ConfigFile, EnvSwitch, HeaderRule, Member, PackageModel, TypeModel } from './model.js';
import { normalizeSpecifier, specifierFallbacks } from './specifier.js';

/** A type as merged from all files. */
export interface StoredType {
  readonly model: TypeModel;
  readonly vendor: string | null;
  /** Absolute id of the type it extends. */
  readonly parent: string | null;
  /** By dotted path. */
  readonly members: Map<string, ResolvedMember>;
  readonly prefixes: Set<string>;
}

/** A package as merged from all files. */
export interface StoredPackage {
  readonly id: string;
  readonly name: string;
  readonly exports: Map<string, ResolvedMember>;
  readonly exportPrefixes: Set<string>;
  /** Exports named by their ending (`*Command`). */
  readonly endings: { readonly ending: string; readonly member: ResolvedMember }[];
  readonly types: Map<string, StoredType>;
}

/** The merged rules; filled by `merge`, asked through `Knowledge`. */
export class Store implements Knowledge {
  readonly packages = new Map<string, StoredPackage>();
  /** Alias → canonical specifier. */
  readonly aliases = new Map<string, string>();
  /** Aliases that end in `*`, without it. */
  readonly aliasPrefixes: { readonly prefix: string; readonly id: string }[] = [];
  readonly globals = new Map<string, ResolvedMember>();
  readonly globalPrefixes = new Set<string>();
  readonly methods = new Map<string, ResolvedMember>();
  readonly hosts = new HostIndex();
  readonly headers = new Map<string, HeaderRule>();
  readonly vendorsById = new Map<string, Vendor>();
  readonly envSwitches: EnvSwitch[] = [];
  readonly fileConfigs: ConfigFile[] = [];
  /** Names of members that `on:` paths ask for, and properties (`baseURL=`) that `this:` paths do. */
  readonly deciding = new Set<string>();
  private readonly found = new Map<string, StoredPackage | null>();
  private readonly types = new Map<string, ResolvedType | null>();
  private readonly models = new Map<StoredPackage, PackageModel>();

  decides(member: string): boolean {
    return this.deciding.has(member);
  }

  pkg(specifier: string): ResolvedPackage | null {
    const stored = this.find(specifier);
    if (stored === null) return null;
    let model = this.models.get(stored);
    if (model === undefined) {
      model = {
        exports: Object.fromEntries([...stored.exports].map(([name, { member }]) => [name, member])),
        types: Object.fromEntries([...stored.types].map(([name, type]) => [name, type.model])),
      };
      this.models.set(stored, model);
    }
    return { id: stored.id, name: stored.name, model };
  }

  /** The package under a specifier as written in code. */
  find(specifier: string): StoredPackage | null {
    const known = this.found.get(specifier);
    if (known !== undefined) return known;
    const found = this.lookUp(normalizeSpecifier(specifier));
    this.found.set(specifier, found);
    return found;
  }

  private lookUp(specifier: string): StoredPackage | null {
    for (const candidate of specifierFallbacks(specifier)) {
      const exact = this.packages.get(this.aliases.get(candidate) ?? candidate);
      if (exact !== undefined) return exact;
    }
    let best: { readonly prefix: string; readonly id: string } | null = null;
    for (const alias of this.aliasPrefixes)
      if (specifier.startsWith(alias.prefix) && alias.prefix.length > (best?.prefix.length ?? -1)) best = alias;
    return best === null ? null : (this.packages.get(best.id) ?? null);
  }

  exportMember(specifier: string, name: string): ResolvedMember | null {
    const stored = this.find(specifier);
    if (stored === null) return null;
    return this.ownModule(stored, specifier, name) ?? this.exported(stored, name);
  }

  /** `import get from 'lodash/get'`: a module of its own for one export of the package, named after it. */
  private ownModule(stored: StoredPackage, specifier: string, name: string): ResolvedMember | null {
    const whole = /^(?:default|\*)(?=\.|$)/.exec(name);
    if (whole === null || !specifier.includes('/')) return null;
    const path = normalizeSpecifier(specifier);
    const last = path.slice(path.lastIndexOf('/') + 1);
    // Where the whole path is known, it is a module of which the rules say what it exports.
    if (this.packages.has(this.aliases.get(path) ?? path) || !stored.exports.has(last)) return null;
    return this.exported(stored, last + name.slice(whole[0].length));
  }

  private exported(stored: StoredPackage, name: string): ResolvedMember | null {
    const exact = stored.exports.get(name);
    if (exact !== undefined) return exact;
    for (const whole of ['default', '*']) {
      if (stored.exports.has(whole)) continue;
      if (name === whole) return { id: stored.id, member: NAMESPACE, vendor: null };
      if (name.startsWith(`${whole}.`)) return this.exported(stored, name.slice(whole.length + 1));
    }
    for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
      const type = stored.exports.get(name.slice(0, dot))?.member.type;
      const member = type === undefined ? null : this.member(type, name.slice(dot + 1));
      if (member !== null) return member;
    }
    // The whole of a CommonJS package is its default export, too: `import _ from 'lodash'`.
    const named = name.startsWith('default.') ? stored.exports.get(name.slice('default.'.length)) : undefined;
    return named ?? stored.endings.find(({ ending }) => name.endsWith(ending))?.member ?? null;
  }

  exportPrefix(specifier: string, dotted: string): boolean {
    const stored = this.find(specifier);
    if (stored === null) return false;
    const name = dotted.replace(/^(default|\*)\./, '');
    return stored.exportPrefixes.has(dotted) || stored.exportPrefixes.has(name);
  }

  type(typeId: string): ResolvedType | null {
    const known = this.types.get(typeId);
    if (known !== undefined) return known;
    const found = this.resolveType(typeId);
    this.types.set(typeId, found);
    return found;
  }

  private resolveType(typeId: string): ResolvedType | null {
    const hash = typeId.indexOf('#');
    const stored = hash < 0 ? null : this.find(typeId.slice(0, hash));
    if (stored === null) return null;
    const name = typeId.slice(hash + 1);
    const own = stored.types.get(name) ?? stored.types.get(name.replace(/^(default|\*)\./, ''));
    if (own === undefined) {
      const made = this.exported(stored, name)?.member.new;
      return made === undefined || made === typeId ? null : this.type(made);
    }
    const parent = own.parent === null ? null : this.type(own.parent);
    return {
      id: `${stored.id}#${stored.types.has(name) ? name : name.replace(/^(default|\*)\./, '')}`,
      model: own.model,
      recipient: own.model.recipient ?? parent?.recipient ?? null,
      command: own.model.command ?? parent?.command ?? null,
      attached: own.model.attached ?? parent?.attached ?? null,
      keeps: own.model.keeps ?? parent?.keeps ?? false,
      source: own.model.source ?? parent?.source ?? null,
      vendor: own.vendor ?? parent?.vendor ?? null,
    };
  }

  member(typeId: string, dottedPath: string): ResolvedMember | null {
    for (const type of this.chain(typeId)) {
      const member = type.members.get(dottedPath);
      if (member !== undefined) return member;
    }
    return null;
  }

  hasPrefix(typeId: string, dottedPath: string): boolean {
    for (const type of this.chain(typeId)) if (type.prefixes.has(dottedPath)) return true;
    return false;
  }

  /** The type and those that it extends, nearest first; cycles were refused when the rules were read. */
  private *chain(typeId: string): Generator<StoredType> {
    let id = this.type(typeId)?.id ?? null;
    while (id !== null) {
      const hash = id.indexOf('#');
      const stored: StoredType | undefined = this.packages.get(id.slice(0, hash))?.types.get(id.slice(hash + 1));
      if (stored === undefined) return;
      yield stored;
      id = stored.parent;
    }
  }

  global(dotted: string): ResolvedMember | null {
    return this.globals.get(dotted) ?? this.globals.get(dotted.replace(GLOBAL_OBJECT, '')) ?? null;
  }

  globalPrefix(dotted: string): boolean {
    return this.globalPrefixes.has(dotted) || this.globalPrefixes.has(dotted.replace(GLOBAL_OBJECT, ''));
  }

  method(name: string): ResolvedMember | null {
    return this.methods.get(name) ?? null;
  }

  host(hostname: string): KnownHost | null {
    return this.hosts.find(hostname);
  }

  header(name: string): HeaderRule | null {
    return this.headers.get(name.toLowerCase()) ?? null;
  }

  vendor(id: string): Vendor | null {
    return this.vendorsById.get(id) ?? null;
  }

  vendors(): readonly Vendor[] {
    return [...this.vendorsById.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  configFiles(): readonly ConfigFile[] {
    return this.fileConfigs;
  }

  switches(): readonly EnvSwitch[] {
    return this.envSwitches;
  }
}

const NAMESPACE: Member = {};
const GLOBAL_OBJECT = /^(globalThis|window|self|global)\./;
