"""Erasing for good: what an administrator wants gone, and what nobody brought back in time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from pacs.access.actors import system_actor
from pacs.access.audit import record
from pacs.access.models import PatientTie
from pacs.access.permit import Act, require
from pacs.access.set_aside import forget
from pacs.bin.manifests import unlink_manifest
from pacs.bin.models import BinnedObject, Deletion
from pacs.catalog.arrivals import take_turn
from pacs.catalog.models import Instance, Patient, Study
from pacs.errors import Conflict
from pacs.storage.blobs import blob_store
from pacs.storage.derived import derived_store
from pacs.storage.keys import BlobKey, name_digest

if TYPE_CHECKING:
    from pacs.access.actors import Actor

AT_ONCE = 64  # objects of one transaction: bounds how long the database is held
EMPTYING = system_actor("empty bin")


def erase(deletion: Deletion, *, actor: Actor) -> None:
    """Delete for good: files, what was made of them, and the entry. Raises NotAllowed; Conflict while it is restored.

    From the first step on it is out of the bin; what a crash leaves of it is erased with the next tidying.
    """
    require(actor, Act.ADMINISTER)
    with transaction.atomic():
        waiting = Deletion.objects.filter(pk=deletion.pk, state=Deletion.State.BINNED)
        if not waiting.update(state=Deletion.State.ERASING):
            raise Conflict(state=deletion.state)
        record(
            actor,
            f"{deletion.level} erased",
            study=deletion.study_instance_uid,
            patient=deletion.patient,
            series=deletion.series_instance_uid,
            instance=deletion.sop_instance_uid,
        )
    _erase(deletion)


def empty_bin(now: datetime | None = None) -> int:
    """Erase what was deleted longer ago than the bin keeps, and go on with what was begun; how many entries."""
    begun = list(Deletion.objects.filter(state=Deletion.State.ERASING))
    for deletion in begun:
        _erase(deletion)
    latest = (now or timezone.now()) - timedelta(days=settings.BIN_DAYS)
    over = list(Deletion.objects.filter(state=Deletion.State.BINNED, deleted_at__lt=latest))
    for deletion in over:
        erase(deletion, actor=EMPTYING)
    return len(begun) + len(over)


def _erase(deletion: Deletion) -> None:
    while objects := list(deletion.binned.order_by("pk")[:AT_ONCE]):
        _erase_derived(objects)  # first: afterwards nothing says that it is there
        _erase_files(objects)
    with transaction.atomic():
        take_turn()
        deletion.delete()
        _forget_names(deletion)
    unlink_manifest(deletion.key)


def _erase_derived(objects: list[BinnedObject]) -> None:
    store = derived_store()
    for subject in {name_digest(one.series_instance_uid) for one in objects} | {one.blob for one in objects}:
        store.drop_made_of(subject)


def _erase_files(objects: list[BinnedObject]) -> None:
    """In the turn of the writers: nobody who sends the same bytes anew is told that they are kept meanwhile."""
    with transaction.atomic():
        take_turn()
        blobs = {one.blob for one in objects}
        blobs -= set(Instance.objects.filter(blob__in=blobs).values_list("blob", flat=True))
        for blob in blobs:
            blob_store().delete(BlobKey(blob))
        BinnedObject.objects.filter(pk__in=[one.pk for one in objects]).delete()


def _forget_names(deletion: Deletion) -> None:
    """Of a patient of whom nothing is left, here or in the bin, nothing is remembered; unless an account is theirs."""
    uid = deletion.study_instance_uid
    if not any(model.objects.filter(study_instance_uid=uid).exists() for model in (Deletion, Study)):
        forget(uid)
    patient = deletion.patient_id
    if patient is None or Study.objects.filter(patient=patient).exists():
        return
    if (
        Deletion.objects.filter(patient=patient).exists()
        or PatientTie.objects.filter(patient=patient).exists()
    ):
        return
    Patient.objects.filter(pk=patient).delete()
