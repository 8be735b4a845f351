/** Recipients are values: who receives follows from how the client was built, the URL, the environment. */
import { serviceAtPath, type Vendor } from '../knowledge/index.js';
import type { Condition, Listener, RecipientRule, ValuePath } from '../knowledge/model.js';
import { isRecordServer } from './answers.js';
import type { Engine } from './engine.js';
import { clientOf } from './library.js';
import type { Listening } from './listeners.js';
import { clientKey, madeAt } from './made.js';
import type { Known, Recipient } from './result.js';
import { at } from './select.js';
import { addressIn, candidates, isOwnHost, parseUrl, UNKNOWN, type Candidate, type EnvLookup } from './strings.js';
import type { ConfigEffect, Egress } from './summary.js';
import { constants, isAddress } from './contents.js';
import { join } from './join.js';
import { NOTHING, value, type Value, type XInstAtom } from './value.js';

/** Why a FHIR server is no recipient that needs an agreement. */
const RECORD = 'the EHR that the code reads from';

/** Where value paths of a rule are looked up: the calls that built the client, last first, and the sink's call. */
interface Scope {
  readonly chain: readonly (readonly Value[])[];
  readonly call: readonly Value[];
  /** Whose `on:` calls and properties count. */
  readonly client?: Client;
}

interface Client {
  readonly pkg: string;
  /** Where it was made; null: nobody constructed it (a package's own functions, a singleton). */
  readonly made: string | null;
  /** Whose properties count (`clientKey`): its own, then those of what it was made from (`axios.create()`). */
  readonly owners: readonly string[];
}

/** A client of a type, with what it was made from. */
function clientAt(a: XInstAtom, type: string): Client {
  const owners: string[] = [];
  for (let x: XInstAtom | null = a, n = 0; x && n < 8; x = x.from, n++)
    if (x.type !== null) owners.push(clientKey(x, x.type));
  return { pkg: type.slice(0, type.indexOf('#')), made: a.args === null ? null : madeAt(a), owners };
}

export function resolveRecipients(e: Engine, g: Egress, env: EnvLookup): Recipient[] {
  return dedupe(new Resolver(e, g, env).resolve());
}

/** Whether a condition of the sink holds at this call; null: the code does not show. */
export function conditionHolds(e: Engine, g: Egress, env: EnvLookup, condition: Condition): boolean | null {
  return new Resolver(e, g, env).holdsAtCall(condition);
}

