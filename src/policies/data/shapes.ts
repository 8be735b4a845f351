/** What the shape of a value says: nothing, that it could be real, or that it is made up. The value itself goes no further. */

export type Shape =
  | 'nothing'
  /** A valid identifier without any mark. */
  | 'real'
  /** A placeholder that real data may hold, too (1980-01-01). */
  | 'placeholder'
  /** Reserved, impossible, or says so itself. */
  | 'synthetic';

/** Words and values of rules/policies/phi-in-fixture.yaml. */
export interface ShapeLists {
  readonly testNames: ReadonlySet<string>;
  readonly testPeople: ReadonlySet<string>;
  readonly testDomains: ReadonlySet<string>;
  readonly neverSsn: ReadonlySet<string>;
  readonly testStreets: readonly string[];
  readonly testTowns: readonly string[];
}

/** Templates, masks and column descriptions are no values. */
const TEMPLATE =
  /\{\{|\$\{|<%|^[<[].*[>\]]$|^[Xx*#•-]+$|\*{3}|•{2}|^(?:string|null|undefined|n\/a|none|todo|tbd|redacted)$/i;

export function isTemplate(value: string): boolean {
  return TEMPLATE.test(value.trim());
}

/** A person's full name or a part of one. */
export function nameShape(value: string, lists: ShapeLists): Shape {
  const name = value.trim();
  if (isTemplate(name) || name.length > 60) return 'nothing';
  // Synthea numbers its people.
  if (/^[\p{L}' -]+\d{1,4}(?:[\s,][\p{L}' -]+\d{1,4})*$/u.test(name)) return 'synthetic';
  if (!/^[\p{L}][\p{L}'’., -]+$/u.test(name)) return 'nothing';
  const words = name
    .toLowerCase()
    .split(/[^\p{L}'’-]+/u)
    .filter((word) => word !== '');
  if (words.some((word) => lists.testNames.has(word))) return 'synthetic';
  // More words than a name has: a sentence, a title, an organization.
  if (words.length > 5 || name === name.toLowerCase()) return 'nothing';
  return 'real';
}

/** A date of birth or death. `year` tells 4-digit years of people alive. */
export function dateShape(value: string, today: string): Shape {
  const text = value.trim();
  const iso = /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*|\d{0,10}(?:[+-]\d{4})?)?$/.exec(text);
  const us = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text);
  const [year, month, day] = iso !== null ? iso.slice(1) : us !== null ? [us[3], us[1], us[2]] : [];
  if (year === undefined || month === undefined || day === undefined) return 'nothing';
  const plain = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  if (Number(month) > 31 || Number(day) > 31 || Number(year) < 1800) return 'nothing';
  if (plain > today) return 'synthetic';
  if (Number(year) < Number(today.slice(0, 4)) - 120) return 'synthetic';
  return /-(?:01-01|12-31)$/.test(plain) || /^(\d)\1{3}/.test(year) ? 'placeholder' : 'real';
}

export function ssnShape(value: string, lists: ShapeLists): Shape {
  const digits = value.replace(/[\s-]/g, '');
  if (!/^\d{9}$/.test(digits)) return 'nothing';
  const area = digits.slice(0, 3);
  const impossible =
    area === '000' || area === '666' || area[0] === '9' || digits.slice(3, 5) === '00' || digits.endsWith('0000');
  const famous = lists.neverSsn.has(digits) || /^(\d)\1{8}$/.test(digits) || /^98765432\d$/.test(digits);
  return impossible || famous ? 'synthetic' : 'real';
}

export function phoneShape(value: string): Shape {
  const digits = value.replace(/(?:x|ext\.?)\s*\d+$/i, '').replace(/\D/g, '');
  const plain = digits.length === 11 && digits.startsWith('1') ? digits.slice(1) : digits;
  if (plain.length !== 10) return 'nothing';
  // 555 as area or exchange is not given out, nor is what begins with 0 or 1.
  if (plain.startsWith('555') || plain.slice(3, 6) === '555') return 'synthetic';
  if (/^(\d)\1{9}$/.test(plain) || plain === '1234567890' || plain === '9876543210' || /^123456/.test(plain))
    return 'synthetic';
  return /^[2-9]\d{2}[2-9]/.test(plain) ? 'real' : 'synthetic';
}

export function emailShape(value: string, lists: ShapeLists): Shape {
  const match = /^([^\s@]+)@([^\s@]+\.[a-z]{2,})$/i.exec(value.trim());
  if (match === null) return 'nothing';
  const [local = '', domain = ''] = [match[1]?.toLowerCase(), match[2]?.toLowerCase()];
  const reserved =
    /(?:^|\.)(?:test|invalid|example|localhost|local)$/.test(domain) || /(?:^|\.)example\.\w+$/.test(domain);
  if (reserved || lists.testDomains.has(domain)) return 'synthetic';
  return /(?:^|[._+-])(?:test|demo|fake|dummy|e2e|example|sample)/.test(local) ? 'synthetic' : 'real';
}

/** Record, member and account numbers. */
export function numberShape(value: string): Shape {
  const text = value.trim();
  if (isTemplate(text)) return 'nothing';
  // The number that Medicare prints in its own examples.
  if (text.replace(/-/g, '') === '1EG4TE5MK73') return 'synthetic';
  if (/test|demo|fake|dummy|sample|example|mock|synth/i.test(text)) return 'synthetic';
  const digits = text.replace(/\D/g, '');
  if (digits.length < 4 || !/^[A-Za-z]{0,6}[-_ ]?[\dA-Za-z-]{4,20}$/.test(text)) return 'nothing';
  if (/^0*(\d)\1*$/.test(digits) || '01234567890123456789'.includes(digits) || '98765432109876543210'.includes(digits))
    return 'synthetic';
  return /^0{2,}\d{1,3}$/.test(digits) ? 'placeholder' : 'real';
}

/** Street with a number, or a five-digit code. */
export function addressShape(value: string, lists: ShapeLists): Shape {
  const text = value.trim().toLowerCase();
  if (isTemplate(text)) return 'nothing';
  if (/^\d{5}(?:-?\d{4})?$/.test(text)) return /^(\d)\1{4}|^12345|^00000|^99999/.test(text) ? 'placeholder' : 'real';
  if (lists.testStreets.some((street) => text.includes(street)) || lists.testTowns.some((town) => text.includes(town)))
    return 'placeholder';
  return /^\d{1,6}[a-z]? [\p{L}\d]/u.test(text) ? 'real' : 'nothing';
}
