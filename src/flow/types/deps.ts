/** What the type system asks of the rest of the house. Narrow on purpose: tests hand in plain objects. */
import type { FileFacts } from '../../facts/ir.js';
import type { FhirModel, Lexicon } from '../../knowledge/phi.js';
import type { PrismaModel, Resolution } from '../../workspace/types.js';
import type { Type } from './type.js';

export interface TypeDeps {
  /** Facts of a file of the code base, null if there are none. */
  file(path: string): FileFacts | null;
  /** All code files, sorted. */
  files(): readonly string[];
  resolveImport(fromPath: string, specifier: string): Resolution;
  readonly prisma: readonly PrismaModel[];
  readonly lexicon: Lexicon;
  readonly fhir: FhirModel;
  /** For a package (or global namespace: `fhir4`) that declares FHIR types: exported name → FHIR type name. */
  fhirPackage(specifier: string): ((exported: string) => string | null) | null;
  /** Whether knowledge describes this type (`openai#OpenAI`). */
  knownType(typeId: string): boolean;
  /** Shape that a schema (zod, yup …) held by a variable of a file's module body validates. */
  schemaShape?(file: string, name: string): Type | null;
}
