import { describe, expect, it } from 'vitest';
import { loadFhir } from '../knowledge/fhir.js';
import { ANYTHING as any, CALLERS as callers, readAddress, type Asked } from './fhir-address.js';

const fhir = loadFhir();
const host = (name: string): 'fhir' | 'other' | null =>
  name === 'api.ehr.example' ? 'fhir' : name === 'github.com' ? 'other' : null;

function read(text: string, asked: Partial<Asked> = {}): string | null {
  const answer = readAddress(fhir, text, { verb: 'GET', sign: false, host, ...asked });
  if (answer === null || answer === 'open') return answer;
  const shape = answer.bundle === null ? '?' : answer.bundle ? 'Bundle' : 'one';
  return `${shape} ${answer.types.join()}`;
}

describe('what an address says of its answer', () => {
  it('tells a read from a search, a history and an operation', () => {
    expect(read(`${any}/Patient/123`)).toBe('one Patient');
    expect(read(`${any}/Patient/${callers}`)).toBe('one Patient');
    expect(read(`${any}/Observation?patient=1`)).toBe('Bundle Observation');
    expect(read(`${any}/Observation`)).toBe('Bundle Observation');
    expect(read(`${any}/Observation`, { verb: 'POST' })).toBe('one Observation');
    expect(read(`${any}/Patient/_search`, { verb: 'POST' })).toBe('Bundle Patient');
    expect(read(`${any}/Patient/1/_history`)).toBe('Bundle Patient');
    expect(read(`${any}/Patient/1/_history/2`)).toBe('one Patient');
    expect(read(`${any}/Patient/1/$everything`)).toBe('Bundle Resource');
    expect(read(`${any}/Patient/1/Condition`)).toBe('Bundle Condition');
    expect(read(`${any}/Patient/1`, { verb: 'DELETE' })).toBeNull();
  });

  it('leaves what a caller decides open, and takes it for anything where nobody says', () => {
    expect(read(`https://api.ehr.example/r4/${callers}/1`)).toBe('open');
    expect(read(`https://api.ehr.example/r4/${any}/1`)).toBe('? Resource');
    expect(read(callers)).toBe('open');
    expect(read(any)).toBeNull();
    expect(read(any, { sign: true })).toBe('? Resource');
    expect(read(`${callers}/Task/1`)).toBe('open');
  });

  it('asks for a second sign where a name is an everyday word', () => {
    expect(read(`${any}/Group/1`)).toBeNull();
    expect(read(`${any}/Group/1`, { sign: true })).toBe('one Group');
    expect(read('https://hapi.fhir.org/baseR4/Task/1')).toBe('one Task');
    expect(read('https://x.example/fhir/Group?code=a')).toBe('Bundle Group');
  });

  it('knows what only looks like FHIR', () => {
    for (const text of [
      '/api/Patient/1',
      '/Patient/1',
      `${any}/api/Patient/1`,
      `${any}/Patient-education/1`,
      `${any}/Patient/list`,
      `${any}/patient/1`,
      `${any}/Patient/1/photo.png`,
      'https://github.com/org/Patient',
      'https://fhir.ehr.example/oauth2/token',
      'https://api.ehr.example/fhir/metadata',
      'https://api.ehr.example/fhir/.well-known/smart-configuration',
      'https://weather.example/v1/cities/1',
    ])
      expect(read(text), text).toBeNull();
  });

  it('reads addresses of any shape without a fault', () => {
    for (const text of [
      '',
      '?',
      '//',
      'https://',
      '/////',
      'Patient',
      `${any}${callers}`,
      '?Patient/1',
      'a:b://Patient',
    ])
      expect(() => read(text), text).not.toThrow();
  });
});
