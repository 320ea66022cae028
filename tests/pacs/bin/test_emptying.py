"""Erased for good: the file, what was made of it, the entry, and the patient of whom nothing is left."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from pacs.access.models import SetAside
from pacs.bin.emptying import empty_bin, erase
from pacs.bin.models import BinnedObject, Deletion
from pacs.catalog.models import Instance, Patient, Series, Study
from pacs.errors import Conflict, NotAllowed
from pacs.ingest.receipts import Stored
from pacs.operations import tidying
from tests import people
from tests.pacs.bin.binning import (
    binned,
    blobs_here,
    blobs_kept,
    manifests,
    received,
    studies,
    study_of,
    trail,
)
from viewer.rendering.descriptions import described
from viewer.rendering.stored_frame import address_frame
from viewer.rendering.thumbnails import make_thumbnail

in_threads = pytest.mark.django_db(transaction=True)  # what is restored, is restored by threads
pytestmark = pytest.mark.django_db


def derived() -> int:
    """How many derived files there are."""
    return sum(path.is_file() for path in settings.DERIVED_ROOT.rglob("*"))


@in_threads
def test_what_is_erased_is_nowhere_any_more_and_others_keep_theirs() -> None:
    received(*study_of(2, PatientID="A"))
    for row in Instance.objects.all():
        described(address_frame(row, 0).source)
    make_thumbnail(Series.objects.get(), "image/jpeg")
    others = study_of(
        1, uid="1.2.4", series="1.2.4.1", PatientID="B", PatientName="Roe^Rita", PatientBirthDate=None
    )
    of_the_first = derived()
    received(*others)
    make_thumbnail(Series.objects.get(series_instance_uid="1.2.4.1"), "image/jpeg")
    theirs = derived() - of_the_first
    assert (of_the_first >= 5, theirs >= 4) == (True, True)
    people.granted(people.charlie(), Study.objects.get(study_instance_uid="1.2.3"))
    deletion = binned()
    erase(deletion, actor=people.actor(people.ada()))
    assert (len(blobs_kept()), derived(), manifests()) == (1, theirs, 0)
    assert (Deletion.objects.count(), BinnedObject.objects.count()) == (0, 0)
    assert list(Patient.objects.values_list("patient_id", flat=True)) == ["B"]
    assert SetAside.objects.exclude(user=people.charlie()).count() == 0
    assert trail() == ["study deleted", "study erased"]
    assert isinstance(received(*study_of(1, PatientID="A"))[0], Stored)


def test_a_patient_to_whom_an_account_is_tied_is_remembered() -> None:
    received(*study_of(1))
    people.tied(people.pia(), Patient.objects.get())
    erase(binned(), actor=people.actor(people.ada()))
    assert Patient.objects.count() == 1


def test_only_an_administrator_erases_and_nothing_is_erased_while_it_is_restored() -> None:
    received(*study_of(1))
    deletion = binned()
    with pytest.raises(NotAllowed):
        erase(deletion, actor=people.actor(people.tess()))
    Deletion.objects.update(state="restoring")
    with pytest.raises(Conflict):
        erase(deletion, actor=people.actor(people.ada()))
    assert len(blobs_kept()) == 1


def test_what_was_in_the_bin_for_long_enough_is_erased_with_the_regular_tidying() -> None:
    received(*study_of(1), *study_of(1, uid="1.2.4", series="1.2.4.1"))
    old, young = binned(), binned("1.2.4")
    days = timedelta(days=settings.BIN_DAYS)
    Deletion.objects.filter(pk=old.pk).update(deleted_at=timezone.now() - days - timedelta(minutes=1))
    Deletion.objects.filter(pk=young.pk).update(deleted_at=timezone.now() - days + timedelta(minutes=1))
    assert settings.BIN_DAYS == 30
    tidying.tidy()
    assert list(Deletion.objects.values_list("pk", flat=True)) == [young.pk]
    assert len(blobs_kept()) == 1
    assert empty_bin() == 0


@in_threads
def test_the_command_does_what_the_screen_does() -> None:
    def said(*arguments: str) -> str:
        out = io.StringIO()
        call_command("bin", *arguments, stdout=out)
        return out.getvalue()

    received(*study_of(2))
    assert said("delete", "1.2.3").startswith("1.2.3: entry ")
    number = str(Deletion.objects.get().pk)
    listed = said("list")
    assert listed.startswith(f"{number}  binned  study 1.2.3  2 objects, ")
    assert said("restore", number) == f"{number}: restored\n"
    assert studies() == [("1.2.3", 1, 2)]
    said("delete", "1.2.3")
    number = str(Deletion.objects.get().pk)
    assert said("erase", number) == f"{number}: erased\n"
    assert (blobs_kept(), said("empty"), said("list")) == (set(), "0 erased\n", "")
    for wrong in (("restore", number), ("delete", "1.2.3"), ("erase", "99")):
        with pytest.raises(CommandError, match="there is no such"):
            said(*wrong)


@in_threads
def test_what_cannot_be_restored_is_told_by_the_command() -> None:
    files = study_of(1, StudyID="a")
    received(*files)
    deletion = binned()
    key = deletion.binned.get().blob
    (settings.BLOB_ROOT / key[:2] / key).unlink()
    with pytest.raises(CommandError, match="1 objects are left"):
        call_command("bin", "restore", str(deletion.pk), stdout=io.StringIO())
    assert blobs_here() == set()
