/** Where the data of a flow comes from, as the data models and the first step of its path tell. */
import type { FlowJson } from '../analysis.js';
import type { SourceKind } from './words.js';

export interface SourceName {
  readonly kind: SourceKind;
  /** The data model or property: `Patient`, `intakeSchema`, `memberId`. */
  readonly name: string;
}

const OUTPUT = 'model output about ';

/** Resources of FHIR that hold data about a patient. */
const FHIR = new Set(
  (
    'Account AllergyIntolerance Appointment AuditEvent Bundle CarePlan CareTeam Claim ClinicalImpression Communication ' +
    'Composition Condition Consent Coverage CoverageEligibilityRequest Device DeviceRequest DiagnosticReport ' +
    'DocumentReference Encounter EpisodeOfCare ExplanationOfBenefit FamilyMemberHistory Goal ImagingStudy Immunization ' +
    'Media MedicationAdministration MedicationDispense MedicationRequest MedicationStatement MolecularSequence ' +
    'NutritionOrder Observation Patient Person Procedure QuestionnaireResponse RelatedPerson RiskAssessment ' +
    'ServiceRequest Specimen Task VisionPrescription'
  ).split(' '),
);

const SHAPES: readonly [SourceKind, RegExp][] = [
  ['audio', /\baudio\b|MediaRecorder|getUserMedia|microphone|dictation/i],
  [
    'database',
    /prisma|drizzle|knex|sequelize|mongoose|typeorm|find(?:Many|Unique|First|One)|\bsql\b|\bdb\b|\bquery\(/i,
  ],
  ['ehr', /fhir|medplum|readResource|searchResources|smart\b|epic\b|cerner|hl7|\behr\b/i],
  ['form', /request|\breq\b|\.body\b|formData|parse(?:Async)?\(|\bevent\b|params|\binput\b|headers|\bform/i],
];

/** Whether a label is about what a model answered. */
export function isModelOutput(via: string): boolean {
  return via.startsWith(OUTPUT);
}

/** One source for each data model that the flow carries; sorted by the caller. */
export function sourcesOf(flow: FlowJson): readonly SourceName[] {
  const first = flow.path.find((step) => step.kind === 'source')?.text ?? '';
  const [, expression = ''] = /^reads [^:]*: ?([^]*)$/.exec(first) ?? [];
  const witnessed = SHAPES.find(([, shape]) => shape.test(expression))?.[0] ?? 'other';
  const names = new Map<string, SourceName>();
  for (const { via } of flow.phi) {
    const place = isModelOutput(via) ? via.slice(OUTPUT.length) : via;
    const owner = place.split('.')[0] ?? place;
    // A `Patient` read with a row of the database is the database's, not the EHR's.
    const kind = FHIR.has(owner) && witnessed !== 'database' ? 'ehr' : witnessed;
    const source = { kind, name: owner === 'schema' ? (schemaName(expression) ?? owner) : owner };
    names.set(`${source.kind}\0${source.name}`, source);
  }
  return [...names.values()];
}

/** `intakeSchema.parse(…)` → `intakeSchema`. */
function schemaName(expression: string): string | null {
  return /([\w$]+)\.(?:safeP|p)arse(?:Async)?\(/.exec(expression)?.[1] ?? null;
}
