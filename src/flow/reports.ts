/** From effects to flows: which data, letter by letter, by which path, how sure. */
import type { Engine } from './engine.js';
import { letterBit, lettersIn } from './letters.js';
import type { FlowStep, OutboundCall, Passage, PhiFlow, Recipient, Site } from './result.js';
import type { Egress } from './summary.js';
import { concat, steps, type Trail } from './trail.js';
import type { PhiItem } from './types/type.js';
import type { LabelAtom, Mark } from './value.js';

/** Gravest first: direct identifiers, then the other letters, then what is said about the person. */
const GRAVITY = 'AGHIJDFEBCKLMPQONR';

export class Reports {
  constructor(
    private readonly e: Engine,
    private readonly site: (fn: number, span: readonly [number, number]) => Site,
    private readonly call: (g: Egress) => OutboundCall,
  ) {}

  /** One flow for each label of the effect that still says something about a person. */
  flows(g: Egress, recipient: Recipient, reached: boolean): PhiFlow[] {
    const out: PhiFlow[] = [];
    for (const a of g.atoms) {
      if (a.k !== 'label') continue;
      const { items, removed } = this.carried(a);
      if (items.length === 0) continue;
      const evidence = Math.min(a.ev, Math.max(...items.map((i) => i.evidence)));
      out.push({
        place: this.site(g.place.fn, g.place.span),
        outbound: this.site(g.out.fn, g.out.span),
        recipient,
        items,
        removed,
        deidentified: a.t.letters !== 0 || removed.length > 0,
        steps: this.steps(a, g, recipient),
        confidence: evidence >= 3 ? 'high' : evidence === 2 ? 'medium' : 'low',
        sourceFn: this.e.program.fns[a.srcFn]!.facts.name,
        labelKind: a.t.output ? 'model-output' : a.kind,
        as: g.sink.as ?? null,
        inUrl: g.inUrl,
        inInstructions: g.inInstructions,
        call: this.call(g),
        whole: a.t.minus.length === 0 && !a.t.output && !a.t.year && a.t.letters === 0 ? a.place.via : null,
        reached,
        test:
          this.e.program.fns[g.out.fn]!.file.role === 'test' || this.e.program.fns[g.place.fn]!.file.role === 'test',
      });
    }
    return out;
  }

  /** The de-identification steps that data of this effect went through, one of each. */
  passages(g: Egress & { readonly marks?: readonly Mark[] }): Omit<Passage, 'recipient' | 'reached'>[] {
    const found = new Map<string, Omit<Passage, 'recipient' | 'reached'>>();
    const add = (a: LabelAtom, gone: readonly PhiItem[], after: Trail | null): void => {
      const way = this.steps({ ...a, trail: concat(a.trail, after) }, g);
      const step = way.findLast((s) => s.by !== undefined);
      if (step?.by === undefined) return;
      const key = `${step.site.file}:${step.site.span.join('-')}`;
      const evidence = Math.min(a.ev, Math.max(1, ...gone.map((i) => i.evidence)));
      const one = {
        outbound: this.site(g.out.fn, g.out.span),
        step: step.site,
        by: step.by,
        gone,
        steps: way,
        confidence: evidence >= 3 ? ('high' as const) : evidence === 2 ? ('medium' as const) : ('low' as const),
        sourceFn: this.e.program.fns[a.srcFn]!.facts.name,
        test:
          this.e.program.fns[g.out.fn]!.file.role === 'test' || this.e.program.fns[g.place.fn]!.file.role === 'test',
      };
      const old = found.get(key);
      if (old === undefined) found.set(key, one);
      else {
        const [first, other] = gravity(one.gone) < gravity(old.gone) ? [one, old] : [old, one];
        found.set(key, { ...first, gone: [...first.gone, ...other.gone] });
      }
    };
    for (const a of g.atoms) if (a.k === 'label' && isPhi(a) && a.t.letters !== 0) add(a, this.takenOut(a), null);
    for (const m of g.marks ?? [])
      for (const a of m.of.atoms) {
        if (a.k !== 'label' || !isPhi(a)) continue;
        const { items } = this.carried(a);
        if (items.length > 0) add(a, items, m.trail);
      }
    return [...found.values()];
  }

  /** What the letters of a de-identifier took out of a label. */
  private takenOut(a: LabelAtom): PhiItem[] {
    if (a.t.output) return [];
    const before = this.carried({ ...a, t: { ...a.t, letters: 0 } }).items;
    const name = (i: PhiItem): string => `${i.kind.letter ?? i.kind.category}|${i.via}`;
    const after = new Set(this.carried(a).items.map(name));
    return before.filter((i) => !after.has(name(i)));
  }

  /** What is left of a label: its place's items less the fields and letters that were removed. */
  private carried(a: LabelAtom): { items: PhiItem[]; removed: ReturnType<typeof lettersIn> } {
    if (a.t.output) {
      const sensitive = this.e.types.items(a.place).find((i) => i.kind.sensitive)?.kind.sensitive ?? null;
      return {
        items: [
          {
            kind: { letter: null, category: 'free-text', sensitive },
            via: `model output about ${a.place.via}`,
            evidence: 3,
          },
        ],
        removed: [],
      };
    }
    const all = this.e.types.items(a.place);
    const items = a.t.minus.length > 0 ? this.e.types.items(a.place, a.t.minus) : all;
    let bits = a.t.letters;
    if (a.t.year) bits |= letterBit('C');
    const kept = items.filter((i) => i.kind.letter === null || (bits & letterBit(i.kind.letter)) === 0);
    const before = new Set(all.flatMap((i) => (i.kind.letter ? [i.kind.letter] : [])));
    const after = new Set(kept.flatMap((i) => (i.kind.letter ? [i.kind.letter] : [])));
    const removed = [...before].filter((l) => !after.has(l)).sort();
    return { items: [...kept].sort(byGravity), removed };
  }

  private steps(a: LabelAtom, g: Egress, recipient?: Recipient): FlowStep[] {
    const out: FlowStep[] = [];
    for (const s of steps(a.trail)) {
      const site = this.site(s.fn, s.span);
      const last = out[out.length - 1];
      if (
        last &&
        last.site.file === site.file &&
        last.site.span[0] === site.span[0] &&
        last.site.span[1] === site.span[1] &&
        last.text === s.text
      )
        continue;
      out.push({
        site,
        kind: out.length === 0 ? 'source' : 'step',
        text: s.text,
        ...(s.by === undefined ? {} : { by: s.by }),
      });
    }
    if (recipient?.heardBy !== undefined)
      out.push({ site: recipient.heardBy, kind: 'step', text: 'listens to what is printed' });
    out.push({ site: this.site(g.out.fn, g.out.span), kind: 'sink', text: `sent by ${g.member.replace(/^.*#/, '')}` });
    return out;
  }
}

/** Labels of other kinds say nothing about a person. */
function isPhi(a: LabelAtom): boolean {
  return a.kind === 'phi' || a.kind === 'model-output';
}

function gravity(items: readonly PhiItem[]): number {
  return Math.min(200, ...items.map((i) => (i.kind.letter ? GRAVITY.indexOf(i.kind.letter) : 100)));
}

function byGravity(a: PhiItem, b: PhiItem): number {
  const rank = (i: PhiItem): number => (i.kind.letter ? GRAVITY.indexOf(i.kind.letter) : 100);
  return rank(a) - rank(b) || (a.via < b.via ? -1 : a.via > b.via ? 1 : 0);
}
