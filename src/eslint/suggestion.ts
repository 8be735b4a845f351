/** The words that rules and their suggestions have in common. */
import type { TSESLint } from '@typescript-eslint/utils';

export type MessageId = 'finding' | 'unusable' | 'setOption' | 'addIntegration' | 'removeField' | 'deidentify';
export type Suggestion = TSESLint.SuggestionReportDescriptor<MessageId>;
