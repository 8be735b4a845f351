/** Edits that an editor offers at a finding: only those that mend it by what the rule or the manifest itself says. */
import type { TSESLint, TSESTree } from '@typescript-eslint/utils';
import { deidentify } from './edit-deidentify.js';
import { removeFields } from './edit-fields.js';
import { followFix } from './edit-options.js';
import type { FileReport, Spot } from './report.js';
import type { Suggestion } from './suggestion.js';

export function suggestions(
  spot: Spot,
  report: FileReport,
  source: Readonly<TSESLint.SourceCode>,
): readonly Suggestion[] {
  const node = nodeAt(spot, source);
  if (node === null) return [];
  if (spot.finding.phi.length === 0) return followFix(spot, node, source);
  return [...removeFields(spot, node, source), ...deidentify(node, report, source)];
}

/** The smallest node that holds the whole place. */
function nodeAt({ place }: Spot, source: Readonly<TSESLint.SourceCode>): TSESTree.Node | null {
  if (place.endLine > source.lines.length) return null;
  const from = source.getIndexFromLoc({ line: place.line, column: place.column - 1 });
  const to = source.getIndexFromLoc({ line: place.endLine, column: place.endColumn - 1 });
  let node: TSESTree.Node | null | undefined = source.getNodeByRangeIndex(from);
  while (node && (node.range[0] > from || node.range[1] < to)) node = node.parent;
  return node ?? null;
}
