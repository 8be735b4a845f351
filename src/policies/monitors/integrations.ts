/** Integrations are configured by calls of their own: each is put back into the list that it was written for. */
import type { ConfigSite, Folded, Site } from '../../flow/result.js';
import { prop } from './folded.js';

/** The main configuration with its unread integrations replaced by what the calls beside it say. */
export function withIntegrations(main: ConfigSite, all: readonly ConfigSite[]): ConfigSite {
  const { options } = main;
  if (options.k !== 'object' || main.part !== null) return main;
  const list = prop(options, 'integrations');
  if (list.k !== 'array' || list.items.every((item) => item.k !== 'unknown')) return main;
  const calls = all.filter((site) => site.part !== null && site.args.length <= 1);
  const inside = calls.filter((site) => isInside(site.site, list.site));
  // Made before and put into the list by name: the others of the file.
  const beside = calls.filter((site) => site.site.file === main.site.file && !isInside(site.site, list.site));
  const waiting = [...inside, ...beside];
  const items = list.items.map((item): Folded => {
    if (item.k !== 'unknown') return item;
    const call = waiting.shift();
    return call === undefined
      ? item
      : { k: 'call', symbol: `${call.package}#${call.member}`, args: [call.options], site: call.site };
  });
  const props = new Map(options.props).set('integrations', { ...list, items });
  return { ...main, options: { ...options, props } };
}

function isInside(site: Site, list: Site | null): boolean {
  return list !== null && site.file === list.file && site.span[0] >= list.span[0] && site.span[1] <= list.span[1];
}
