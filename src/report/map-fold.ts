/** Keeps the one page readable with any number of recipients: services of a vendor become one, then the small ones. */
import { byTrust, type MapEdge, type MapModel, type MapRecipient } from './map-model.js';
import { byText, SOURCE_KINDS, TRUSTS, type Data } from './words.js';

/** Rows of a column that one page shows at a readable size. */
export const ROWS = 30;
/** Sources are told by name in the tables; in the picture they may not push the recipients out of sight. */
const SOURCE_ROWS = 18;
/** Small ones that keep a row of their own in each group, however many there are. */
const LEAST = 5;
const LEAST_SOURCES = 3;

/** The same map with fewer recipients and sources; the very same object if everything fits. */
export function fold(model: MapModel, rows = ROWS): MapModel {
  let next = model;
  if (next.recipients.length > rows) next = merged(next, vendors(next));
  if (next.recipients.length > rows) next = merged(next, small(next, rows));
  const sourceRows = Math.min(rows, SOURCE_ROWS);
  if (next.sources.length > sourceRows) next = merged(next, smallSources(next, sourceRows));
  return next;
}

/** Old id → the node that stands for it. */
type Merge = ReadonlyMap<string, { readonly id: string; readonly title: string; readonly service: string }>;

function vendors(model: MapModel): Merge {
  const merge = new Map<string, { id: string; title: string; service: string }>();
  for (const group of grouped(model.recipients, (r) => `${r.trust}:${r.vendor}`).values()) {
    const [first] = group;
    if (first === undefined || group.length < 2) continue;
    const into = {
      id: `recipient:${first.vendor}:*:${first.trust}`,
      title: first.vendor,
      service: `${group.length} services`,
    };
    for (const r of group) merge.set(r.id, into);
  }
  return merge;
}

function small(model: MapModel, rows: number): Merge {
  return rest(
    model.recipients,
    rows,
    LEAST,
    (r) => r.trust,
    (trust) => `recipient:*:${trust}`,
    'folded',
  );
}

function smallSources(model: MapModel, rows: number): Merge {
  return rest(
    model.sources,
    rows,
    LEAST_SOURCES,
    (s) => s.kind,
    (kind) => `source:${kind}:*`,
    '',
  );
}

/** Of each group so many as its share of the rows allows stay as they are; the rest becomes one. */
function rest<T extends { readonly id: string }>(
  nodes: readonly T[],
  rows: number,
  least: number,
  groupOf: (node: T) => string,
  idOf: (group: string) => string,
  service: string,
): Merge {
  const merge = new Map<string, { id: string; title: string; service: string }>();
  for (const [name, group] of grouped(nodes, groupOf)) {
    const keep = Math.max(least, Math.floor((rows * group.length) / nodes.length) - 1);
    const more = group.slice(keep);
    if (more.length < 2) continue;
    const into = { id: idOf(name), title: `${more.length} more`, service };
    for (const node of more) merge.set(node.id, into);
  }
  return merge;
}

function merged(model: MapModel, merge: Merge): MapModel {
  if (merge.size === 0) return model;
  const to = (id: string): string => merge.get(id)?.id ?? id;
  const recipients = [...grouped(model.recipients, (r) => to(r.id)).values()].map((group): MapRecipient => {
    const first = group[0] as MapRecipient;
    const into = merge.get(first.id);
    if (into === undefined) return first;
    const alone = group.length === 1;
    return {
      ...first,
      ...united(group),
      id: into.id,
      vendor: into.title,
      service: into.service,
      region: alone ? first.region : null,
      environment: alone ? first.environment : null,
      folded: group.reduce((n, r) => n + r.folded, 0),
    };
  });
  const sources = [...grouped(model.sources, (s) => to(s.id)).values()].map((group) => {
    const first = group[0] as MapModel['sources'][number];
    const into = merge.get(first.id);
    return into === undefined ? first : { ...first, ...united(group), id: into.id, name: into.title };
  });
  const edges = [...grouped(model.edges, (e) => `${to(e.from)} > ${to(e.to)}`).entries()].map(
    ([id, group]): MapEdge => {
      const first = group[0] as MapEdge;
      return {
        ...first,
        ...united(group),
        removes: unitedData(group.map((e) => e.removes)),
        id,
        from: to(first.from),
        to: to(first.to),
      };
    },
  );
  return {
    ...model,
    flows: model.flows.map((flow) => ({ ...flow, from: [...new Set(flow.from.map(to))], to: to(flow.to) })),
    sources: foldedLast(sources, (s) => SOURCE_KINDS.indexOf(s.kind)),
    recipients: foldedLast([...recipients].sort(byTrust), (r) => TRUSTS.indexOf(r.trust)),
    edges: edges.sort((a, b) => byText(a.id, b.id)),
  };
}

/** Within its group the node for the rest stands at the end. */
function foldedLast<T extends { readonly id: string }>(nodes: readonly T[], rank: (node: T) => number): T[] {
  const last = (node: T): number => (/^(?:recipient:\*:|source:\w+:\*$)/.test(node.id) ? 1 : 0);
  return [...nodes].sort((a, b) => rank(a) - rank(b) || last(a) - last(b));
}

function united(group: readonly (Data & { readonly flows: readonly number[] })[]): Data & { flows: number[] } {
  return {
    ...unitedData(group),
    flows: [...new Set(group.flatMap((n) => n.flows))].sort((a, b) => a - b),
  };
}

function unitedData(group: readonly Data[]): Data {
  return {
    letters: [...new Set(group.flatMap((n) => n.letters))].sort(),
    kinds: [...new Set(group.flatMap((n) => n.kinds))].sort(),
  };
}

function grouped<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
