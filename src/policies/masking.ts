/** The one function through which quoted code passes: literals shaped like identifiers or keys are replaced. */

const MASK = '***';

/** Shapes of values that may tell who somebody is, or open a door. Applied to the text of a line, names included. */
const SHAPES: readonly RegExp[] = [
  // E-mail addresses.
  /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g,
  // Social security, telephone, member and record numbers; dates of birth; anything with five or more digits in a row.
  /\b\d{3}-\d{2}-\d{4}\b/g,
  /(?:\+?1[-. ]?)?\(?\b\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b/g,
  /\b(?:19|20)\d{2}[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])\b/g,
  /\b(?:0?[1-9]|1[0-2])[/.-](?:0?[1-9]|[12]\d|3[01])[/.-](?:19|20)\d{2}\b/g,
  /\b(?!0x)[A-Za-z]{0,4}[-_]?\d{5,}\b/g,
  // Keys and tokens: known prefixes, credentials in URLs, long mixed runs.
  /\b(?:sk|pk|rk|ghp|gho|xox[abps]|AKIA|ASIA|AIza|SG|lsv2|phc|pcsk|hf)[-_][\w-]{8,}\b/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g,
  /\bAIza[\w-]{20,}/g,
  /\beyJ[\w-]{10,}(?:\.[\w-]+)*/g,
  /(?<=:\/\/)[^\s/@'"`]+(?=@)/g,
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi,
];

/** Longer than any name people write, with digits in it: a token. */
const TOKEN = /(?<=['"`])[A-Za-z0-9+/_=-]{24,}(?=['"`])/g;

/** A piece of code as it may be printed. Masking twice changes nothing. */
export function maskCode(text: string): string {
  let masked = text;
  for (const shape of SHAPES) masked = masked.replace(shape, MASK);
  return masked.replace(TOKEN, (token) => (/\d/.test(token) && /[A-Za-z]/.test(token) ? MASK : token));
}
