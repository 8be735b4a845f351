/**
 * The one masking function for quoted code. A finding quotes lines of the scanned program; what looks like a
 * person's identifier or a key in them must not travel on into CI logs and pull requests.
 *
 * Inside string literals we mask by shape alone and generously; outside of them (identifiers, comments, the middle of
 * a template that began on another line) only what hardly occurs in code.
 */

const MASK = '•••';

/** Longer lines are generated code: what follows is not quoted. */
const MAX_CHARACTERS = 4000;

type Rule = readonly [pattern: RegExp, replacement: string];

/** Keys and identifiers that are what they are wherever they stand. */
const ANYWHERE: readonly Rule[] = [
  [/\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, MASK], // JWT
  [/\b(?:sk|pk|rk|lsv2|whsec|key|gsk|hf|ghp|gho|ghs|ghu|glpat|xai|pplx|phc|npm|shpat|dop)[-_][\w-]{14,}/g, MASK],
  [/\bgithub_pat_\w{20,}/g, MASK],
  [/\bxox[abeoprs]-[\w-]{8,}/g, MASK],
  [/\b(?:AKIA|ASIA|AROA|AIDA)[0-9A-Z]{12,}/g, MASK],
  [/\bAIza[\w-]{20,}/g, MASK],
  [/\bSG\.[\w-]{10,}\.[\w-]{10,}/g, MASK],
  [/\b(Bearer|Basic)\s+(?=[\w.~+/-]*\d)[\w.~+/-]{12,}=*/g, `$1 ${MASK}`],
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----.*/g, MASK],
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@'"`$]{3,200}@/gi, `$1${MASK}@`], // DSN, user:password@
  [/\b(?:AccountKey|SharedAccessKey|InstrumentationKey|sig)=[^;&\s'"`$]{8,}/g, MASK],
  [/[\w.%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.[a-z]{2,12}\b/gi, MASK], // e-mail
  [/\b\d{3}-\d{2}-\d{4}\b/g, MASK], // SSN
  [/(?<![\w.])(?:\+?1[-. ]?)?(?:\(\d{3}\)[-. ]?|\d{3}[-. ])\d{3}[-. ]\d{4}\b/g, MASK], // North American telephone
  [/(?<![\w.])\+\d{1,3}[-. ]?\(?\d{1,4}\)?(?:[-. ]?\d{2,4}){2,4}\b/g, MASK], // international telephone
  [
    /\b(?:mrn|ssn|member|patient|policy|medicare|account|chart)[ _-]?(?:id|no|number|#)?["'`]?\s*[:=#]\s*["'`]?\d{4,}/gi,
    MASK,
  ],
  [/(?<![\w.$])\d{9,}(?![\w.])/g, MASK],
];

/** Shapes that count inside string literals only. */
const IN_LITERALS: readonly Rule[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, MASK],
  [/\b[0-9a-f]{24,}\b/gi, MASK],
  [/(?<![\w/.-])(?=[\w+/-]*\d)(?=[\w+/-]*[a-z])(?=[\w+/-]*[A-Z])[\w+/-]{24,}={0,2}(?![\w/.-])/g, MASK],
  [/\b[1-9][A-HJ-NP-TV-Y][0-9A-HJ-NP-TV-Y]\d-?[A-HJ-NP-TV-Y][0-9A-HJ-NP-TV-Y]\d-?[A-HJ-NP-TV-Y]{2}\d{2}\b/gi, MASK], // MBI
  [/\b(?:18|19|20)\d{2}[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?!\d)/g, MASK],
  [/\b(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:(?:18|19|20)\d{2}|\d{2})\b/g, MASK],
  [/\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.? \d{1,2},? (?:19|20)\d{2}\b/g, MASK],
  [/\b(?:mrn|ssn|mr|acct|pat|dob)[-_ #:]{0,3}\d{3,}\b/gi, MASK],
  [/(?<![\w.-])[A-Z]{1,4}[-#]?\d{5,}\b/g, MASK],
  [/(?<![\w.])\d{6,}(?![\w.])/g, MASK],
  [/(?<![\w.])\d{3}[ -]\d{4}(?!\d)/g, MASK],
];

/** Properties whose literal is a person's, or a secret, whatever its shape. */
const TELLING_KEY =
  /(?:^|[^\w])["'`]?(?:(?:patient|first|last|full|given|family|middle|maiden|legal|preferred)_?names?|given|family|surname|ssn|dob|birth_?date|date_?of_?birth|mrn|phone(?:_?number)?|mobile|email|street(?:_?address)?|address(?:_?line)?[12]?|zip(?:_?code)?|postal_?code|member_?id|diagnos[ie]s|allerg(?:y|ies)|medications?|password|passwd|secret|client_?secret|access_?token|auth_?token|api_?key|private_?key)["'`]?\s*(?:=|:)\s*\[?\s*$/i;

/** A line of code as it may be quoted: identifiers and keys in it are replaced by `•••`. */
export function maskCode(line: string): string {
  const long = line.length > MAX_CHARACTERS;
  const text = long ? line.slice(0, MAX_CHARACTERS) : line;
  const whole = applied(text, ANYWHERE);
  let out = '';
  let at = 0;
  for (const literal of literalsOf(whole)) {
    const before = whole.slice(at, literal.start);
    out += before;
    const quote = whole[literal.start] ?? '';
    const inner = whole.slice(literal.start + 1, literal.end);
    const closing = literal.closed ? quote : '';
    const telling = TELLING_KEY.test(out.slice(-80)) && /[\p{L}\p{N}]/u.test(inner) && !inner.includes('${');
    out += quote + (telling ? MASK : applied(inner, IN_LITERALS)) + closing;
    at = literal.end + (literal.closed ? 1 : 0);
  }
  out += whole.slice(at);
  // A key at the cut could be half of one: the tail is dropped rather than shown.
  return long ? `${out.slice(0, -200)}…` : out;
}

function applied(text: string, rules: readonly Rule[]): string {
  return rules.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}

interface Literal {
  /** Index of the opening quote. */
  readonly start: number;
  /** Index of the closing quote, or the end of the line. */
  readonly end: number;
  readonly closed: boolean;
}

/** String literals of one line; one that does not close here goes to the end of the line. */
function* literalsOf(line: string): Generator<Literal> {
  for (let i = 0; i < line.length; i++) {
    const quote = line[i];
    if (quote === '/' && line[i + 1] === '/' && line[i - 1] !== ':') return;
    if (quote !== '"' && quote !== "'" && quote !== '`') continue;
    let end = i + 1;
    while (end < line.length && line[end] !== quote) end += line[end] === '\\' ? 2 : 1;
    const closed = end < line.length;
    yield { start: i, end: Math.min(end, line.length), closed };
    i = end;
  }
}
