/** A table as rows of plain text; pages and Markdown dress it. */
import { markup } from './markup.js';
import { plainMarkdown } from './markdown-text.js';

/** What colours a cell besides its word: a trust of the map, or a state of the readiness card. */
type Tag = string | null;

export interface Table {
  readonly id: string;
  readonly title: string;
  /** What it is, and what it is not. */
  readonly about: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Tag of each row and the column that wears it, where rows have one. */
  readonly tags?: { readonly column: number; readonly of: readonly Tag[] };
  /** Columns that hold numbers. */
  readonly numbers?: readonly number[];
}

/** Cells longer than this may be broken anywhere; words of shorter ones stay whole. */
const LOOSE = 24;

export function tableHtml(t: Table): string {
  const numbers = new Set(t.numbers ?? []);
  const rows = t.rows.map((row, r) => {
    const tag = t.tags?.of[r] ?? null;
    const cells = row.map((text, i) => {
      if (i === 0) return `<th scope="row">${markup(text)}</th>`;
      if (i === t.tags?.column && tag !== null)
        return `<td><span class="tag ${tag}${text.length > 14 ? ' long' : ''}">${markup(text)}</span></td>`;
      return `<td${classOf(text, numbers.has(i))}>${foldable(text)}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  const head = t.head.map((h, i) => `<th scope="col"${numbers.has(i) ? ' class="number"' : ''}>${markup(h)}</th>`);
  return section(t, rows.length === 0 ? '<p>None.</p>' : scrolled(t.title, head.join(''), rows.join('')));
}

function classOf(text: string, number: boolean): string {
  if (number) return ' class="number"';
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return ' class="date"';
  return text.length > LOOSE ? ' class="loose"' : '';
}

/** A path may be broken after each folder, rather than in the middle of a name. */
export function foldable(text: string): string {
  return markup(text).replaceAll('/', '/<wbr>');
}

/** The rows of a table in a frame that scrolls by itself on a narrow screen. */
export function scrolled(title: string, head: string, body: string): string {
  return `<div class="scroll" tabindex="0" role="region" aria-label="Table: ${markup(title)}"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** An appendix of a page, with its heading. */
export function section({ id, title, about }: Pick<Table, 'id' | 'title' | 'about'>, body: string): string {
  return `<section class="appendix" aria-labelledby="${id}"><h2 id="${id}">${markup(title)}</h2><p class="about">${markup(about)}</p>${body}</section>`;
}

export function tableMarkdown(t: Table): string[] {
  const head = [`## ${plainMarkdown(t.title)}`, '', plainMarkdown(t.about), ''];
  if (t.rows.length === 0) return [...head, 'None.', ''];
  const align = t.head.map((_, i) => (t.numbers?.includes(i) ? '---:' : '---'));
  return [
    ...head,
    `| ${t.head.map(plainMarkdown).join(' | ')} |`,
    `| ${align.join(' | ')} |`,
    ...t.rows.map((row) => `| ${row.map(plainMarkdown).join(' | ')} |`),
    '',
  ];
}
