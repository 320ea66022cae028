"""The only writer of what comes into the catalogue: one instance's rows, upserted within the caller's transaction.

Counts, modalities and search words are kept here, so that no list ever counts.

Writers take turns (catalog.arrivals), so what was read here is true until the transaction ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from pacs.catalog.arrivals import next_arrival, take_turn
from pacs.catalog.identity import Header, SeriesFacts, StudyFacts, require_identifiers
from pacs.catalog.institutions import ANY, Whose
from pacs.catalog.models import OWN_INSTITUTION, Instance, InstanceMetadata, Series, Study
from pacs.catalog.names import referring_physician_key
from pacs.catalog.patients import fetch_patient, may_be_of, meant_patient, patient_of, update_patient
from pacs.catalog.pixel_source import pixel_columns
from pacs.catalog.requests import write_requests
from pacs.catalog.statements import fetch, insert, update
from pacs.catalog.study_words import write_words
from pacs.catalog.values import moment, said_anew
from pacs.storage.keys import BlobKey

LONGEST_MODALITIES = 256
STUDY_COLUMNS = (
    "id",
    "patient_id",
    "institution_id",
    "study_instance_uid",
    "modalities_in_study",
    "number_of_series",
    "number_of_instances",
    "arrival",
    *(one.name for one in fields(StudyFacts)),
)
SERIES_COLUMNS = (
    "id",
    "study_id",
    "series_instance_uid",
    "number_of_instances",
    *(one.name for one in fields(SeriesFacts)),
)
FOUND_BY = frozenset(("study_description", "accession_number"))

Outcome = Literal["new", "duplicate", "conflict"]


@dataclass(frozen=True)
class Registered:
    """What became of it. `instance` is the new row, or the one that was there first; `arrival` its number, if new.

    `patient_otherwise` names what a new file said otherwise of its patient than the files before it.
    """

    outcome: Outcome
    instance: Instance
    arrival: int = 0
    patient_otherwise: tuple[str, ...] = ()


def register_instance(
    header: Header,
    *,
    blob: BlobKey,
    size_bytes: int,
    transfer_syntax_uid: str,
    pixels: Mapping[str, Any],
    whose: Whose = ANY,
) -> Registered:
    """Write an instance's rows, or say that it was there: "duplicate" with these bytes, "conflict" with others (P4).

    A series that is known in another study is a conflict too, and so is a file of a known study that names another
    patient: its images would be shown with the wrong study, or to the wrong person. It is none where somebody said that
    the patient of the study is meant. So is a file of a study of an
    institution whose the sender's is not: nobody puts images into another house's study.
    `pixels` are ingest.scan.pixels.PixelFacts by name. Call it inside a transaction. Raises NoIdentifiers;
    ValueError for pixel facts that are none.
    """
    require_identifiers(header)
    columns = {
        **pixel_columns(pixels),
        **vars(header.instance),
        "blob": blob,
        "size_bytes": size_bytes,
        "transfer_syntax_uid": transfer_syntax_uid[:64],
    }
    take_turn()
    known = fetch(Instance, ("id", "series_id", "blob"), sop_instance_uid=header.sop_instance_uid)
    if known is not None:
        return Registered("duplicate" if known.blob == blob else "conflict", known)
    study = fetch(Study, STUDY_COLUMNS, study_instance_uid=header.study_instance_uid)
    series = fetch(Series, SERIES_COLUMNS, series_instance_uid=header.series_instance_uid)
    if series is not None and (study is None or series.study_id != study.pk):
        return Registered("conflict", series.instances.order_by("pk")[0])
    if study is not None:
        study.patient = fetch_patient(study.patient_id)
        is_theirs = may_be_of(study.patient, header) or meant_patient(header) == study.patient
        if not (is_theirs and whose.may_add(study.institution_id or OWN_INSTITUTION)):
            first = Instance.objects.filter(series__study=study).order_by("pk")[0]
            return Registered("conflict", first)
    return _insert(header, columns, study or _new_study(header, whose.institution), series)


def _insert(header: Header, columns: dict[str, Any], study: Study, known_series: Series | None) -> Registered:
    is_new = not study.number_of_instances
    patient = study.patient
    series = known_series or _new_series(header, study)
    series.study = study
    arrival = next_arrival()
    instance = Instance(
        series=series,
        arrival=arrival,
        sop_instance_uid=header.sop_instance_uid,
        sop_class_uid=header.sop_class_uid,
        **columns,
    )
    insert(instance)
    insert(InstanceMetadata(instance=instance, dicom_json=header.dicom_json))
    change = update_patient(patient, header)
    _update_series(series, header, arrival)
    changes = _study_changes(study, header)
    update(
        study,
        **changes,
        modalities_in_study=with_modality(study.modalities_in_study, series.modality),
        number_of_series=study.number_of_series + (known_series is None),
        number_of_instances=study.number_of_instances + 1,
        arrival=arrival,
    )
    if change.is_renamed:
        for one in patient.studies.select_related("patient"):
            write_words(one)
    elif is_new or not changes.keys().isdisjoint(FOUND_BY):
        write_words(study)
    return Registered("new", instance, arrival, change.otherwise)


def _new_study(header: Header, institution: int) -> Study:
    study = Study(
        patient=patient_of(header, institution),
        study_instance_uid=header.study_instance_uid,
        institution_id=institution,
    )
    insert(study)
    return study


def _new_series(header: Header, study: Study) -> Series:
    series = Series(study=study, series_instance_uid=header.series_instance_uid, **vars(header.series))
    insert(series)
    write_requests(series, header.dicom_json)
    return series


def _study_changes(study: Study, header: Header) -> dict[str, Any]:
    """What the file says newly of the study, and what follows from it."""
    changes = said_anew(vars(header.study), study)
    if not changes.keys().isdisjoint(("study_date", "study_time")):
        day, at = (changes.get(name, getattr(study, name)) for name in ("study_date", "study_time"))
        changes["study_moment"] = moment(day, at)
    if "referring_physician_name" in changes:
        changes["referring_physician_key"] = referring_physician_key(changes["referring_physician_name"])
    return changes


def with_modality(modalities: str, modality: str) -> str:
    """Study.modalities_in_study with this one in it."""
    known = [one for one in modalities.split("\\") if one]
    if not modality or modality in known:
        return modalities
    told = "\\".join(["", *sorted([*known, modality]), ""])
    return told if len(told) <= LONGEST_MODALITIES else modalities


def _update_series(series: Series, header: Header, arrival: int) -> None:
    changes = said_anew(vars(header.series), series)
    if series.modality:
        changes.pop(
            "modality", None
        )  # the study's modalities are told by it: a series keeps the one it came with
    update(series, **changes, number_of_instances=series.number_of_instances + 1, arrival=arrival)
