/** Whether the files of rules/policies are what they should be. For tests and for who writes a rule. */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { type Catalog, RULE_IDS } from './catalog.js';

const SCHEMA = new URL('../../schemas/policy.schema.json', import.meta.url);

/** One line for each mistake: file, place, what is wrong. */
export function checkCatalog(catalog: Catalog, ids: readonly string[]): readonly string[] {
  const schema = JSON.parse(readFileSync(SCHEMA, 'utf8')) as object;
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);
  return ids.flatMap((id) => {
    const policy = catalog.policy(id);
    const problems = validate(policy)
      ? []
      : (validate.errors ?? []).map((error) => `${error.instancePath || '/'} ${error.message ?? 'is not valid'}`);
    if (policy.id !== id) problems.push(`its id is "${policy.id}"`);
    if (!(RULE_IDS as readonly string[]).includes(id)) problems.push('the contract names no such rule');
    return problems.map((problem) => `rules/policies/${id}.yaml: ${problem}`);
  });
}
