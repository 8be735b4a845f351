import { describe, expect, it } from 'vitest';
import { loadLexicon } from './lexicon.js';
import type { FieldContext } from './phi.js';

const lexicon = loadLexicon();

/** `name` or `Owner.name` or `receiver: name`, with the fields beside it after `|`. */
function say(row: string): string | null {
  const [place = '', beside = ''] = row.split('|').map((part) => part.trim());
  const siblings = beside === '' ? [] : beside.split(/\s+/);
  const at = /^(?:(?<receiver>\w+): )?(?:(?<owner>\w+)\.)?(?<name>\S+)$/.exec(place)?.groups;
  const context: FieldContext = { owner: at?.owner ?? null, receiver: at?.receiver ?? null, siblings };
  const verdict = lexicon.field(at?.name ?? '', context);
  return verdict === null ? null : (verdict.kind.letter ?? verdict.kind.category);
}

const STRONG: Readonly<Record<string, string>> = {
  A: `firstName lastName middleName fullName patientName patientFirstName patientLastName patientMiddleName
    patientFullName givenName givenNames familyName maidenName motherMaidenName mothersMaidenName preferredName nickname
    nickName birthName legalName first_name last_name middle_name full_name patient_name given_name family_name
    maiden_name preferred_name fname lname dependentName subscriberName policyHolderName guarantorName
    emergencyContactName guardianName insuredName PatientName patient-name firstname employerName nextOfKin
    User.firstName firstName1 pt_name`,
  B: `streetAddress addressLine addressLine1 addressLine2 address1 address2 street street1 street2 homeAddress
    mailingAddress patientAddress zipCode zipcode zip postalCode addressZip addressCity cityStateZip county latitude
    longitude birthPlace street_address address_line1 address_line_1 zip_code postal_code home_address guarantorAddress
    emergencyContactAddress responsiblePartyAddress censusTract precinct patientZip5`,
  C: `dob DOB dateOfBirth birthDate birthdate birthday date_of_birth birth_date patientDob patientDOB
    patientDateOfBirth deceasedDate deceasedDateTime dateOfDeath deathDate date_of_death admitDate admissionDate
    dischargeDate dateOfService date_of_service serviceDate onsetDate onsetDateTime encounterDate appointmentDate
    visitDate specimenCollectedDateTime collectionDate lastMenstrualPeriod lmp effectiveDateTime recordedDate
    performedDateTime occurrenceDateTime authoredOn abatementDateTime guarantor_dob dobIso dobString hivTestDate
    patientAge encounterStart`,
  D: `phone phoneNumber phoneNumbers phone_number mobilePhone homePhone workPhone cellPhone patientPhone
    patientPhoneNumber contactPhone telephone telephoneNumbers verifiedPhoneNumber emergencyContactPhone recipientPhone
    smsNumber phoneHome phoneMobile callerId phoneE164 guardianMobile`,
  E: `patientFax homeFax patientFaxNumber`,
  F: `email emailAddress patientEmail email_address contactEmail recipientEmail userEmail guarantorEmail
    emergencyContactEmail primaryEmail email2`,
  G: `ssn SSN ssns socialSecurityNumber socialSecurity social_security_number ssnLast4 last4Ssn lastFourSsn patientSsn
    patientSSN ssn1 ssn2 taxpayerId itin ssnHash maskedSsn`,
  H: `mrn MRN patientMrn medicalRecordNumber medical_record_number mrnNumber chartNumber chartId ehrPatientId
    athenaPatientId commonwellPatientId metriportPatientId epicPatientId patientNumber hospitalNumber externalMrn MRNs`,
  I: `memberId memberID member_id subscriberId subscriberID subscriber_id beneficiaryId policyNumber policy_number
    insuranceMemberId insuranceId medicareId medicareNumber medicaidId medicaidNumber mbi hicn insurancePolicyNumber
    patientMemberId`,
  J: `bankAccountNumber patientAccountNumber billingAccountNumber cardNumber iban routingNumber guarantorAccountNumber
    visitNumber`,
  K: `driversLicense driversLicenseNumber driverLicense driverLicenseNumber driversLicenses passportNumber dlNumber
    birthCertificateNumber patientLicenseNumber`,
  L: `vehicleId vehicleIdentificationNumber licensePlate plateNumber license_plate vehicleRegistration vinNumber`,
  M: `udi udiCarrier deviceSerialNumber imei idfa advertisingId androidId deviceUserId udid pacemakerSerial
    glucometerId pumpSerialNumber patientDeviceId`,
  N: `patientPhotoUrl patientPortalUrl photoUrl profileUrl personalWebsite socialProfileUrl`,
  O: `ipAddress clientIp ip_address remoteAddress userIp sourceIp xForwardedFor`,
  P: `fingerprintData voicePrint voiceprint faceEmbedding faceId faceTemplate retinaScan irisScan biometricTemplate
    touchId audioRecording`,
  Q: `patientPhoto photoIdFront photoIdBack selfie headshot profilePhoto faceImage photoId driverLicenseImage
    idCardImage insuranceCardFront`,
  R: `patientId patientIds patientID patient_id patientUuid personId relatedPersonId encounterId encounter_id
    appointmentId appointmentID claimId questionnaireResponseId patientRef fhirId patientReference guarantorId
    conversationSid externalPatientId patientIdentifier medicationRequestId fhirPatientId coverageId`,
  clinical: `diagnosis diagnoses primaryDiagnosis diagnosisCode diagnosisCodes icd10 icdCode icdCodes icd10Code
    problemList comorbidities snomedCode medicalConditions medicalHistory pastMedicalHistory medication medications
    medicationName medicationRequests prescription prescribedMedications rxNumber dosage ndcCode currentMedications
    allergy allergies allergyIntolerances allergen knownAllergies vitals vitalSigns bloodPressure systolic heartRate
    respiratoryRate oxygenSaturation spo2 SpO2 bmi hba1c HbA1c labResult labResults labOrders loincCode testResult
    specimen historyOfPresentIllness hpi chiefComplaint reasonForVisit dischargeDisposition procedureCode cptCodes hcpcs
    surgery surgicalHistory immunizations vaccineCode cvx familyHistory socialHistory clinicalHistory examFindings
    physicalExam pregnancyStatus smokingStatus tobaccoUse radiologyReport mri ctScan pathology biopsy stepCount
    bloodGlucose cgm diagnosisDescription labResultValue hivStatus substanceUse phq9 phq9Score suicidalIdeation
    dnaSequence psychiatricHistory hl7Message ccda fhirBundle patientData healthData phi`,
  'free-text': `progressNote progressNotes clinicalNote clinicalNotes soapNote soapNotes visitNote dictation
    patientInstructions dischargeSummary encounterSummary transcript transcription chatTranscript transcriptText
    utterances conversationTranscript audioTranscript aiSummary visitSummary ambientNote questionnaireResponse
    screeningAnswers surveyResponse intakeForm providerNotes encounterNotes appointmentComment`,
  demographic: `gender birthSex patientSex genderAtBirth race ethnicity maritalStatus religion preferredLanguage
    occupation sexualOrientation genderIdentity`,
  insurance: `insuranceData explanationOfBenefit eob eligibilityResponse payerName priorAuthorization preAuthRef`,
};

