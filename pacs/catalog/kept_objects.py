"""The objects of a study or series as they are handed on: where their bytes lie, and nothing of what is in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from pacs.catalog.models import InstanceMetadata
from pacs.storage.keys import BlobKey

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from pacs.catalog.models import Instance

PATHS = {
    "study_instance_uid": "series__study__study_instance_uid",
    "series_instance_uid": "series__series_instance_uid",
}


@dataclass(frozen=True, slots=True)
class KeptObject:
    """One instance: its names, its file, and what is needed to say in which syntax it can be given."""

    pk: int
    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    sop_class_uid: str
    blob: BlobKey
    size_bytes: int
    transfer_syntax_uid: str
    pixel_layout: str
    bits_allocated: int

    @property
    def path(self) -> str:
        """Where it is below the base URI (PS3.18 10.4.1)."""
        return (
            f"/studies/{self.study_instance_uid}/series/{self.series_instance_uid}"
            f"/instances/{self.sop_instance_uid}"
        )


def kept_object(instance: Instance) -> KeptObject:
    """This instance, whose series and study are at hand."""
    own = {
        column.name: getattr(instance, column.name)
        for column in fields(KeptObject)
        if column.name not in PATHS
    }
    series = instance.series
    return KeptObject(
        study_instance_uid=series.study.study_instance_uid,
        series_instance_uid=series.series_instance_uid,
        **own,
    )


def kept_objects(rows: QuerySet[Instance], **uids: str) -> list[KeptObject]:
    """The instances of these rows with these UIDs, in the order in which viewers want them.

    `uids` by the names of KeptObject; an empty one is any.
    """
    named = {PATHS.get(name, name): uid for name, uid in uids.items() if uid}
    columns = [PATHS.get(column.name, column.name) for column in fields(KeptObject)]
    ordered = rows.filter(**named).order_by("series_id", "instance_number", "pk")
    return [KeptObject(*row) for row in ordered.values_list(*columns)]


def kept_headers(objects: Iterable[KeptObject]) -> dict[int, bytes]:
    """The headers of these objects as they were kept (InstanceMetadata.dicom_json), by their key."""
    rows = InstanceMetadata.objects.filter(pk__in=[one.pk for one in objects])
    return {pk: bytes(kept) for pk, kept in rows.values_list("pk", "dicom_json")}
