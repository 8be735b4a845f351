import { describe, expect, it } from 'vitest';
import { answers } from './map-answers.js';
import { compare, parseOld } from './map-compare.js';
import { renderMapCsv } from './map-csv.js';
import { renderMapDot } from './map-dot.js';
import { excerptOf } from './excerpt.js';
import { fold } from './map-fold.js';
import { layOut } from './map-layout.js';
import { renderMapMarkdown } from './map-markdown.js';
import { renderMapMermaid } from './map-mermaid.js';
import { buildMap } from './map-model.js';
import { renderMapSvg } from './map-svg.js';
import { renderMapText } from './map-text.js';
import { dataText, lettersText, listed } from './words.js';
import { jsonInScript, markup } from './markup.js';
import { renderJson } from './json.js';
import {
  cleanedResult,
  COVERED,
  EVIL,
  evilResult,
  flow,
  largeResult,
  mapContext,
  mapResult,
  smallResult,
} from './testing/map-sample.js';
import { PATH } from './testing/sample.js';

const small = smallResult();
const context = mapContext();
const nothing = mapResult([]);
// eslint-disable-next-line no-control-regex -- the very characters
const UNSAFE = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u202e]|\p{Surrogate}/u;

describe('model', () => {
  const model = buildMap(small.analysis);
  it('groups recipients by trust, sources by kind, and says what is done on the way', () => {
    expect(model.recipients.map((r) => `${r.trust} ${r.vendor}/${r.service}`)).toEqual([
      'own same-origin/http',
      'covered aws/s3',
      'uncovered openai/chat-completions',
      'uncovered openai/responses',
      'unknown unknown/http',
    ]);
    expect(model.sources.map((s) => `${s.kind} ${s.name}`).sort()).toEqual([
      'database Condition',
      'database Patient',
      'ehr Condition',
      'ehr Patient',
    ]);
    expect(model.processes.map((p) => [p.kind, p.removes.letters.join('')])).toEqual([
      ['as-is', ''],
      ['model', ''],
      ['deidentified', 'ABC'],
    ]);
  });
  it('counts each flow once at each edge, with the letters that this source gives', () => {
    for (const r of model.recipients)
      expect(model.edges.filter((e) => e.to === r.id).reduce((n, e) => n + e.flows.length, 0)).toBe(r.flows.length);
    const edge = model.edges.find((e) => e.id === 'source:ehr:Patient > process:as-is:');
    expect(edge && [dataText(edge), edge.flows]).toEqual(['A', [0, 4]]);
  });
  it('does not change the analysis and is the same every time', () => {
    expect(buildMap(small.analysis)).toEqual(model);
    expect(buildMap(nothing.analysis).flows).toEqual([]);
  });
});

