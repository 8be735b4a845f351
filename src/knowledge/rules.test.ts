import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadKnowledge } from './load.js';
import type { Member, ModelFile, PackageModel, RecipientRule, Sink, TypeModel } from './model.js';
import { shippedRules } from './shipped.js';

const knowledge = loadKnowledge();
const files = shippedRules().map(({ path, text }) => ({
  path,
  model: parse(text, { merge: true, maxAliasCount: -1 }) as ModelFile,
}));
/** Those of the recipients' side; sources have tests of their own. */
const own = files.filter(({ path }) => !path.startsWith('rules/sources/'));
const ownVendors = new Set(own.filter(({ model }) => model.vendor !== undefined).map(({ model }) => model.id));
const vendorIds = new Set(knowledge.vendors().map(({ id }) => id));

/** A sink with all vendors that may get it. */
interface Use {
  readonly where: string;
  readonly vendor: string;
  readonly service: string;
}

function sinksOf(member: { readonly sink?: Sink | readonly Sink[] }): readonly Sink[] {
  return member.sink === undefined ? [] : Array.isArray(member.sink) ? member.sink : [member.sink as Sink];
}

function rulesOf(rule: RecipientRule): readonly RecipientRule[] {
  return [rule, ...(rule.instead ?? []).flatMap(rulesOf)];
}

function usesOf(where: string, sink: Sink, receiver: RecipientRule | null, vendor: string | null): Use[] {
  const to = sink.to;
  const rule = to !== undefined && 'vendor' in to ? to : to === undefined ? receiver : null;
  if (rule === null) return to === undefined && vendor !== null ? [{ where, vendor, service: sink.service }] : [];
  return rulesOf(rule).map((each) => ({ where, vendor: each.vendor, service: each.service ?? sink.service }));
}

function ruleUses(where: string, rule: RecipientRule): Use[] {
  return rulesOf(rule).flatMap((each) => [
    ...(each.service === undefined ? [] : [{ where, vendor: each.vendor, service: each.service }]),
    ...(each.also ?? []).flatMap(({ vendor, service }) => (service === undefined ? [] : [{ where, vendor, service }])),
  ]);
}

function memberUses(where: string, member: Member, receiver: RecipientRule | null, vendor: string | null): Use[] {
  return [
    ...sinksOf(member).flatMap((sink) => usesOf(where, sink, receiver, vendor)),
    ...(member.wraps === undefined ? [] : ruleUses(where, member.wraps.adds)),
    ...Object.entries(member.members ?? {}).flatMap(([name, each]) =>
      memberUses(`${where}.${name}`, each, receiver, vendor),
    ),
  ];
}

function packageUses(id: string, model: PackageModel, vendor: string | null): Use[] {
  const uses = Object.entries(model.exports).flatMap(([name, member]) =>
    memberUses(`${id}.${name}`, member, null, vendor),
  );
  for (const [name, type] of Object.entries(model.types ?? {})) {
    const where = `${id}#${name}`;
    const resolved = knowledge.type(where);
    const receiver = resolved?.recipient ?? null;
    if (receiver !== null) uses.push(...ruleUses(where, receiver));
    const command = type.command;
    for (const sink of sinksOf({ sink: command })) uses.push(...usesOf(where, sink, null, vendor));
    for (const [path, member] of Object.entries(type.members ?? {}))
      uses.push(...memberUses(`${where}.${path}`, member, receiver, vendor));
  }
  return uses;
}

function hostUses(path: string, model: ModelFile, fallback: string | null): Use[] {
  return (model.hosts ?? []).flatMap((rule) => {
    const where = `${path} ${rule.host}`;
    const vendor = rule.vendor ?? fallback ?? '';
    const services = [...(rule.service === undefined ? [] : [rule.service]), ...Object.values(rule.paths ?? {})];
    const also = (rule.also ?? []).map((each) => ({ where, vendor: each.vendor, service: each.service ?? '' }));
    return [...services.map((service) => ({ where, vendor, service })), ...also];
  });
}

const uses = files.flatMap(({ path, model }) => {
  const vendor = model.vendor === undefined ? (model.of ?? null) : model.id;
  return [
    ...Object.entries(model.packages ?? {}).flatMap(([id, pkg]) => packageUses(id, pkg, vendor)),
    ...Object.entries(model.globals ?? {}).flatMap(([name, member]) => memberUses(name, member, null, vendor)),
    ...hostUses(path, model, vendor),
    ...(model.switches ?? []).map((each) => ({ where: path, vendor: each.vendor, service: each.service })),
    ...(model.headers ?? []).map((each) => ({ where: path, vendor: each.vendor, service: each.service })),
  ];
});

