"""Copies that no link shows any more are erased for good: rows, files, and what was made of them."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from pacs.access.actors import system_actor
from pacs.access.audit import record
from pacs.access.link_copies import ALIVE
from pacs.access.models import GuestLink, LinkCopy, SetAside
from pacs.bin.holding import is_binned
from pacs.catalog.arrivals import take_turn
from pacs.catalog.kept_objects import KeptObject, kept_objects
from pacs.catalog.models import NOBODYS, Instance, Patient, Study
from pacs.catalog.unregister import Scope, unregister
from pacs.storage.blobs import blob_store
from pacs.storage.derived import derived_store
from pacs.storage.keys import name_digest

ERASING = system_actor("erase copies")
AT_ONCE = 64  # files of one transaction: bounds how long the database is held


def erase_ended() -> int:
    """Erase the copies of links that were revoked or have ended, and those that nothing leads to; how many.

    What belongs to a study in the bin stays as long as that may come back.
    """
    for number in LinkCopy.objects.exclude(state=LinkCopy.State.ERASED).values_list("pk", flat=True):
        _close(number)
    copies = Study.objects.filter(institution_id=NOBODYS).values_list("study_instance_uid", flat=True)
    return sum(erase_copy(uid) for uid in list(copies))


def _close(number: int) -> None:
    """It is shown no more: its link has ended, or some of its originals are gone, and nobody can let it go on."""
    with transaction.atomic():
        copy = LinkCopy.objects.select_for_update().filter(pk=number).first()
        if copy is None:
            return
        ended = Q(expires_at__lte=timezone.now()) | Q(revoked_at__isnull=False)
        has_ended = GuestLink.objects.filter(ended, pk=copy.link_id).exists()
        if has_ended or copy.state == LinkCopy.State.OUTDATED:
            LinkCopy.objects.filter(pk=number).update(state=LinkCopy.State.ERASED, wanted={})


def erase_copy(uid: str) -> bool:
    """Erase what is kept of a copy, by its Study Instance UID. Nothing while a link shows it, or may again."""
    study = Study.objects.filter(study_instance_uid=uid, institution_id=NOBODYS).first() if uid else None
    if study is None or _is_wanted(uid):
        return False
    kept = kept_objects(Instance.objects.filter(series__study=study))
    _erase_derived(kept)  # first: afterwards nothing says that it is there
    if not _take_out(study):
        return False
    for start in range(0, len(kept), AT_ONCE):
        _erase_files(kept[start : start + AT_ONCE])
    return True


def _is_wanted(uid: str) -> bool:
    aside = SetAside.objects.filter(model=LinkCopy._meta.label_lower, row__study_instance_uid=uid)
    return LinkCopy.objects.filter(study_instance_uid=uid, state__in=ALIVE).exists() or aside.exists()


def _erase_derived(kept: list[KeptObject]) -> None:
    store = derived_store()
    for subject in {name_digest(one.series_instance_uid) for one in kept} | {one.blob for one in kept}:
        store.drop_made_of(subject)


def _take_out(study: Study) -> bool:
    """Its rows leave the catalogue. False where a link has come back that shows it."""
    with transaction.atomic():
        take_turn()
        if _is_wanted(study.study_instance_uid):
            return False
        unregister(study, Scope(study.study_instance_uid))
        if not Study.objects.filter(patient_id=study.patient_id).exists():
            Patient.objects.filter(pk=study.patient_id).delete()
        record(ERASING, "link copy erased", study=study.study_instance_uid)
    return True


def _erase_files(kept: list[KeptObject]) -> None:
    """In the turn of the writers. What a crash leaves is erased at the next start: it is marked (ingest.copy_marks)."""
    with transaction.atomic():
        take_turn()
        blobs = {one.blob for one in kept}
        blobs -= set(Instance.objects.filter(blob__in=blobs).values_list("blob", flat=True))
        for blob in blobs:
            if not is_binned(blob):
                blob_store().delete(blob)
