/** What a data file says about one person, as its reader found it. */

export interface DataRecord {
  /** Table, resource, type or key that holds it; `''` if nothing says. */
  readonly kind: string;
  /** Names as the file writes them. Values never leave this room. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Offset of its first character. */
  readonly at: number;
  /** The format itself says that it is a patient (FHIR Patient, HL7 PID, C-CDA recordTarget). */
  readonly patient: boolean;
  /** The format itself says that it is a test (HTEST, processing id T or D). */
  readonly synthetic: boolean;
}

/** Records of one file; bounded, because a file of a million rows tells no more than its first thousands. */
export const MAX_RECORDS = 5000;

/** `First Name`, `first_name` and `firstName` are one. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Words of a file, table or type name, lower-case. */
export function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
