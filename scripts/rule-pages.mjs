/** Writes docs/rules: a page a rule, from rules/policies. `--check`: only says which pages are out of date. */
import console from 'node:console';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';
import { ruleDocs } from '../dist/index.js';

const FOLDER = new URL('../docs/rules/', import.meta.url);
const FAMILIES = {
  egress: 'Where PHI goes',
  terms: 'On what terms',
  configuration: 'How monitors are configured',
  environments: 'Environments and data files',
  governance: 'Governance',
  self: 'About the analysis itself',
};

const block = (language, text) => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;

/** One block a file: a line `// file: path` begins the next. */
function code(language, text) {
  const [first, ...files] = text.split(/^[ \t]*(?:\/\/|#) file: (\S+)[ \t]*\n/m);
  const parts = first.trim() === '' ? [] : [block(language, first)];
  for (let i = 0; i + 1 < files.length; i += 2) {
    const extension = files[i].split('.').at(-1);
    parts.push(
      `\`${files[i]}\`:`,
      block(extension.startsWith('env') || files[i].startsWith('.env') ? 'sh' : extension, files[i + 1]),
    );
  }
  return parts.join('\n\n');
}

function page(rule) {
  const { id, question, severity, confidence, basis, fix, examples } = rule;
  const profiles = Object.entries(severity.profiles ?? {}).map(([profile, level]) => `${profile}: ${level}`);
  return [
    `# ${id}`,
    question,
    `**Severity:** ${severity.default} by default${profiles.length > 0 ? ` (${profiles.join(', ')})` : ''}. ${severity.varies}`,
    `**How sure:** ${confidence}`,
    '## Legal basis',
    basis.map(({ cite, says }) => `- ${cite}: ${says}`).join('\n'),
    '## What to do',
    fix,
    '## Reported',
    code(examples.language ?? 'ts', examples.bad),
    '## Not reported',
    code(examples.language ?? 'ts', examples.good),
    '## To accept a place',
    `In code: \`// phitrace-ignore-next-line ${id} -- the reason (until YYYY-MM-DD)\`. In \`baa.yaml\`: an entry under \`accept\`.`,
  ]
    .map((part) => part.trim())
    .join('\n\n');
}

function index(rules) {
  const parts = ['# Rules', 'Generated from rules/policies by `npm run docs`.'];
  for (const [family, title] of Object.entries(FAMILIES)) {
    const own = rules.filter((rule) => rule.family === family);
    if (own.length === 0) continue;
    parts.push(
      `## ${title}`,
      '| rule | default | question |\n|---|---|---|\n' +
        own
          .map((r) => `| [${r.id}](${r.id}.md) | ${r.severity.default} | ${r.question.replaceAll('|', '\\|')} |`)
          .join('\n'),
    );
  }
  return parts.join('\n\n');
}

const rules = [...ruleDocs()].sort((a, b) => (a.id < b.id ? -1 : 1));
const pages = new Map([['README.md', index(rules)], ...rules.map((rule) => [`${rule.id}.md`, page(rule)])]);
const check = process.argv.includes('--check');
mkdirSync(FOLDER, { recursive: true });
const stale = [];
for (const name of readdirSync(FOLDER)) {
  if (pages.has(name)) continue;
  stale.push(name);
  if (!check) rmSync(new URL(name, FOLDER));
}
for (const [name, text] of pages) {
  const file = fileURLToPath(new URL(name, FOLDER));
  if (existsSync(file) && readFileSync(file, 'utf8') === `${text}\n`) continue;
  stale.push(name);
  if (!check) writeFileSync(file, `${text}\n`);
}
if (check && stale.length > 0) {
  console.error(`docs/rules is out of date (${stale.join(', ')}): npm run docs`);
  process.exitCode = 1;
}
