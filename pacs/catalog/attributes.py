"""The attributes that the catalogue keeps in columns, in the standard's words: what rows are found by and told with.

One table for both doors that search (QIDO, PS3.18 Tables 10.6.3-3 to -5; C-FIND, PS3.4 C.6).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pydicom._dicom_dict import DicomDictionary
from pydicom.datadict import dictionary_VR, keyword_for_tag, tag_for_keyword

from pacs.catalog.levels import Level, is_private, is_private_creator

_TAG = re.compile(r"[0-9A-Fa-f]{8}")
LONGEST_PATH = 8  # sequences within sequences

# From a row of the first level to its row of the second, as Django follows relations.
_UP = {
    (Level.SERIES, Level.STUDY): "study__",
    (Level.INSTANCE, Level.SERIES): "series__",
    (Level.INSTANCE, Level.STUDY): "series__study__",
}


@dataclass(frozen=True)
class Attribute:
    """One attribute and its column. `path` leads to it from the row of its own level; `is_key`: it can be matched."""

    keyword: str
    tag: str  # eight hexadecimal digits, as in DICOM JSON
    vr: str
    level: Level
    path: str
    is_key: bool = True
    is_never_zero: bool = False  # 0 in the column says that there is no value

    def path_from(self, level: Level) -> str:
        """The column as seen from a row of this level, which is its own or one below."""
        return _UP.get((level, self.level), "") + self.path


NEVER_ZERO = frozenset(("NumberOfFrames", "Rows", "Columns", "BitsAllocated"))


def _attribute(keyword: str, level: Level, path: str, is_key: bool = True) -> Attribute:
    tag = tag_for_keyword(keyword)
    if tag is None:
        raise KeyError(keyword)
    return Attribute(keyword, f"{tag:08X}", dictionary_VR(tag), level, path, is_key, keyword in NEVER_ZERO)


ATTRIBUTES = (
    _attribute("StudyDate", Level.STUDY, "study_date"),
    _attribute("StudyTime", Level.STUDY, "study_time"),
    _attribute("AccessionNumber", Level.STUDY, "accession_number"),
    _attribute("ModalitiesInStudy", Level.STUDY, "modalities_in_study"),
    _attribute("InstitutionName", Level.STUDY, "institution_name"),
    _attribute("ReferringPhysicianName", Level.STUDY, "referring_physician_name"),
    _attribute("StudyDescription", Level.STUDY, "study_description"),
    _attribute("PatientName", Level.STUDY, "patient__name"),
    _attribute("PatientID", Level.STUDY, "patient__patient_id"),
    _attribute("IssuerOfPatientID", Level.STUDY, "patient__issuer_of_patient_id"),
    _attribute("PatientBirthDate", Level.STUDY, "patient__birth_date"),
    _attribute("PatientSex", Level.STUDY, "patient__sex"),
    _attribute("PatientAge", Level.STUDY, "patient_age"),
    _attribute("StudyInstanceUID", Level.STUDY, "study_instance_uid"),
    _attribute("StudyID", Level.STUDY, "study_id"),
    _attribute("TimezoneOffsetFromUTC", Level.STUDY, "timezone_offset", is_key=False),
    _attribute("NumberOfStudyRelatedSeries", Level.STUDY, "number_of_series"),
    _attribute("NumberOfStudyRelatedInstances", Level.STUDY, "number_of_instances"),
    _attribute("SeriesDate", Level.SERIES, "series_date"),
    _attribute("SeriesTime", Level.SERIES, "series_time"),
    _attribute("Modality", Level.SERIES, "modality"),
    _attribute("SeriesDescription", Level.SERIES, "series_description"),
    _attribute("BodyPartExamined", Level.SERIES, "body_part_examined"),
    _attribute("SeriesInstanceUID", Level.SERIES, "series_instance_uid"),
    _attribute("SeriesNumber", Level.SERIES, "series_number"),
    _attribute("FrameOfReferenceUID", Level.SERIES, "frame_of_reference_uid"),
    _attribute("Laterality", Level.SERIES, "laterality"),
    _attribute("NumberOfSeriesRelatedInstances", Level.SERIES, "number_of_instances"),
    _attribute("PerformedProcedureStepStartDate", Level.SERIES, "performed_procedure_step_start_date"),
    _attribute("PerformedProcedureStepStartTime", Level.SERIES, "performed_procedure_step_start_time"),
    _attribute("SOPClassUID", Level.INSTANCE, "sop_class_uid"),
    _attribute("SOPInstanceUID", Level.INSTANCE, "sop_instance_uid"),
    _attribute("AvailableTransferSyntaxUID", Level.INSTANCE, "transfer_syntax_uid"),
    _attribute("InstanceNumber", Level.INSTANCE, "instance_number"),
    _attribute("NumberOfFrames", Level.INSTANCE, "number_of_frames"),
    _attribute("Rows", Level.INSTANCE, "rows"),
    _attribute("Columns", Level.INSTANCE, "columns"),
    _attribute("BitsAllocated", Level.INSTANCE, "bits_allocated"),
)
BY_KEYWORD = {attribute.keyword: attribute for attribute in ATTRIBUTES}
BY_TAG = {attribute.tag: attribute for attribute in ATTRIBUTES}
# Told where it is known, and not at all where it is not (PS3.18 Tables 10.6.3-3 to -5).
TOLD_IF_KNOWN = frozenset(("TimezoneOffsetFromUTC",))
# Attributes of the query models alone (PS3.4 C.3.4), made for the answer.
MADE_FOR_ANSWERS = (
    "InstanceAvailability",
    "RetrieveURL",
    "SOPClassesInStudy",
    "NumberOfPatientRelatedStudies",
    "NumberOfPatientRelatedSeries",
    "NumberOfPatientRelatedInstances",
)
Path = tuple[str, ...]  # tags, from the outermost sequence to the attribute itself


def tag_of(name: str) -> str:
    """The tag of an attribute that is named by its keyword or tag, private ones too; empty where there is none."""
    if _TAG.fullmatch(name):
        return name.upper() if is_private(name) or vr_of(name.upper()) else ""
    tag = tag_for_keyword(name)
    return "" if tag is None else f"{tag:08X}"


def keyword_of(name: str) -> str:
    """The keyword of an attribute that is named by its keyword or tag (PS3.18 8.3.4.1); empty where PS3.6 has none."""
    tag = tag_of(name)
    return keyword_for_tag(int(tag, 16)) if tag else ""


def vr_of(tag: str) -> str:
    """The VR that PS3.6 gives it, the first of several; empty for a private or an unknown attribute."""
    if is_private_creator(tag):
        return "LO"
    try:
        return dictionary_VR(int(tag, 16)).split(" or ")[0]
    except KeyError:
        return ""


def path_of(name: str) -> Path:
    """An attribute that is named by keywords or tags, dots between those of sequences and of their items
    (PS3.18 8.3.4.1). Empty where there is no such attribute."""
    tags = tuple(tag_of(one) for one in name.split(".", LONGEST_PATH))
    if len(tags) > LONGEST_PATH or not all(tags):
        return ()
    return tags if all(vr_of(tag) in ("SQ", "") for tag in tags[:-1]) else ()


def name_of(path: Path) -> str:
    """The attribute by keywords, by tags where there is none."""
    return ".".join(keyword_for_tag(int(tag, 16)) or tag for tag in path)


@cache
def _by_folded_keyword() -> dict[str, str]:
    return {entry[4].lower(): entry[4] for entry in DicomDictionary.values() if entry[4]}


def meant_keyword(name: str) -> str:
    """The keyword that a name in other letters means: PatientName for patientname. Empty where it means none."""
    return _by_folded_keyword().get(name.lower(), "")


TOLD_ONLY = frozenset(map(tag_of, MADE_FOR_ANSWERS))
