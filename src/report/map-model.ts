/**
 * The map that every format draws: where PHI comes from, what is done with it, who receives it. A pure function of the
 * analysis: what it counts is counted once, here.
 */
import type { Analysis, CleaningJson, FlowJson, PhiJson, RecipientJson } from '../analysis.js';
import { isModelOutput, sourcesOf } from './map-sources.js';
import { byText, dataOf, regionText, SOURCE_KINDS, TRUSTS, type Data, type SourceKind, type Trust } from './words.js';

/** `cleaned`: nothing is left of it; `deidentified`: something is. */
export type ProcessKind = 'cleaned' | 'as-is' | 'text' | 'model' | 'deidentified';
const PROCESS_KINDS: readonly ProcessKind[] = ['cleaned', 'as-is', 'text', 'model', 'deidentified'];

const PROCESS_TITLES: Readonly<Record<ProcessKind, string>> = {
  cleaned: 'De-identified in full',
  'as-is': 'Passed on as it is',
  text: 'Built into a text',
  model: 'Answered by a model',
  deidentified: 'De-identified in part',
};

interface Node extends Data {
  readonly id: string;
  /** Indices into `flows`. */
  readonly flows: readonly number[];
}

export interface MapSource extends Node {
  readonly kind: SourceKind;
  readonly name: string;
}

export interface MapProcess extends Node {
  readonly kind: ProcessKind;
  readonly title: string;
  /** Names of the de-identifiers that are called; empty if the code leaves fields out by itself. */
  readonly by: readonly string[];
  /** What is gone behind it. */
  readonly removes: Data;
}

export interface MapRecipient extends Node {
  readonly vendor: string;
  readonly service: string;
  readonly region: string | null;
  readonly environment: string | null;
  readonly trust: Trust;
  readonly kind: RecipientJson['kind'];
  readonly why: string;
  /** `vendor/service`: its row in the registry. */
  readonly registry: string;
  /** How many recipients stand behind it, if it is a folded one. */
  readonly folded: number;
}

export interface MapEdge extends Node {
  readonly from: string;
  readonly to: string;
  /** Of the recipient at its end, or that nothing is left in what it gets; null between source and processing. */
  readonly trust: Trust | null;
  /** What is gone on it. */
  readonly removes: Data;
}

export interface MapFlow {
  /** Of what was de-identified in full: a flow that carries nothing. */
  readonly flow: FlowJson;
  /** The de-identifiers that it goes through. */
  readonly cleanings: readonly CleaningJson[];
  /** What was taken out on the way and is not in what is left. */
  readonly gone: readonly PhiJson[];
  readonly recipient: RecipientJson;
  readonly trust: Trust;
  /** Ids of nodes. */
  readonly from: readonly string[];
  readonly through: string;
  readonly to: string;
}

export interface MapModel {
  readonly flows: readonly MapFlow[];
  readonly sources: readonly MapSource[];
  readonly processes: readonly MapProcess[];
  readonly recipients: readonly MapRecipient[];
  readonly edges: readonly MapEdge[];
}

export function trustOf(recipient: RecipientJson): Trust {
  if (recipient.vendor === 'unknown') return 'unknown';
  if (!recipient.covered) return 'uncovered';
  return recipient.why.startsWith('own side') ? 'own' : 'covered';
}

