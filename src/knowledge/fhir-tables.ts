/** The generated element tables of rules/phi (scripts/generate-fhir.mjs), read lazily: one line a type. */
import { readPhiText } from './phi-data.js';

interface TableFile {
  readonly open?: readonly string[];
  readonly compartment: readonly string[];
  readonly types: Readonly<Record<string, string>>;
}

export interface TypeRef {
  readonly type: string;
  readonly targets: readonly string[];
}

export interface ElementDef {
  /** As in the specification: `name`, `value[x]`. */
  readonly name: string;
  /** More than one: a choice. */
  readonly types: readonly TypeRef[];
  readonly many: boolean;
}

export interface TypeDef {
  readonly base: string | null;
  readonly isResource: boolean;
  readonly elements: ReadonlyMap<string, ElementDef>;
}

export class FhirTables {
  readonly compartment: ReadonlySet<string>;
  private readonly files: readonly TableFile[];
  private readonly open: readonly TypeRef[];
  private readonly parsed = new Map<string, TypeDef | null>();
  private readonly inherited = new Map<string, readonly ElementDef[]>();

  constructor(files: readonly TableFile[]) {
    this.files = files;
    this.compartment = new Set(files.flatMap((file) => file.compartment));
    this.open = files.flatMap((file) => file.open ?? []).map((type) => ({ type, targets: [] }));
  }

  /** A type of any release: earlier releases first, later ones add elements. Own elements only. */
  type(name: string): TypeDef | null {
    const known = this.parsed.get(name);
    if (known !== undefined) return known;
    let merged: TypeDef | null = null;
    for (const file of this.files) {
      const text = Object.hasOwn(file.types, name) ? file.types[name] : undefined;
      if (text !== undefined) merged = merge(merged, this.parse(text));
    }
    this.parsed.set(name, merged);
    return merged;
  }

  /** Own elements after the inherited ones. */
  elements(name: string): readonly ElementDef[] {
    let all = this.inherited.get(name);
    if (all === undefined) {
      const type = this.type(name);
      all = type === null ? [] : [...(type.base === null ? [] : this.elements(type.base)), ...type.elements.values()];
      this.inherited.set(name, all);
    }
    return all;
  }

  private parse(text: string): TypeDef {
    const [head = '', ...rest] = text.split(' ');
    const [base = '', what = ''] = head.split('/');
    const elements = new Map<string, ElementDef>();
    for (const item of rest) {
      const colon = item.indexOf(':');
      const many = item.endsWith('*');
      const name = item.slice(0, colon);
      elements.set(name, { name, many, types: this.refs(item.slice(colon + 1, many ? -1 : undefined)) });
    }
    return { base: base === '' ? null : base, isResource: what === 'resource', elements };
  }

  private refs(text: string): readonly TypeRef[] {
    if (text === 'open') return this.open;
    return [...text.matchAll(/([^|()]+)(?:\(([^)]*)\))?/g)].map(([, type = '', targets]) => ({
      type,
      targets: targets === undefined ? [] : targets.split('|'),
    }));
  }
}

function merge(before: TypeDef | null, later: TypeDef): TypeDef {
  if (before === null) return later;
  return { ...before, elements: new Map([...before.elements, ...later.elements]) };
}

/** The name of a choice with its type: `value[x]`, `Quantity` → `valueQuantity`. */
export function choiceName(name: string, type: string): string {
  return name.replace('[x]', type.charAt(0).toUpperCase() + type.slice(1));
}

export function readFhirTables(): FhirTables {
  return new FhirTables(['fhir-r4.json', 'fhir-later.json'].map((file) => JSON.parse(readPhiText(file)) as TableFile));
}
