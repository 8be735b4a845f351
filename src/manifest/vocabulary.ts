/** The manifest's words, taken from the knowledge base. */
import type { Knowledge } from '../knowledge/index.js';
import type { CoverableServices } from './coverage.js';
import type { Vocabulary } from './load.js';

/** Vendors and services that the knowledge base lists; `services: all` stands for those that an agreement can cover. */
export function vocabularyOf(
  knowledge: Pick<Knowledge, 'vendors' | 'vendor'>,
  ruleIds?: readonly string[],
): Vocabulary & CoverableServices {
  return {
    vendorIds: knowledge.vendors().map((v) => v.id),
    servicesOf: (vendor) => Object.keys(knowledge.vendor(vendor)?.services ?? {}),
    ...(ruleIds ? { ruleIds } : {}),
    coverableServices: (vendor) => {
      const facts = knowledge.vendor(vendor);
      if (!facts) return null;
      // A service of which nothing is said is as coverable as its vendor.
      return Object.entries(facts.services)
        .filter(([, service]) => ['yes', 'conditions'].includes(service.coverable ?? facts.baa.available))
        .map(([id]) => id);
    },
  };
}
