/** What the scripts of all pages share: making elements, and links from a place in the code to editor and repository. */
import type { PageLinks } from './data.js';

export const element = (id: string): HTMLElement => document.getElementById(id) ?? document.body;

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  classes: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  if (classes !== '') node.className = classes;
  node.append(...children);
  return node;
}

/** Where the scanned folder lies on the reader's machine: known if the page was opened from a file near it. */
function folder({ fromPage }: PageLinks): string | null {
  if (location.protocol !== 'file:' || fromPage === null) return null;
  // `/C:/Users/x/` on Windows, `//server/share/` on a share.
  const { host, pathname } = new URL(`${encoded(fromPage)}/`, location.href);
  return host === '' ? pathname : `//${host}${pathname}`;
}

const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** `src/chart.ts:12`, with links to it as far as it is known where it can be opened. */
export function links(to: PageLinks, file: string, line: number, column: number): HTMLElement {
  const where = make('span', 'where', make('code', '', `${file}:${line}`));
  for (const link of linksTo(to, file, line, column)) where.append(' ', link);
  return where;
}

export function linksTo(to: PageLinks, file: string, line: number, column: number): HTMLAnchorElement[] {
  const all: HTMLAnchorElement[] = [];
  const base = folder(to);
  if (base !== null)
    all.push(
      link(
        `vscode://file${base}${encoded(file)}:${line}:${column}`,
        'editor',
        `Open ${file} line ${line} in the editor`,
      ),
    );
  if (to.repository !== null && /^https?:\/\//.test(to.repository))
    all.push(
      link(`${to.repository}${encoded(file)}#L${line}`, 'repository', `Open ${file} line ${line} in the repository`),
    );
  return all;
}

function link(href: string, text: string, name: string): HTMLAnchorElement {
  const a = make('a', '', text);
  a.href = href;
  a.rel = 'noreferrer noopener';
  a.setAttribute('aria-label', name);
  return a;
}
