/** `phitrace map`: every flow of PHI to every recipient, as a picture, a page or a table. */
import { readFileSync } from 'node:fs';
import { renderJson } from '../report/json.js';
import { compare, parseOld, type OldDocument } from '../report/map-compare.js';
import type { MapContext, RenderMap } from '../report/map-context.js';
import { renderMapCsv } from '../report/map-csv.js';
import { renderMapDot } from '../report/map-dot.js';
import { renderMapMarkdown } from '../report/map-markdown.js';
import { renderMapMermaid } from '../report/map-mermaid.js';
import { renderMapText } from '../report/map-text.js';
import type { PageLinks } from '../report/page.js';
import { shown } from '../manifest/words.js';
import { analyse, type ExitStatus, partialStatus, writeOutput } from './check.js';
import type { Doors } from './doors.js';
import { UserError } from './failure.js';
import { colorLevel, columnsOf, type Io } from './io.js';
import { dayOf, existingFile, folder, oneOf, outputFile, pairOutputs, positive, type OutputWord } from './options.js';
import { pageLinks } from './page-links.js';
import { ofKind, RECIPIENT_KINDS } from './recipient-kind.js';

/** As commander hands them over. */
export interface MapOptions {
  readonly manifest?: string;
  readonly config?: string;
  readonly compare?: string;
  readonly recipients?: string;
  readonly today?: string;
  readonly allowPartial?: boolean;
  readonly cache: boolean;
  readonly jobs?: string;
  readonly quiet?: boolean;
}

export const MAP_FORMATS = ['text', 'json', 'mermaid', 'dot', 'svg', 'html', 'csv', 'markdown'] as const;
type MapFormat = (typeof MAP_FORMATS)[number];

/** The picture and the page bring the layout engine with them: loaded when they are asked for. */
const RENDERERS: Readonly<Record<MapFormat, () => Promise<RenderMap>>> = {
  text: () => Promise.resolve(renderMapText),
  json: () => Promise.resolve(({ analysis, cleanings }) => renderJson(analysis, { findings: false, cleanings })),
  mermaid: () => Promise.resolve(renderMapMermaid),
  dot: () => Promise.resolve(renderMapDot),
  svg: async () => (await import('../report/map-svg.js')).renderMapSvg,
  html: async () => (await import('../report/map-html.js')).renderMapHtml,
  csv: () => Promise.resolve(renderMapCsv),
  markdown: () => Promise.resolve(renderMapMarkdown),
};

export async function map(
  dir: string,
  options: MapOptions,
  words: readonly OutputWord[],
  doors: Doors,
  io: Io,
): Promise<ExitStatus> {
  const kind = options.recipients === undefined ? null : oneOf('recipients', options.recipients, RECIPIENT_KINDS);
  const today = dayOf(options.today, io);
  const outputs = pairOutputs(words, MAP_FORMATS, 'text').map(({ format, file }) => ({
    format,
    file: file === null ? null : outputFile(io.cwd, file),
  }));
  if (options.jobs !== undefined) positive('--jobs', options.jobs);
  const root = folder(io.cwd, dir);
  const manifest = options.manifest === undefined ? undefined : existingFile(io.cwd, '--manifest', options.manifest);
  const config = options.config === undefined ? undefined : existingFile(io.cwd, '--config', options.config);
  const old = options.compare === undefined ? null : oldDocument(io.cwd, options.compare);

  const whole = await analyse(doors, io, options.quiet === true, { dir: root, manifest, config, today });
  const result = kind === null ? whole : ofKind(whole, kind);
  const vendors = await doors.vendors({ dir: root, config });
  const context: Omit<MapContext, 'text' | keyof PageLinks> = {
    terms: await doors.terms(root, manifest, config),
    vendors: Object.fromEntries(vendors.map((v) => [v.id, v.name])),
    rules: await doors.rules(),
    changes: old === null ? null : compare(result.analysis, old, result.cleanings),
  };
  for (const { format, file } of outputs) {
    const render = await RENDERERS[format]();
    const text = render(result, { ...context, ...pageLinks(io, root, file), text: screen(file, io) });
    if (file === null) await io.stdout.write(text);
    else writeOutput(file, text);
  }
  return await partialStatus(result, options.allowPartial === true, io);
}

function screen(file: string | null, io: Io): MapContext['text'] {
  return file === null
    ? { color: colorLevel(io.stdout, io.env), width: columnsOf(io.stdout, io.env) }
    : { color: 0, width: 100 };
}

function oldDocument(cwd: string, word: string): OldDocument {
  const old = parseOld(readFileSync(existingFile(cwd, '--compare', word), 'utf8'));
  if (typeof old === 'string') throw new UserError(`--compare: ${shown(word)} ${old}`);
  return old;
}