/** Names that look like the ones above and are not about a person. */
const FALSE_FRIENDS =
  `name address city date age id url uri link token ip image photo to from contact recipient line state
  history plan note status title value code
  fileName bucketName tableName fieldName className testName lambdaName templateName indexName projectName componentName
  folderName headerName queueName hostName pathName tagName eventName functionName username facilityName locationName
  providerName practitionerName labName payerName.x organizationName fontFamily visGivenDate displayName
  providerFirstName practitionerLastName employeeFirstName employeeEmail providerEmail supportEmail attorneyEmail
  capacity opacity macAddress walletAddress contractAddress baseAddress apiAddress exampleAddress memoryAddress
  facilityAddress practitionerAddress pharmacyAddress endpointAddress locationCity zipFile gzip unzip zipStream jszip
  uploadObject filteredObservations adobe message page package usage storage maxAge cacheAge candidate validateDob
  updateBirthDate createdAt updatedAt effectiveDate dobFormat DOB_DATE_FORMAT birthDateColumn
  TableCell renderCell cancellation isMobile supportPhoneNumber pharmacyPhone locationPhone providerPhone
  twilioFromNumber phoneRegex phonePattern phoneVerified
  faxNumber senderFaxNumber locationFax InboundFaxMatch makeFaxTask
  emailTemplate emailClient sendEmail noEmail isEmailValid EmailTemplateBase emailSubject emailVerified emailConfig
  sessionName processName session ssnError isSsnValid ssnSystem hasSsn taxId
  medicalRecordUrl downloadMedicalRecord chartNoteStatus mrNoInteraction projectMembership accessPolicy payerId
  combined combinedResources insurancePolicyCrud
  accountId stripeAccountId serviceAccount accountNumber AccordionCard userAccount
  npi NPI dea licenseNumber PractitionerLicense licenseKey taxonomyCode certificate
  isSaving saving serving template templateId vin adjudication audio audience serializer deviceId serialNumber
  apiUrl baseUrl queueUrl description relationship tooltip zip.x x509Fingerprint fingerprint avatar imageUrl
  cxId requestId traceId accessToken jwt identifier externalId uuidv4 systemId sessionId
  nameLabel nameTemplate hasDob dobLabel PATIENT_NAME FIRST_NAME EMAIL
  failGracefully trace isExecute parseXmlFile isExternal language fontWeight lineHeight minHeight maxHeight height weight
  temperature rxjs currXPos label inputLabel available nullable archive createHivePartitionFilePath VitalFieldNames
  conditional condition soap soapEnvelope releaseNotes footnote statusHistory variant bundle IntersectionObserver
  diagnostics admitter isPregnancyEnabled medicationPage medicationColumns diagnosisLabel vaccineDetailsPage
  patientsPage patientCount patientList.x medicationCatalog allergyEnabled encounterColumns openPicker
  getStandardObservationUnit formatSsn lastNameError requireDob`
    .split(/\s+/)
    .filter((name) => !name.includes('.'));

