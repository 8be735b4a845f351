/** `phitrace explain <rule-id | fingerprint>`: a rule and the law behind it, or one finding's whole path. */
import { Chalk } from 'chalk';
import { findingText } from '../report/text.js';
import { printable } from '../report/escape.js';
import { wrap } from '../report/layout.js';
import type { RuleDoc } from '../report/rule-doc.js';
import { analyse } from './check.js';
import type { Doors } from './doors.js';
import { UserError, unknownWord } from './failure.js';
import { colorLevel, columnsOf, type Io } from './io.js';
import { dayOf, folder, oneOf } from './options.js';

/** As commander hands them over. */
export interface ExplainOptions {
  readonly format: string;
  readonly dir: string;
  readonly today?: string;
}

const FINGERPRINT = /^[0-9a-f]{16}$/;

export async function explain(id: string, options: ExplainOptions, doors: Doors, io: Io): Promise<void> {
  const as = oneOf('format', options.format, ['text', 'json'] as const);
  const rules = await doors.rules();
  if (FINGERPRINT.test(id)) {
    await explainFinding(id, as, options, rules, doors, io);
    return;
  }
  const rule = rules.find((r) => r.id === id);
  if (!rule) throw await noSuchRule(id, rules, doors);
  await io.stdout.write(as === 'json' ? `${JSON.stringify(documentOf(rule), null, 2)}\n` : page(rule, io));
}

/** A finding has no memory: the folder is analysed again, and the finding looked up in it. */
async function explainFinding(
  id: string,
  as: 'text' | 'json',
  options: ExplainOptions,
  rules: readonly RuleDoc[],
  doors: Doors,
  io: Io,
): Promise<void> {
  const dir = folder(io.cwd, options.dir);
  const result = await analyse(doors, io, false, { dir, today: dayOf(options.today, io) });
  const { analysis } = result;
  const found = analysis.findings.find((f) => f.fingerprint === id || f.places.some((p) => p.fingerprint === id));
  if (found === undefined)
    throw new UserError(
      `no finding with the fingerprint ${id} in ${options.dir}; is it another folder (--dir), is it mended, or has baa.yaml or the code changed what it is called? \`phitrace check\` tells today's`,
    );
  const place = found.places.find((p) => p.fingerprint === id);
  const finding = place === undefined ? found : { ...found, ...place, fingerprint: found.fingerprint };
  if (as === 'json') {
    await io.stdout.write(`${JSON.stringify(finding, null, 2)}\n`);
    return;
  }
  const text = { color: colorLevel(io.stdout, io.env), width: columnsOf(io.stdout, io.env) };
  const fixes = Object.fromEntries(rules.map((rule) => [rule.id, rule.fix]));
  await io.stdout.write(`${findingText(finding, result, { ...text, fixes })}\n`);
}

async function noSuchRule(id: string, rules: readonly RuleDoc[], doors: Doors): Promise<UserError> {
  const promised = await doors.ruleIds();
  if (promised.includes(id)) return new UserError(`the rule ${id} is not available in version ${doors.version} yet`);
  if (/^(?=.*\d)[0-9a-f]+$/i.test(id))
    return new UserError(`${id} is no whole fingerprint: it has 16 digits, as \`check\` prints them`);
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
