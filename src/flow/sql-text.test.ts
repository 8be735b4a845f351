import { describe, expect, it } from 'vitest';
import { queryOf } from './sql-text.js';

describe('queryOf', () => {
  it.each([
    ['select * from patients', { table: 'patients', columns: null }],
    [
      'SELECT p.first_name, p.dob AS born FROM clinic."patients" p WHERE id = $1',
      { table: 'patients', columns: ['first_name', 'born'] },
    ],
    ['select count(*) as n, lower(email) from visits', { table: 'visits', columns: ['n'] }],
    ['insert into patients (name) values ($1) returning id, name', { table: 'patients', columns: ['id', 'name'] }],
    ['update patients set ward = $1', null],
    ['select 1', null],
  ])('%s', (text, expected) => {
    expect(queryOf(text)).toEqual(expected);
  });

  it('leaves huge texts alone', () => {
    expect(queryOf(`select ${'a,'.repeat(10_000)} b from c`)).toBeNull();
  });
});
