/** `phitrace init`: look at the code, write a first manifest, and what CI, hooks and editors need. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Chalk } from 'chalk';
import type { AnalysisResult } from '../analysis.js';
import { baaText, draftManifest, recipientsFound, unknownDestinations, type Found } from '../init/manifest-draft.js';
import { eslintConfig, SNIPPET_IDS, SNIPPETS, type Snippet, type SnippetId } from '../init/snippets.js';
import { shown } from '../manifest/words.js';
import { printable } from '../report/escape.js';
import { gravest } from '../report/gravest.js';
import { counted, cut, padded, wrap } from '../report/layout.js';
import { analyse } from './check.js';
import type { Doors } from './doors.js';
import { UserError } from './failure.js';
import { installedTools } from './installed-tools.js';
import { colorLevel, columnsOf, type Io } from './io.js';
import { dayOf, folder, oneOf } from './options.js';

/** As commander hands them over. */
export interface InitOptions {
  readonly yes?: boolean;
  readonly with: readonly string[];
  readonly organization?: string;
  readonly today?: string;
}

const MANIFEST = 'baa.yaml';

export async function init(dir: string, options: InitOptions, doors: Doors, io: Io): Promise<void> {
  const root = folder(io.cwd, dir);
  const wanted = new Set(
    options.with.flatMap((words) => words.split(',')).map((word) => oneOf('--with', word.trim(), SNIPPET_IDS)),
  );
  const ask = options.yes === true ? null : io.ask;
  if (options.yes !== true && ask === null)
    throw new UserError('init asks questions, and there is no terminal to ask: give --yes');
  const result = await analyse(doors, io, false, { dir: root, today: dayOf(options.today, io) });
  const found = recipientsFound(result.analysis, await doors.vendors({ dir: root }));
  const say = (text: string): Promise<void> => io.stdout.write(`${text}\n`);
  await say(overview(result, found, io));

  if (existsSync(path.join(root, MANIFEST))) {
    await say(`${MANIFEST} is there already and stays as it is.`);
  } else {
    const organization =
      options.organization ?? (ask ? (await ask('Name of the organization (for the manifest): ')).trim() : '');
    const go =
      !ask || isYes(await ask(`Write ${MANIFEST} with ${counted(found.length, 'decision')} to take? [Y/n] `), true);
    if (go) {
      write(root, MANIFEST, draftManifest(found, organization === '' ? 'Your organization' : organization), false);
      await say(
        found.length === 0
          ? `wrote ${MANIFEST}, with nothing in it yet: no recipient was found.`
          : `wrote ${MANIFEST}: each entry is a decision to take, and covers nothing until it has a date.`,
      );
    }
  }
  for (const id of SNIPPET_IDS) {
    const snippet: Snippet = SNIPPETS[id];
    const isUsed = snippet.signs.some((sign) => existsSync(path.join(root, sign)));
    if (ask && wanted.size === 0) {
      const answer = await ask(`Add phitrace to ${snippet.title} (${snippet.file})? ${isUsed ? '[Y/n]' : '[y/N]'} `);
      if (isYes(answer, isUsed)) await say(place(root, id));
    } else if (wanted.has(id)) await say(place(root, id));
  }
  await say(next(result, io));
}

/** Writes a snippet into a new file; what is there already is the user's, so then it is shown instead. */
function place(root: string, id: SnippetId): string {
  const snippet: Snippet = SNIPPETS[id];
  const tools = id === 'eslint' ? installedTools(root) : null;
  const text = tools === null ? snippet.text : eslintConfig(tools.parser);
  const missing = [
    ...(tools?.eslint === false ? ['eslint'] : []),
    ...(tools?.parser === null ? ['typescript-eslint'] : []),
  ];
  const how = tools?.parser === null ? ' and, for TypeScript, take its two lines in' : '';
  const install = missing.length === 0 ? '' : `\n  to do: ${tools!.add} ${missing.join(' ')}${how}`;
  // One configuration of a tool is enough, whatever its file is called.
  const names = id === 'eslint' || id === 'lefthook' ? [snippet.file, ...snippet.signs] : [snippet.file];
  const there = names.find((name) => existsSync(path.join(root, name)));
  // A flat configuration beside the old one would switch the old one off.
  const old = id === 'eslint' ? OLD_ESLINT.find((name) => existsSync(path.join(root, name))) : undefined;
  if (there === undefined && old !== undefined)
    return `${old} is in ESLint's old format, which the plugin cannot be part of: \`npx @eslint/migrate-config ${old}\` turns it into an ${snippet.file}; then add this to it:\n\n${indent(text)}\n${install}`;
  if (there === undefined) {
    write(root, snippet.file, text, snippet.executable === true);
    return `wrote ${snippet.file}${install}`;
  }
  return `${there} is there already; add this to it:\n\n${indent(text)}\n${install}`;
}