describe('names that stand for themselves', () => {
  for (const [kind, names] of Object.entries(STRONG)) {
    it.each(names.trim().split(/\s+/))(`%s is ${kind}`, (name) => expect(say(name)).toBe(kind));
  }
});

describe('false friends', () => {
  it.each(FALSE_FRIENDS)('%s says nothing', (name) => expect(say(name)).toBeNull());
});

describe('context', () => {
  it.each<[string, string | null]>([
    ['Patient.name', 'A'],
    ['PatientDto.address', 'B'],
    ['PatientRow.FIRST_NAME', 'A'],
    ['PatientInfo.id', 'R'],
    ['patient: name', 'A'],
    ['pt: age', 'C'],
    ['guarantor: address', 'B'],
    ['Encounter.start', 'C'],
    ['Appointment.notes', 'free-text'],
    ['Encounter.name', null],
    ['Encounter.id', 'R'],
    ['Medication.name', 'clinical'],
    ['LabResult.value', 'clinical'],
    ['Patient.weight', 'clinical'],
    ['Box.weight', null],
    ['name | dob phone', 'A'],
    ['city | firstName lastName', 'B'],
    ['name | title url', null],
    ['url | firstName email', null],
    ['firstName | lastName npi email', null],
    ['firstName | lastName npi dob', 'A'],
    ['Practitioner.firstName', null],
    ['Practitioner.dob', null],
    ['practitioner: email', null],
    ['Employee.ssn', null],
    ['Organization.phone', null],
    ['Facility.zip', null],
    ['location: postalCode', null],
    ['Pharmacy.address', null],
    ['Vendor.email', null],
    ['ProviderDashboard.patientName', 'A'],
    ['Patient.providerName', null],
    ['Patient.fileName', null],
    ['Patient.isActive', null],
    ['Patient.status', null],
    ['PatientFormErrors.email', null],
    ['errors: email', null],
    ['labels: dateOfBirth', null],
    ['SmtpConfig.email', null],
    ['PatientsPage.phone', null],
    ['EmailTemplateProps.firstName', 'A'],
    ['MedicationCatalog.medicationName', null],
    ['Patient.deviceId', 'M'],
    ['Device.deviceId', null],
    ['Patient.photo', 'Q'],
    ['Staff.photo', null],
    ['Patient.accountNumber', 'J'],
    ['LabClient.accountNumber', null],
    ['CommonWellOrganization.memberId', null],
    ['memberId | orgCert rsaPrivateKey memberName apiMode', null],
    ['memberId | teamId role invitedAt', null],
    ['memberId | clientSecret dateOfBirth', 'I'],
    ['memberId | payerId planName', 'I'],
    ['memberId | role groupNumber insurancePlan firstName', 'I'],
    ['Patient.license', 'K'],
    ['Provider.licenseNumber', null],
    ['TeamMember.name', null],
    ['Member.name', 'A'],
    ['Patient.identifier', 'R'],
    ['Location.identifier', null],
    ['Patient.fax', 'E'],
    ['Patient.ip', 'O'],
    ['AssetMeta.local_ip_address', null],
    ['serverIpAddress', null],
    ['lastLoginIpAddress', 'O'],
  ])('%s → %s', (row, kind) => expect(say(row)).toBe(kind));

  it('tells strong names from those that count by their context', () => {
    const context: FieldContext = { owner: 'Patient', receiver: null, siblings: [] };
    expect(lexicon.field('dob', context)?.strength).toBe('strong');
    expect(lexicon.field('name', context)?.strength).toBe('weak');
    expect(lexicon.field('patientAge', { ...context, owner: null })?.strength).toBe('strong');
  });

  it('gives the same answer again, and a different one in another context', () => {
    expect([say('Patient.name'), say('Box.name'), say('Patient.name')]).toEqual(['A', null, 'A']);
  });
});

