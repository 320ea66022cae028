"""What the tests of the bin share: studies that were received, and the state of everything at once."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from pacs.access.models import AuditEvent
from pacs.bin.models import BinnedObject, Deletion
from pacs.bin.throwing_away import delete
from pacs.catalog.models import Instance, Study
from pacs.catalog.unregister import Scope
from pacs.ingest.arrival import arrival_from_import
from pacs.ingest.pipeline import ingest
from pacs.ingest.receipts import Receipt
from pacs.ingest.restoring import begin_restoring
from pacs.storage.blobs import blob_store
from pacs.storage.staging import stage_bytes
from tests import people
from tests.builders import ct_series


def received(*files: bytes) -> list[Receipt]:
    """The receipts of these files, taken in as any other."""
    return [ingest(arrival_from_import(stage_bytes(file))) for file in files]


def study_of(count: int = 3, uid: str = "1.2.3", series: str = "1.2.3.4", **attributes: Any) -> list[bytes]:
    """The files of one series of a study."""
    return ct_series(count, StudyInstanceUID=uid, SeriesInstanceUID=series, **attributes)


def binned(study: str = "1.2.3", series: str = "", instance: str = "") -> Deletion:
    """What the administrator put into the bin."""
    return delete(Scope(study, series, instance), actor=people.actor(people.ada()))


def restored(deletion: Deletion) -> None:
    """Brought back by the administrator, and waited for."""
    begin_restoring(deletion, actor=people.actor(people.ada())).result(timeout=600)


def blobs_here() -> set[str]:
    """What the catalogue has."""
    return set(Instance.objects.values_list("blob", flat=True))


def blobs_binned() -> set[str]:
    """What the bin has."""
    return set(BinnedObject.objects.values_list("blob", flat=True))


def blobs_kept() -> set[str]:
    """What lies on the disk."""
    return set(blob_store().keys())


def manifests() -> int:
    """How many manifests there are."""
    return len(list(settings.BIN_ROOT.glob("*.jsonl")))


def studies() -> list[tuple[str, int, int]]:
    """Each study with its counts."""
    return list(
        Study.objects.order_by("study_instance_uid").values_list(
            "study_instance_uid", "number_of_series", "number_of_instances"
        )
    )


def trail() -> list[str]:
    """What the trail says was done to studies, in order."""
    events = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    return [action for action in events if action.endswith(("deleted", "restored", "erased", "found"))]