function dedupe(list: readonly Recipient[]): Recipient[] {
  const seen = new Set<string>();
  return list.filter((r) => {
    const key = [r.vendor, r.service, r.environment, r.host, r.own, r.region, r.model, r.apiKeyEnv].join('|');
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** `sftp.example.org:2222`, where a client takes a host and no URL. */
function isHostName(text: string): boolean {
  return /^([\w-]+\.)+([a-z]{2,}|\d+)(:\d+)?$/i.test(text);
}

/** `localhost`, `10.0.0.7:443`, `api.segment.io/v1`: an address without its scheme. */
function isBareAddress(text: string): boolean {
  return /^[\w.-]+(:\d+)?$/.test(text) || /^(localhost|[\w-]+(\.[\w-]+)+|[\w-]+(?=:))(:\d+)?\//i.test(text);
}

class Resolver {
  constructor(
    private readonly e: Engine,
    private readonly g: Egress,
    private readonly env: EnvLookup,
  ) {}

  resolve(): Recipient[] {
    const out = this.direct();
    const also = [...this.headers(), ...this.switches()];
    for (const a of also) if (!out.some((o) => o.vendor === a.vendor)) out.push(a);
    return [...out, ...this.heard()];
  }

  private direct(): Recipient[] {
    const { g } = this;
    if (g.toKind === 'fixed') {
      const pkg = g.mod === null ? null : this.e.knowledge.pkg(g.mod);
      const client = pkg === null ? undefined : { pkg: pkg.id, made: null, owners: [] };
      return g.rule ? this.byRule(g.rule, { chain: [g.args], call: g.args, client }, g.vendor) : [];
    }
    if (g.toKind === 'url') return this.byUrl(g.to ?? NOTHING);
    const out: Recipient[] = [];
    const atoms = g.to?.atoms ?? [];
    for (const a of atoms) {
      if (a.k === 'xinst') out.push(...this.byInstance(a, 0));
      else if (a.k === 'const' && typeof a.v === 'string' && g.rule)
        out.push(...this.byRule(g.rule, { chain: [g.args], call: g.args }, g.rule.vendor, a.v));
      else if (a.k === 'env' && g.rule)
        out.push(...this.byRule(g.rule, { chain: [g.args], call: g.args }, g.rule.vendor));
    }
    if (out.length === 0) {
      if (g.sink.to !== undefined && 'arg' in g.sink.to) return [this.unknown(null)];
      if (g.vendor) return this.byRule({ vendor: g.vendor }, { chain: [], call: g.args }, g.vendor);
    }
    return out;
  }

  /** Who takes what is handed to nobody. */
  private heard(): Recipient[] {
    const isHeard = this.g.atoms.length > 0 && this.g.rule?.heard !== undefined;
    return isHeard ? this.e.listeners(this.g).flatMap((one) => this.byListener(one)) : [];
  }

  private byListener({ listener, config, beside }: Listening): Recipient[] {
    const scopeOf = ({ args, mod }: ConfigEffect): Scope => {
      const pkg = this.e.knowledge.pkg(mod);
      return { chain: [args], call: args, client: pkg === null ? undefined : { pkg: pkg.id, made: null, owners: [] } };
    };
    const scope = scopeOf(config);
    if (!this.hears(listener, scope)) return [];
    if (listener.when?.some((c) => this.holds(c, scope) === false)) return [];
    const isOff = listener.unless?.some((c) =>
      c.part === undefined
        ? this.holds(c, scope) === true
        : beside.some((other) => other.point?.part === c.part && this.holds(c, scopeOf(other)) === true),
    );
    if (isOff) return [];
    const { fn, span } = config.spot;
    const { file, facts } = this.e.program.fns[fn]!;
    const rule = { ...listener.recipient, service: listener.service };
    return this.byRule(rule, scope, rule.vendor).map((one) => ({
      ...one,
      heardBy: { file: file.path, span, fn: facts.name },
      ...(listener.later === true ? { later: true } : {}),
    }));
  }

  /** Whether a listener takes calls of this method of the console. */
  private hears({ methods, methodsAt }: Listener, scope: Scope): boolean {
    const method = this.g.member.slice(this.g.member.lastIndexOf('.') + 1);
    if (methods?.includes(method) === false) return false;
    if (methodsAt === undefined) return true;
    const listed = this.value(methodsAt, scope);
    const words = [listed, ...(listed.fields?.values() ?? [])].flatMap((v) => constants(v) ?? []);
    return words.every((word) => typeof word !== 'string') || words.includes('all') || words.includes(method);
  }

  private byInstance(a: XInstAtom, depth: number): Recipient[] {
    const chain: (readonly Value[])[] = [];
    let rule: RecipientRule | null = null;
    let vendor: string | null = null;
    let client: Client | undefined;
    for (let x: XInstAtom | null = a, n = 0; x && n < 8; x = x.from, n++) {
      if (x.args) chain.push(x.args);
      const t = x.type ? this.e.knowledge.type(x.type) : null;
      if (t) {
        if (rule === null && t.recipient !== null) {
          // What its derived values were asked for (`service.getContainerClient('notes')`) says nothing about the host.
          rule = t.recipient;
          client = clientAt(x, t.id);
          chain.splice(0, chain.length, ...(x.args ? [x.args] : []));
        }
        vendor ??= t.vendor;
      }
    }
    const out: Recipient[] = [];
    if (depth < 6) {
      for (const v of a.via) for (const x of v.atoms) if (x.k === 'xinst') out.push(...this.byInstance(x, depth + 1));
      if (a.viaText) out.push(...this.byName(a, a.viaText));
    }
    const from = rule ?? ((vendor ?? this.g.vendor) ? { vendor: (vendor ?? this.g.vendor)! } : null);
    if (out.length > 0 && rule === null) return out;
    if (from) out.push(...this.byRule(from, { chain, call: this.g.args, client }, vendor));
    return out;
  }

  /** Whom the texts among an object's `via` values name. */
  private byName(a: XInstAtom, rule: RecipientRule): Recipient[] {
    const scope = { chain: a.args ? [a.args] : [], call: this.g.args };
    const out: Recipient[] = [];
    for (const x of a.via.flatMap((v) => v.atoms)) {
      if (x.k !== 'env' && !(x.k === 'const' && typeof x.v === 'string')) continue;
      const named = this.byRule(rule, scope, rule.vendor, x.k === 'const' ? String(x.v) : undefined);
      out.push(...(named.length > 0 ? named : [this.unknown(null)]));
    }
    return out;
  }

  private value(path: ValuePath, scope: Scope): Value {
    if (path.startsWith('call:')) return at(this.e, scope.call, path.slice(5));
    if (path.startsWith('this:')) return this.set(path.slice(5), scope.client, [0, 1]);
    if (path.startsWith('on:')) return this.decided(path.slice(3), scope.client);
    for (const args of scope.chain) {
      const v = at(this.e, args, path);
      if (v.atoms.some((a) => !(a.k === 'const' && (a.v === undefined || a.v === null)))) return v;
      if (v.fields && v.fields.size > 0) return v;
    }
    return NOTHING;
  }

  /**
   * The argument `start.0.serverUrl` of the calls that decide about a client: of one that was constructed, those on it, or
   * those of the package's own functions if there are none; of one that nobody constructed, all in the code base.
   */
  private decided(path: string, client: Client | undefined): Value {
    const [, name, arg] = /^(.+?)\.((?:\d|\*).*)$/.exec(path) ?? [];
    if (name === undefined || arg === undefined || client === undefined) return NOTHING;
    const { pkg, made } = client;
    const all = this.e.decisions(pkg, name);
    const own = made === null ? all : all.filter(({ decides }) => decides!.receivers.includes(made));
    const isOwn = made !== null && own.length > 0;
    const calls = own.length > 0 ? own : all.filter(({ decides }) => decides!.receivers.includes(pkg));
    const bySite = new Map<string, Value[]>();
    for (const { spot, args } of calls) {
      const v = at(this.e, args, arg);
      const site = `${spot.fn}:${spot.span[0]}`;
      if (v.atoms.length > 0) bySite.set(site, [...(bySite.get(site) ?? []), v]);
    }
    // A wrapper's own parameter says nothing where its callers say what it is.
    const values = [...bySite.values()].flatMap((all) => {
      const told = all.filter((v) => v.atoms.some((a) => a.k !== 'opaque'));
      return told.length > 0 ? told : all;
    });
    // Of a client that is made at one place and pointed to several, which call belongs to which cannot be told.
    if (isOwn && new Set(values.map((v) => JSON.stringify(constants(v)))).size > 1) return NOTHING;
    return values.reduce((all, v) => join(all, v), NOTHING);
  }

  /** What a property of a client was set to anywhere in the code base; `from` and `to` say whose of its `owners`. */
  private set(property: string, client: Client | undefined, [from, to]: readonly [number, number]): Value {
    if (client === undefined) return NOTHING;
    const calls = this.e.decisions(client.pkg, `${property}=`);
    for (const owner of client.owners.slice(from, to)) {
      const own = calls
        .filter(({ decides }) => decides!.receivers.includes(owner))
        .map(({ args }) => args[0] ?? NOTHING);
      if (own.length > 0) return own.reduce((all, v) => join(all, v), NOTHING);
    }
    return NOTHING;
  }

  /** Of several paths the first that says anything: of the client itself, then of what it was made from. */
  private texts(paths: readonly ValuePath[] | undefined, scope: Scope): Candidate[] {
    const own = this.firstOf(paths, scope);
    if (own.length > 0) return own;
    for (const p of paths ?? []) {
      if (!p.startsWith('this:')) continue;
      const inherited = candidates(this.e, this.set(p.slice(5), scope.client, [1, 8]), this.env);
      if (inherited.length > 0) return inherited;
    }
    return [];
  }

  private firstOf(paths: readonly ValuePath[] | undefined, scope: Scope): Candidate[] {
    for (const p of paths ?? []) {
      if (p.startsWith('const:')) return [{ text: p.slice(6), environment: null, ignoredFile: null, unresolved: null }];
      if (p.startsWith('env:')) {
        const found = this.env(p.slice(4)).filter((v) => v.origin !== 'env-example' && v.value !== '');
        if (found.length > 0) return candidates(this.e, value([{ k: 'env', name: p.slice(4) }]), this.env);
        continue;
      }
      const v = this.value(p, scope);
      if (v.atoms.length === 0) continue;
      const c = candidates(this.e, v, this.env);
      if (c.length > 0) return c;
    }
    return [];
  }

  private one(paths: readonly ValuePath[] | undefined, scope: Scope): Known {
    const c = this.texts(paths, scope);
    if (c.length === 0) return null;
    if (c.length > 1 && new Set(c.map((x) => x.text)).size > 1) return 'unknown';
    return c[0]!.text.includes(UNKNOWN) ? 'unknown' : c[0]!.text;
  }

  /** All that are known of several. */
  private all(paths: readonly ValuePath[], scope: Scope): readonly string[] {
    const texts = this.texts(paths, scope).map((one) => one.text);
    return [...new Set(texts.filter((text) => !text.includes(UNKNOWN)))].sort();
  }

  holdsAtCall(c: Condition): boolean | null {
    return this.holds(c, { chain: [this.g.args], call: this.g.args });
  }

  private holds(c: Condition, scope: Scope): boolean | null {
    const v = c.value.startsWith('env:') ? null : this.value(c.value, scope);
    if (v === null) {
      const found = this.env(c.value.slice(4));
      if (found.length === 0) return c.present === false || c.isNot !== undefined;
      const x = found[0]!.value;
      return c.is !== undefined
        ? x === String(c.is)
        : c.matches !== undefined
          ? safeTest(c.matches, x)
          : c.present !== false;
    }
    const cs = constants(v);
    if (v.atoms.length === 0)
      return c.present === false ? true : c.isNot !== undefined && c.isNot !== null ? true : false;
    if (c.callable !== undefined) return v.atoms.some((a) => a.k === 'fn') === c.callable;
    if (c.present !== undefined) return cs ? cs.some((x) => x !== undefined && x !== null) === c.present : c.present;
    if (!cs) return null;
    if (c.is !== undefined) return cs.every((x) => x === c.is) ? true : cs.some((x) => x === c.is) ? null : false;
    if (c.isNot !== undefined) return cs.every((x) => x !== c.isNot);
    if (c.matches !== undefined) return cs.some((x) => safeTest(c.matches!, String(x)));
    return null;
  }

  private byRule(rule: RecipientRule, scope: Scope, vendor: string | null, model?: string): Recipient[] {
    for (const alt of rule.instead ?? []) {
      const h = this.holds(alt.when, scope);
      if (h === true) return this.byRule({ ...alt, instead: undefined }, scope, alt.vendor, model);
      if (h === null)
        return [
          ...this.byRule({ ...alt, instead: undefined }, scope, alt.vendor, model),
          ...this.byRule({ ...rule, instead: undefined }, scope, vendor, model),
        ];
    }
    const hosts = this.texts(rule.host, scope);
    const models = [...(this.g.sink.model ? [this.g.sink.model] : []), ...(rule.model ?? [])];
    const named = model === undefined ? this.one(models, scope) : model;
    const known = {
      region: this.one(rule.region, scope),
      model: named,
      ...(named === 'unknown' ? { models: this.all(models, scope) } : {}),
      apiKeyEnv: this.apiKey(rule, scope),
      project: this.one(rule.project, scope),
    };
    const service = rule.service ?? this.g.sink.service;
    const out: Recipient[] = [];
    if (hosts.length === 0 || rule.vendor === 'http') {
      // A client that needs a host and was given none that the code shows.
      if (rule.vendor === 'http' && hosts.length === 0 && rule.host?.every((p) => p.startsWith('on:')) === true)
        out.push(this.unknown(null, service));
      else if (rule.vendor === 'http')
        out.push(
          ...hosts.map((h) => this.byText(isHostName(h.text) ? { ...h, text: `//${h.text}` } : h, service, known)),
        );
      else
        out.push(this.make(rule.vendor, service, { ...known, own: rule.own ? 'own infrastructure by nature' : null }));
    }
    if (rule.vendor !== 'http') {
      for (const h of hosts) {
        const text = addressIn(h.text);
        const u = parseUrl(
          text !== null && isBareAddress(text) && !text.includes(UNKNOWN) ? `//${text}` : (text ?? ''),
        );
        if (u.host === null) {
          // A variable that is set nowhere, or a connection string without an address, leaves the SDK's own default.
          const isDefault = h.unresolved !== null || h.unnamed === true || rule.keyed === true;
          if (text === null || (isDefault && h.text === UNKNOWN)) {
            out.push(this.make(rule.vendor, service, { ...known, environment: h.environment }));
            continue;
          }
          out.push(
            u.relative && h.text.startsWith('/')
              ? this.make(rule.vendor, service, { ...known, own: 'same origin', environment: h.environment })
              : this.unknown(h.unresolved, service, h.environment),
          );
          continue;
        }
        if (isOwnHost(u.host)) {
          out.push(
            this.make(rule.vendor, service, {
              ...known,
              host: u.host,
              own: 'own host',
              environment: h.environment,
              ignoredFile: h.ignoredFile,
            }),
          );
          continue;
        }
        const k = this.e.knowledge.host(u.host);
        const to = k?.vendor ?? u.host;
        const region = known.region ?? regionOf(k, u.host);
        out.push(
          this.make(to, service, {
            ...known,
            region,
            host: u.host,
            environment: h.environment,
            ignoredFile: h.ignoredFile,
          }),
        );
        for (const a of k?.also ?? [])
          out.push(this.make(a.vendor, a.service ?? service, { ...known, environment: h.environment }));
      }
    }
    // Of several calls that point one client somewhere, one whose variable is set nowhere adds nobody to the vendor's own.
    const isShared = scope.client?.made === null && rule.host?.some((path) => path.startsWith('on:')) === true;
    const isToldOnce = out.some(({ vendor: to, host }) => to === rule.vendor && host !== null);
    if (isShared && isToldOnce) {
      const told = out.filter(({ vendor: to, host, own }) => to !== rule.vendor || host !== null || own !== null);
      out.splice(0, out.length, ...told);
    }
    for (const a of rule.also ?? [])
      if (!a.when || this.holds(a.when, scope) !== false) out.push(this.make(a.vendor, a.service ?? service, known));
    return out;
  }

  private byText(h: Candidate, service: string, known: Partial<Recipient>): Recipient {
    const u = parseUrl(h.text);
    if (u.host === null)
      return u.relative
        ? this.make('same-origin', service, { ...known, own: 'same origin' })
        : this.unknown(h.unresolved, service, h.environment);
    return this.host(u.host, u.path, service, h, known)[0]!;
  }

  private host(host: string, path: string, service: string, c: Candidate, known: Partial<Recipient>): Recipient[] {
    const more = { ...known, host, environment: c.environment, ignoredFile: c.ignoredFile };
    if (isOwnHost(host)) return [this.make(host, service, { ...more, own: 'own host' })];
    const k = this.e.knowledge.host(host);
    if (!k) return [this.make(host, service, more)];
    const v = this.e.knowledge.vendor(k.vendor);
    const s = serviceAtPath(k, path) ?? k.service ?? firstService(v) ?? service;
    return [
      this.make(k.vendor, s, { ...more, region: regionOf(k, host) }),
      ...k.also.map((a) => this.make(a.vendor, a.service ?? s, more)),
    ];
  }

  private byUrl(to: Value): Recipient[] {
    const out: Recipient[] = [];
    const urls = value(
      to.atoms.filter((a) => a.k !== 'xinst' || isAddress(a.sym)),
      to.fields,
    );
    const clients = to.atoms.filter((a): a is XInstAtom => a.k === 'xinst' && !isAddress(a.sym));
    const bases: Candidate[] = [];
    for (const a of clients) {
      const t = a.type ? this.e.knowledge.type(a.type) : null;
      const chain: (readonly Value[])[] = [];
      for (let x: XInstAtom | null = a, n = 0; x && n < 8; x = x.from, n++) if (x.args) chain.push(x.args);
      if (t?.recipient)
        bases.push(...this.texts(t.recipient.host, { chain, call: this.g.args, client: clientAt(a, t.id) }));
    }
    const service = this.g.sink.service;
    const list = candidates(this.e, urls, this.env);
    // An address that a modelled client made (`medplum.fhirUrl(…)`) leads to where the client sends.
    const known = list.some((c) => parseUrl(c.text).host !== null);
    const made = known ? [] : [...clients, ...beginnings(urls)].filter((a) => this.servedBy(a));
    if (made.length > 0) return made.flatMap((a) => this.byInstance(a, 0));
    if (list.length === 0)
      list.push({ text: bases.length > 0 ? '' : UNKNOWN, environment: null, ignoredFile: null, unresolved: null });
    let record: boolean | null = null;
    const isRecord = (): boolean => (record ??= isRecordServer(this.e, to, this.g.args));
    for (const c of list) {
      const u = parseUrl(c.text);
      if (u.host !== null && this.e.knowledge.host(u.host) === null && !isOwnHost(u.host) && isRecord()) {
        out.push(this.make(u.host, service, { host: u.host, environment: c.environment, own: RECORD }));
        continue;
      }
      if (u.host !== null) {
        out.push(...this.host(u.host, u.path, service, c, {}));
        continue;
      }
      if (bases.length > 0) {
        for (const b of bases) {
          const full = parseUrl(b.text.replace(/\/+$/, '') + (c.text.startsWith('/') ? '' : '/') + c.text);
          if (full.host !== null && this.e.knowledge.host(full.host) === null && !isOwnHost(full.host) && isRecord())
            out.push(this.make(full.host, service, { host: full.host, environment: b.environment, own: RECORD }));
          else if (full.host !== null) out.push(...this.host(full.host, full.path, service, b, {}));
          else
            out.push(
              full.relative
                ? this.make('same-origin', service, { own: 'same origin' })
                : isRecord()
                  ? { ...this.unknown(b.unresolved, service, b.environment), own: RECORD }
                  : this.unknown(b.unresolved, service, b.environment),
            );
        }
        continue;
      }
      out.push(
        u.relative
          ? this.make('same-origin', service, { own: 'same origin' })
          : isRecord()
            ? { ...this.unknown(c.unresolved, service, c.environment), own: RECORD }
            : this.unknown(c.unresolved, service, c.environment),
      );
    }
    return out;
  }

  private servedBy(a: XInstAtom): boolean {
    const to = a.type === null ? null : this.e.knowledge.type(a.type)?.recipient;
    return to != null && to.vendor !== 'http';
  }

  private apiKey(rule: RecipientRule, scope: Scope): Known {
    for (const p of rule.apiKey ?? []) {
      if (p.startsWith('env:')) return p.slice(4);
      const v = this.value(p, scope);
      const names = v.atoms.filter((a) => a.k === 'env' && a.name !== '*');
      if (names.length === 1 && names[0]!.k === 'env') return names[0]!.name;
      if (v.atoms.length > 0) return 'unknown';
    }
    return null;
  }

  /** Request headers that mark a proxy. */
  private headers(): Recipient[] {
    const out: Recipient[] = [];
    const look = (v: Value): void => {
      for (const k of v.fields?.keys() ?? []) {
        const h = this.e.knowledge.header(k);
        if (h) out.push(this.make(h.vendor, h.service, {}));
      }
    };
    if (this.g.toKind === 'url') for (const a of this.g.args) look(at(this.e, [a], '0.headers'));
    for (const a of this.g.to?.atoms ?? [])
      if (a.k === 'xinst')
        for (const x of a.args ?? []) {
          look(at(this.e, [x], '0.defaultHeaders'));
          look(at(this.e, [x], '0.headers'));
        }
    // A client of which a rule says where its headers stand.
    for (const a of this.g.to?.atoms ?? [])
      for (let x: XInstAtom | null = a.k === 'xinst' ? a : null, n = 0; x && n < 8; x = x.from, n++)
        for (const path of (x.type === null ? null : this.e.knowledge.type(x.type)?.recipient?.headers) ?? [])
          look(at(this.e, x.args ?? [], path));
    return out;
  }

  /** Tracing that the environment switches on for a whole package. */
  private switches(): Recipient[] {
    const { mod } = this.g;
    if (!mod) return [];
    const set = (c: { env: string; is: readonly string[] }): boolean =>
      this.env(c.env).some((v) => v.origin !== 'env-example' && c.is.includes(v.value));
    return this.e.knowledge
      .switches()
      .filter((s) =>
        s.packages.some((p) =>
          p.endsWith('*') ? mod.startsWith(p.slice(0, -1)) : mod === p || mod.startsWith(`${p}/`),
        ),
      )
      .filter((s) => s.when.every(set) && !(s.unless ?? []).some(set))
      .map((s) => this.make(s.vendor, s.service, {}));
  }

  private unknown(
    unresolved: string | null,
    service = this.g.sink.service,
    environment: string | null = null,
  ): Recipient {
    return { ...this.make('unknown', service, { environment }), unresolved };
  }

  private make(vendor: string, service: string, more: Partial<Recipient>): Recipient {
    const v: Vendor | null = this.e.knowledge.vendor(vendor);
    return {
      vendor,
      service,
      endpoint: this.g.sink.endpoint ?? null,
      host: null,
      region: null,
      model: null,
      apiKeyEnv: null,
      project: null,
      environment: null,
      package: this.g.mod,
      kind: v?.services[service]?.kind ?? v?.kind ?? 'partner',
      category: v?.category ?? 'http',
      unresolved: null,
      ignoredFile: null,
      ...more,
      own: more.own ?? this.record(v),
    };
  }

  /** The server whose records the code reads is written to by the same client: our own side. Its e-mail service is not the record. */
  private record(v: Vendor | null): string | null {
    const { sink, member } = this.g;
    if (sink.as === 'message-to-patient' || sink.as === 'notification') return null;
    if (v?.category === 'ehr') return 'the EHR that the code talks to';
    return sink.as === 'record-write' && this.e.readsFrom(clientOf(member)) ? RECORD : null;
  }
}

/** What the texts of an address begin with, where that is an object: `${server.url('x')}?id=1`. */
function beginnings(v: Value): XInstAtom[] {
  return v.atoms.flatMap((a) => (a.k === 'str' ? (a.parts[0]?.atoms ?? []) : [])).filter((a) => a.k === 'xinst');
}

function firstService(v: Vendor | null): string | null {
  const keys = v ? Object.keys(v.services) : [];
  return keys.length === 1 ? keys[0]! : null;
}

function regionOf(k: { region?: string | null } | null, _host: string): Known {
  return k?.region ?? null;
}

function safeTest(pattern: string, s: string): boolean {
  return new RegExp(pattern).test(s);
}
