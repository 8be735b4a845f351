/** Names and code come from scanned files: in HTML and SVG they are text, whatever they hold. */
import { printable, wellFormed } from './escape.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Text of an element or of a quoted attribute. */
export function markup(text: string): string {
  return wellFormed(printable(text)).replace(/[&<>"'`]/g, (c) => ENTITIES[c] ?? c);
}

/** JSON inside of a `<script>`: nothing in it can end the element or begin a comment. */
export function jsonInScript(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
