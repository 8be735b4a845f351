/**
 * `check --format html`: the findings as one page, for people who have no access to the code. Everything stands in the
 * markup itself, so that it can be read and printed without the script, which only filters and adds links.
 */
import type { AnalysisResult, FindingJson, Severity } from '../analysis.js';
import { excerptOf } from './excerpt.js';
import { byGravity } from './gravest.js';
import { counted } from './layout.js';
import { jsonInScript, markup } from './markup.js';
import { kindFilter, page, pageFoot, pageHead, pageWarnings, type PageLinks } from './page.js';
import type { RuleDoc } from './rule-doc.js';
import { SEVERITIES } from './severity.js';
import { section, tableHtml } from './table.js';
import { dataOf, dataText, KIND_WORDS, listed, placesOf } from './words.js';

/** Characters of code that one page quotes. */
const MOST_CODE = 1_000_000;

const TITLES: Readonly<Record<Severity, { readonly title: string; readonly sign: string }>> = {
  error: { title: 'Errors', sign: '✗' },
  warning: { title: 'Warnings', sign: '!' },
  note: { title: 'Notes', sign: 'i' },
};

export function renderCheckHtml(result: AnalysisResult, rules: readonly RuleDoc[], links: PageLinks): string {
  const { analysis } = result;
  const docs = new Map(rules.map((r) => [r.id, r]));
  const code = new Quoted(result.excerpt);
  const active = byGravity(analysis.findings.filter((f) => f.suppressed === null));
  // The name of the folder, and no path of the machine around it.
  const name = analysis.root.split('/').findLast((word) => word !== '' && word !== '.' && word !== '..');
  const title = `PHI findings${name === undefined ? '' : `: ${name}`}`;
  return page({
    title,
    kind: 'check-page',
    scripts: ['links', 'check-page'],
    body: [
      pageHead(result, title),
      '<main>',
      pageWarnings(result),
      counts(analysis.summary),
      summary(active),
      controls(active),
      ...SEVERITIES.map((severity) =>
        group(
          severity,
          active.filter((f) => f.severity === severity),
          docs,
          code,
        ),
      ),
      byRule(active, docs),
      accepted(analysis.findings.filter((f) => f.suppressed !== null)),
      '</main>',
      pageFoot(result),
    ],
    data: `<script type="application/json" id="page-data">${jsonInScript({ fromPage: links.fromPage, repository: links.repository })}</script>`,
  });
}

function counts({ errors, warnings, notes, suppressed }: AnalysisResult['analysis']['summary']): string {
  const items = [
    ['error', errors, 'Errors', 'stop the gate by default'],
    ['warning', warnings, 'Warnings', 'to be looked at'],
    ['note', notes, 'Notes', 'to be known'],
    ['accepted', suppressed, 'Accepted', 'by comment, baseline or manifest'],
  ] as const;
  const boxes = items.map(
    ([kind, n, name, means]) =>
      `<li class="${kind}"><b>${n}</b><span>${name}<br> <span class="soft">${means}</span></span></li>`,
  );
  return `<ul class="counts" aria-label="Findings by severity">${boxes.join('')}</ul>`;
}

/** What matters most, in one sentence. */
function summary(active: readonly FindingJson[]): string {
  const [first] = active.filter((f) => f.severity === 'error');
  if (active.length === 0) return '<p class="lead">No findings.</p>';
  const bare = active.filter((f) => f.severity === 'error' && f.recipient !== null && !f.recipient.covered);
  const names = (kind: 'partner' | 'incidental'): string[] => [
    ...new Set(
      bare.flatMap((f) => (f.recipient?.kind === kind ? [`${f.recipient.vendor} ${f.recipient.service}`] : [])),
    ),
  ];
  const told = [
    names('partner').length > 0 ? `PHI goes without cover to ${listed(names('partner'), 6)}.` : '',
    names('incidental').length > 0 ? `Side channels that get it as well: ${listed(names('incidental'), 6)}.` : '',
    first === undefined ? 'Nothing reaches the severity of an error.' : '',
  ].filter((t) => t !== '');
  return `<p class="lead">${markup(told.join(' '))}</p>`;
}

function controls(active: readonly FindingJson[]): string {
  if (active.length < 2) return '';
  const boxes = SEVERITIES.filter((s) => active.some((f) => f.severity === s)).map(
    (s) =>
      `<label><input type="checkbox" name="severity" value="${s}" checked> ${TITLES[s].title.toLowerCase()}</label>`,
  );
  const kind = kindFilter('Recipient', new Set(active.flatMap((f) => f.recipient?.kind ?? [])));
  return `<div class="controls" id="controls" role="search" aria-label="Filter the findings" hidden><label>Search <input type="search" id="search" placeholder="rule, vendor, data, file …" autocomplete="off"></label>${kind}<div class="boxes" role="group" aria-label="Severities">${boxes.join('')}</div><button type="button" id="open-all" aria-pressed="false">Open all</button><span id="status" role="status"></span></div>`;
}

function group(
  severity: Severity,
  findings: readonly FindingJson[],
  docs: ReadonlyMap<string, RuleDoc>,
  code: Quoted,
): string {
  if (findings.length === 0) return '';
  const { title } = TITLES[severity];
  return `<section class="findings" data-severity="${severity}" aria-labelledby="${severity}s"><h2 id="${severity}s">${title}</h2>${findings
    .map((f) => finding(f, docs.get(f.ruleId), code))
    .join('')}</section>`;
}

