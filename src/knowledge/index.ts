import type { KnownHost } from './hosts.js';
import type {
  ConfigFile,
  EnvSwitch,
  HeaderRule,
  Member,
  PackageModel,
  RecipientRule,
  TypeModel,
  VendorFacts,
} from './model.js';

export { serviceAtPath, type KnownHost } from './hosts.js';
export { KnowledgeError, type Problem } from './problems.js';

/** A package as it was looked up. */
export interface ResolvedPackage {
  /** The specifier that the model stands under (aliases and subpaths lead there). */
  readonly id: string;
  readonly name: string;
  readonly model: PackageModel;
}

/** An export, a type's member, a global or a method. References to types in `member` are absolute (`package#Type`). */
export interface ResolvedMember {
  /** Stable name: `openai.OpenAI`, `openai#OpenAI.chat.completions.create`, `fetch`. */
  readonly id: string;
  readonly member: Member;
  /** Whose file says it: the recipient of a sink that names none, if the receiver names none either. */
  readonly vendor: string | null;
}

/** A type with what it inherits. */
export interface ResolvedType {
  /** Canonical `package#Type`. */
  readonly id: string;
  readonly model: TypeModel;
  /** Its own or inherited; null: as the value that it was made from, else `vendor`. */
  readonly recipient: RecipientRule | null;
  readonly command: TypeModel['command'] | null;
  /** The word under which objects of this type share the properties that code puts on them. */
  readonly attached: string | null;
  /** Whether what it was made of travels with it, content included. */
  readonly keeps: boolean;
  readonly source: TypeModel['source'] | null;
  readonly vendor: string | null;
}

export type Vendor = VendorFacts & { readonly id: string; readonly name: string };

/** Everything that rules/ and users' packs say. Lookups are by name and cost the same whatever the number of rules. */
export interface Knowledge {
  /** By import specifier; `npm:`, versions, CDN prefixes are stripped, unknown subpaths fall back to their package. */
  pkg(specifier: string): ResolvedPackage | null;
  /**
   * An export by (dotted) name; `default` is the namespace where no default is modelled, `*` likewise. Dotted names go on
   * into the type of what is exported (`default.post` of axios).
   */
  exportMember(specifier: string, name: string): ResolvedMember | null;
  /** Whether the package has an export below this dotted name (`logger` of `logger.info`). */
  exportPrefix(specifier: string, dotted: string): boolean;
  /** `package#Type`, `package#ExportedClass` or `package#default`; ambient types are of package `global`. */
  type(typeId: string): ResolvedType | null;
  /** A member by dotted path (`()` is calling the value), own or inherited. */
  member(typeId: string, dottedPath: string): ResolvedMember | null;
  /** Whether there is any member below this dotted path. */
  hasPrefix(typeId: string, dottedPath: string): boolean;
  global(dotted: string): ResolvedMember | null;
  globalPrefix(dotted: string): boolean;
  /** A built-in method, for receivers of which nothing else is known. */
  method(name: string): ResolvedMember | null;
  /** The longest known suffix of a host name, on label boundaries. */
  host(hostname: string): KnownHost | null;
  /** A request header that marks a proxy, in any case. */
  header(name: string): HeaderRule | null;
  vendor(id: string): Vendor | null;
  /** Sorted by id. */
  vendors(): readonly Vendor[];
  switches(): readonly EnvSwitch[];
  configFiles(): readonly ConfigFile[];
  /** Whether calling a member of that name, or setting that property, decides about a recipient (`on:start.0.url`, `this:baseURL`). */
  decides(member: string): boolean;
}
