/** Names and code come from scanned files: nothing in them may steer a terminal or reorder a line. */

/* eslint-disable no-control-regex -- control characters are just what these patterns are for */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
const UNSAFE_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
/* eslint-enable no-control-regex */

const code = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** One line that is safe to print: line breaks and tabs become spaces, other control and bidi characters are written out. */
export function printable(text: string): string {
  return text.replace(/[\t\r\n]+/g, ' ').replace(UNSAFE, code);
}

/** JSON text in which the same characters are escaped; it stays the same document. */
export function printableJson(json: string): string {
  return json.replace(UNSAFE_IN_JSON, code);
}

/** Halves of surrogate pairs (file names may hold them) become the replacement character. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
