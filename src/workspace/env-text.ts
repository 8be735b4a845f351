import type { Assignment } from './dotenv.js';
import { expand } from './dotenv.js';

const MAX_FOUND = 5000;

/** `ENV A=b C="d e"`, `ENV A b` and `ARG A=default` of a Dockerfile. */
export function envOfDockerfile(text: string): Assignment[] {
  const found: Assignment[] = [];
  const values = new Map<string, string>();
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length && found.length < MAX_FOUND; index += 1) {
    const line = index + 1;
    const parts = [lines[index]!];
    while (parts.at(-1)!.trimEnd().endsWith('\\') && index + 1 < lines.length) {
      parts.push(parts.pop()!.trimEnd().slice(0, -1));
      const next = lines[++index]!;
      parts.push(/^\s*#/.test(next) ? '\\' : next); // a comment between the lines of an instruction
    }
    const [, keyword, rest] = /^\s*(ENV|ARG)\s+(.*)$/i.exec(parts.join(' ')) ?? [];
    if (keyword === undefined || rest === undefined) continue;
    for (const [name, raw] of dockerPairs(rest, keyword.toUpperCase() === 'ENV')) {
      const value = expand(raw, (other) => values.get(other) ?? null, 0);
      if (value === null) continue;
      values.set(name, value);
      found.push({ name, value, line });
    }
  }
  return found;
}

function dockerPairs(rest: string, isEnv: boolean): [string, string][] {
  const legacy = isEnv ? /^([A-Za-z_]\w*)\s+([^=\s].*)$/.exec(rest) : null;
  if (legacy !== null) return [[legacy[1]!, unquote(legacy[2]!.trim())]];
  const pairs: [string, string][] = [];
  for (const match of rest.matchAll(/(?<!\w)([A-Za-z_]\w*)=("(?:[^"\\]|\\.)*"|'[^']*'|(?:[^\s\\]|\\.)*)/g)) {
    pairs.push([match[1]!, unquote(match[2]!)]);
  }
  return pairs;
}

function unquote(text: string): string {
  const quote = text[0];
  return text.length >= 2 && (quote === '"' || quote === "'") && text.endsWith(quote) ? text.slice(1, -1) : text;
}

/** Blocks of a Terraform file that hold environment values as `NAME = "literal"`. */
const TERRAFORM_BLOCK =
  /\b(?:environment|environment_variables|variables|app_settings|env_vars|build_environment_variables)\s{0,20}=?\s{0,20}\{/g;

/** Literal values of lambda, App Service, Cloud Run and ECS resources. Interpolated ones are left out. */
export function envOfTerraform(text: string): Assignment[] {
  const found = new Map<string, Assignment>();
  const clean = text.replace(/^[ \t]*(?:#|\/\/).*$/gm, '');
  const lineOf = lineFinder(clean);
  const add = (name: string, raw: string, at: number): void => {
    const value = raw.replace(/\\(["\\])/g, '$1');
    if (value.includes('${') || value.includes('%{') || found.size >= MAX_FOUND) return;
    const line = lineOf(at);
    found.set(`${name}\0${line}`, { name, value, line });
  };
  let inside = 0; // blocks nest: `environment { variables = {`; the text of the inner one is not read twice
  for (const match of clean.matchAll(TERRAFORM_BLOCK)) {
    const start = match.index + match[0].length;
    if (start < inside) continue;
    const end = closingBrace(clean, start);
    inside = end;
    const body = clean.slice(start, end);
    for (const pair of body.matchAll(
      /^[ \t]*(?:variables[ \t]*=[ \t]*\{[ \t]*)?"?([A-Za-z_]\w*)"?[ \t]*[=:][ \t]*"((?:[^"\\\n]|\\.)*)"/gm,
    )) {
      add(pair[1]!, pair[2]!, start + pair.index + pair[0].length - 1);
    }
  }
  for (const pair of clean.matchAll(
    /\bname"?\s{0,40}[=:]\s{0,40}"([A-Za-z_]\w*)"\s{0,40},?\s{0,40}"?value"?\s{0,40}[=:]\s{0,40}"((?:[^"\\\n]|\\.)*)"/g,
  )) {
    add(pair[1]!, pair[2]!, pair.index + pair[0].length - 1);
  }
  return [...found.values()];
}

function closingBrace(text: string, start: number): number {
  let depth = 1;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      for (at += 1; at < text.length && text[at] !== '"' && text[at] !== '\n'; at += 1) if (text[at] === '\\') at += 1;
    } else if (character === '{') {
      depth += 1;
    } else if (character === '}') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return text.length;
}

/** 1-based line of an offset, by bisection over the line starts. */
function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}
