/** `phitrace vendors [id]`: what we know of a vendor's services and BAA, with source and date of each fact. */
import { Chalk } from 'chalk';
import type { Vendor } from '../knowledge/index.js';
import { printable } from '../report/escape.js';
import { cut, padded, wrap } from '../report/layout.js';
import type { Doors } from './doors.js';
import { unknownWord } from './failure.js';
import { colorLevel, columnsOf, type Io } from './io.js';
import { oneOf } from './options.js';

export async function vendors(id: string | undefined, format: string, doors: Doors, io: Io): Promise<void> {
  const as = oneOf('format', format, ['text', 'json'] as const);
  const all = await doors.vendors();
  const chosen = id === undefined ? all : all.filter((v) => v.id === id);
  if (id !== undefined && chosen.length === 0)
    throw unknownWord(
      'vendor',
      id,
      all.map((v) => v.id),
    );
  if (as === 'json') {
    const documents = chosen.map(documentOf);
    await io.stdout.write(`${JSON.stringify(id === undefined ? documents : documents[0], null, 2)}\n`);
    return;
  }
  const [one] = chosen;
  await io.stdout.write(id !== undefined && one ? page(one, io) : list(chosen, io));
}

function documentOf(vendor: Vendor): object {
  const { id, name, category, kind, legalEntity, services, baa, training, retention } = vendor;
  return {
    id,
    name,
    category,
    kind,
    legalEntity: legalEntity ?? null,
    services,
    baa,
    training: training ?? null,
    retention: retention ?? null,
  };
}

function list(all: readonly Vendor[], io: Io): string {
  const width = columnsOf(io.stdout, io.env);
  const ids = Math.max(6, ...all.map((v) => v.id.length));
  const row = (v: Vendor): string =>
    cut(
      `${padded(v.id, ids)}  ${padded(v.category, 10)}  ${padded(v.baa.available, 10)}  ${Object.keys(v.services).sort().join(', ')}`,
      width,
    );
  const head = `${padded('vendor', ids)}  ${padded('category', 10)}  ${padded('BAA', 10)}  services`;
  const paint = new Chalk({ level: colorLevel(io.stdout, io.env) });
  return [paint.dim(head), ...all.map((v) => printable(row(v))), ''].join('\n');
}

function page(vendor: Vendor, io: Io): string {
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
    say(`${fact.source} · as of ${fact.asOf} · ${fact.founded}`, 4);
  }
  lines.push(
    '',
    paint.dim('Covered services change: what counts is your executed agreement, as baa.yaml states it.'),
    '',
  );
  return lines.join('\n');
}
