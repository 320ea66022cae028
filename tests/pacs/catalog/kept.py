"""Rows of the catalogue as receiving makes them, without files: through register_instance, with headers made here."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from pydicom import Dataset

from pacs.catalog.header_json import header_json
from pacs.catalog.identity import Header, header_from_wire
from pacs.catalog.models import Patient, Series, Study, StudyWord
from pacs.catalog.names import name_key, search_words
from pacs.catalog.register import KeptFile, Registered, register_instance
from pacs.catalog.turn import own_turn
from pacs.catalog.values import moment, to_date, to_time
from pacs.storage.keys import BlobKey
from tests.builders import new_uid

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
NO_PIXELS = {
    "layout": "none",
    "pixel_offset": 0,
    "frame_offset": 0,
    "frame_bytes": 0,
    "number_of_frames": 0,
    "rows": 0,
    "columns": 0,
    "bits_allocated": 0,
    "frame_table": None,
}


def header(**attributes: Any) -> Header:
    """A header of these attributes, by keyword; what is not given is as in builders.part10."""
    given = {
        "SOPClassUID": CT_IMAGE,
        "SOPInstanceUID": new_uid(),
        "StudyInstanceUID": new_uid(),
        "SeriesInstanceUID": new_uid(),
        "PatientName": "Doe^Jane",
        "PatientID": "1234",
        "StudyDate": "20240102",
        "StudyTime": "030405",
        "AccessionNumber": "A1",
        "Modality": "CT",
        "InstanceNumber": "1",
        **attributes,
    }
    dataset = Dataset()
    for keyword, value in given.items():
        setattr(dataset, keyword, value)
    uids = {name: str(given.pop(name, "")) for name in list(given) if name.endswith("UID")}
    return header_from_wire(
        {
            "uids": uids,
            "texts": {keyword: str(value) for keyword, value in given.items()},
            "display": {},
            "position_mm": None,
            "dicom_json": zlib.compress(header_json(dataset)),
        }
    )


def blob_of(name: str) -> BlobKey:
    """A key that no file has."""
    return BlobKey(name.encode().hex().rjust(64, "0")[-64:])


def file_of(name: str) -> KeptFile:
    """A file of no pixels that is not there."""
    return KeptFile(blob_of(name), 1, EXPLICIT, NO_PIXELS)


def register(blob: str = "", **attributes: Any) -> Registered:
    """Register an instance with this header, as receiving does."""
    made = header(**attributes)
    with transaction.atomic(), own_turn() as turn:
        return register_instance(turn, made, file_of(blob or made.sop_instance_uid))


def study(**attributes: Any) -> Study:
    """The study of one new instance with this header."""
    return Study.objects.get(pk=register(**attributes).instance.series.study_id)


SYLLABLES = ("an", "be", "co", "da", "el", "fi", "go", "ha", "in", "jo", "ka", "lu", "mi", "no", "or", "pe")
DESCRIPTIONS = ("CT chest", "CT abdomen", "MR head", "Chest PA", "MR knee left", "US abdomen", "Mammography")


def _name(number: int) -> str:
    family = "".join(SYLLABLES[number // 16**place % 16] for place in range(3))
    return f"{family.title()}^{SYLLABLES[number % 13].title()}{SYLLABLES[number % 11]}"


def many_studies(count: int) -> None:
    """That many studies of as many patients, at once: rows as register makes them, of one empty series each."""
    patients = Patient.objects.bulk_create(
        Patient(
            identity_key=f"many {number}",
            patient_id=f"M{number:06}",
            name=_name(number),
            name_key=name_key(_name(number)),
        )
        for number in range(count)
    )
    studies = Study.objects.bulk_create(_many_studies(patients))
    Series.objects.bulk_create(
        Series(
            study=one,
            series_instance_uid=f"{one.study_instance_uid}.1",
            modality=one.modalities_in_study.strip("\\"),
            number_of_instances=1,
        )
        for one in studies
    )
    StudyWord.objects.bulk_create(
        StudyWord(study=one, word=word)
        for one in studies
        for word in search_words(
            one.patient.name, one.patient.patient_id, one.accession_number, one.study_description
        )
    )


def _many_studies(patients: list[Patient]) -> Iterable[Study]:
    for number, patient in enumerate(patients):
        day, at = (
            to_date(f"{2000 + number % 24}{1 + number % 12:02}{1 + number % 28:02}"),
            to_time(f"{number % 24:02}{number % 60:02}"),
        )
        description = DESCRIPTIONS[number % len(DESCRIPTIONS)]
        yield Study(
            patient=patient,
            study_instance_uid=f"1.2.77.{number}",
            study_date=day,
            study_time=at,
            study_moment=moment(day, at),
            accession_number=f"ACC{number:07}",
            study_description=description,
            modalities_in_study=f"\\{('CT', 'MR', 'US', 'DX')[number % 4]}\\",
            number_of_series=1,
            number_of_instances=1,
            arrival=number + 1,
        )
