"""Deleting takes rows away at once and bytes not at all; what comes back is as it was (promises P1, P2)."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from pacs.access.accounts import change_account, create_account
from pacs.access.grants import Holder, Opened, grant, grant_study
from pacs.access.models import Grant, GuestLink, PatientTie, SetAside, SharedPart, User
from pacs.access.people_groups import change_group, make_group
from pacs.access.permit import visible_changes, visible_studies
from pacs.access.standing import read_epoch
from pacs.bin.emptying import erase
from pacs.bin.models import BinnedObject, Deletion
from pacs.bin.throwing_away import delete
from pacs.catalog.models import (
    Change,
    Instance,
    InstanceMetadata,
    Institution,
    Patient,
    Series,
    Study,
    StudyWord,
)
from pacs.catalog.unregister import Scope
from pacs.errors import Conflict, NotAllowed, NotFound
from pacs.ingest.models import Upload
from pacs.ingest.receipts import Duplicate, Reason, Rejected, Stored
from pacs.ingest.reindex import rebuild
from pacs.ingest.restoring import begin_restoring
from tests import builders, people
from tests.pacs.bin.binning import (
    binned,
    blobs_binned,
    blobs_here,
    blobs_kept,
    manifests,
    received,
    restored,
    studies,
    study_of,
    trail,
)

in_threads = pytest.mark.django_db(transaction=True)  # what is restored, is restored by threads
pytestmark = pytest.mark.django_db


@in_threads
def test_a_deleted_study_is_gone_at_once_and_comes_back_whole() -> None:
    files = [*study_of(3), builders.report(StudyInstanceUID="1.2.3", SeriesInstanceUID="1.2.3.5")]
    received(*files)
    here, epoch, before = blobs_here(), read_epoch(), studies()
    deletion = binned()
    assert (studies(), blobs_here(), StudyWord.objects.count(), InstanceMetadata.objects.count()) == (
        [],
        set(),
        0,
        0,
    )
    assert read_epoch() != epoch, "decisions that were made on it end"
    assert (blobs_binned(), blobs_kept(), manifests()) == (here, here, 1)
    assert (deletion.number_of_instances, deletion.size_bytes) == (4, sum(map(len, files)))
    assert deletion.told["modalities"] == ["CT", "SR"]
    restored(deletion)
    assert (studies(), blobs_here(), blobs_kept()) == (before, here, here)
    assert (Deletion.objects.count(), BinnedObject.objects.count(), manifests()) == (0, 0, 0)
    assert trail() == ["study deleted", "study restored"]
    assert [type(one) for one in received(*files)] == [Duplicate] * 4


@in_threads
def test_a_series_and_an_instance_are_deleted_by_themselves_and_the_counts_follow() -> None:
    received(*study_of(3), builders.report(StudyInstanceUID="1.2.3", SeriesInstanceUID="1.2.3.5"))
    first = Instance.objects.filter(series__series_instance_uid="1.2.3.4").order_by("pk")[0]
    one = binned(series="1.2.3.4", instance=first.sop_instance_uid)
    assert studies() == [("1.2.3", 2, 3)]
    reports = binned(series="1.2.3.5")
    study = Study.objects.get()
    assert (studies(), study.modalities_in_study) == ([("1.2.3", 1, 2)], "\\CT\\")
    assert [change.level for change in Change.objects.order_by("number")] == ["instance", "series"]
    restored(reports)
    restored(one)
    study.refresh_from_db()
    assert (studies(), study.modalities_in_study) == ([("1.2.3", 2, 4)], "\\CT\\SR\\")
    assert Series.objects.get(series_instance_uid="1.2.3.4").number_of_instances == 3


def test_what_one_may_not_know_of_is_not_found_and_who_may_not_delete_is_told_so() -> None:
    received(*study_of(1))
    for study, series, instance in (
        ("9.9", "", ""),
        ("no uid", "", ""),
        ("1.2.3", "9.9", ""),
        ("1.2.3", "1.2.3.4", "9"),
    ):
        with pytest.raises(NotFound):
            binned(study, series, instance)
    for user in (people.tess(), people.alice(), people.bob(), people.pia()):
        with pytest.raises(NotAllowed):
            delete(Scope("1.2.3"), actor=people.actor(user))
    assert len(studies()) == 1
    binned()
    with pytest.raises(NotFound):
        binned()


@in_threads
def test_grants_ties_and_links_come_back_with_the_study_and_open_nothing_meanwhile() -> None:
    received(*study_of(2))
    study = Study.objects.get()
    charlie, pia = people.granted(people.charlie(), study), people.tied(people.pia(), study.patient)
    leaver = people.granted(create_account("leo", "referrer", actor=people.TESTS), study)
    now = timezone.now()
    link = GuestLink.objects.create(
        public_id="p", secret_digest="s", purpose="show", made_by=people.alice(), study=study, extent="series",
        expires_at=now + timedelta(days=1), challenge="pin", tries_left=5, openings=3,
    )  # fmt: skip
    SharedPart.objects.create(link=link, series=Series.objects.get())
    deletion = binned()
    assert not visible_studies(people.actor(charlie)).exists()
    assert (Grant.objects.count(), GuestLink.objects.count(), PatientTie.objects.count()) == (0, 0, 1)
    leaver.delete()
    restored(deletion)
    assert visible_studies(people.actor(charlie)).count() == visible_studies(people.actor(pia)).count() == 1
    back = GuestLink.objects.get()
    assert (back.pk, back.study, back.openings, back.expires_at) == (
        link.pk,
        Study.objects.get(),
        3,
        link.expires_at,
    )
    assert back.parts.get().series == Series.objects.get()
    assert SetAside.objects.count() == 0


@in_threads
def test_a_series_that_a_link_shows_comes_back_into_the_link() -> None:
    received(*study_of(1), *study_of(1, series="1.2.3.5"))
    link = GuestLink.objects.create(
        public_id="p", secret_digest="s", purpose="show", made_by=people.alice(), study=Study.objects.get(),
        extent="series", expires_at=timezone.now() + timedelta(days=1), challenge="pin", tries_left=5,
    )  # fmt: skip
    for series in Series.objects.all():
        SharedPart.objects.create(link=link, series=series)
    deletion = binned(series="1.2.3.4")
    assert [part.series.series_instance_uid for part in link.parts.all()] == ["1.2.3.5"]
    restored(deletion)
    assert {part.series.series_instance_uid for part in link.parts.all()} == {"1.2.3.4", "1.2.3.5"}


def test_every_table_that_hangs_on_the_catalogue_is_either_set_aside_or_its_own() -> None:
    from pacs.access.set_aside import OF_A_STUDY, WITH_PARTS

    own = {Study, Series, Instance, InstanceMetadata, StudyWord} | {
        Series._meta.get_field("requests").related_model
    }
    # Uploads come by links that receive, and such a link hangs on no study.
    own.add(Upload)
    hangs = {
        relation.related_model
        for model in (Study, Series, Instance, GuestLink)
        for relation in model._meta.related_objects
        if getattr(relation.on_delete, "__name__", "") == "CASCADE"
    }
    assert hangs - own == {*OF_A_STUDY, WITH_PARTS}, "what is lost with a study? set_aside has to keep it"


@in_threads
def test_whoever_had_it_with_others_hears_that_it_went_and_has_it_again_when_it_comes_back() -> None:
    received(*study_of(1))
    study, tess = Study.objects.get(), people.tess()
    elsewhere = Institution.objects.create(name="Elsewhere")
    change_account(tess, actor=people.TESTS, institution=elsewhere.pk)
    leaver = people.account("leo", "referrer")
    board = make_group("Board", [leaver, people.charlie()], actor=people.TESTS)
    grant(Holder(group=board), Opened(study=study), actor=people.TESTS)
    grant(Holder(to_institution=elsewhere), Opened(study=study), actor=people.TESTS)
    stranger = change_account(
        create_account("stan", "technologist", actor=people.TESTS),
        actor=people.TESTS,
        institution=Institution.objects.create(name="Third").pk,
    )
    change_group(board, actor=people.TESTS, members=[people.charlie()])
    deletion = binned()
    assert [hears(one) for one in (people.charlie(), tess)] == [1, 1]
    assert [hears(one) for one in (leaver, stranger)] == [0, 0]
    assert not visible_studies(people.actor(people.charlie())).exists()
    restored(deletion)
    assert [visible_studies(people.actor(one)).count() for one in (people.charlie(), tess)] == [1, 1]
    assert not visible_studies(people.actor(stranger)).exists()


@in_threads
def test_whoever_had_it_hears_so_after_it_was_erased_too_and_nobody_whose_grant_had_ended() -> None:
    received(*study_of(1))
    study, ada = Study.objects.get(), people.actor(people.ada())
    board = make_group("Board", [people.charlie()], actor=people.TESTS)
    grant(Holder(group=board), Opened(study=study), actor=people.TESTS)
    late = people.account("greta", "referrer")
    grant_study(late, study, actor=ada, expires_at=timezone.now() - timedelta(seconds=1))
    erase(binned(), actor=ada)
    assert (hears(people.charlie()), hears(late)) == (1, 0)


def hears(user: User) -> int:
    """How much of what went they are told."""
    return visible_changes(people.actor(user)).count()


@in_threads
def test_what_is_sent_anew_is_stored_anew_and_leaves_the_bin() -> None:
    files = study_of(3)
    received(*files)
    charlie = people.granted(people.charlie(), Study.objects.get())
    binned()
    (first,) = received(files[0])
    assert isinstance(first, Stored)
    assert blobs_here() == {builders.blob_key_of(files[0])}
    assert blobs_binned() == {builders.blob_key_of(file) for file in files[1:]}
    assert not visible_studies(people.actor(charlie)).exists(), (
        "it was sent, not restored: nobody is let in by it"
    )
    received(*files[1:])
    assert (Deletion.objects.count(), manifests(), studies()) == (0, 0, [("1.2.3", 1, 3)])


@in_threads
def test_other_bytes_of_the_same_object_stand_in_the_way_and_the_bin_keeps_its_own() -> None:
    uids = builders.fresh_uids()
    old, new = builders.ct_slice(**uids, StudyID="old"), builders.ct_slice(**uids, StudyID="new")
    received(old)
    deletion = binned(uids["StudyInstanceUID"])
    assert isinstance(received(new)[0], Stored)
    restored(deletion)
    deletion.refresh_from_db()
    assert (deletion.state, deletion.trouble) == ("binned", Reason.CONFLICT)
    assert blobs_here() == {builders.blob_key_of(new)}
    assert blobs_kept() == {builders.blob_key_of(new), builders.blob_key_of(old)}
    # The old ones sent again: set aside, as ever, and still in the bin.
    assert isinstance(received(old)[0], Rejected)
    assert builders.blob_key_of(old) in blobs_kept()
    binned(uids["StudyInstanceUID"])
    restored(deletion)
    assert blobs_here() == {builders.blob_key_of(old)}


@in_threads
def test_a_study_sent_anew_for_another_patient_gets_nothing_of_what_was_set_aside() -> None:
    received(*study_of(1, PatientID="1", PatientName="Doe^Jane"))
    charlie = people.granted(people.charlie(), Study.objects.get())
    deletion = binned()
    received(*study_of(1, PatientID="2", PatientName="Roe^Rita", PatientBirthDate="19800101"))
    restored(deletion)
    assert not visible_studies(people.actor(charlie)).exists()
    deletion.refresh_from_db()
    assert (deletion.state, deletion.trouble) == ("binned", Reason.CONFLICT)


@in_threads
def test_a_grant_given_meanwhile_is_kept_as_it_is() -> None:
    received(*study_of(1))
    ada, charlie = people.actor(people.ada()), people.granted(people.charlie(), Study.objects.get())
    deletion = binned()
    received(*study_of(1, series="1.2.3.9"))
    ends = timezone.now() + timedelta(days=2)
    grant_study(charlie, Study.objects.get(), actor=ada, expires_at=ends)
    restored(deletion)
    assert Grant.objects.get().expires_at == ends


def test_two_cannot_restore_at_once() -> None:
    received(*study_of(1))
    deletion = binned()
    Deletion.objects.update(state="restoring")
    with pytest.raises(Conflict):
        begin_restoring(deletion, actor=people.actor(people.ada()))


@in_threads
def test_a_damaged_file_is_named_and_the_others_come_back() -> None:
    files = study_of(2)
    received(*files)
    deletion = binned()
    key = builders.blob_key_of(files[0])
    path = settings.BLOB_ROOT / key[:2] / key
    path.chmod(0o600)
    path.write_bytes(files[0][:-2] + b"\1\1")
    restored(deletion)
    deletion.refresh_from_db()
    assert (deletion.trouble, deletion.binned.count(), studies()) == ("damaged", 1, [("1.2.3", 1, 1)])


@in_threads
def test_p5_the_bin_is_made_again_from_its_manifests_and_nothing_of_it_is_resurrected() -> None:
    kept, gone, half = (
        study_of(2),
        study_of(2, uid="1.2.4", series="1.2.4.1"),
        study_of(2, uid="1.2.5", series="1.2.5.1"),
    )
    received(*kept, *gone, *half)
    deleted_at = binned("1.2.4").deleted_at
    binned("1.2.5")
    received(half[0])  # sent anew
    for model in (BinnedObject, Deletion, Change, InstanceMetadata, Instance, Series, Study, Patient):
        model.objects.all().delete()
    found = rebuild()
    assert (found.entered, found.is_sound) == (3, True)
    assert studies() == [("1.2.3", 1, 2), ("1.2.5", 1, 1)]
    assert blobs_binned() == {builders.blob_key_of(file) for file in (*gone, half[1])}
    again = Deletion.objects.get(study_instance_uid="1.2.4")
    assert (again.deleted_at, again.deleted_by_label, again.number_of_instances) == (deleted_at, "ada", 2)
    assert rebuild().entered == 0
    restored(again)
    assert ("1.2.4", 1, 2) in studies()


def test_a_manifest_that_was_lost_is_written_anew() -> None:
    received(*study_of(1))
    binned()
    shutil.rmtree(settings.BIN_ROOT)
    rebuild()
    assert manifests() == 1
