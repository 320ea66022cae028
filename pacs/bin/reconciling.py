"""After a crash, or with another database: the manifests and the rows of the bin are held against each other.

Called before anybody looks through the store for what the catalogue does not know.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from pacs.access.actors import system_actor
from pacs.access.audit import record
from pacs.bin.manifests import Manifest, manifest_exists, manifests, unlink_manifest, write_manifest
from pacs.bin.models import BinnedObject, Deletion
from pacs.catalog.arrivals import take_turn
from pacs.catalog.models import Instance
from pacs.storage.blobs import blob_store

RECONCILING = system_actor("reindex")
ROWS_AT_ONCE = 500


def reconcile() -> None:
    """Make the rows of the bin from manifests that have none, and the manifests of rows that have none.

    A manifest without a row is either of a deletion that was never committed (its objects are in the catalogue: it
    goes), or of a database that was lost (they are not: they are in the bin, as the manifest says).
    """
    for manifest in manifests():
        if not Deletion.objects.filter(key=manifest.key).exists():
            _adopt(manifest)
    for deletion in Deletion.objects.all():
        if not manifest_exists(deletion.key):
            write_manifest(deletion, deletion.binned.all())


def _adopt(manifest: Manifest) -> None:
    with transaction.atomic():
        take_turn()
        if Deletion.objects.filter(key=manifest.key).exists():
            return  # it was being committed
        objects = [one for one in manifest.objects if _is_without_row(one)]
        if objects:
            deletion = Deletion.objects.create(
                key=manifest.key,
                number_of_instances=len(objects),
                size_bytes=sum(one["size_bytes"] for one in objects),
                **manifest.said,
            )
            rows = [BinnedObject(deletion=deletion, **one) for one in objects]
            BinnedObject.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
            record(RECONCILING, "bin entry found", study=deletion.study_instance_uid, objects=len(objects))
    if not objects:
        unlink_manifest(manifest.key)


def _is_without_row(one: dict[str, Any]) -> bool:
    blob = one["blob"]
    return (
        blob_store().exists(blob)
        and not Instance.objects.filter(blob=blob).exists()
        and not BinnedObject.objects.filter(blob=blob).exists()
    )
