/** What the manifest says in so many words, for the map: the analysis tells verdicts, not terms. */
import { readFileSync } from 'node:fs';
import { knowledgeOf } from '../inputs.js';
import { findManifest } from '../manifest/find.js';
import { loadManifest } from '../manifest/load.js';
import { vocabularyOf } from '../manifest/vocabulary.js';
import type { MapTerms } from '../report/map-context.js';

/** Null if there is no manifest; the packs of the configuration count. Its mistakes are told by the analysis, which reads it first. */
export function termsOf(dir: string, manifest: string | undefined, config: string | undefined): MapTerms | null {
  const path = manifest ?? findManifest(dir);
  if (path === null) return null;
  const loaded = loadManifest(readFileSync(path, 'utf8'), path, vocabularyOf(knowledgeOf(dir, config))).manifest;
  if (loaded === null) return null;
  const { organization, agreements, deidentifiers } = loaded;
  return { organization, agreements, deidentifiers };
}
