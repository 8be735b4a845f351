/** Rows for a spreadsheet (RFC 4180). */
import { printable, wellFormed } from './escape.js';

export function csv(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

/** A cell that a spreadsheet would take for a formula gets an apostrophe. */
function cell(text: string): string {
  const safe = wellFormed(printable(text));
  const plain = /^[=+\-@]/.test(safe) ? `'${safe}` : safe;
  return /[",;]/.test(plain) || plain !== plain.trim() ? `"${plain.replace(/"/g, '""')}"` : plain;
}
