import { describe, expect, it } from 'vitest';
import { named } from './templates.js';

describe('the places of a template', () => {
  it.each([
    ['Born {born} in {city}', [['born'], ['city']]],
    ['Dear {{patient.name}}', [['patient', 'name']]],
    ['{{#each visits}}{{this.reason}}{{/each}}', [['each'], ['visits'], ['reason']]],
    ['<p><%= it.ward %></p>', [['ward']]],
    ['Hello ${name}, %{room}', [['name'], ['room']]],
    ["{{formatDate birthDate 'YYYY'}}", [['formatDate'], ['birthDate']]],
    ['Nothing to fill', []],
  ])('%s', (template, paths) => {
    expect(named(template)).toEqual(paths);
  });

  it.each(['{{> header}}', '{{.}}', '{{this}}'])('%s is given everything', (template) => {
    expect(named(template)).toEqual([[]]);
  });
});