describe('steps of de-identification', () => {
  const result = cleanedResult();
  const model = buildMap(result.analysis, result.cleanings);
  const edge = (from: string, to: string): string => {
    const found = model.edges.find((e) => e.from.includes(from) && e.to.includes(to));
    return found === undefined ? 'none' : `${String(found.trust)} −${dataText(found.removes)} ${dataText(found)}`;
  };
  it('are nodes between sources and recipients, even where nothing is left', () => {
    expect(model.processes.map((p) => [p.kind, p.by.join(), dataText(p.removes)])).toEqual([
      ['cleaned', 'deidentify', 'A + clinical'],
      ['cleaned', 'Redactor.redact', 'A + clinical'],
      ['as-is', '', 'no letter'],
      ['deidentified', 'noNames', 'A + clinical'],
    ]);
    expect(edge('Patient', 'deidentify')).toBe('null −no letter A');
    expect(edge('deidentify', 'anthropic')).toBe('deidentified −A + clinical no letter');
    expect(edge('noNames', 'openai')).toBe('uncovered −A + clinical C');
  });
  it('tell who gets such data only from who gets PHI as well, and leave the covered where they are', () => {
    expect(model.recipients.map((r) => `${r.trust} ${r.vendor} ${r.flows.length}`)).toEqual([
      'covered aws 1',
      'deidentified anthropic 1',
      'uncovered openai 3',
    ]);
  });
  it('carry no PHI in the answers, which say whose word it is', () => {
    const all = answers(result, model, context).map((a) => `${a.verdict}: ${a.short}. ${a.text}`);
    expect(all[0]).toContain('bad: 2 flows to 1 recipient.');
    expect(all[0]).toContain('Redactor.redact and deidentify are said to leave nothing in 3 more flows.');
    expect(all[2]).toContain('2 of 2 flows leave our own infrastructure, 0 under a BAA, 2 without.');
    expect(all[5]).toContain('No flow of PHI rests on an agreement');
    const only = { ...result, analysis: { ...result.analysis, flows: [] }, cleanings: result.cleanings.slice(1, 2) };
    const [where, who] = answers(only, buildMap(only.analysis, only.cleanings), context);
    expect([where?.verdict, where?.text]).toEqual([
      'open',
      'No flow of PHI to a recipient was seen. deidentify is said to leave nothing in 1 more flow.',
    ]);
    expect(who?.text).toContain('No vendor that receives PHI is without a BAA in force.');
  });
  it('stand in every format', () => {
    expect(renderMapText(result, context)).toMatch(
      /⬡ De-identified data only\n {2}anthropic messages +1 flow de-identified in full\n +from Patient and Condition; nothing left of A \+ clinical behind\n? +deidentify/,
    );
    const svg = renderMapSvg(result, context);
    for (const text of ['De-identified in full', 'by deidentify', 'nothing left (−A)', 'class="mark deidentified"'])
      expect(svg).toContain(text);
    expect(renderMapMermaid(result, context)).toContain(
      '{{"De-identified in full<br/>by deidentify<br/>removes A + clinical"}}:::cleans',
    );
    expect(renderMapMermaid(result, context)).toContain('-->|"nothing left of A + clinical (1 flow)"|');
    expect(renderMapDot(result, context)).toContain(
      'label="De-identified in full\\nby deidentify\\nremoves A + clinical", shape=hexagon',
    );
    const csv = renderMapCsv(result, context).split('\r\n');
    expect(csv[0]).toMatch(/,why,deidentified_flows$/);
    expect(csv.find((row) => row.startsWith('anthropic,'))).toMatch(/,de-identified data only,,[^]*,1$/);
    expect(csv.find((row) => row.startsWith('openai,'))).toMatch(/,not covered,[^]*,2,[^]*,1$/);
    const markdown = renderMapMarkdown(result, context);
    expect(markdown).toContain('| de-identified data only | partner | nothing left in 1 flow |');
    expect(markdown).toMatch(
      /\| noNames, called at src\/summarize.ts:42 \| seen in the code \| A \+ clinical \| C \| OpenAI API \| 1 \| – \|/,
    );
    const document = JSON.parse(renderJson(result.analysis, { findings: false, cleanings: result.cleanings })) as {
      deidentification: readonly { by: string; rest: string | null }[];
    };
    expect(document.deidentification.map((c) => [c.by, c.rest])).toEqual([
      ['deidentify', null],
      ['deidentify', null],
      ['Redactor.redact', null],
      ['noNames', 'f1'],
    ]);
    expect(renderJson(result.analysis)).not.toContain('deidentification');
  });
  it('are compared where the older document tells them', () => {
    const json = renderJson(result.analysis, { findings: false, cleanings: result.cleanings });
    const old = parseOld(json);
    const before = parseOld(renderJson(result.analysis));
    if (typeof old === 'string' || typeof before === 'string') throw new Error('unreadable');
    const fewer = { ...result, cleanings: result.cleanings.slice(1) };
    expect(renderMapText(fewer, mapContext({ changes: compare(fewer.analysis, old, fewer.cleanings) }))).toContain(
      'gone: src/summarize.ts:42 to openai chat-completions, de-identified in full by deidentify',
    );
    expect(compare(result.analysis, { ...old, cleanings: [] }, result.cleanings).added).toEqual(
      new Set(['c1', 'c2', 'c3']),
    );
    expect(compare(result.analysis, before, result.cleanings).added).toEqual(new Set());
    expect(parseOld(json.replace('"by": "deidentify"', '"by": 1'))).toContain('is no document of');
  });
});

