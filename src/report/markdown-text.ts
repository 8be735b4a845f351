/** Names and code come from scanned files: in Markdown they are text, whatever they hold. */
import { printable, wellFormed } from './escape.js';

/** Text in which nothing is markup, mention or table cell. */
export function plainMarkdown(text: string): string {
  return withoutTags(text)
    .replace(/[\\`*_[\]|#~]/g, '\\$&')
    .replace(/@/g, '@\u200b');
}

/** Text in which no tag begins. */
export function withoutTags(text: string): string {
  return wellFormed(printable(text)).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
