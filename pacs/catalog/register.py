"""The only writer of what comes into the catalogue: one instance's rows, upserted within the caller's turn.

Counts, modalities and search words are kept here, so that no list ever counts.

Writers take turns (catalog.turn), so what was read here is true until the transaction ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pacs.catalog.identity import Header, require_identifiers
from pacs.catalog.institutions import ANY, Whose
from pacs.catalog.models import OWN_INSTITUTION, Instance, InstanceMetadata, Series, Study
from pacs.catalog.names import referring_physician_key
from pacs.catalog.patients import may_be_of, meant_patient, patient_of, update_patient
from pacs.catalog.pixel_source import pixel_columns
from pacs.catalog.requests import write_requests
from pacs.catalog.statements import insert, new, update
from pacs.catalog.study_words import write_words
from pacs.catalog.turn import Known, Turn
from pacs.catalog.values import moment, said_anew
from pacs.storage.keys import BlobKey

LONGEST_MODALITIES = 256
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


@dataclass(frozen=True)
class KeptFile:
    """How an object lies in the store. `pixels` are ingest.scan.pixels.PixelFacts by name."""

    blob: BlobKey
    size_bytes: int
    transfer_syntax_uid: str
    pixels: Mapping[str, Any]


def register_instance(turn: Turn, header: Header, file: KeptFile, whose: Whose = ANY) -> Registered:
    """Write an instance's rows, or say that it was there: "duplicate" with these bytes, "conflict" with others (P4).

    A series that is known in another study is a conflict too, and so is a file of a known study that names another
    patient: its images would be shown with the wrong study, or to the wrong person. It is none where somebody said that
    the patient of the study is meant. So is a file of a study of an
    institution whose the sender's is not: nobody puts images into another house's study.
    Raises NoIdentifiers; ValueError for pixel facts that are none.
    """
    require_identifiers(header)
    columns = {
        **pixel_columns(file.pixels),
        **vars(header.instance),
        "blob": file.blob,
        "size_bytes": file.size_bytes,
        "transfer_syntax_uid": file.transfer_syntax_uid[:64],
    }
    known = turn.look_up(header)
    if known.instance is not None:
        return Registered("duplicate" if known.instance.blob == file.blob else "conflict", known.instance)
    in_the_way = _in_the_way(known, header, whose)
    if in_the_way is not None:
        return Registered("conflict", in_the_way)
    return _insert(
        turn, header, columns, known.study or _new_study(turn, header, whose.institution), known.series
    )


def _in_the_way(known: Known, header: Header, whose: Whose) -> Instance | None:
    """The first object of what this one cannot be of, though it names it."""
    study, series = known.study, known.series
    if series is not None and (study is None or series.study_id != study.pk):
        return series.instances.order_by("pk")[0]
    if study is None:
        return None
    is_theirs = may_be_of(study.patient, header) or meant_patient(header) == study.patient
    if is_theirs and whose.may_add(study.institution_id or OWN_INSTITUTION):
        return None
    return Instance.objects.filter(series__study=study).order_by("pk")[0]


def _insert(
    turn: Turn, header: Header, columns: dict[str, Any], study: Study, known_series: Series | None
) -> Registered:
    is_new = not study.number_of_instances
    series = known_series or _new_series(turn, header, study)
    series.study = study
    arrival = turn.next_arrival()
    instance = new(
        Instance,
        series_id=series.pk,
        arrival=arrival,
        sop_instance_uid=header.sop_instance_uid,
        sop_class_uid=header.sop_class_uid,
        **columns,
    )
    insert(instance)
    instance.series = series
    insert(new(InstanceMetadata, instance_id=instance.pk, dicom_json=header.dicom_json))
    change = update_patient(study.patient, header)
    update(series, **_series_changes(series, header))
    changes = _study_changes(study, header)
    update(study, **changes)
    _count(study, series, arrival, is_new_series=known_series is None)
    turn.count(study, series)
    if change.is_renamed:
        for one in study.patient.studies.select_related("patient"):
            write_words(one)
    elif is_new or not changes.keys().isdisjoint(FOUND_BY):
        write_words(study)
    return Registered("new", instance, arrival, change.otherwise)


def _count(study: Study, series: Series, arrival: int, *, is_new_series: bool) -> None:
    study.modalities_in_study = with_modality(study.modalities_in_study, series.modality)
    study.number_of_series += is_new_series
    for row in (study, series):
        row.number_of_instances += 1
        row.arrival = arrival


def _new_study(turn: Turn, header: Header, institution: int) -> Study:
    study = Study(
        patient=turn.same_patient(patient_of(header, institution)),
        study_instance_uid=header.study_instance_uid,
        institution_id=institution,
    )
    insert(study)
    turn.remember_study(study)
    return study


def _new_series(turn: Turn, header: Header, study: Study) -> Series:
    series = Series(study=study, series_instance_uid=header.series_instance_uid, **vars(header.series))
    insert(series)
    write_requests(series, header.dicom_json)
    turn.remember_series(series)
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


def _series_changes(series: Series, header: Header) -> dict[str, Any]:
    changes = said_anew(vars(header.series), series)
    if series.modality:
        changes.pop(
            "modality", None
        )  # the study's modalities are told by it: a series keeps the one it came with
    return changes
