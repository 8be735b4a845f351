/** Calls that leave an audit record: functions that the manifest declares, FHIR AuditEvents, append-only audit tables. */
import type { PolicyInput } from '../input.js';
import { propertyText, textOf } from './constants.js';
import { declaredFunctions } from './declared.js';
import { type CallInstr, type Listed, type Listing, listingOf } from './listing.js';
import { Passage, type Waypoints } from './waypoints.js';

/** Words by which clients of databases add a row; never those that change or remove one. */
const ADDS =
  /(?:^|[.()#])(?:create|createMany|insert|insertOne|insertMany|insertInto|add|push|append|put|putItem|save|values|write|record)$/;
/** A table, collection or delegate that holds the audit: `auditLog`, `audit_events`, `AccessAudit`. */
const AUDIT_NAME =
  /(?:^|[^a-z])audit(?:s|_?(?:log|event|trail|entr|record|row)\w*)?(?![a-z])|(?:access|activity|phi|model|llm|ai)_?audit/i;

const passages = new WeakMap<PolicyInput, Passage>();

/** The question "is there a record on every way?" for the whole code base. */
export function auditPassage(input: PolicyInput): Passage {
  const known = passages.get(input);
  if (known !== undefined) return known;
  const code = listingOf(input);
  const made = new Passage(code, auditRecords(input, code), true);
  passages.set(input, made);
  return made;
}

function auditRecords(input: PolicyInput, code: Listing): Waypoints {
  const declared = declaredFunctions(input, code, input.manifest.audit);
  return {
    kind(fn, call) {
      if (declared.calls(fn, call)) return 'plain';
      return createsAuditEvent(code, fn, call) || addsAuditRow(code, fn, call) ? 'promise' : 'none';
    },
  };
}

/** `createResource({ resourceType: 'AuditEvent', … })`, `post('…/AuditEvent', …)`, `fetch('…/AuditEvent', { method: 'POST' })`. */
function createsAuditEvent(code: Listing, fn: Listed, call: CallInstr): boolean {
  if (call.kind !== 'call') return false;
  const first = call.args[0];
  if (first === undefined) return false;
  const method = fn.def(call.f);
  const name = method?.op === 'load' ? method.k : code.nameOf(fn, call.f);
  if (name === null) return false;
  if (/create|save|upsert|write|post|insert/i.test(name)) {
    for (const { v } of call.args) {
      if (propertyText(fn, v, 'resourceType') === 'AuditEvent') return true;
      if (/(?:^|\/)AuditEvent$/.test(textOf(fn, v) ?? '')) return true;
    }
  }
  const options = call.args[1];
  return (
    name === 'fetch' &&
    /\/AuditEvent$/.test(textOf(fn, first.v) ?? '') &&
    options !== undefined &&
    propertyText(fn, options.v, 'method') === 'POST'
  );
}

/** `prisma.auditLog.create(…)`, `db.insert(auditLog).values(…)`, `supabase.from('audit_log').insert(…)`, `INSERT INTO audit_log`. */
function addsAuditRow(code: Listing, fn: Listed, call: CallInstr): boolean {
  const parts = chain(code, fn, call);
  if (parts.some((part) => /\binsert\s+into\s+\W?[\w.]*audit/i.test(part.text ?? ''))) return true;
  const [last] = parts;
  if (last?.name === null || last === undefined || !ADDS.test(last.name)) return false;
  return parts.some(({ receiver, text, table }) =>
    [receiver, text, table].some((word) => word !== null && word.length < 60 && AUDIT_NAME.test(word)),
  );
}

interface Part {
  readonly name: string | null;
  /** The property that it is called on: `auditLog` of `prisma.auditLog.create`. */
  readonly receiver: string | null;
  /** The first argument as text, or by the name of its variable. */
  readonly text: string | null;
  readonly table: string | null;
}

/** A fluent call and the calls that it is called on, last first. */
function chain(code: Listing, fn: Listed, call: CallInstr): readonly Part[] {
  const out: Part[] = [];
  for (let at: CallInstr | null = call; at !== null && out.length < 6;) {
    const method = fn.def(at.f);
    const base = method?.op === 'load' ? fn.def(method.b) : null;
    const [first] = at.args;
    out.push({
      name: method?.op === 'load' ? method.k : code.nameOf(fn, at.f),
      receiver: base?.op === 'load' ? base.k : null,
      text: first === undefined ? null : textOf(fn, tagged(fn, first.v)),
      table: first === undefined ? null : lastWord(code.nameOf(fn, first.v)),
    });
    at = base?.op === 'call' ? base : null;
  }
  return out;
}

/** The strings of a tagged template stand in an array. */
function tagged(fn: Listed, v: number): number {
  const def = fn.def(v);
  return def?.op === 'array' && def.els[0] !== undefined ? def.els[0].v : v;
}

function lastWord(name: string | null): string | null {
  return name?.split(/[#.]/).at(-1) ?? null;
}