/** `cleanings`: de-identification steps; those that left nothing are flows of their own. */
export function buildMap(analysis: Analysis, cleanings: readonly CleaningJson[] = []): MapModel {
  const nodes = new Nodes();
  const flows: MapFlow[] = [];
  const partly = new Map<string, CleaningJson[]>();
  for (const c of cleanings) if (c.rest !== null) partly.set(c.rest, [...(partly.get(c.rest) ?? []), c]);
  const add = (flow: FlowJson, recipient: RecipientJson, steps: readonly CleaningJson[], whole: boolean): void => {
    const index = flows.length;
    const base = trustOf(recipient);
    const trust = whole ? 'deidentified' : base;
    const gone = goneOf(flow, steps);
    const entered = { ...flow, phi: [...flow.phi, ...gone] };
    const from = sourcesOf(entered).map(({ kind, name }) => ({ kind, name, id: sourceId(kind, name) }));
    const taken = [...gone, ...flow.removed.map((letter) => ({ letter, category: '' }))];
    const by = [...new Set(steps.map((c) => c.by))].sort(byText);
    const through = nodes.process(whole ? 'cleaned' : processOf(flow, steps), by, taken, index, flow);
    const to = nodes.recipient(recipient, base, index, flow);
    for (const source of from) {
      const items = itemsOf(entered, source.id);
      nodes.source(source, index, items);
      nodes.edge({ from: source.id, to: through, trust: null }, index, items, []);
    }
    nodes.edge({ from: through, to, trust }, index, flow.phi, taken);
    flows.push({ flow, cleanings: steps, gone, recipient, trust, from: from.map(({ id }) => id), through, to });
  };
  for (const flow of analysis.flows)
    if (flow.recipient !== null) add(flow, flow.recipient, partly.get(flow.fingerprint) ?? [], false);
  for (const c of cleanings) if (c.rest === null) add(asFlow(c), c.recipient, [c], true);
  return { flows, ...nodes.sorted(flows) };
}

/** What is sent on after a step that left nothing of it. */
function asFlow(c: CleaningJson): FlowJson {
  const { file, line, column, endLine, endColumn, confidence, recipient, path, fingerprint } = c;
  return {
    ...{ file, line, column, endLine, endColumn, confidence, recipient, path, fingerprint },
    message: '',
    phi: [],
    removed: [...dataOf(c.gone).letters],
    places: [],
    suppressed: null,
    help: '',
  };
}

/** What de-identifiers took out of a flow, less what is in it all the same by another way. */
function goneOf(flow: FlowJson, steps: readonly CleaningJson[]): readonly PhiJson[] {
  const left = new Set(flow.phi.map(({ letter, category }) => letter ?? category));
  const seen = new Map<string, PhiJson>();
  for (const item of steps.flatMap((c) => c.gone))
    if (!left.has(item.letter ?? item.category)) seen.set(`${item.letter ?? ''}|${item.category}|${item.via}`, item);
  return [...seen.values()];
}

/** Flows that carry PHI; the others were de-identified in full. */
export function phiFlows(model: MapModel, indices: readonly number[] = [...model.flows.keys()]): readonly MapFlow[] {
  return indices.flatMap((i) => {
    const flow = model.flows[i];
    return flow === undefined || flow.trust === 'deidentified' ? [] : [flow];
  });
}

/** What is done with the data on its way; the most telling step counts. */
function processOf(flow: FlowJson, steps: readonly CleaningJson[]): ProcessKind {
  if (
    flow.removed.length > 0 ||
    steps.length > 0 ||
    flow.path.some((step) => step.text.startsWith('de-identified in part'))
  )
    return 'deidentified';
  if (flow.phi.some((item) => isModelOutput(item.via))) return 'model';
  return flow.path.some((step) => step.text.startsWith('built into text')) ? 'text' : 'as-is';
}

/** What of a flow comes from this source. */
function itemsOf(flow: FlowJson, source: string): FlowJson['phi'] {
  return flow.phi.filter((item) =>
    sourcesOf({ ...flow, phi: [item] }).some(({ kind, name }) => sourceId(kind, name) === source),
  );
}

const sourceId = (kind: SourceKind, name: string): string => `source:${kind}:${name}`;

interface Item {
  readonly letter: string | null;
  readonly category: string;
}

interface Growing<Fixed> {
  readonly fixed: Fixed;
  readonly flows: Set<number>;
  readonly phi: Item[];
  readonly gone: Item[];
}

type Fixed<T> = Omit<T, keyof Data | 'flows' | 'removes'>;

