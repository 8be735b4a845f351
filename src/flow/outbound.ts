/** What an outbound call is, apart from data and recipient: its kind, whether a model answers, what its options say. */
import type { Engine } from './engine.js';
import { fold, type SiteOf } from './fold.js';
import { conditionHolds } from './recipients.js';
import type { FnKey, OutboundCall } from './result.js';
import type { EnvLookup } from './strings.js';
import type { Egress } from './summary.js';

export function outboundCall(
  e: Engine,
  g: Egress,
  env: EnvLookup,
  siteOf: SiteOf,
  fnKey: (id: number) => FnKey,
): OutboundCall {
  const { sink } = g;
  const output = sink.output === true;
  const { retained } = sink;
  const kept = retained === undefined ? false : retained === 'always' ? true : conditionHolds(e, g, env, retained);
  return {
    member: g.member,
    as: sink.as ?? null,
    output,
    retained: kept === null ? 'unknown' : kept ? 'yes' : 'no',
    args: output || sink.as === 'record-write' ? g.args.map((a) => fold(e, a, siteOf)) : [],
    within: fnKey(g.out.fn),
  };
}
