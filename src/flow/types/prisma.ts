/** Models of schema.prisma as types, and the payload types that Prisma's client generates from queries. */
import type { PrismaModel } from '../../workspace/types.js';
import { lazily, type Field, type Parts, type T } from './kinds.js';
import type { Selection } from './type.js';
import type { Universe } from './universe.js';

const NO_PARTS: Parts = { fields: new Map(), index: null, bases: [] };

export class PrismaTypes {
  private readonly models = new Map<string, PrismaModel>();
  private readonly known = new Map<string, ReadonlyMap<string, Field>>();

  constructor(
    private readonly types: Universe,
    models: readonly PrismaModel[],
  ) {
    for (const model of models) if (!this.models.has(model.name)) this.models.set(model.name, model);
  }

  has(model: string): boolean {
    return this.models.has(model);
  }

  /** By its name, or as the client's property is called (`prisma.patient`); `asked`: what a query takes of it. */
  model(name: string, asked: Selection | null = null): T | null {
    const model = [name, name.charAt(0).toUpperCase() + name.slice(1)].find((n) => this.models.has(n));
    if (model === undefined) return null;
    return asked === null ? this.types.prisma(model) : this.selected(model, asked);
  }

  fields(name: string): ReadonlyMap<string, Field> | null {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const model = this.models.get(name);
    if (model === undefined) return null;
    const fields = new Map<string, Field>();
    for (const field of model.fields) {
      const relation = this.models.has(field.type);
      const type = lazily<T>(this.types.any, () => {
        const one = relation ? this.types.prisma(field.type) : this.scalar(field.type);
        return field.list ? this.types.array(one) : one;
      });
      const made: Field = { name: field.name, owner: name, type };
      fields.set(field.name, relation ? { ...made, onDemand: true } : made);
    }
    this.known.set(name, fields);
    return fields;
  }

  private scalar(name: string): T {
    const { types } = this;
    switch (name) {
      case 'String':
        return types.string;
      case 'Boolean':
        return types.boolean;
      case 'Int':
      case 'BigInt':
      case 'Float':
      case 'Decimal':
        return types.number;
      case 'DateTime':
        return types.date;
      case 'Json':
      case 'Bytes':
        return types.any;
      default:
        return types.object(`prisma-enum ${name}`, { owner: name, flavour: 'enum' }, () => NO_PARTS);
    }
  }

  /**
   * `Prisma.PatientGetPayload<{ select | include }>` and the input types; null if the name is none of them. `query` is
   * the type argument: the fields it selects (null: nothing known).
   */
  generated(name: string, select: Selection | null): T | null {
    const found = /^(\w+?)(GetPayload|(?:Unchecked)?(?:Create|Update)(?:Many)?\w*Input|\$?Payload)$/.exec(name);
    const model = found?.[1];
    if (model === undefined || !this.models.has(model)) return null;
    return select === null ? this.types.prisma(model) : this.selected(model, select);
  }

  private selected(model: string, selection: Selection): T {
    const all = this.fields(model);
    if (all === null) return this.types.any;
    const { types } = this;
    const fields: Field[] = [];
    for (const field of all.values()) {
      const asked = selection.fields.get(field.name);
      const relation = field.onDemand === true;
      if (asked === undefined && (selection.only || relation)) continue;
      const type = field.type();
      const nested = asked != null && relation ? this.nested(type, asked) : type;
      fields.push({ name: field.name, owner: model, type: () => nested });
    }
    const key = `prisma-payload ${model} ${JSON.stringify(plain(selection))}`;
    const siblings = [...all.keys()];
    return types.object(key, { owner: model, name: model, siblings: () => siblings }, () => ({
      fields: new Map(fields.map((field) => [field.name, field])),
      index: null,
      bases: [],
    }));
  }

  private nested(type: T, selection: Selection): T {
    if (type.k === 'array') return this.types.array(this.nested(type.of, selection));
    return type.k === 'prisma' ? this.selected(type.model, selection) : type;
  }
}

function plain(selection: Selection | null): unknown {
  return selection && [selection.only, [...selection.fields].map(([name, inner]) => [name, plain(inner)])];
}
