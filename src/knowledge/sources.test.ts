import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadFhir } from './fhir.js';
import { loadKnowledge, shippedRules } from './load.js';
import { LETTERS } from './phi.js';

const files = shippedRules().filter(({ path }) => path.startsWith('rules/sources/'));

/** All `source` entries of a file, wherever they stand. */
function sources(node: unknown): readonly { readonly gives: string; readonly origin?: string }[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === 'source' ? [value as { gives: string; origin?: string }] : sources(value),
  );
}

const FORMS = [
  /^fhir:(?:any|Bundle<(?:any|\{[\w.]+\})>|\{[\w.]+\}|[A-Z]\w+)(?:\[\])*$/,
  /^(?:typearg|instance):(?:this\.)?\d(?:\.\{\d\})?(?:\[\])?$/,
  /^schema:(?:this\.)?\d(?:\.(?:\w+|\{\*\}))*(?:\[\])?$/,
  /^instance:this(?:\[\])?$/,
  /^argtype:\d$/,
  /^sql:(?:this\.)?\d(?:\.\w+)?(?:\[\])?$/,
  /^prisma:\{model\}(?:\[\])?$/,
  /^field:[A-R]?:[a-z-]+$/,
  /^(?:request|free-text|audio|document)$/,
];

describe('rules/sources', () => {
  it('loads together with everything else', () => expect(() => loadKnowledge()).not.toThrow());

  it.each(files.map(({ path, text }) => [path, text] as const))('%s gives what the engine knows', (_path, text) => {
    const fhir = loadFhir();
    for (const { gives, origin } of sources(parse(text, { merge: true }))) {
      // The first that is known of the call counts.
      for (const one of gives.split('|'))
        expect(
          FORMS.some((form) => form.test(one)),
          gives,
        ).toBe(true);
      expect(origin, gives).toBeDefined();
      const resource = /^fhir:([A-Z]\w+)/.exec(gives)?.[1];
      if (resource !== undefined) expect(fhir.isResource(resource), gives).toBe(true);
      const letter = /^field:(\w):/.exec(gives)?.[1];
      if (letter !== undefined) expect(LETTERS).toContain(letter);
    }
  });

  it('finds clients, hooks, request bodies and EHR hosts', () => {
    const known = loadKnowledge();
    expect(known.member('@medplum/core#MedplumClient', 'searchResources')?.member.source?.gives).toBe('fhir:{0}[]');
    expect(known.exportMember('@medplum/react', 'useResource')?.member.source?.gives).toBe('typearg:0');
    expect(known.member('@oystehr/sdk#Oystehr', 'fhir.get')?.member.source?.gives).toBe(
      'typearg:0|fhir:{0.resourceType}',
    );
    expect(known.member('fhirclient#Client', 'patient.read')?.member.source?.gives).toBe('fhir:Patient');
    expect(known.member('express#Request', 'body')?.member.source?.gives).toBe('request');
    expect(known.member('global#Request', 'json')?.member.source?.gives).toBe('request');
    expect(known.member('aws-lambda#APIGatewayProxyEventV2', 'body')?.member.source?.gives).toBe('request');
    expect(known.host('api.medplum.com')?.vendor).toBe('medplum');
    expect(known.vendor('epic')?.category).toBe('ehr');
  });
});
