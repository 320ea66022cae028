"""To which level of the Study Root model an attribute belongs that the catalogue has no column for (PS3.3, PS3.4 C.6).

Those of the modules of patient and study are told and sought with studies, those of series and equipment with series;
what is not named here belongs to the instance.
"""

from __future__ import annotations

from enum import IntEnum

from pydicom.datadict import tag_for_keyword


class Level(IntEnum):
    """What a search finds; a row of one level knows the rows above it."""

    STUDY = 0  # with its patient, as in the Study Root model
    SERIES = 1
    INSTANCE = 2


# PS3.3 C.7.1.1 Patient, C.7.1.3 Clinical Trial Subject
_PATIENT = """
    PatientBirthTime PatientBirthDateInAlternativeCalendar PatientDeathDateInAlternativeCalendar
    PatientAlternativeCalendar PatientBirthName PatientMotherBirthName ReferencedPatientSequence
    ReferencedPatientPhotoSequence OtherPatientIDs OtherPatientIDsSequence OtherPatientNames EthnicGroup
    EthnicGroupCodeSequence PatientComments PatientSpeciesDescription PatientSpeciesCodeSequence
    PatientBreedDescription PatientBreedCodeSequence BreedRegistrationSequence StrainDescription StrainNomenclature
    StrainStockSequence StrainAdditionalInformation StrainCodeSequence GeneticModificationsSequence ResponsiblePerson
    ResponsiblePersonRole ResponsibleOrganization PatientIdentityRemoved DeidentificationMethod
    DeidentificationMethodCodeSequence QualityControlSubject TypeOfPatientID IssuerOfPatientIDQualifiersSequence
    SourcePatientGroupIdentificationSequence GroupOfPatientsIdentificationSequence PatientAddress
    PatientTelephoneNumbers PatientInsurancePlanCodeSequence PatientPrimaryLanguageCodeSequence
    PatientReligiousPreference MilitaryRank BranchOfService CountryOfResidence RegionOfResidence MedicalRecordLocator
    ClinicalTrialSponsorName ClinicalTrialProtocolID ClinicalTrialProtocolName ClinicalTrialSiteID
    ClinicalTrialSiteName ClinicalTrialSubjectID ClinicalTrialSubjectReadingID ClinicalTrialProtocolEthicsCommitteeName
    ClinicalTrialProtocolEthicsCommitteeApprovalNumber IssuerOfClinicalTrialProtocolID IssuerOfClinicalTrialSiteID
    IssuerOfClinicalTrialSubjectID IssuerOfClinicalTrialSubjectReadingID OtherClinicalTrialProtocolIDsSequence
"""
# PS3.3 C.7.2.1 General Study, C.7.2.2 Patient Study, C.7.2.3 Clinical Trial Study; PS3.4 C.3.4
_STUDY = """
    ReferringPhysicianIdentificationSequence ReferringPhysicianAddress ReferringPhysicianTelephoneNumbers
    ConsultingPhysicianName ConsultingPhysicianIdentificationSequence IssuerOfAccessionNumberSequence
    PhysiciansOfRecord PhysiciansOfRecordIdentificationSequence NameOfPhysiciansReadingStudy
    PhysiciansReadingStudyIdentificationSequence RequestingService RequestingServiceCodeSequence RequestingPhysician
    RequestedProcedureDescription RequestedProcedureCodeSequence ReferencedStudySequence ProcedureCodeSequence
    ReasonForPerformedProcedureCodeSequence AdmittingDiagnosesDescription AdmittingDiagnosesCodeSequence PatientSize
    PatientWeight PatientBodyMassIndex MeasuredAPDimension MeasuredLateralDimension PatientSizeCodeSequence
    MedicalAlerts Allergies SmokingStatus PregnancyStatus LastMenstrualDate PatientState Occupation
    AdditionalPatientHistory AdmissionID IssuerOfAdmissionIDSequence ReasonForVisit ReasonForVisitCodeSequence
    ServiceEpisodeID IssuerOfServiceEpisodeIDSequence ServiceEpisodeDescription PatientSexNeutered OtherStudyNumbers
    ClinicalTrialTimePointID ClinicalTrialTimePointDescription LongitudinalTemporalOffsetFromEvent
    LongitudinalTemporalEventType ConsentForClinicalTrialUseSequence AnatomicRegionsInStudyCodeSequence
"""
# PS3.3 C.7.3.1 General Series, C.7.3.2 Clinical Trial Series, C.7.4.1 Frame of Reference, C.7.5.1 General Equipment
_SERIES = """
    SeriesDescriptionCodeSequence PerformingPhysicianName PerformingPhysicianIdentificationSequence OperatorsName
    OperatorIdentificationSequence ReferencedPerformedProcedureStepSequence RelatedSeriesSequence ProtocolName
    PatientPosition SmallestPixelValueInSeries LargestPixelValueInSeries PerformedProcedureStepID
    PerformedProcedureStepDescription PerformedProtocolCodeSequence PerformedProcedureStepEndDate
    PerformedProcedureStepEndTime RequestAttributesSequence CommentsOnThePerformedProcedureStep
    AnatomicalOrientationType TreatmentSessionUID PositionReferenceIndicator SynchronizationFrameOfReferenceUID
    Manufacturer InstitutionAddress InstitutionCodeSequence StationName InstitutionalDepartmentName
    InstitutionalDepartmentTypeCodeSequence ManufacturerModelName DeviceSerialNumber SoftwareVersions GantryID
    SpatialResolution DateOfLastCalibration TimeOfLastCalibration UDISequence DeviceUID ManufacturerDeviceClassUID
    ClinicalTrialCoordinatingCenterName ClinicalTrialSeriesID ClinicalTrialSeriesDescription
"""


def _tags(keywords: str) -> frozenset[str]:
    found = {keyword: tag_for_keyword(keyword) for keyword in keywords.split()}
    return frozenset(f"{tag:08X}" for tag in found.values() if tag is not None)


STUDY_TAGS = _tags(_PATIENT + _STUDY)
SERIES_TAGS = _tags(_SERIES)
# Of the SOP Common module, but true of every level (PS3.18 10.6.1.2.1).
EVERY_LEVEL_TAGS = _tags("SpecificCharacterSet TimezoneOffsetFromUTC")


def level_of_tag(tag: str) -> Level:
    """The highest level that an attribute without a column is told at; private ones may be of any."""
    if tag in STUDY_TAGS or tag in EVERY_LEVEL_TAGS or is_private(tag):
        return Level.STUDY
    return Level.SERIES if tag in SERIES_TAGS else Level.INSTANCE


def is_private(tag: str) -> bool:
    """Whether the group is odd (PS3.5 7.8.1)."""
    return int(tag[:4], 16) % 2 == 1


def is_private_creator(tag: str) -> bool:
    """Whether this reserves a block of its group: (gggg,0010) to (gggg,00FF)."""
    return is_private(tag) and tag[4:6] == "00" and int(tag[6:], 16) >= 0x10
