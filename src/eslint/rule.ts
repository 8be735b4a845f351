/** One ESLint rule for one policy. It judges nothing itself: the whole-program analysis has, and this tells its places. */
import type { TSESLint, TSESTree } from '@typescript-eslint/utils';
import type { Severity, StepJson } from '../analysis.js';
import type { RuleDoc } from '../report/rule-doc.js';
import { reportOf, type Spot } from './report.js';
import type { RuleOptions } from './settings.js';
import type { MessageId } from './suggestion.js';
import { suggestions } from './suggestions.js';

export type Rule = TSESLint.RuleModule<MessageId, [RuleOptions?]>;

const SEVERITIES: readonly Severity[] = ['note', 'warning', 'error'];

export function ruleOf(doc: RuleDoc, docsUrl: string): Rule {
  return {
    meta: {
      type: 'problem',
      docs: { description: doc.question, url: docsUrl },
      hasSuggestions: true,
      schema: [
        {
          type: 'object',
          properties: { atLeast: { type: 'string', enum: [...SEVERITIES], description: 'leaves milder findings out' } },
          additionalProperties: false,
        },
      ],
      defaultOptions: [{ atLeast: 'note' }],
      messages: {
        finding: '{{message}}',
        unusable: 'phitrace cannot judge this project: {{why}}',
        setOption: 'Set {{option}}: {{value}}.',
        addIntegration: 'Add {{code}}.',
        removeField: 'Remove {{field}} from what is sent.',
        deidentify: 'Pass it through {{name}} first, the de-identifier that the manifest declares.',
      },
    },
    create: (context) => ({
      Program(node: TSESTree.Program) {
        const report = reportOf(context);
        if (report.failure !== null) {
          if (report.failureTold) return;
          report.failureTold = true;
          context.report({ node, loc: START, messageId: 'unusable', data: { why: report.failure } });
          return;
        }
        const atLeast = SEVERITIES.indexOf(context.options[0]?.atLeast ?? 'note');
        for (const spot of report.spots.get(doc.id) ?? []) {
          if (SEVERITIES.indexOf(spot.finding.severity) < atLeast) continue;
          context.report({
            node,
            loc: locOf(spot),
            messageId: 'finding',
            data: { message: messageOf(spot, doc) },
            suggest: suggestions(spot, report, context.sourceCode),
          });
        }
      },
    }),
  };
}

const START = { start: { line: 1, column: 0 }, end: { line: 1, column: 1 } };

/** ESLint counts columns from 0. */
function locOf({ place }: Spot): TSESTree.SourceLocation {
  return {
    start: { line: place.line, column: place.column - 1 },
    end: { line: place.endLine, column: place.endColumn - 1 },
  };
}

function messageOf({ finding, place }: Spot, doc: RuleDoc): string {
  const parts = [finding.message];
  if (place.path.length > 1) parts.push(`Path: ${pathText(place.path)}.`);
  const aside = [
    finding.severity === doc.severity.default ? null : finding.severity,
    finding.confidence === 'high' ? null : `${finding.confidence} confidence`,
  ].filter((word) => word !== null);
  if (aside.length > 0) parts.push(`(${aside.join(', ')})`);
  return parts.join(' ');
}

const MAX_STEPS = 8;

function pathText(path: readonly StepJson[]): string {
  const steps = path.map((step) => `${step.file}:${step.line} ${shorten(step.text)}`);
  if (steps.length <= MAX_STEPS) return steps.join(' → ');
  const left = steps.length - MAX_STEPS + 1;
  return [...steps.slice(0, 3), `… ${left} more …`, ...steps.slice(3 + left)].join(' → ');
}

/** The quoted code stands in the file anyway. */
function shorten(text: string): string {
  const colon = text.indexOf(': ');
  return colon < 0 ? text : text.slice(0, colon);
}
