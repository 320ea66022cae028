"""What the tests of access share: a clean memory, and studies of two patients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.core.cache import cache

from pacs.access import api_keys, opened, standing
from pacs.catalog.models import Instance, Patient, Series, Study
from pacs.catalog.names import name_key
from tests.people import PHYSICIAN


@pytest.fixture(autouse=True)
def clean_memory() -> Iterator[None]:
    """No test sees another's decisions or rate limits."""
    standing.forget()
    opened.forget()
    api_keys.forget()
    cache.clear()
    yield
    standing.forget()
    cache.clear()


@dataclass(frozen=True)
class Kept:
    """One study with one series and one instance."""

    patient: Patient
    study: Study
    series: Series
    instance: Instance


def keep(number: int, patient: Patient, physician: str = "") -> Kept:
    """A study of this patient; its UIDs are 1.2.<number>, .1, .1.1."""
    study = Study.objects.create(
        patient=patient,
        study_instance_uid=f"1.2.{number}",
        referring_physician_name=physician,
        referring_physician_key=name_key(physician),
    )
    series = Series.objects.create(study=study, series_instance_uid=f"1.2.{number}.1", modality="CT")
    instance = Instance.objects.create(
        series=series,
        sop_instance_uid=f"1.2.{number}.1.1",
        sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
        blob="0" * 64,
        size_bytes=1,
        transfer_syntax_uid="1.2.840.10008.1.2.1",
        pixel_layout="native",
    )
    return Kept(patient, study, series, instance)


@pytest.fixture
def pias(db: None) -> Kept:
    """Pia's study, on which Bob is named."""
    return keep(1, Patient.objects.create(identity_key="pia", patient_id="P1"), PHYSICIAN)


@pytest.fixture
def pauls(db: None) -> Kept:
    """Paul's study, on which nobody is named."""
    return keep(2, Patient.objects.create(identity_key="paul", patient_id="P2"))
