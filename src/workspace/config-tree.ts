/**
 * One shape for JSON with comments, TOML and YAML: values with the line that they stand on. Readers of settings walk
 * this instead of three libraries' trees.
 */
export type ConfigNode = ConfigMap | ConfigList | ConfigScalar;

export interface ConfigMap {
  readonly kind: 'map';
  readonly line: number;
  readonly entries: readonly ConfigEntry[];
}

export interface ConfigEntry {
  readonly key: string;
  readonly line: number;
  readonly value: ConfigNode;
}

export interface ConfigList {
  readonly kind: 'list';
  readonly line: number;
  readonly items: readonly ConfigNode[];
}

export interface ConfigScalar {
  readonly kind: 'scalar';
  readonly line: number;
  /** As written, for strings and numbers alike; `null` for an absent value. */
  readonly text: string | null;
  readonly isString: boolean;
  /** A YAML tag such as `!Ref`. */
  readonly tag: string | null;
}

/** A text that is not what its name promises; `line` is 1-based. */
export class ConfigSyntaxError extends Error {
  constructor(
    message: string,
    readonly line: number,
  ) {
    super(message);
  }
}

/** The value under a key of a map; the last one if the key is repeated, as JSON has it. */
export function child(node: ConfigNode | null, key: string): ConfigNode | null {
  if (node?.kind !== 'map') return null;
  let found: ConfigNode | null = null;
  for (const entry of node.entries) if (entry.key === key) found = entry.value;
  return found;
}

export function textOf(node: ConfigNode | null): string | null {
  return node?.kind === 'scalar' ? node.text : null;
}

/** The strings of a list; a single string counts as a list of one. */
export function textsOf(node: ConfigNode | null): { text: string; line: number }[] {
  if (node === null) return [];
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) =>
    item.kind === 'scalar' && item.text !== null && item.isString ? [{ text: item.text, line: item.line }] : [],
  );
}

export function entriesOf(node: ConfigNode | null): readonly ConfigEntry[] {
  return node?.kind === 'map' ? node.entries : [];
}
