"""Which blobs are in the bin: whoever looks through the store must not take them for lost, nor for theirs."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from pacs.bin.manifests import strike_out, unlink_manifest
from pacs.bin.models import BinnedObject, Deletion
from pacs.catalog.statements import fetch
from pacs.storage.keys import BlobKey


def is_binned(blob: BlobKey) -> bool:
    """Whether this blob is in the bin."""
    return fetch(BinnedObject, ("id",), blob=blob) is not None


def binned_between(first: str, behind: str) -> set[BlobKey]:
    """The blobs in the bin from `first` to before `behind`."""
    rows = BinnedObject.objects.filter(blob__gte=first, blob__lt=behind)
    return {BlobKey(blob) for blob in rows.values_list("blob", flat=True)}


def let_go(blob: BlobKey) -> None:
    """The object is in the catalogue again, by whichever way it came: the bin holds it no more.

    In the transaction that writes its rows.
    """
    held = fetch(BinnedObject, ("id", "deletion_id"), blob=blob)
    if held is not None:
        BinnedObject.objects.filter(pk=held.pk).delete()
        transaction.on_commit(partial(_settle, held.deletion_id, blob))


def _settle(deletion_id: int, blob: BlobKey) -> None:
    deletion = Deletion.objects.filter(pk=deletion_id).first()
    if deletion is None:
        return
    if deletion.state == Deletion.State.BINNED and not deletion.binned.exists():
        deletion.delete()  # all of it was sent again
        unlink_manifest(deletion.key)
    else:
        strike_out(deletion.key, blob)
