/** What a model answers: about what it was given, in its own words. */
import type { Member, Sink } from '../knowledge/model.js';
import type { CallSite } from './call-site.js';
import { data, type DataAtom } from './contents.js';
import { at } from './select.js';
import { withStep } from './substitute.js';
import { value, type Value } from './value.js';

/** The sinks of a member, as a list. */
export function sinksOf(m: Member): readonly Sink[] {
  if (m.sink === undefined) return [];
  return Array.isArray(m.sink) ? (m.sink as readonly Sink[]) : [m.sink as Sink];
}

/** The answer of a call to what it sends; null if its sinks give none. */
export function answered(site: CallSite, sinks: readonly Sink[], args: readonly Value[]): Value | null {
  const sent = answeredContent(site, sinks, args);
  if (!sent) return null;
  const answer = value(sent.map((a) => ({ ...a, t: { ...a.t, text: true, output: true, minus: [] } })));
  return withStep(answer, { fn: site.spot.fn, span: site.spot.span, text: 'answered by the model', source: false });
}

/** What a model was given, if the call (or the command it sends) gives an answer to it. */
function answeredContent(site: CallSite, sinks: readonly Sink[], args: readonly Value[]): DataAtom[] | null {
  const e = site.frame.e;
  let out: DataAtom[] | null = null;
  for (const s of sinks) {
    if (s.output) out = [...(out ?? []), ...(s.content ?? ['*']).flatMap((p) => data(at(e, args, p)))];
    if (!s.to || !('command' in s.to)) continue;
    for (const a of at(e, args, s.to.command).atoms) {
      const command = a.k === 'xinst' && a.type ? e.knowledge.type(a.type)?.command : null;
      if (a.k !== 'xinst' || !command) continue;
      const commands: readonly Sink[] = Array.isArray(command) ? command : [command as Sink];
      const given = answeredContent(site, commands, a.args ?? []);
      if (given) out = [...(out ?? []), ...given];
    }
  }
  return out;
}
