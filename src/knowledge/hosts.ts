import type { HostRule } from './model.js';

/** Who answers at a host. */
export interface KnownHost {
  readonly vendor: string;
  /** For raw requests whose path says no more. */
  readonly service: string | null;
  /** URL path prefix → service, longest first. */
  readonly paths: readonly { readonly prefix: string; readonly service: string }[];
  readonly also: readonly { readonly vendor: string; readonly service: string | null }[];
  /** Read from the host name where the rule has `{region}`. */
  readonly region: string | null;
}

interface Entry {
  readonly known: KnownHost;
}

interface HostNode {
  readonly exact: Map<string, HostNode>;
  readonly patterns: { readonly source: string; readonly test: RegExp; readonly node: HostNode }[];
  entry: Entry | null;
}

/** Host suffixes as a tree of labels, from the right: one step a label, whatever the number of rules. */
export class HostIndex {
  private readonly root: HostNode = emptyNode();

  /** Adds a rule; false if the very same pattern is there already and may not be replaced. */
  add(rule: HostRule, fallbackVendor: string, replace = false): boolean {
    let node = this.root;
    const labels = rule.host.replace(/^\*\./, '').split('.').reverse();
    for (const label of labels) node = step(node, label);
    if (node.entry !== null && !replace) return false;
    node.entry = {
      known: {
        vendor: rule.vendor ?? fallbackVendor,
        service: rule.service ?? null,
        paths: Object.entries(rule.paths ?? {})
          .map(([prefix, service]) => ({ prefix, service }))
          .sort((a, b) => b.prefix.length - a.prefix.length || (a.prefix < b.prefix ? -1 : 1)),
        also: (rule.also ?? []).map(({ vendor, service }) => ({ vendor, service: service ?? null })),
        region: null,
      },
    };
    return true;
  }

  /** The longest suffix that matches on label boundaries; names before patterns. */
  find(hostname: string): KnownHost | null {
    const labels = hostname.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '').split('.').reverse();
    return search(this.root, labels, 0, null)?.known ?? null;
  }
}

interface Hit {
  readonly known: KnownHost;
  readonly depth: number;
}

function search(node: HostNode, labels: readonly string[], depth: number, region: string | null): Hit | null {
  let best: Hit | null =
    node.entry === null ? null : { known: region === null ? node.entry.known : { ...node.entry.known, region }, depth };
  const label = labels[depth];
  if (label === undefined) return best;
  const exact = node.exact.get(label);
  const hits = [exact === undefined ? null : search(exact, labels, depth + 1, region)];
  for (const pattern of node.patterns) {
    const match = pattern.test.exec(label);
    if (match !== null) hits.push(search(pattern.node, labels, depth + 1, match.groups?.['region'] ?? region));
  }
  for (const hit of hits) if (hit !== null && (best === null || hit.depth > best.depth)) best = hit;
  return best;
}

function step(node: HostNode, label: string): HostNode {
  if (!/[*{]/.test(label)) {
    const known = node.exact.get(label);
    if (known !== undefined) return known;
    const made = emptyNode();
    node.exact.set(label, made);
    return made;
  }
  const known = node.patterns.find((pattern) => pattern.source === label);
  if (known !== undefined) return known.node;
  const made = emptyNode();
  const source = label.replace(/\{region\}/g, '(?<region>[a-z0-9-]+)').replace(/\*/g, '[a-z0-9_-]+');
  node.patterns.push({ source: label, test: new RegExp(`^${source}$`), node: made });
  return made;
}

function emptyNode(): HostNode {
  return { exact: new Map(), patterns: [], entry: null };
}

/** The service of a URL path at a known host: the longest prefix, whole segments only. */
export function serviceAtPath(known: KnownHost, path: string): string | null {
  for (const { prefix, service } of known.paths) if (hasPathPrefix(path, prefix)) return service;
  return known.service;
}

function hasPathPrefix(path: string, prefix: string): boolean {
  const wanted = prefix.split('/').filter((part) => part !== '');
  const given = (path.split(/[?#]/)[0] ?? '').split('/').filter((part) => part !== '');
  return wanted.length <= given.length && wanted.every((part, index) => part === '*' || segment(part, given[index]));
}

/** `models/*:generateContent` names verbs after a colon: `*` inside a segment is any text. */
function segment(pattern: string, given: string | undefined): boolean {
  if (given === undefined) return false;
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === given;
  return given.startsWith(pattern.slice(0, star)) && given.endsWith(pattern.slice(star + 1));
}
