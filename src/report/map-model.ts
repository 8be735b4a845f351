/**
 * The map that every format draws: where PHI comes from, what is done with it, who receives it. A pure function of the
 * analysis: what it counts is counted once, here.
 */
import type { Analysis, FlowJson, RecipientJson } from '../analysis.js';
import { isModelOutput, sourcesOf } from './map-sources.js';
import { byText, dataOf, regionText, SOURCE_KINDS, TRUSTS, type Data, type SourceKind, type Trust } from './words.js';

export type ProcessKind = 'as-is' | 'text' | 'model' | 'deidentified';
const PROCESS_KINDS: readonly ProcessKind[] = ['as-is', 'text', 'model', 'deidentified'];

const PROCESS_TITLES: Readonly<Record<ProcessKind, string>> = {
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
  /** Letters that are gone behind it. */
  readonly removes: readonly string[];
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
}

export interface MapFlow {
  readonly flow: FlowJson;
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

export function buildMap(analysis: Analysis): MapModel {
  const nodes = new Nodes();
  const flows: MapFlow[] = [];
  for (const flow of analysis.flows) {
    const { recipient } = flow;
    if (recipient === null) continue;
    const index = flows.length;
    const trust = trustOf(recipient);
    const from = sourcesOf(flow).map(({ kind, name }) => ({ kind, name, id: sourceId(kind, name) }));
    const through = nodes.process(processOf(flow), flow.removed, index, flow);
    const to = nodes.recipient(recipient, trust, index, flow);
    for (const source of from) {
      const items = itemsOf(flow, source.id);
      nodes.source(source, index, items);
      nodes.edge(source.id, through, index, items);
    }
    nodes.edge(through, to, index, flow.phi);
    flows.push({ flow, recipient, trust, from: from.map(({ id }) => id), through, to });
  }
  return { flows, ...nodes.sorted() };
}

/** What is done with the data on its way; the most telling step counts. */
function processOf(flow: FlowJson): ProcessKind {
  if (flow.removed.length > 0 || flow.path.some((step) => step.text.startsWith('de-identified in part')))
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

interface Growing<Fixed> {
  readonly fixed: Fixed;
  readonly flows: Set<number>;
  readonly phi: { letter: string | null; category: string }[];
}

type Fixed<T> = Omit<T, keyof Data | 'flows'>;

class Nodes {
  private readonly sources = new Map<string, Growing<Fixed<MapSource>>>();
  private readonly processes = new Map<string, Growing<Fixed<MapProcess>>>();
  private readonly recipients = new Map<string, Growing<Fixed<MapRecipient>>>();
  private readonly edges = new Map<string, Growing<Fixed<MapEdge>>>();

  source(fixed: Fixed<MapSource>, flow: number, phi: FlowJson['phi']): void {
    grow(this.sources, fixed, flow, phi);
  }

  process(kind: ProcessKind, removed: readonly string[], flow: number, { phi }: FlowJson): string {
    const removes = [...removed].sort();
    const id = `process:${kind}:${removes.join('')}`;
    return grow(this.processes, { id, kind, title: PROCESS_TITLES[kind], removes }, flow, phi);
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

  edge(from: string, to: string, flow: number, phi: FlowJson['phi']): void {
    grow(this.edges, { id: `${from} > ${to}`, from, to }, flow, phi);
  }

  sorted(): Omit<MapModel, 'flows'> {
    return {
      sources: grown(this.sources).sort(
        (a, b) => SOURCE_KINDS.indexOf(a.kind) - SOURCE_KINDS.indexOf(b.kind) || bySize(a, b),
      ),
      processes: grown(this.processes).sort(
        (a, b) => PROCESS_KINDS.indexOf(a.kind) - PROCESS_KINDS.indexOf(b.kind) || bySize(a, b),
      ),
      recipients: grown(this.recipients).sort(byTrust),
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
  phi: readonly { readonly letter: string | null; readonly category: string }[],
): string {
  let node = map.get(fixed.id);
  if (node === undefined) map.set(fixed.id, (node = { fixed, flows: new Set(), phi: [] }));
  node.flows.add(flow);
  node.phi.push(...phi);
  return fixed.id;
}

function grown<T extends { readonly id: string }>(
  map: Map<string, Growing<T>>,
): (T & Data & { readonly flows: readonly number[] })[] {
  return [...map.values()].map(({ fixed, flows, phi }) => ({ ...fixed, ...dataOf(phi), flows: [...flows] }));
}