describe('words', () => {
  it('shortens letters and lists', () => {
    expect(lettersText(['A', 'B', 'C', 'E', 'F', 'R'])).toBe('A–C E F R');
    expect(dataText({ letters: [], kinds: [] })).toBe('no letter');
    expect(listed(['a', 'b', 'c'])).toBe('a, b and c');
    expect(listed(['a', 'b', 'c', 'd'], 3)).toBe('a, b and 2 more');
  });
  it('escapes for markup and for scripts', () => {
    expect(markup(EVIL)).not.toMatch(/[<>"'`]/);
    expect(jsonInScript({ EVIL })).not.toMatch(/[<>]/);
    expect(JSON.parse(jsonInScript({ a: '</script>' }))).toEqual({ a: '</script>' });
  });
});

describe('fold', () => {
  const model = buildMap(largeResult(60, 2000).analysis);
  it('keeps one page readable and loses no flow', () => {
    const folded = fold(model);
    expect(model.recipients).toHaveLength(60);
    expect(folded.recipients.length).toBeLessThanOrEqual(30);
    const flows = new Set(folded.recipients.flatMap((r) => r.flows));
    expect(flows.size).toBe(2000);
    expect(folded.recipients.reduce((n, r) => n + r.folded, 0)).toBe(60);
    const ids = new Set([...folded.sources, ...folded.processes, ...folded.recipients].map((n) => n.id));
    for (const e of folded.edges) expect(ids.has(e.from) && ids.has(e.to)).toBe(true);
  });
  it('leaves alone what fits', () => {
    const fits = buildMap(small.analysis);
    expect(fold(fits)).toBe(fits);
  });
});

describe('layout', () => {
  it.each([3, 60])('of %s recipients overlaps nowhere and stays inside', (n) => {
    for (const dense of [false, true]) {
      const layout = layOut(buildMap(largeResult(n, n * 30).analysis), dense);
      for (const column of [layout.sources, layout.processes, layout.recipients]) {
        const boxes = [...column].sort((a, b) => a.y0 - b.y0);
        boxes.forEach((b, i) => {
          expect(b.y1).toBeLessThanOrEqual(layout.height);
          expect(b.y0).toBeGreaterThanOrEqual((boxes[i - 1]?.y1 ?? 0) - 0.2);
        });
      }
      for (const e of layout.edges) expect(e.width).toBeGreaterThanOrEqual(1.5);
    }
  });
});

describe('formats', () => {
  it('svg: a picture by itself, every trust with a shape and a dash', () => {
    const svg = renderMapSvg(small, context);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
    for (const trust of ['own', 'covered', 'uncovered', 'unknown']) expect(svg).toContain(`class="mark ${trust}"`);
    expect(svg).toContain('until 2028-03-01');
    expect(svg).toContain('removes A–C');
    expect(svg).toContain('(−A–C)');
    expect(renderMapSvg(nothing, context)).toContain('No flow of PHI');
    expect(renderMapSvg(evilResult(), context)).not.toMatch(/<img|<script/);
  });
  it('dot: a digraph', () => {
    const dot = renderMapDot(small, context);
    expect(dot).toMatch(/^digraph phitrace \{\n[^]*\n\}\n$/);
    expect(dot).toContain('"source:ehr:Patient" -> "process:as-is:" [label="A (2)"');
    for (const line of renderMapDot(evilResult(), context).split('\n'))
      expect((line.replace(/\\[^]/g, '').match(/"/g) ?? []).length % 2, line).toBe(0);
  });
  it('mermaid: names from the code are text only', () => {
    expect(renderMapMermaid(small, context)).toContain('p2{{"De-identified in part<br/>removes A–C"}}:::cleans');
    const evil = renderMapMermaid(evilResult(), context);
    expect(evil).not.toMatch(/<img|<script|%%|javascript:hacked\(\)"|`/);
    for (const line of evil.split('\n')) expect((line.match(/"/g) ?? []).length % 2, line).toBe(0);
  });
  it('csv: the registry, a row for each vendor and service with the dates of its agreement, no formula', () => {
    const [head = '', ...rows] = renderMapCsv(small, context).split('\r\n');
    expect(rows).toHaveLength(small.analysis.recipients.length + 1);
    const columns = head.split(',');
    const cellsOf = (start: string): Record<string, string> => {
      const cells = rows.find((row) => row.startsWith(start))?.split(',') ?? [];
      return Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']));
    };
    expect(cellsOf('aws,')).toMatchObject({
      vendor_name: 'Amazon Web Services',
      service: 's3',
      kind: 'partner',
      status: 'covered',
      other_data: 'free-text',
      call_sites: '1',
      phi_flows: '1',
      effective: '2025-03-01',
      expires: '2028-03-01',
      reviewed: '2026-10-20',
      training: 'excluded',
      regions: 'us-east-1',
    });
    expect(cellsOf('openai,OpenAI API,chat-completions')).toMatchObject({
      status: 'not covered',
      identifiers: 'A',
      effective: '',
      phi_sent_from: 'src/summarize.ts:42',
    });
    const formula = mapResult([flow({ vendor: '=cmd|x', why: '@SUM(1)' })]);
    expect(renderMapCsv(formula, context)).toMatch(/\n'=cmd\|x,[^]*,'@SUM\(1\),0\r/);
  });
  it('markdown: answers, diagram, tables', () => {
    const out = renderMapMarkdown(small, context);
    expect(out).toContain('# PHI data-flow map: Example Health');
    expect(out).toContain('```mermaid\nflowchart LR\n');
    expect(out).toContain(
      '| Amazon Web Services | s3: us-east-1 | covered | partner | free text | 1 | 1 | aws | 2025-03-01 | 2028-03-01 | 2026-10-20 |',
    );
    expect(renderMapMarkdown(evilResult(), context)).not.toMatch(/<img|<script/);
  });
  it('text: recipients by trust, then the answers', () => {
    const out = renderMapText(small, context);
    expect(out).toMatch(
      /⌂ Own infrastructure\n[^]*✓ Covered by a BAA\n[^]*✗ Not covered by a BAA\n[^]*\? Unknown recipient/,
    );
    expect(out).toContain('OpenAI API responses                1 flow: A + clinical');
    expect(out).toContain('A–C removed on some paths');
    expect(renderMapText(nothing, context)).toContain('No flow of PHI');
  });
  it('json: the document of check without findings', () => {
    expect(Object.keys(JSON.parse(renderJson(small.analysis, { findings: false })) as object)).not.toContain(
      'findings',
    );
  });
  it.each([renderMapText, renderMapCsv, renderMapMarkdown, renderMapMermaid, renderMapDot, renderMapSvg])(
    'no control, bidi or broken character (%#)',
    (render) => {
      expect(render(evilResult(), context)).not.toMatch(UNSAFE);
    },
  );
});

describe('answers', () => {
  const asked = (result = small, part = {}): string[] => {
    const at = mapContext(part);
    return answers(result, buildMap(result.analysis), at).map((a) => `${a.verdict}: ${a.short}. ${a.text}`);
  };
  it('answers six questions from the data', () => {
    const [where, who, leaves, audit, , change] = asked();
    expect(where).toContain('bad: 5 flows to 5 recipients. From the EHR (Patient and Condition) and the database');
    expect(where).toContain('De-identification takes A–C out of 1 flow, and leaves the rest in.');
    expect(who).toContain(
      'Covered for what they receive: Amazon Web Services (s3). PHI, and no BAA in force: OpenAI API.',
    );
    expect(leaves).toContain('4 of 5 flows leave our own infrastructure, 1 under a BAA, 3 without.');
    expect(audit).toMatch(/^open: Not proved/);
    expect(change).toContain('Amazon Web Services (1 flow: free text)');
  });
  it('tells use beyond the scope from no agreement at all', () => {
    const [, who] = asked(mapResult([flow({ ...COVERED }), flow({ vendor: 'aws', service: 'ses' })]));
    expect(who).toContain('bad: 1 vendor beyond scope.');
    expect(who).toContain('Also used beyond the scope of their BAA: Amazon Web Services.');
  });
  it('never calls anything good that was not looked at', () => {
    const all = asked(nothing, { terms: null });
    expect(all.filter((a) => a.startsWith('good'))).toEqual([]);
    expect(all[1]).toContain('There is no baa.yaml');
  });
});

describe('compare', () => {
  const old = JSON.parse(renderJson(small.analysis, { findings: false })) as Record<string, unknown>;
  const oldText = JSON.stringify(old);
  it('tells new, gone and turned flows and recipients', () => {
    const parsed = parseOld(oldText);
    if (typeof parsed === 'string') throw new Error(parsed);
    const now = mapResult([
      flow({ covered: true, why: 'covered by the agreement' }, { fingerprint: 'f1' }),
      flow({ vendor: 'slack', service: 'messaging' }, { fingerprint: 'new' }),
    ]);
    const changes = compare(now.analysis, parsed);
    expect([...changes.added]).toEqual(['new']);
    expect([...changes.won]).toEqual(['f1']);
    expect(changes.gone.map((f) => f.fingerprint)).toEqual(['f2', 'f3', 'f4', 'f5']);
    expect(changes.newRecipients).toEqual(['slack/messaging']);
    const text = renderMapText(now, mapContext({ changes }));
    expect(text).toContain('new recipient: slack/messaging');
    expect(text).toContain('cover won: src/summarize.ts:42 to openai chat-completions');
    expect(renderMapCsv(now, mapContext({ changes }))).toMatch(
      /\nslack,[^]*,new\r\nopenai,[^]*,1 newly covered flow\r\naws,,s3,[^]*,gone\r\n/,
    );
    expect(renderMapMarkdown(now, mapContext({ changes }))).toContain('## Changes since 2026-11-22');
  });
  it.each([
    ['no', 'is no JSON'],
    ['[]', 'is no document'],
    ['{"schemaVersion":2}', 'schema version 1'],
    ['{"schemaVersion":1,"asOf":"2026-01-01","flows":[{}]}', 'is no document of'],
  ])('refuses %s', (text, why) => {
    expect(parseOld(text)).toContain(why);
  });
});

describe('excerpts', () => {
  const lines: Readonly<Record<number, string>> = {
    1: '  const note = build("Maria Gonzalez, dizzy since May"); // Maria again',
    2: '  send(`Dear ${patient.name},',
    3: '  Maria Gonzalez is a good example of this;',
  };
  const read = (_file: string, line: number): string | null => lines[line] ?? null;
  it('quote the step, and of its neighbours code alone', () => {
    expect(excerptOf({ ...PATH[1]!, line: 2, endLine: 2 }, read)).toEqual({
      start: 1,
      lines: ['const note = build("…");', 'send(`Dear ${patient.name},'],
      from: 1,
      to: 1,
    });
    expect(excerptOf({ ...PATH[1]!, line: 9, endLine: 9 }, read)).toBeNull();
  });
});
