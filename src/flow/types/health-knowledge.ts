/** The part of the type system's dependencies that is the same for every code base: names, FHIR, and who declares it. */
import { fhirNamespace, fhirPackage, fhirTypeName } from '../../knowledge/fhir-packages.js';
import { loadFhir } from '../../knowledge/fhir.js';
import { loadLexicon } from '../../knowledge/lexicon.js';
import type { TypeDeps } from './deps.js';

export function healthKnowledge(): Pick<TypeDeps, 'lexicon' | 'fhir' | 'fhirPackage'> {
  return {
    lexicon: loadLexicon(),
    fhir: loadFhir(),
    fhirPackage: (specifier) => {
      const release = fhirNamespace(specifier);
      const from = fhirPackage(specifier) ?? (release && { release });
      return from && ((exported) => fhirTypeName(from, exported));
    },
  };
}
