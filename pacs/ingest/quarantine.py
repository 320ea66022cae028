"""Keeps what was refused, with the reason, beside the store and out of every list (promises P3, P4)."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from pacs.access.audit import record
from pacs.bin.holding import is_binned
from pacs.catalog.arrivals import take_turn
from pacs.catalog.database import telling_full
from pacs.catalog.models import Instance
from pacs.errors import NotFound
from pacs.ingest.arrival import Arrival
from pacs.ingest.models import QuarantinedObject
from pacs.ingest.receipts import Reason, Rejected
from pacs.ingest.refusal import Refused, RefusedAfterKept
from pacs.storage.blobs import BlobStore, blob_store
from pacs.storage.file_store import FileStore
from pacs.storage.keys import BlobKey
from pacs.storage.staging import stage_stream


def quarantine_store() -> BlobStore:
    """Where the bytes lie, by digest as in the store proper."""
    return FileStore(settings.QUARANTINE_ROOT)


def set_aside(arrival: Arrival, refused: Refused) -> Rejected:
    """The receipt of a refusal. Bytes that are no DICOM object are not kept. Raises StorageFull."""
    if (
        not refused.reason.is_no_object
        and not arrival.is_kept_by_the_bin
        and not _is_left_over(arrival, refused)
    ):
        quarantine_store().put(arrival.staged)
        with telling_full(), transaction.atomic():
            _write_down(arrival, refused)
    return Rejected(reason=refused.reason, **vars(refused.identifiers))


def _is_left_over(arrival: Arrival, refused: Refused) -> bool:
    """Whether it is a link's copy, or what is left of one: nothing of that stays (pacs.nameless, ingest.reindex)."""
    is_found = arrival.origin.kind == "reindex" and refused.reason is Reason.LINK_COPY
    return is_found or arrival.origin.kind == "copy"


def take_out(arrival: Arrival, refused: RefusedAfterKept) -> Rejected:
    """The receipt of a conflict: its bytes move from the store into the quarantine. Raises StorageFull.

    Several senders of the same bytes may be here at once: whoever comes second finds them moved.
    """
    blob = arrival.staged.blob
    if arrival.is_kept_by_the_bin:
        return Rejected(reason=refused.reason, **vars(refused.identifiers))
    _copy_aside(blob)
    with telling_full(), transaction.atomic():
        _write_down(arrival, refused)
        take_turn()
        if not Instance.objects.filter(blob=blob).exists() and not is_binned(blob):
            blob_store().delete(blob)
    return Rejected(reason=refused.reason, **vars(refused.identifiers))


def _copy_aside(blob: BlobKey) -> None:
    aside = quarantine_store()
    if aside.exists(blob):
        return
    try:
        with blob_store().open(blob) as stream:
            staged = stage_stream(stream)
    except NotFound:
        if not aside.exists(blob):  # it is put there before it is deleted here
            raise
    else:
        aside.put(staged)


def _write_down(arrival: Arrival, refused: Refused) -> None:
    QuarantinedObject.objects.update_or_create(
        blob=arrival.staged.blob,
        defaults={
            "size_bytes": arrival.staged.size_bytes,
            "reason": refused.reason.value,
            "sop_instance_uid": refused.identifiers.sop_instance_uid,
            "origin": arrival.origin.kind,
        },
    )
    record(
        arrival.origin.actor,
        "object refused",
        study=refused.identifiers.study_instance_uid or None,
        outcome="refused",
        reason=refused.reason.value,
        origin=arrival.origin.kind,
    )
