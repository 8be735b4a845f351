import type { Knowledge } from '../src/knowledge/index.js';
import type { Totals } from '../conformance/totals.mjs';

export function countsTable(store: Knowledge, result: Totals): string;
export function withCounts(readme: string, table: string): string;
