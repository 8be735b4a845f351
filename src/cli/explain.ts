/** `phitrace explain <rule-id>`: what a rule asks, the law behind it, how to fix. */
import { Chalk } from 'chalk';
import { printable } from '../report/escape.js';
import { wrap } from '../report/layout.js';
import type { RuleDoc } from '../report/rule-doc.js';
import type { Doors } from './doors.js';
import { UserError, unknownWord } from './failure.js';
import { colorLevel, columnsOf, type Io } from './io.js';
import { oneOf } from './options.js';

export async function explain(id: string, format: string, doors: Doors, io: Io): Promise<void> {
  const as = oneOf('format', format, ['text', 'json'] as const);
  const rules = await doors.rules();
  const rule = rules.find((r) => r.id === id);
  if (!rule) throw await noSuchRule(id, rules, doors);
  await io.stdout.write(as === 'json' ? `${JSON.stringify(documentOf(rule), null, 2)}\n` : page(rule, io));
}

async function noSuchRule(id: string, rules: readonly RuleDoc[], doors: Doors): Promise<UserError> {
  const promised = await doors.ruleIds();
  if (promised.includes(id)) return new UserError(`the rule ${id} is not available in version ${doors.version} yet`);
  if (/^[0-9a-f]{8,64}$/.test(id)) {
    return new UserError(`explaining a finding by its fingerprint is not available in version ${doors.version} yet`);
  }
  return unknownWord('rule', id, rules.length > 0 ? [...new Set([...rules.map((r) => r.id), ...promised])] : promised);
}

function documentOf({ id, family, question, severity, confidence, basis, fix, examples }: RuleDoc): object {
  return {
    id,
    family,
    question,
    severity: severity.default,
    varies: severity.varies,
    confidence,
    basis,
    fix,
    examples,
  };
}

function page(rule: RuleDoc, io: Io): string {
  const paint = new Chalk({ level: colorLevel(io.stdout, io.env) });
  const width = Math.min(columnsOf(io.stdout, io.env), 100);
  const paragraph = (text: string, indent = '  '): string[] =>
    wrap(printable(text.trim()), width - indent.length).map((line) => indent + line);
  const code = (text: string): string[] =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => `    ${printable(line)}`);
  return [
    `${paint.bold(rule.id)}  ${paint.dim(`${rule.family} · ${rule.severity.default} by default`)}`,
    ...paragraph(rule.question),
    '',
    paint.bold('Severity'),
    ...paragraph(rule.severity.varies),
    '',
    paint.bold('How sure'),
    ...paragraph(rule.confidence),
    '',
    paint.bold('Legal basis'),
    ...rule.basis.flatMap((b) => paragraph(`${b.cite}: ${b.says}`)),
    '',
    paint.bold('What to do'),
    ...paragraph(rule.fix),
    '',
    paint.bold('Reported'),
    ...code(rule.examples.bad),
    '',
    paint.bold('Not reported'),
    ...code(rule.examples.good),
    '',
    paint.dim('Evidence for a review, not legal advice.'),
    '',
  ].join('\n');
}
