/** `phitrace vendors [id]`: what we know of a vendor's services and BAA, with source and date of each fact. */
import { Chalk } from 'chalk';
import { ageOfFact, FACT_DAYS, isOldFact } from '../knowledge/fact-age.js';
import type { Vendor } from '../knowledge/index.js';
import { printable } from '../report/escape.js';
import { counted, cut, padded, wrap } from '../report/layout.js';
import type { Doors } from './doors.js';
import { unknownWord } from './failure.js';
import { colorLevel, columnsOf, type Io } from './io.js';
import { dayOf, existingFile, oneOf } from './options.js';

export interface VendorsOptions {
  readonly format: string;
  readonly today?: string;
  readonly config?: string;
  readonly pack: readonly string[];
}

/** Prints one vendor's page or the list of all; an unknown id is a `UserError` with the nearest known one. */
export async function vendors(id: string | undefined, options: VendorsOptions, doors: Doors, io: Io): Promise<void> {
  const as = oneOf('format', options.format, ['text', 'json'] as const);
  const today = dayOf(options.today, io);
  const config = options.config === undefined ? undefined : existingFile(io.cwd, '--config', options.config);
  const packs = options.pack.map((file) => existingFile(io.cwd, '--pack', file));
  const all = await doors.vendors({ dir: io.cwd, config, packs });
  const chosen = id === undefined ? all : all.filter((v) => v.id === id);
  if (id !== undefined && chosen.length === 0)
    throw unknownWord(
      'vendor',
      id,
      all.map((v) => v.id),
    );
  if (as === 'json') {
    const documents = chosen.map((vendor) => documentOf(vendor, today));
    await io.stdout.write(`${JSON.stringify(id === undefined ? documents : documents[0], null, 2)}\n`);
    return;
  }
  const [one] = chosen;
  await io.stdout.write(id !== undefined && one ? page(one, today, io) : list(chosen, today, io));
}

function documentOf(vendor: Vendor, today: string): object {
  const { id, name, category, kind, legalEntity, services, baa, training, retention } = vendor;
  return {
    id,
    name,
    category,
    kind,
    legalEntity: legalEntity ?? null,
    services,
    baa: { ...baa, facts: baa.facts.map((fact) => ({ ...fact, ...ageWords(fact.asOf, today) })) },
    training: training ?? null,
    retention: retention ?? null,
  };
}

function ageWords(asOf: string, today: string): { ageDays: number; old: boolean } {
  return { ageDays: ageOfFact(asOf, today), old: isOldFact(asOf, today) };
}

/** `2026-11`, and whether it is too old to be relied on; of several facts the latest. */
function latestFact({ baa }: Vendor, today: string): string {
  const dates = baa.facts.filter(({ founded }) => founded !== 'unverified').map(({ asOf }) => asOf);
  const [latest] = dates.sort((a, b) => ageOfFact(a, today) - ageOfFact(b, today));
  return latest === undefined ? 'none' : `${latest}${isOldFact(latest, today) ? ' old' : ''}`;
}

function list(all: readonly Vendor[], today: string, io: Io): string {
  const width = columnsOf(io.stdout, io.env);
  const ids = Math.max(6, ...all.map((v) => v.id.length));
  const row = (v: Vendor): string =>
    cut(
      `${padded(v.id, ids)}  ${padded(v.category, 10)}  ${padded(v.baa.available, 10)}  ${padded(latestFact(v, today), 14)}  ${Object.keys(v.services).sort().join(', ')}`,
      width,
    );
  const head = `${padded('vendor', ids)}  ${padded('category', 10)}  ${padded('BAA', 10)}  ${padded('facts as of', 14)}  services`;
  const paint = new Chalk({ level: colorLevel(io.stdout, io.env) });
  return [paint.dim(head), ...all.map((v) => printable(row(v))), '', paint.dim(OLD_WORDS), ''].join('\n');
}

const OLD_WORDS = `old: seen more than ${String(FACT_DAYS)} days ago; look it up again before you rely on it.`;

function page(vendor: Vendor, today: string, io: Io): string {
  const paint = new Chalk({ level: colorLevel(io.stdout, io.env) });
  const width = Math.min(columnsOf(io.stdout, io.env), 110);
  const lines: string[] = [];
  const say = (text: string, indent: number): void => {
    for (const line of wrap(printable(text.trim()), width - indent)) lines.push(' '.repeat(indent) + line);
  };
  const { baa } = vendor;
  lines.push(
    `${paint.bold(vendor.id)}  ${paint.dim(printable(`${vendor.name} · ${vendor.category} · ${vendor.kind}`))}`,
  );
  if (vendor.legalEntity) say(`legal entity: ${vendor.legalEntity}`, 2);
  say(`BAA: ${baa.available}${baa.plan === undefined ? '' : ` (${baa.plan})`}`, 2);
  if (baa.note) say(baa.note, 2);
  if (baa.conflict) say(`Sources disagree: ${baa.conflict}`, 2);
  if (vendor.training) say(`training: ${vendor.training}`, 2);
  if (vendor.retention) say(`retention: ${vendor.retention}`, 2);
  lines.push('', paint.bold('Services'));
  for (const [id, service] of Object.entries(vendor.services)) {
    say(
      `${id}: ${service.name}; coverable: ${service.coverable ?? 'not known'}${service.note ? `; ${service.note}` : ''}`,
      2,
    );
  }
  lines.push('', paint.bold('Facts'));
  if (baa.facts.length === 0) say('none recorded', 2);
  for (const fact of baa.facts) {
    say(fact.text, 2);
    const { ageDays, old } = ageWords(fact.asOf, today);
    const founded = fact.founded === 'unverified' ? 'unverified: not to be taken as a fact' : fact.founded;
    say(`${fact.source} · as of ${fact.asOf} (${counted(ageDays, 'day')}${old ? ', old' : ''}) · ${founded}`, 4);
  }
  if (baa.facts.some(({ asOf }) => isOldFact(asOf, today))) lines.push('', paint.dim(OLD_WORDS));
  lines.push(
    '',
    paint.dim('Covered services change: what counts is your executed agreement, as baa.yaml states it.'),
    '',
  );
  return lines.join('\n');
}