describe('every file', () => {
  it('has an id of its own that is its name', () => {
    const wrong = own.filter(({ path, model }) => !path.endsWith(`/${model.id}.yaml`));
    expect(wrong.map(({ path }) => path)).toEqual([]);
    expect(new Set(files.map(({ model }) => model.id)).size).toBe(files.length);
  });

  it('stays readable', () => {
    const long = shippedRules().filter(({ text }) => text.split('\n').length > 450);
    expect(long.map(({ path }) => path)).toEqual([]);
  });
});

describe('every use of a service', () => {
  const named = uses.filter(({ vendor }) => vendor !== 'http');

  it('is of a vendor that we describe', () => {
    expect(named.filter(({ vendor }) => !vendorIds.has(vendor))).toEqual([]);
  });

  it('names a service that a manifest may name', () => {
    const unknown = named.filter(({ vendor, service }) => {
      if (service === '') return false;
      const known = knowledge.vendor(vendor);
      return known !== null && !Object.hasOwn(known.services, service);
    });
    expect(unknown).toEqual([]);
  });
});

describe('every pattern', () => {
  it('compiles', () => {
    const patterns = files.flatMap(({ model }) => [
      ...JSON.stringify(model).matchAll(/"matches":("(?:[^"\\\\]|\\\\.)*")/g),
    ]);
    expect(patterns.length).toBeGreaterThan(0);
    for (const [, quoted] of patterns) expect(() => new RegExp(JSON.parse(quoted!) as string)).not.toThrow();
  });
});

describe('every type that inherits sinks', () => {
  const types = files.flatMap(({ model }) =>
    Object.entries(model.packages ?? {}).flatMap(([id, pkg]) =>
      Object.entries(pkg.types ?? {}).map(([name, type]) => ({ id: `${id}#${name}`, type })),
    ),
  );
  const byId = new Map(types.map(({ id, type }) => [id, type]));

  it('sends to a vendor that has their services', () => {
    const wrong: string[] = [];
    for (const { id } of types) {
      const recipient = knowledge.type(id)?.recipient;
      if (recipient === null || recipient === undefined || recipient.vendor === 'http') continue;
      const services = knowledge.vendor(recipient.vendor)?.services ?? {};
      for (let at: string | null = id; at !== null;) {
        const type: TypeModel | undefined = byId.get(at);
        for (const [path, member] of Object.entries(type?.members ?? {}))
          for (const sink of sinksOf(member)) {
            const service = recipient.service ?? sink.service;
            if (sink.to === undefined && !Object.hasOwn(services, service)) wrong.push(`${id}.${path}: ${service}`);
          }
        const parent: string | undefined = type?.extends;
        at = parent === undefined ? null : parent.includes('#') ? parent : `${at.split('#')[0]!}#${parent}`;
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('every sink of a function', () => {
  it('says who gets it', () => {
    const lost = files
      .filter(({ model }) => model.vendor === undefined && model.of === undefined)
      .flatMap(({ model }) => Object.entries(model.packages ?? {}))
      .flatMap(([id, pkg]) => Object.entries(pkg.exports).map(([name, member]) => ({ where: `${id}.${name}`, member })))
      .filter(({ member }) => sinksOf(member).some((sink) => sink.to === undefined));
    expect(lost.map(({ where }) => where)).toEqual([]);
  });
});

describe('every vendor', () => {
  it.each(knowledge.vendors().map((vendor) => [vendor.id, vendor] as const))(
    '%s states sourced facts',
    (id, vendor) => {
      expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(Object.keys(vendor.services).length).toBeGreaterThan(0);
      for (const fact of vendor.baa.facts) {
        expect(fact.source).not.toBe('');
        if (/recall|general knowledge|unverified/i.test(fact.source)) expect(fact.founded).toBe('unverified');
        if (fact.founded === 'vendor-page') expect(fact.source).toMatch(/^https:\/\/|Terms|help|docs|legal|page/i);
      }
    },
  );

  it('says yes or no only with a fact that is more than hearsay', () => {
    const bare = knowledge
      .vendors()
      .filter(({ id }) => ownVendors.has(id))
      .filter(
        ({ baa }) =>
          (baa.available === 'yes' || baa.available === 'no') &&
          !baa.facts.some(({ founded }) => founded !== 'unverified'),
      );
    expect(bare.map(({ id }) => id)).toEqual([]);
  });
});
