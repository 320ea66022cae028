"""Objects that are entered in one transaction: each has its own rows, event and announcement, and its own faults."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pacs.access import chain
from pacs.access.actors import system_actor
from pacs.access.models import AuditEvent
from pacs.catalog.arrivals import newest
from pacs.catalog.models import Instance, Patient, Study
from pacs.events import bus
from pacs.events.bus import InstanceStored
from pacs.ingest.arrival import Arrival, arrival_from_stow
from pacs.ingest.checks import Examined, check
from pacs.ingest.enter import _write
from pacs.ingest.together import Shared
from pacs.storage.blobs import blob_store
from pacs.storage.staging import stage_bytes
from tests import builders
from tests.pacs.ingest.waiting import Work, behind_a_gate

pytestmark = pytest.mark.django_db(transaction=True)
WHO = system_actor("test")


def kept_work(**attributes: Any) -> Work:
    """What enters a new object, whose bytes are kept already."""
    arrival, examined = examine(builders.ct_slice(**attributes))
    blob_store().put(arrival.staged)
    return partial(_write, arrival, examined)


def examine(data: bytes) -> tuple[Arrival, Examined]:
    arrival = arrival_from_stow(stage_bytes(data), actor=WHO)
    return arrival, check(arrival)


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[InstanceStored]:
    told: list[InstanceStored] = []
    monkeypatch.setattr(bus, "_listeners", [told.append])
    return told


def test_each_has_its_rows_its_event_and_its_announcement(
    storage_roots: Path, announced: list[InstanceStored]
) -> None:
    one, two = ({"StudyInstanceUID": uid, "SeriesInstanceUID": f"{uid}.1"} for uid in ("1.2.3", "1.2.4"))
    works = [kept_work(**names) for names in (one, one, two, one)]
    assert [future.result() for future in behind_a_gate(works)] == ["new"] * 4
    counts = dict(Study.objects.values_list("study_instance_uid", "number_of_instances"))
    assert counts == {"1.2.3": 3, "1.2.4": 1}
    numbers = list(Instance.objects.order_by("arrival").values_list("arrival", flat=True))
    assert numbers == list(range(newest().number - 3, newest().number + 1))
    assert [told.arrival for told in announced] == numbers
    assert AuditEvent.objects.filter(action="object stored").count() == 4
    assert chain.breaks() == []


def test_p17_a_patient_who_is_called_otherwise_is_in_the_chain_too(storage_roots: Path) -> None:
    uid = builders.new_uid()
    works = [
        kept_work(StudyInstanceUID=uid, PatientName=name) for name in ("Doe^Jane", "Roe^Jane", "Doe^Jane")
    ]
    behind_a_gate(works)
    assert Patient.objects.exclude(identity_key="gate").get().name == "Doe^Jane"
    actions = list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["object stored", *["object stored", "patient changed"] * 2]
    assert chain.breaks() == []


def test_of_those_that_are_undone_each_is_entered_alone_and_the_faulty_one_not(
    storage_roots: Path, announced: list[InstanceStored]
) -> None:
    names = {"StudyInstanceUID": "1.2.3", "SeriesInstanceUID": "1.2.3.1"}
    faulty = kept_work(**names)

    def fail(shared: Shared) -> None:
        faulty(shared)
        raise ZeroDivisionError

    first, failed, last = behind_a_gate([kept_work(**names), fail, kept_work(**names)])
    assert (first.result(), last.result()) == ("new", "new")
    assert isinstance(failed.exception(), ZeroDivisionError)
    study = Study.objects.get()
    assert (study.number_of_instances, study.arrival) == (2, newest().number)
    assert [told.arrival for told in announced] == [newest().number - 1, newest().number]
    assert Instance.objects.count() == AuditEvent.objects.count() == 2
    assert chain.breaks() == []


def test_p4_one_object_twice_in_a_transaction_is_kept_once(storage_roots: Path) -> None:
    uid = builders.new_uid()
    data, other = (builders.ct_slice(SOPInstanceUID=uid, InstanceNumber=number) for number in (1, 2))
    works: list[Work] = []
    for one in (data, data, other):
        arrival, examined = examine(one)
        blob_store().put(arrival.staged)
        works.append(partial(_write, arrival, examined))
    outcomes = [future.result() for future in behind_a_gate(works)]
    assert outcomes == ["new", "duplicate", "conflict"]
    assert Instance.objects.count() == AuditEvent.objects.count() == 1
