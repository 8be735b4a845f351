/** Patients in HL7 v2 messages, C-CDA documents and FHIR XML. */
import { type DataRecord, MAX_RECORDS } from './record.js';

type Field = readonly [name: string, value: string];

/** PID segments, under the processing id of their message header. */
export function readHl7(text: string): readonly DataRecord[] {
  const records: DataRecord[] = [];
  let synthetic = false;
  for (const match of text.matchAll(/[^\r\n]+/g)) {
    const segment = match[0].trimStart();
    const at = match.index + match[0].length - segment.length;
    const fields = segment.split('|');
    if (segment.startsWith('MSH|')) synthetic = /^[TD](?:\^|$)/.test(fields[10] ?? '');
    if (segment.startsWith('PID|') && records.length < MAX_RECORDS)
      records.push({ kind: 'PID', fields: pidFields(fields), at, patient: true, synthetic });
  }
  return records;
}

function pidFields(pid: readonly string[]): readonly Field[] {
  const part = (index: number, component: number): string =>
    (pid[index] ?? '').split('~')[0]?.split('^')[component]?.trim() ?? '';
  const fields: readonly Field[] = [
    ['mrn', part(3, 0)],
    ['family', part(5, 0)],
    ['given', part(5, 1)],
    ['birthDate', part(7, 0)],
    ['street', part(11, 0)],
    ['postalCode', part(11, 4)],
    ['phone', part(13, 0) === '' ? part(13, 11) : part(13, 0)],
    ['ssn', part(19, 0)],
  ];
  return fields.filter(([, value]) => value !== '' && value !== '""');
}

const SSN_ROOT = '2.16.840.1.113883.4.1';

/** `recordTarget` of C-CDA and `Patient` of FHIR XML. */
export function readHealthXml(text: string): readonly DataRecord[] {
  const records: DataRecord[] = [];
  for (const match of text.matchAll(/<recordTarget\b[^]*?(?:<\/recordTarget>|$)/g)) {
    const role = match[0].replace(
      /<(?:guardian|providerOrganization)\b[^]*?<\/(?:guardian|providerOrganization)>/g,
      '',
    );
    records.push({ kind: 'recordTarget', fields: ccdaFields(role), at: match.index, patient: true, synthetic: false });
    if (records.length >= MAX_RECORDS) return records;
  }
  for (const match of text.matchAll(/<Patient\b[^>]*>[^]*?(?:<\/Patient>|$)/g)) {
    const synthetic = /<code value="HTEST"/.test(match[0]);
    records.push({ kind: 'Patient', fields: fhirXmlFields(match[0]), at: match.index, patient: true, synthetic });
    if (records.length >= MAX_RECORDS) return records;
  }
  return records;
}

function ccdaFields(role: string): readonly Field[] {
  const text = (tag: string): string => new RegExp(`<${tag}\\b[^>]*>([^<]*)<`).exec(role)?.[1]?.trim() ?? '';
  const telecom = [...role.matchAll(/<telecom\b[^>]*\bvalue="(?:tel:|mailto:)?([^"]*)"/g)].map(
    (match) => match[1] ?? '',
  );
  const ids = [...role.matchAll(/<id\b[^>]*>/g)].map((match) => match[0]);
  const extension = (id: string | undefined): string => /\bextension="([^"]*)"/.exec(id ?? '')?.[1] ?? '';
  const fields: readonly Field[] = [
    ['given', text('given')],
    ['family', text('family')],
    ['birthDate', /<birthTime\b[^>]*\bvalue="([^"]*)"/.exec(role)?.[1] ?? ''],
    ['street', text('streetAddressLine')],
    ['postalCode', text('postalCode')],
    ['phone', telecom.find((one) => !one.includes('@')) ?? ''],
    ['email', telecom.find((one) => one.includes('@')) ?? ''],
    ['ssn', extension(ids.find((id) => id.includes(`root="${SSN_ROOT}"`)))],
    ['mrn', extension(ids.find((id) => !id.includes(`root="${SSN_ROOT}"`)))],
  ];
  return fields.filter(([, value]) => value !== '');
}

function fhirXmlFields(patient: string): readonly Field[] {
  const value = (tag: string): string => new RegExp(`<${tag} value="([^"]*)"`).exec(patient)?.[1] ?? '';
  const telecom = [...patient.matchAll(/<telecom>[^]*?<\/telecom>/g)].map((match) => match[0]);
  const of = (system: string): string =>
    /<value value="([^"]*)"/.exec(telecom.find((one) => one.includes(`<system value="${system}"`)) ?? '')?.[1] ?? '';
  const fields: readonly Field[] = [
    ['family', value('family')],
    ['given', value('given')],
    ['birthDate', value('birthDate')],
    ['street', value('line')],
    ['postalCode', value('postalCode')],
    ['phone', of('phone')],
    ['email', of('email')],
  ];
  return fields.filter(([, one]) => one !== '');
}
