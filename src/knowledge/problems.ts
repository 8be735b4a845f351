import { closest, distance } from 'fastest-levenshtein';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';

/** One thing that is wrong with a YAML file, at its place. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** The valid word that the author probably meant. */
  readonly nearest: string | null;
}

/** Knowledge that cannot be used, with everything that is wrong in it. */
export class KnowledgeError extends Error {
  override readonly name = 'KnowledgeError';

  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
  }
}

function formatProblem(problem: Problem): string {
  const hint = problem.nearest === null ? '' : ` (did you mean "${problem.nearest}"?)`;
  return `${problem.file}:${String(problem.line)}:${String(problem.column)}: ${problem.message}${hint}`;
}

/** The word that is close enough to have been meant, or null. */
export function nearestWord(word: string, words: readonly string[]): string | null {
  if (words.length === 0) return null;
  const best = closest(word.toLowerCase(), [...words]);
  const limit = Math.max(2, Math.floor(word.length / 2));
  return distance(word.toLowerCase(), best.toLowerCase()) <= limit ? best : null;
}

/** Finds lines and columns in one YAML text; parses it with positions only when it is asked. */
export class Places {
  private parsed: { readonly document: Document; readonly lines: LineCounter } | null = null;

  constructor(
    readonly file: string,
    private readonly text: string,
  ) {}

  /** A problem at the value below `path`, or at its key if `atKey`. The nearest existing ancestor stands in. */
  problem(path: readonly (string | number)[], message: string, nearest: string | null = null, atKey = false): Problem {
    const { line, col } = this.position(path, atKey);
    return { file: this.file, line, column: col, message, nearest };
  }

  private position(path: readonly (string | number)[], atKey: boolean): { line: number; col: number } {
    const { document, lines } = this.document();
    let node: Node | null = resolve(document, document.contents);
    let offset = node?.range?.[0] ?? 0;
    path.forEach((step, depth) => {
      if (node === null) return;
      const found = child(node, step);
      if (found === null) {
        node = null;
        return;
      }
      const last = depth === path.length - 1;
      const place = last && atKey ? (found.key ?? found.value) : (found.value ?? found.key);
      offset = place?.range?.[0] ?? offset;
      node = resolve(document, found.value);
    });
    return lines.linePos(offset);
  }

  private document(): { readonly document: Document; readonly lines: LineCounter } {
    if (this.parsed === null) {
      const lines = new LineCounter();
      this.parsed = { document: parseDocument(this.text, { lineCounter: lines, merge: true }), lines };
    }
    return this.parsed;
  }
}

function resolve(document: Document, node: unknown): Node | null {
  if (isAlias(node)) return node.resolve(document) ?? null;
  return isMap(node) || isSeq(node) || isScalar(node) ? node : null;
}

function child(node: Node, step: string | number): { key: Node | null; value: Node | null } | null {
  if (isSeq(node)) {
    const item = node.items[Number(step)];
    return item === undefined ? null : { key: null, value: item as Node };
  }
  if (!isMap(node)) return null;
  for (const pair of node.items) {
    const key = isScalar(pair.key) ? String(pair.key.value) : null;
    if (key === String(step)) return { key: pair.key as Node, value: pair.value as Node | null };
  }
  return null;
}
