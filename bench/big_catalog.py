"""python -m bench.big_catalog fill|query — a catalogue of 20,000 studies and 1,000,000 instances, without a file.

`fill` makes its rows in the data folder of LIGHTBOX_DATA; `query` prints how many milliseconds the study list's
query takes there, without a server. A process of its own, because Django reads its settings once.
"""

from __future__ import annotations

import hashlib
import os
import random
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from datetime import time as time_of_day
from itertools import islice
from statistics import median
from typing import Any

STUDIES = 20_000
SERIES_PER_STUDY = 3
INSTANCES_PER_STUDY = 50
CHUNK = 1000  # studies
GIVEN = (
    "Anna",
    "Bo",
    "Chloé",
    "Dmitri",
    "Esra",
    "Fatima",
    "Günther",
    "Hana",
    "Ines",
    "Jürgen",
    "Kofi",
    "Lena",
)
FAMILY = (
    "Álvarez",
    "Brown",
    "Chen",
    "Dvořák",
    "Eriksson",
    "Ferrari",
    "Gonçalves",
    "Huber",
    "Ito",
    "Müller",
    "Nowak",
)
DESCRIPTIONS = (
    "CT chest",
    "CT abdomen with contrast",
    "MR brain",
    "XR chest two views",
    "US liver",
    "MG screening",
)
MODALITIES = ("CT", "CT", "MR", "DX", "US", "MG")


def main() -> None:
    """One of the two commands."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pacs.settings")
    django.setup()
    if sys.argv[1] == "fill":
        fill()
    else:
        print(f"{query_ms():.3f}")


def fill() -> None:
    """Migrate and make the rows, in chunks, without waiting for the disk: it is no loss if this is lost."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", interactive=False, verbosity=0)
    quickly = {"sqlite": "PRAGMA synchronous=OFF", "postgresql": "SET synchronous_commit=off"}[
        connection.vendor
    ]
    with connection.cursor() as cursor:
        cursor.execute(quickly)
    numbers = iter(range(STUDIES))
    while chunk := list(islice(numbers, CHUNK)):
        _make(chunk)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)" if connection.vendor == "sqlite" else "ANALYZE")


def _make(numbers: list[int]) -> None:
    from django.db import transaction

    from pacs.catalog.models import Instance, Patient, Series, Study, StudyWord
    from pacs.catalog.names import search_words

    with transaction.atomic():
        patients = Patient.objects.bulk_create(Patient(**_patient(number)) for number in numbers)
        studies = Study.objects.bulk_create(
            Study(patient=patient, **_study(number))
            for number, patient in zip(numbers, patients, strict=True)
        )
        StudyWord.objects.bulk_create(
            StudyWord(study=study, word=word)
            for study, patient in zip(studies, patients, strict=True)
            for word in search_words(
                patient.name, patient.patient_id, study.accession_number, study.study_description
            )
        )
        series = Series.objects.bulk_create(
            Series(study=study, **_series(study.study_instance_uid, place))
            for study in studies
            for place in range(SERIES_PER_STUDY)
        )
        Instance.objects.bulk_create(_instances(series), batch_size=500)


def _patient(number: int) -> dict[str, Any]:
    from pacs.catalog.names import name_key

    chance = random.Random(number)
    name = f"{chance.choice(FAMILY)}-{chance.choice(FAMILY)}^{chance.choice(GIVEN)}"
    return {
        "identity_key": f"bench\\{number}",
        "patient_id": f"P{number:06}",
        "name": name,
        "name_key": name_key(name),
        "birth_date": date(1930, 1, 1) + timedelta(days=chance.randrange(30_000)),
        "sex": chance.choice("FM"),
    }


def _study(number: int) -> dict[str, Any]:
    chance = random.Random(-number - 1)
    kind = chance.randrange(len(DESCRIPTIONS))
    day = date(2016, 1, 1) + timedelta(days=chance.randrange(3650))
    at = time_of_day(chance.randrange(24), chance.randrange(60), chance.randrange(60))
    return {
        "study_instance_uid": f"1.2.840.99.1.{number}",
        "study_date": day,
        "study_time": at,
        "study_moment": int(f"{day:%Y%m%d}{at:%H%M%S}"),
        "accession_number": f"A{number:07}",
        "study_description": DESCRIPTIONS[kind],
        "referring_physician_name": f"{chance.choice(FAMILY)}^Dr",
        "modalities_in_study": f"\\{MODALITIES[kind]}\\",
        "number_of_series": SERIES_PER_STUDY,
        "number_of_instances": INSTANCES_PER_STUDY,
        "arrival": (number + 1) * INSTANCES_PER_STUDY,
    }


def _series(study_uid: str, place: int) -> dict[str, Any]:
    return {
        "series_instance_uid": f"{study_uid}.{place + 1}",
        "modality": "CT",
        "series_number": place + 1,
        "number_of_instances": len(range(place, INSTANCES_PER_STUDY, SERIES_PER_STUDY)),
    }


def _instances(series: list[Any]) -> Iterator[Any]:
    from pacs.catalog.models import Instance

    for one in series:
        for number in range(1, one.number_of_instances + 1):
            uid = f"{one.series_instance_uid}.{number}"
            yield Instance(
                series=one,
                sop_instance_uid=uid,
                sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
                instance_number=number,
                blob=hashlib.sha256(uid.encode()).hexdigest(),
                size_bytes=526_000,
                transfer_syntax_uid="1.2.840.10008.1.2.1",
                pixel_layout="native",
                number_of_frames=1,
                rows=512,
                columns=512,
            )


def query_ms() -> float:
    """The median of the list's own query: fifty studies and one more, with their patients."""
    from pacs.access.actors import system_actor
    from pacs.access.permit import visible_studies
    from pacs.catalog.search import StudyFilter, list_studies

    times = []
    for _ in range(100):
        began = time.perf_counter()
        found = list(list_studies(visible_studies(system_actor("bench")), StudyFilter(), None)[:51])
        times.append(time.perf_counter() - began)
        assert len(found) == 51
    return median(times) * 1000


if __name__ == "__main__":
    main()
