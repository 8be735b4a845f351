/** Reads rules/phi. Only shapes here: what the words mean for a name is decided in lexicon.ts and fhir.ts. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Letter, Sensitive } from './phi.js';

export interface NameLists {
  readonly strong?: readonly string[];
  readonly weak?: readonly string[];
  readonly weak_record?: readonly string[];
  readonly weak_clinical?: readonly string[];
}

export type LetterNames = Readonly<
  Record<
    Letter,
    NameLists & {
      readonly category: string;
      readonly not_after?: readonly string[];
      readonly not_before?: readonly string[];
    }
  >
>;

export interface HealthNames {
  readonly clinical: readonly NameLists[];
  readonly 'free-text': readonly NameLists[];
  readonly insurance: readonly NameLists[];
  readonly demographic: readonly NameLists[];
  readonly sensitive: Readonly<Record<Sensitive, { readonly words: readonly string[] }>>;
  readonly sensitive_marks_only: readonly string[];
  readonly containers: Readonly<Record<'free-text' | 'clinical', readonly string[]>>;
}

export interface WordLists {
  readonly person: readonly string[];
  readonly person_as_owner: readonly string[];
  readonly record: readonly string[];
  readonly clinical: readonly string[];
  readonly other: readonly string[];
  readonly workforce_siblings: readonly string[];
  readonly memberships: readonly string[];
  readonly membership_siblings: readonly string[];
  readonly record_siblings: readonly string[];
  readonly uploads: readonly string[];
  readonly accounts: readonly string[];
  readonly account_siblings: readonly string[];
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly after_health_only: readonly string[];
  readonly after_container: readonly string[];
  readonly never_before: readonly string[];
  readonly not_holders: readonly string[];
}

const PHI_RULES = new URL('../../rules/phi/', import.meta.url);

export function readPhiText(file: string): string {
  return readFileSync(new URL(file, PHI_RULES), 'utf8');
}

/** Our own files, checked by tests; so the shape is asserted, not validated again at every start. */
export function readPhiYaml<T>(file: string): T {
  return parse(readPhiText(file)) as T;
}