class Nodes {
  private readonly sources = new Map<string, Growing<Fixed<MapSource>>>();
  private readonly processes = new Map<string, Growing<Fixed<MapProcess>>>();
  private readonly recipients = new Map<string, Growing<Fixed<MapRecipient>>>();
  private readonly edges = new Map<string, Growing<Fixed<MapEdge>>>();

  source(fixed: Fixed<MapSource>, flow: number, phi: FlowJson['phi']): void {
    grow(this.sources, fixed, flow, phi);
  }

  /** One for each de-identifier; what the code leaves out by itself is told apart by its letters. */
  process(kind: ProcessKind, by: readonly string[], gone: readonly Item[], flow: number, { phi }: FlowJson): string {
    const id = `process:${kind}:${by.length > 0 ? by.join(' ') : dataOf(gone).letters.join('')}`;
    return grow(this.processes, { id, kind, title: PROCESS_TITLES[kind], by }, flow, phi, gone);
  }

  recipient(r: RecipientJson, trust: Trust, flow: number, { phi }: FlowJson): string {
    const { vendor, service, environment, kind, why } = r;
    const region = regionText(r.region) || null;
    const id = `recipient:${[vendor, service, trust, region ?? '', environment ?? ''].join(':')}`;
    const registry = `${vendor}/${service}`;
    return grow(
      this.recipients,
      { id, vendor, service, region, environment, trust, kind, why, registry, folded: 1 },
      flow,
      phi,
    );
  }

  edge(ends: Pick<MapEdge, 'from' | 'to' | 'trust'>, flow: number, phi: FlowJson['phi'], gone: readonly Item[]): void {
    grow(this.edges, { id: `${ends.from} > ${ends.to}`, ...ends }, flow, phi, gone);
  }

  sorted(all: readonly MapFlow[]): Omit<MapModel, 'flows'> {
    const clean = (r: MapRecipient): MapRecipient =>
      r.trust !== 'own' && r.trust !== 'covered' && r.flows.every((i) => all[i]?.trust === 'deidentified')
        ? { ...r, trust: 'deidentified' }
        : r;
    return {
      sources: grown(this.sources).sort(
        (a, b) => SOURCE_KINDS.indexOf(a.kind) - SOURCE_KINDS.indexOf(b.kind) || bySize(a, b),
      ),
      processes: grown(this.processes).sort(
        (a, b) => PROCESS_KINDS.indexOf(a.kind) - PROCESS_KINDS.indexOf(b.kind) || bySize(a, b),
      ),
      recipients: grown(this.recipients).map(clean).sort(byTrust),
      edges: grown(this.edges).sort((a, b) => byText(a.id, b.id)),
    };
  }
}

/** Own side first, the unknown last; within a group the busiest first. */
export function byTrust(a: MapRecipient, b: MapRecipient): number {
  return TRUSTS.indexOf(a.trust) - TRUSTS.indexOf(b.trust) || bySize(a, b);
}

function bySize(a: Node, b: Node): number {
  return b.flows.length - a.flows.length || byText(a.id, b.id);
}

function grow<T extends { readonly id: string }>(
  map: Map<string, Growing<T>>,
  fixed: T,
  flow: number,
  phi: readonly Item[],
  gone: readonly Item[] = [],
): string {
  let node = map.get(fixed.id);
  if (node === undefined) map.set(fixed.id, (node = { fixed, flows: new Set(), phi: [], gone: [] }));
  node.flows.add(flow);
  node.phi.push(...phi);
  node.gone.push(...gone);
  return fixed.id;
}

function grown<T extends { readonly id: string }>(
  map: Map<string, Growing<T>>,
): (T & Data & { readonly flows: readonly number[]; readonly removes: Data })[] {
  return [...map.values()].map(({ fixed, flows, phi, gone }) => ({
    ...fixed,
    ...dataOf(phi),
    flows: [...flows],
    removes: dataOf(gone.filter((item) => item.letter !== null || item.category !== '')),
  }));
}
