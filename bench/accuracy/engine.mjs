/** Runs phitrace on a translated program and says which of its marked sinks are reached. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lowerFile } from '../../dist/facts/lower.js';
import { analyzeFlow } from '../../dist/flow/analyze.js';
import { healthKnowledge } from '../../dist/flow/types/health-knowledge.js';
import { createTypeSystem } from '../../dist/flow/types/system.js';
import { loadFhir } from '../../dist/knowledge/fhir.js';
import { loadLexicon } from '../../dist/knowledge/lexicon.js';
import { loadKnowledge } from '../../dist/knowledge/load.js';
import { openWorkspace } from '../../dist/workspace/open.js';

const pack = join(dirname(fileURLToPath(import.meta.url)), 'pack.yaml');
const knowledge = loadKnowledge({ packs: [{ path: 'pack.yaml', text: readFileSync(pack, 'utf8') }] });

/**
 * `files`: path → text. Gives `file:line:column` of every marked sink that PHI reaches. Asks the flow analysis itself:
 * findings fold what one call hands over, and name one of the sinks behind it.
 */
export function reached(files) {
  const dir = mkdtempSync(join(tmpdir(), 'phitrace-accuracy-'));
  try {
    writeFileSync(join(dir, 'package.json'), '{ "name": "suite", "version": "0.0.0" }\n');
    for (const [path, text] of files) {
      const to = join(dir, path);
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(to, text);
    }
    const workspace = openWorkspace(dir, { include: undefined, exclude: [] });
    const facts = new Map(workspace.code.map((f) => [f.path, lowerFile(workspace.read(f.path), f.variant)]));
    const code = workspace.code.map((f) => ({ path: f.path, facts: facts.get(f.path), role: f.role }));
    const types = (schemaShape) =>
      createTypeSystem({
        ...healthKnowledge(),
        file: (path) => facts.get(path) ?? null,
        files: () => code.map((f) => f.path),
        resolveImport: (from, specifier) => workspace.resolve(from, specifier),
        prisma: workspace.prisma,
        knownType: (id) => knowledge.type(id) !== null,
        schemaShape,
      });
    const { flows } = analyzeFlow({
      workspace,
      files: code,
      knowledge,
      types,
      fhir: loadFhir(),
      lexicon: loadLexicon(),
      deidentifiers: [],
    });
    const out = new Set();
    for (const f of flows) {
      if (f.recipient.vendor !== 'accuracy-bench') continue;
      const before = files.get(f.outbound.file).slice(0, f.outbound.span[0]).split('\n');
      out.add(`${f.outbound.file}:${before.length}:${before[before.length - 1].length + 1}`);
    }
    return out;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
