"""Makes the catalogue from the files alone: what a crash left between file and row (P1), or all of it (P5)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db import transaction

from pacs.bin.holding import binned_between, is_binned
from pacs.bin.reconciling import reconcile
from pacs.catalog.arrivals import take_turn
from pacs.catalog.models import Instance
from pacs.ingest.arrival import arrival_from_store
from pacs.ingest.pipeline import ingest
from pacs.ingest.quarantine import quarantine_store
from pacs.ingest.receipts import Reason, Rejected
from pacs.storage.blobs import blob_store
from pacs.storage.keys import BlobKey
from pacs.storage.staging import clear_abandoned, stage_stream

log = logging.getLogger(__name__)
SHARDS = tuple(f"{number:02x}" for number in range(256))


@dataclass
class Reindexed:
    """What was found: blobs entered into the catalogue, set aside, changed on the disk; rows whose blob is gone."""

    entered: int = 0
    set_aside: int = 0
    damaged: list[BlobKey] = field(default_factory=list)
    missing: list[BlobKey] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether every file is as it came and every row has its file."""
        return not self.damaged and not self.missing


def reindex_orphans() -> int:
    """At the start of a server: enter every blob that has no row, and clear what a killed process left staged.

    How many were entered. An orphan was never acknowledged, but nothing that came whole is thrown away.
    """
    clear_abandoned()
    return rebuild().entered


def rebuild(told: Callable[[], None] = lambda: None) -> Reindexed:
    """Enter every blob that has no row, in the order in which they came; told() is called after each."""
    found = Reindexed()
    reconcile()
    orphans: list[BlobKey] = []
    for kept, known, binned in _shards():
        orphans += kept - known - binned
        found.missing += sorted((known | binned) - kept)
    store = blob_store()
    for key in sorted(orphans, key=store.kept_at_s):
        _enter(key, found)
        told()
    if found.entered or not found.is_sound:
        log.warning(
            "reindexed: %d entered, %d set aside, %d damaged, %d missing",
            found.entered,
            found.set_aside,
            len(found.damaged),
            len(found.missing),
        )
    return found


def count_orphans() -> int:
    """How many blobs have no row."""
    return sum(len(kept - known - binned) for kept, known, binned in _shards())


def _shards() -> Iterator[tuple[set[BlobKey], set[BlobKey], set[BlobKey]]]:
    """Digests on the disk, in the catalogue and in the bin, a 256th at a time so that millions fit in memory."""
    store = blob_store()
    for shard in SHARDS:
        kept = set(store.keys(shard))
        # 'g' follows every hex digit; a range uses the index, which LIKE does not.
        rows = Instance.objects.filter(blob__gte=shard, blob__lt=f"{shard}g").values_list("blob", flat=True)
        yield kept, {BlobKey(blob) for blob in rows}, binned_between(shard, f"{shard}g")


def _enter(key: BlobKey, found: Reindexed) -> None:
    if is_binned(key):
        return  # it came and was deleted since it was listed
    with blob_store().open(key) as stream:
        staged = stage_stream(stream)
    if staged.blob != key:
        staged.discard()
        found.damaged.append(key)
        return
    receipt = ingest(arrival_from_store(staged))
    if not isinstance(receipt, Rejected):
        found.entered += 1
        return
    if receipt.reason is Reason.LINK_COPY:
        _forget(key)
        return
    found.set_aside += 1
    if quarantine_store().exists(key):
        blob_store().delete(key)  # it would be looked at again at every start


def _forget(key: BlobKey) -> None:
    """What is left of a copy that a link showed: erased, unless it is just coming in."""
    with transaction.atomic():
        take_turn()
        if not Instance.objects.filter(blob=key).exists():
            blob_store().delete(key)
