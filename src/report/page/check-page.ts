/** The script of the page of findings: it filters them and adds links to their places. Without it everything can be read. */
import type { PageLinks } from './data.js';
import { element, linksTo } from './links.js';

const to = JSON.parse(element('page-data').textContent) as PageLinks;
const search = document.getElementById('search') as HTMLInputElement | null;
/** Only there if recipients of both kinds are. */
const kind = document.getElementById('kind') as HTMLSelectElement | null;
const severities = [...document.querySelectorAll<HTMLInputElement>('input[name=severity]')];
const findings = [...document.querySelectorAll<HTMLDetailsElement>('details.finding')];
/** What a search looks through, by finding. */
const haystacks = findings.map((f) => f.textContent.toLowerCase());
const openAll = document.getElementById('open-all');

function filter(): void {
  const asked = (search?.value ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((w) => w !== '');
  const off = new Set(severities.filter((s) => !s.checked).map((s) => s.value));
  let shown = 0;
  findings.forEach((f, i) => {
    f.hidden =
      off.has(f.dataset['severity'] ?? '') ||
      (kind !== null && kind.value !== '' && f.dataset['kind'] !== kind.value) ||
      !asked.every((w) => haystacks[i]?.includes(w));
    if (!f.hidden) shown++;
  });
  for (const group of document.querySelectorAll<HTMLElement>('section.findings'))
    group.hidden = group.querySelector('details:not([hidden])') === null;
  element('status').textContent =
    shown === findings.length ? `${findings.length} findings` : `${shown} of ${findings.length} findings shown`;
}

/** Links are added when a finding is opened for the first time. */
function addLinks(finding: HTMLDetailsElement): void {
  if (finding.dataset['linked'] === 'true') return;
  finding.dataset['linked'] = 'true';
  for (const where of finding.querySelectorAll<HTMLElement>('.where')) {
    const { file = '', line, column } = where.dataset;
    for (const a of linksTo(to, file, Number(line), Number(column))) where.append(' ', a);
  }
}

function openEach(open: boolean): void {
  for (const f of findings) f.open = open;
  openAll?.setAttribute('aria-pressed', String(open));
}

for (const f of findings)
  f.addEventListener('toggle', () => {
    if (f.open) addLinks(f);
  });
search?.addEventListener('input', filter);
kind?.addEventListener('change', filter);
for (const s of severities) s.addEventListener('change', filter);
openAll?.addEventListener('click', () => {
  openEach(openAll.getAttribute('aria-pressed') !== 'true');
});
// Paper cannot be unfolded.
addEventListener('beforeprint', () => {
  openEach(true);
});
const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
if (named instanceof HTMLDetailsElement) named.open = true;
else if (findings[0] !== undefined) findings[0].open = true;
if (document.getElementById('controls') !== null) {
  element('controls').hidden = false;
  filter();
}
document.documentElement.dataset['ready'] = 'true';
