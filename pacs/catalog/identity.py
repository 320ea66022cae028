"""From a file's header to one frozen Header, in two steps with the border of the sandbox between them.

`read_identity` runs in the child on hostile bytes and must not import Django; `header_from_wire` runs in the
server and believes nothing of what the child says.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from pacs.catalog import charsets
from pacs.catalog.data_sets import DataSetPlace, read_data_set
from pacs.catalog.display import position_mm, read_display
from pacs.catalog.elements import Elements, elements_of, tag_of
from pacs.catalog.header_json import header_json
from pacs.catalog.values import clean_name, clean_text, clean_uid, to_date, to_finite, to_time, to_whole
from pacs.errors import LightboxError
from pacs.uids import is_uid

UIDS = ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID")
TEXTS = (
    "PatientID",
    "IssuerOfPatientID",
    "PatientName",
    "PatientBirthDate",
    "PatientSex",
    "StudyID",
    "StudyDate",
    "StudyTime",
    "AccessionNumber",
    "StudyDescription",
    "ReferringPhysicianName",
    "InstitutionName",
    "PatientAge",
    "TimezoneOffsetFromUTC",
    "Modality",
    "SeriesNumber",
    "SeriesDescription",
    "BodyPartExamined",
    "Laterality",
    "SeriesDate",
    "SeriesTime",
    "PerformedProcedureStepStartDate",
    "PerformedProcedureStepStartTime",
    "InstanceNumber",
    "DeidentificationMethod",
)
LONGEST_TEXT = 1 << 12
MOST_DISPLAY_DEPTH = 4


class NoIdentifiers(LightboxError):
    """The object does not say of which study and series it is, or which object: it cannot be kept under its name."""

    code = "no_identifiers"


@dataclass(frozen=True, kw_only=True)
class PatientFacts:
    """The columns of catalog.models.Patient that a header fills."""

    patient_id: str
    issuer_of_patient_id: str
    name: str
    birth_date: date | None
    sex: str


@dataclass(frozen=True, kw_only=True)
class StudyFacts:
    """The columns of catalog.models.Study that a header fills."""

    study_id: str
    study_date: date | None
    study_time: time | None
    accession_number: str
    study_description: str
    referring_physician_name: str
    institution_name: str
    patient_age: str
    timezone_offset: str


@dataclass(frozen=True, kw_only=True)
class SeriesFacts:
    """The columns of catalog.models.Series that a header fills."""

    modality: str
    series_number: int | None
    series_description: str
    body_part_examined: str
    laterality: str
    series_date: date | None
    series_time: time | None
    performed_procedure_step_start_date: date | None
    performed_procedure_step_start_time: time | None
    frame_of_reference_uid: str


@dataclass(frozen=True, kw_only=True)
class InstanceFacts:
    """The columns of catalog.models.Instance that a header fills."""

    instance_number: int | None
    display: dict[str, Any]
    position_mm: float | None


@dataclass(frozen=True, kw_only=True)
class Header:
    """What a file says it is. A UID that is missing or not valid is empty: see require_identifiers."""

    sop_class_uid: str
    sop_instance_uid: str
    study_instance_uid: str
    series_instance_uid: str
    patient: PatientFacts
    study: StudyFacts
    series: SeriesFacts
    instance: InstanceFacts
    deidentification_method: str = ""  # (0012,0063), several joined by a backslash
    dicom_json: bytes  # zlib of the header as DICOM JSON (PS3.18 Annex F)


def require_identifiers(header: Header) -> None:
    """Raises NoIdentifiers where the object cannot be kept under its name. Fields: missing."""
    for name in ("study_instance_uid", "series_instance_uid", "sop_instance_uid", "sop_class_uid"):
        if not is_uid(getattr(header, name)):
            raise NoIdentifiers(missing=name)


# --- in the child ------------------------------------------------------------------------------


def read_identity(path: str, place: DataSetPlace) -> dict[str, Any]:
    """The header of the file as wire values: uids, texts, display, position_mm, dicom_json.

    The pixels are not read; of a deflated file, which has no place for them, all is inflated. What pydicom raises
    is the caller's to refuse with.
    """
    charsets.teach_pydicom()
    dataset, pixels = read_data_set(path, place)
    elements = elements_of(dataset)
    display = read_display(elements)
    uids = {name: _text(elements, name) for name in UIDS}
    uids["SOPClassUID"] = uids["SOPClassUID"] or place.media_storage_sop_class_uid
    return {
        "uids": uids,
        "texts": {name: _text(elements, name) for name in TEXTS},
        "display": display,
        "position_mm": position_mm(display),
        "dicom_json": zlib.compress(header_json(dataset, pixels, elements), 6),
    }


def _text(elements: Elements, keyword: str) -> str:
    """The value as the file writes it, several joined by a backslash, decoded by its character set."""
    element = elements.get(tag_of(keyword))
    value = None if element is None else element.value
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value[:LONGEST_TEXT].decode("latin-1")
    is_single = isinstance(value, str) or not hasattr(value, "__iter__") or hasattr(value, "alphabetic")
    return str(value)[:LONGEST_TEXT] if is_single else "\\".join(map(str, value))[:LONGEST_TEXT]


# --- in the server -----------------------------------------------------------------------------


def header_from_wire(wire: Mapping[str, Any]) -> Header:
    """The Header, every value made to fit its column. Raises ValueError, TypeError or KeyError for what is no answer
    of read_identity; a missing or bad UID is no such case (see require_identifiers)."""
    uids = {name: clean_uid(wire["uids"].get(name)) for name in UIDS}
    texts = wire["texts"]
    dicom_json = wire["dicom_json"]
    if not isinstance(texts, Mapping) or not isinstance(dicom_json, bytes):
        raise TypeError("not an answer of read_identity")
    return Header(
        sop_class_uid=uids["SOPClassUID"],
        sop_instance_uid=uids["SOPInstanceUID"],
        study_instance_uid=uids["StudyInstanceUID"],
        series_instance_uid=uids["SeriesInstanceUID"],
        patient=_patient(texts),
        study=_study(texts),
        series=_series(texts, uids["FrameOfReferenceUID"]),
        instance=InstanceFacts(
            instance_number=to_whole(texts.get("InstanceNumber")),
            display=_display(wire["display"]),
            position_mm=to_finite(wire["position_mm"]),
        ),
        deidentification_method=clean_text(texts.get("DeidentificationMethod"), LONGEST_TEXT),
        dicom_json=dicom_json,
    )


def _patient(texts: Mapping[str, Any]) -> PatientFacts:
    return PatientFacts(
        # Cut where it is made a column (catalog.register): two long IDs that begin alike are two.
        patient_id=clean_text(texts.get("PatientID"), LONGEST_TEXT),
        issuer_of_patient_id=clean_text(texts.get("IssuerOfPatientID"), LONGEST_TEXT),
        name=clean_name(texts.get("PatientName"), 400),
        birth_date=to_date(texts.get("PatientBirthDate")),
        sex=clean_text(texts.get("PatientSex"), 16),
    )


def _study(texts: Mapping[str, Any]) -> StudyFacts:
    return StudyFacts(
        study_id=clean_text(texts.get("StudyID"), 64),
        study_date=to_date(texts.get("StudyDate")),
        study_time=to_time(texts.get("StudyTime")),
        accession_number=clean_text(texts.get("AccessionNumber"), 64),
        study_description=clean_text(texts.get("StudyDescription"), 256),
        referring_physician_name=clean_name(texts.get("ReferringPhysicianName"), 400),
        institution_name=clean_text(texts.get("InstitutionName"), 256),
        patient_age=clean_text(texts.get("PatientAge"), 16),
        timezone_offset=clean_text(texts.get("TimezoneOffsetFromUTC"), 16),
    )


def _series(texts: Mapping[str, Any], frame_of_reference_uid: str) -> SeriesFacts:
    return SeriesFacts(
        modality=clean_text(texts.get("Modality"), 16).replace("\\", " "),
        series_number=to_whole(texts.get("SeriesNumber")),
        series_description=clean_text(texts.get("SeriesDescription"), 256),
        body_part_examined=clean_text(texts.get("BodyPartExamined"), 64),
        laterality=clean_text(texts.get("Laterality"), 16),
        series_date=to_date(texts.get("SeriesDate")),
        series_time=to_time(texts.get("SeriesTime")),
        performed_procedure_step_start_date=to_date(texts.get("PerformedProcedureStepStartDate")),
        performed_procedure_step_start_time=to_time(texts.get("PerformedProcedureStepStartTime")),
        frame_of_reference_uid=frame_of_reference_uid,
    )


def _display(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError("display is no mapping")
    return {clean_text(name, 64): _plain(one, MOST_DISPLAY_DEPTH) for name, one in value.items()}


def _plain(value: Any, depth: int) -> Any:
    """The value with nothing in it that a JSON column cannot hold."""
    if isinstance(value, str):
        return clean_text(value, 256)
    if value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) < 1 << 63):
        return value
    if depth and isinstance(value, list):
        return [_plain(one, depth - 1) for one in value]
    if depth and isinstance(value, Mapping):
        return {clean_text(name, 64): _plain(one, depth - 1) for name, one in value.items()}
    return to_finite(value)
