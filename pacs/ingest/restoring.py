"""Bringing back what was deleted: each object re-enters through the one pipeline, as if it came for the first time.

A state in the database says what is under way; a restart goes on where it was broken off, and what is here again by
then has left the bin already.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from pacs.access.actors import actor_for_user, system_actor
from pacs.access.audit import record
from pacs.access.permit import Act, require
from pacs.access.set_aside import bring_back
from pacs.bin.holding import let_go
from pacs.bin.manifests import unlink_manifest
from pacs.bin.models import BinnedObject, Deletion
from pacs.catalog.arrivals import take_turn
from pacs.catalog.models import Study
from pacs.catalog.unregister import RESTORED, Scope, write_change
from pacs.errors import Conflict, LightboxError, NotFound, places_of
from pacs.ingest.arrival import arrival_from_bin
from pacs.ingest.crew import side_by_side
from pacs.ingest.pipeline import ingest
from pacs.ingest.receipts import Duplicate, Reason, Receipt, Rejected
from pacs.ingest.workers import Workers
from pacs.storage.blobs import blob_store
from pacs.storage.keys import BlobKey
from pacs.storage.staging import Staged, stage_stream

if TYPE_CHECKING:
    from pacs.access.actors import Actor

log = logging.getLogger(__name__)

DAMAGED, FAILED = "damaged", "error"
WORDS = {
    DAMAGED: "The file has changed on the disk, or is gone.",
    "storage_full": "There is no room left to bring it back. Make some, and try again.",
    "overloaded": "The server was too busy. Try again.",
    FAILED: "It could not be brought back. Try again; if it fails again, the server's log says where.",
}


def begin_restoring(deletion: Deletion, *, actor: Actor) -> Future[None]:
    """Bring it back, in a thread; done when that has ended. Raises NotAllowed; Conflict where it is under way."""
    require(actor, Act.DELETE)
    waiting = Deletion.objects.filter(pk=deletion.pk, state=Deletion.State.BINNED)
    if not waiting.update(state=Deletion.State.RESTORING, asked_by=actor.user_id, trouble=""):
        raise Conflict(state=deletion.state)
    return _workers.do(deletion.pk)


def resume_restoring() -> int:
    """Go on with what was broken off; how many. What is under way already is over when its second turn comes."""
    begun = list(Deletion.objects.filter(state=Deletion.State.RESTORING).values_list("pk", flat=True))
    for number in begun:
        _workers.do(number)
    return len(begun)


def _restore(number: int) -> None:
    """Restore one deletion. Whatever happens is told by its state."""
    deletion = Deletion.objects.select_related("asked_by").filter(pk=number).first()
    if deletion is None or deletion.state != Deletion.State.RESTORING:
        return
    actor = actor_for_user(deletion.asked_by) if deletion.asked_by else system_actor("bin")
    try:
        trouble = _bring_objects_back(deletion, actor)
    except (
        LightboxError
    ) as error:  # no room, or too much at once: what is not here yet may be asked for again
        trouble = error.code
    except Exception as error:
        log.error("something could not be restored: %s", places_of(error))
        trouble = FAILED
    try:
        _finish(deletion, actor, trouble)
    except Exception as error:
        log.error("a restoring could not be ended: %s", places_of(error))  # the next start goes on with it


def trouble_told(code: str) -> dict[str, str] | None:
    """Why not all of it came back, for people; None where nothing is wrong."""
    if not code:
        return None
    reason = next((one for one in Reason if one == code), None)
    return {"code": code, "message": reason.message if reason else WORDS.get(code, WORDS[FAILED])}


@dataclass(frozen=True)
class _Coming:
    """An object of the bin on its way in; None where its file is not as it came."""

    held: BinnedObject
    staged: Staged | None

    def discard(self) -> None:
        if self.staged is not None:
            self.staged.discard()


def _bring_objects_back(deletion: Deletion, actor: Actor) -> str:
    """Why not all of them came back: what was said most often, or nothing."""
    objects = list(deletion.binned.order_by("pk"))
    troubles: Counter[str] = Counter()
    with closing(
        side_by_side(_staged(objects), partial(_enter, actor), settings.SANDBOX_CHILDREN)
    ) as reasons:
        for reason in reasons:
            troubles[reason] += 1
    del troubles[""]
    return troubles.most_common(1)[0][0] if troubles else ""


def _staged(objects: list[BinnedObject]) -> Iterator[_Coming]:
    for held in objects:
        try:
            with blob_store().open(BlobKey(held.blob)) as stream:
                staged = stage_stream(stream)
        except NotFound:
            yield _Coming(held, None)
            continue
        if staged.blob != held.blob:
            staged.discard()
            yield _Coming(held, None)
        else:
            yield _Coming(held, staged)


def _enter(actor: Actor, coming: _Coming) -> str:
    """Why it did not come back, or nothing."""
    if coming.staged is None:
        return DAMAGED
    receipt: Receipt = ingest(arrival_from_bin(coming.staged, actor=actor))
    if isinstance(receipt, Rejected):
        return receipt.reason.value
    if isinstance(receipt, Duplicate):
        with transaction.atomic():
            let_go(BlobKey(coming.held.blob))
    return ""


def _finish(deletion: Deletion, actor: Actor, trouble: str) -> None:
    """What hung on the study comes back with it, and whoever follows the changes is told."""
    with transaction.atomic():
        take_turn()
        left = deletion.binned.count()
        study = Study.objects.filter(study_instance_uid=deletion.study_instance_uid).first()
        if study is not None and left < deletion.number_of_instances:
            bring_back(study)
            uids = (deletion.study_instance_uid, deletion.series_instance_uid, deletion.sop_instance_uid)
            write_change(RESTORED, study, Scope(*uids))
        if left:
            Deletion.objects.filter(pk=deletion.pk).update(state=Deletion.State.BINNED, trouble=trouble)
        else:
            Deletion.objects.filter(pk=deletion.pk).delete()
        record(
            actor,
            f"{deletion.level} restored",
            study=study or deletion.study_instance_uid,
            outcome="failed" if left else "ok",
            series=deletion.series_instance_uid,
            instance=deletion.sop_instance_uid,
            left=left,
        )
    if not left:
        unlink_manifest(deletion.key)


_workers: Workers[int] = Workers("restoring", 1, _restore)