describe('sensitive kinds', () => {
  it.each([
    ['phq9Score', 'mental-health'],
    ['psychotherapyNotes', 'mental-health'],
    ['psychiatricMedications', 'mental-health'],
    ['alcoholUse', 'part2'],
    ['buprenorphineDosage', 'part2'],
    ['hivTestResult', 'hiv'],
    ['brca1', 'genetic'],
    ['geneticTestResult', 'genetic'],
    ['smokingStatus', null],
    ['diagnosis', null],
  ])('%s is %s', (name, kind) => {
    const verdict = lexicon.field(name, { owner: null, receiver: null, siblings: [] });
    expect(verdict).not.toBeNull();
    expect(verdict?.kind.sensitive).toBe(kind);
  });
});

describe('subjects', () => {
  it.each([
    ['Patient', 'patient'],
    ['patients', 'patient'],
    ['IntakeForm', 'patient'],
    ['PatientInput', 'patient'],
    ['EncounterRecord', 'patient'],
    ['emergencyContact', 'patient'],
    ['RelatedPerson', 'patient'],
    ['Practitioner', 'other'],
    ['providerProfile', 'other'],
    ['Organization', 'other'],
    ['staffUser', 'other'],
    ['Vendor', 'other'],
    ['Facility', 'other'],
    ['PatientProvider', 'other'],
    ['Invoice', 'unknown'],
    ['PatientPage', 'unknown'],
    ['User', 'unknown'],
  ])('%s → %s', (name, subject) => expect(lexicon.subject(name)).toBe(subject));
});

describe('containers', () => {
  it.each([
    ['transcript', 'free-text'],
    ['transcriptText', 'free-text'],
    ['soapNote', 'free-text'],
    ['chart', 'clinical'],
    ['chartData', 'clinical'],
    ['patient', 'clinical'],
    ['patients', 'clinical'],
    ['patientContext', 'clinical'],
    ['rawTranscript', 'free-text'],
    ['dischargeSummary', 'free-text'],
    ['lineChart', null],
    ['chartOptions', null],
    ['patientCount', null],
    ['patientId', null],
    ['patientName', null],
    ['transcriptEnabled', null],
    ['TRANSCRIPT_LABEL', null],
    ['hasTranscript', null],
    ['data', null],
  ])('%s → %s', (name, kind) => expect(lexicon.container(name)?.category ?? null).toBe(kind));

  it('keeps the sensitive kind', () => {
    expect(lexicon.container('psychotherapyNotes')?.sensitive).toBe('mental-health');
  });
});
