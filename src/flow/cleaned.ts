/**
 * What goes out after a de-identification step that left nothing in it. Nothing is judged by it: it is told, so that a
 * map can show that the data went through the step and to whom. It is composed beside what is judged, within bounds of
 * its own, and never adds to those.
 */
import type { CallSite } from './call-site.js';
import type { Engine } from './engine.js';
import type { Frame } from './frame.js';
import { joinMarks } from './marks.js';
import { evaluate, substitute, type Substitution } from './substitute.js';
import type { Cleaned, Egress } from './summary.js';
import { join } from './join.js';
import { mapData, marksIn } from './contents.js';
import { mergeGuards } from './guards.js';
import { onlyHeld, value, type Mark, type Value } from './value.js';

const MAX_CLEANED = 40;

/** Whether steps in a value wait for what callers hand in: then it is stored through them. */
export function awaitsCaller(v: Value): boolean {
  return v.marks !== null && v.open && (marksIn(v)?.some((m) => !ofChannels(m)) ?? false);
}

/** The value without the steps that wait for a caller: for whoever reads it without one. */
export function known(v: Value): Value {
  return awaitsCaller(v)
    ? mapData(
        v,
        (a) => a,
        (m) => (ofChannels(m) ? m : null),
      )
    : v;
}

/** Whether all that went into a step is known, or is what channels hold. */
function ofChannels(m: Mark): boolean {
  return m.guard === null && onlyHeld(m.of);
}

/** Emits what is known, keeps for callers or channels what is not. */
export function settleCleaned(frame: Frame, g: Egress, marks: readonly Mark[] | null): void {
  if (marks === null) return;
  const c: Cleaned = { ...g, atoms: [], marks };
  const { e } = frame;
  if (c.to?.symbolic) {
    if (c.guard || !onlyHeld(c.to) || !c.args.every(onlyHeld) || !marks.every(ofChannels)) keep(frame, c);
    else e.waitCleaned(c, frame.by);
    return;
  }
  settleKnown(e, c, marks, frame.by);
  const open = only(marks, (a) => a.k === 'sym');
  if (open.length === 0) return;
  if (!c.guard && open.every(ofChannels)) e.waitCleaned({ ...c, marks: open }, frame.by);
  else keep(frame, { ...c, marks: open });
}

/** The steps with this part of what went into them, those where there is any. */
function only(marks: readonly Mark[], which: (a: Mark['of']['atoms'][number]) => boolean): readonly Mark[] {
  return marks.flatMap((m) => {
    const atoms = m.of.atoms.filter(which);
    if (atoms.length === 0) return [];
    return atoms.length === m.of.atoms.length ? [m] : [{ ...m, of: value(atoms) }];
  });
}

/** Emits what is known when all is computed. */
export function settleKnown(e: Engine, g: Egress, marks: readonly Mark[] | null, by: number): void {
  const sure = only(marks ?? [], (a) => a.k === 'label');
  if (sure.length > 0) e.emitCleaned({ ...g, atoms: [], marks: sure }, by);
}

function keep(frame: Frame, g: Cleaned): void {
  const key = `${g.out.fn}:${g.out.span[0]}:${g.member}:${g.place.fn}:${g.place.span[0]}:${g.place.span[1]}`;
  const old = frame.cleaned.get(key);
  if (old) {
    const to = old.to && g.to ? join(old.to, g.to) : (old.to ?? g.to);
    frame.cleaned.set(key, { ...old, marks: joinMarks(old.marks, g.marks) ?? [], to });
  } else if (frame.cleaned.size < MAX_CLEANED) frame.cleaned.set(key, g);
  else frame.e.gap('de-identified outbound effects beyond bound');
}

/** Composes one such effect of a callee at a call. */
export function composeCleaned(site: CallSite, g: Cleaned, sub: Substitution): void {
  const { frame } = site;
  const { e } = frame;
  let { guard } = g;
  if (guard) {
    guard = evaluate(e, guard, sub);
    if (guard === null) return;
  }
  const marks = marksIn(substitute(e, value([], null, g.marks), sub));
  if (marks === null) return;
  settleCleaned(
    frame,
    {
      ...g,
      to: g.to ? substitute(e, g.to, sub) : null,
      args: g.args.some((a) => a.open) ? g.args.map((a) => substitute(e, a, sub)) : g.args,
      guard: mergeGuards(guard, frame.guard),
    },
    marks,
  );
}