const OLD_ESLINT = ['.eslintrc.json', '.eslintrc.js', '.eslintrc.cjs', '.eslintrc.yaml', '.eslintrc.yml', '.eslintrc'];

const indent = (text: string): string => text.trimEnd().replace(/^/gm, '    ');

function write(root: string, file: string, text: string, executable: boolean): void {
  const target = path.join(root, file);
  try {
    mkdirSync(path.dirname(target), { recursive: true });
    // Never over something that came into being in the meantime.
    writeFileSync(target, text, { flag: 'wx' });
    if (executable) chmodSync(target, 0o755);
  } catch (error) {
    throw new UserError(
      `${shown(file)} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
    );
  }
}

function isYes(answer: string, otherwise: boolean): boolean {
  const word = answer.trim().toLowerCase();
  return word === '' ? otherwise : word === 'y' || word === 'yes';
}

function overview(result: AnalysisResult, found: readonly Found[], io: Io): string {
  const paint = new Chalk({ level: colorLevel(io.stdout, io.env) });
  const width = columnsOf(io.stdout, io.env);
  const { summary } = result.analysis;
  const read = `Read ${counted(summary.files, 'file')}, ${counted(summary.lines, 'line')}: ${counted(result.details.sources, 'PHI source')}, ${counted(found.length, 'recipient')}.`;
  const hidden = unknownDestinations(result.analysis);
  const unknown =
    hidden === 0
      ? []
      : [`The destination of ${counted(hidden, 'call')} cannot be told from the code: environment files may name it.`];
  if (found.length === 0) return [read, ...unknown, ''].join('\n');
  const ids = Math.max(...found.map((one) => one.vendor.length), 9);
  const rows = found.map((one) => {
    const line = `  ${padded(printable(one.vendor), ids)}  ${padded(String(one.phiFlows), 9, 'right')}  ${one.known === null ? 'a host that is not in the catalogue' : baaText(one.known)}`;
    const text = cut(line, width);
    return one.phiFlows > 0 ? paint.red(text) : text;
  });
  const head = paint.dim(`  ${padded('recipient', ids)}  PHI flows  what is known of its BAA`);
  return [read, '', head, ...rows, ...unknown, ''].join('\n');
}

/** Columns of a command of what comes next. */
const STEP = 22;

function next(result: AnalysisResult, io: Io): string {
  const paint = new Chalk({ level: colorLevel(io.stdout, io.env) });
  const width = columnsOf(io.stdout, io.env);
  const grave = gravest(result.analysis.findings.filter((f) => f.path.length > 0));
  const first = grave ? `; begin with ${grave.file}:${grave.line}` : '; exit status 1 while there are errors';
  const steps = [
    ['phitrace check', `all findings${first}`],
    ['phitrace vendors <id>', 'what is known of a vendor, with source and date'],
    ['phitrace map --format html --output map.html', 'where PHI goes, on one page'],
  ] as const;
  const lines = steps.flatMap(([command, told]) => {
    const text = wrap(printable(told), Math.max(20, width - STEP - 4));
    // What does not fit beside a long command stands below it.
    const [first, rest] = command.length > STEP ? ['', text] : [text[0] ?? '', text.slice(1)];
    return [`  ${command.padEnd(STEP)}  ${first}`.trimEnd(), ...rest.map((line) => `  ${' '.repeat(STEP)}  ${line}`)];
  });
  return ['', paint.bold('Next'), ...lines].join('\n');
}