function finding(f: FindingJson, doc: RuleDoc | undefined, code: Quoted): string {
  const { recipient: r } = f;
  const to = r === null ? '' : ` → ${r.vendor} ${r.service}`;
  const data = f.phi.length > 0 ? ` · ${dataText(dataOf(f.phi))}` : '';
  const more = f.places.length > 1 ? ` · ${counted(f.places.length, 'place')}` : '';
  const head = `<span class="tag ${f.severity}"><span aria-hidden="true">${TITLES[f.severity].sign}</span> ${f.severity}</span> <span class="head">${markup(f.ruleId)}${markup(to)}</span> <span class="soft">${markup(`${f.file}:${f.line}${data}${more}`)}</span>`;
  const path =
    f.path.length === 0 ? '' : `<h3>Path</h3><ol class="path">${f.path.map((s) => step(s, code)).join('')}</ol>`;
  return `<details class="flow finding" id="${markup(f.fingerprint)}" data-severity="${f.severity}" data-kind="${r?.kind ?? ''}"><summary>${head}</summary><p class="message">${markup(f.message)}</p>${facts(f, doc)}${path}</details>`;
}

function facts(f: FindingJson, doc: RuleDoc | undefined): string {
  const { recipient: r } = f;
  const others = f.places.filter((p) => p.file !== f.file || p.line !== f.line || p.column !== f.column);
  const rows: readonly (readonly [string, string])[] = [
    [
      'Data',
      f.phi
        .map((p) => `${p.via} (${[p.letter, p.category, p.sensitive].filter((w) => w !== null).join(' ')})`)
        .join(', '),
    ],
    ['Removed on every path', f.removed.join(' ')],
    [
      'Recipient',
      r === null
        ? ''
        : [`${r.vendor} ${r.service}`, ...placesOf(r), r.kind === 'incidental' ? KIND_WORDS.incidental : '']
            .filter((w) => w !== '')
            .join(', '),
    ],
    ['Cover', r?.why ?? ''],
    ['Confidence', f.confidence],
    // Most messages say what to do themselves; law and question stand in the table of rules.
    ['What to do', doc === undefined || f.message.includes(doc.fix.trim()) ? '' : doc.fix.trim()],
    ['Fingerprint', f.fingerprint],
  ];
  const told = rows
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `<dt>${name}</dt><dd>${markup(value)}</dd>`);
  const also =
    others.length === 0
      ? ''
      : `<dt>Also at</dt><dd>${others.map((p) => where(p.file, p.line, p.column)).join(', ')}</dd>`;
  return `<dl class="facts"><dt>Place</dt><dd>${where(f.file, f.line, f.column)}</dd>${told.join('')}${also}</dl>`;
}

const STEP_WORDS = { source: 'Source', step: 'Step', sink: 'Outbound call' } as const;

function step(s: FindingJson['path'][number], code: Quoted): string {
  return `<li class="${s.kind}"><span class="kind">${STEP_WORDS[s.kind]}</span> ${where(s.file, s.line, s.column)}<p>${markup(s.text)}</p>${code.of(s)}</li>`;
}

/** A place; the script adds links to it. */
function where(file: string, line: number, column: number): string {
  return `<span class="where" data-file="${markup(file)}" data-line="${line}" data-column="${column}"><code>${markup(`${file}:${line}`)}</code></span>`;
}

/** Quotes code as long as there is room for it. */
class Quoted {
  private room = MOST_CODE;

  constructor(private readonly excerpt: AnalysisResult['excerpt']) {}

  of(s: FindingJson['path'][number]): string {
    const quoted = this.room > 0 ? excerptOf(s, this.excerpt) : null;
    if (quoted === null) return '';
    this.room -= quoted.lines.reduce((n, line) => n + line.length, 0);
    const lines = quoted.lines.map((text, i) => {
      const tag = i >= quoted.from && i <= quoted.to ? 'mark' : 'span';
      return `<span class="number">${String(quoted.start + i).padStart(5)}</span><${tag} class="code">${markup(text)}</${tag}>\n`;
    });
    return `<pre tabindex="0" role="group" aria-label="${markup(`Code of ${s.file} at line ${s.line}`)}">${lines.join('')}</pre>`;
  }
}

function byRule(active: readonly FindingJson[], docs: ReadonlyMap<string, RuleDoc>): string {
  const ids = [...new Set(active.map((f) => f.ruleId))].sort();
  return tableHtml({
    id: 'rules',
    title: 'Rules',
    about: 'The rules that these findings come from, and the law that they rest on.',
    head: ['Rule', 'Question', 'Findings', 'Legal basis', 'What to do'],
    rows: ids.map((id) => [
      id,
      docs.get(id)?.question ?? '',
      String(active.filter((f) => f.ruleId === id).length),
      docs
        .get(id)
        ?.basis.map((b) => b.cite)
        .join('; ') ?? '',
      docs.get(id)?.fix.trim() ?? '',
    ]),
    numbers: [2],
  });
}

function accepted(findings: readonly FindingJson[]): string {
  if (findings.length === 0)
    return section({ id: 'accepted', title: 'Accepted findings', about: 'Nothing has been accepted.' }, '');
  return tableHtml({
    id: 'accepted',
    title: 'Accepted findings',
    about: 'Known and taken on by somebody; they do not decide the exit status.',
    head: ['Rule', 'Place', 'By', 'Reason', 'Until'],
    rows: findings.map((f) => [
      f.ruleId,
      `${f.file}:${f.line}`,
      f.suppressed?.by ?? '',
      f.suppressed?.reason ?? '',
      f.suppressed?.until ?? '–',
    ]),
  });
}
