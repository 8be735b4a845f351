/**
 * The frame of every page that phitrace writes: one file that needs nothing else and may load nothing else. The policy
 * in its head allows this very style sheet and this very script, by their hashes, and no address at all.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AnalysisResult } from '../analysis.js';
import { counted } from './layout.js';
import { markup } from './markup.js';
import { PAGE_STYLE } from './page-style.js';
import { KIND_WORDS } from './words.js';

/** Where links from a page lead. */
export interface PageLinks {
  /** Prefix of a file's page in the repository at the scanned commit (`https://…/blob/<commit>/apps/web/`). */
  readonly repository: string | null;
  /** The scanned folder as seen from the folder of the page, for links to the editor; null if the page goes to standard output. */
  readonly fromPage: string | null;
}

export interface Page {
  readonly title: string;
  /** Class of the body. */
  readonly kind: string;
  /** Compiled files of `page/`, in the order in which they need each other. */
  readonly scripts: readonly string[];
  /** Everything between the tags of the body, apart from scripts. */
  readonly body: readonly string[];
  /** Further elements after the body, such as data for the script. */
  readonly data: string;
}

export function page({ title, kind, scripts, body, data }: Page): string {
  const script = `\n${scripts.map(scriptOf).join('\n')}`;
  const policy = `default-src 'none'; style-src '${hash(PAGE_STYLE)}'; script-src '${hash(script)}'; base-uri 'none'; form-action 'none'`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${markup(title)}</title>`,
    `<style>${PAGE_STYLE}</style>`,
    '</head>',
    `<body class="${kind}">`,
    ...body,
    data,
    `<script type="module">${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** A file of `page/` as the build left it; the same place from src and from dist. Files of one page become one module, so their names must differ. */
function scriptOf(name: string): string {
  const text = readFileSync(new URL(`../../dist/report/page/${name}.js`, import.meta.url), 'utf8');
  return text
    .replace(/^\/\/# sourceMappingURL.*$/m, '')
    .replace(/^import .*;$/gm, '')
    .replace(/^export \{\};$/gm, '')
    .replace(/^export (?=async |function |const |class )/gm, '');
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** Title, day and size of what was read. */
export function pageHead({ analysis }: AnalysisResult, title: string): string {
  const { files, lines } = analysis.summary;
  const read = `${counted(files, 'file')}, ${counted(lines, 'line')} read`;
  return `<header><h1>${markup(title)}</h1><p class="soft">As of <b>${markup(analysis.asOf)}</b> · ${read} · phitrace ${markup(analysis.tool.version)}</p></header>`;
}

/** What every reader must know before the rest; nothing if there is nothing to warn of. */
export function pageWarnings({ analysis, details, partial }: AnalysisResult): string {
  const warnings = [
    ...(partial ? ['Some code was not analysed, so flows may be missing.'] : []),
    ...(details.manifest === null ? ['There is no baa.yaml: no vendor counts as covered.'] : []),
    ...(analysis.flows.length === 0 && details.sources === 0
      ? ['No PHI source was recognised in this folder: nothing could be traced.']
      : []),
  ];
  return warnings.length === 0 ? '' : `<p class="warning"><b>Note:</b> ${markup(warnings.join(' '))}</p>`;
}

export function pageFoot({ analysis }: AnalysisResult): string {
  return `<footer>Made by phitrace ${markup(analysis.tool.version)} from the code alone, as of ${markup(analysis.asOf)}. Evidence for a review, not legal advice and not proof of compliance. Names of data are names in the code; values are never read.</footer>`;
}

/** A choice between partners and side channels, where there are both; the script of the page looks for its id. */
export function kindFilter(label: string, kinds: ReadonlySet<string>): string {
  if (kinds.size < 2) return '';
  const options = (['partner', 'incidental'] as const).map((k) => `<option value="${k}">${KIND_WORDS[k]}s</option>`);
  return `<label>${label} <select id="kind"><option value="">any</option>${options.join('')}</select></label>`;
}
