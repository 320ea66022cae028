"""What was received before: the same bytes again are as good as kept (promise P4)."""

from __future__ import annotations

from pacs.catalog.models import NOBODYS, Instance
from pacs.ingest.arrival import Arrival
from pacs.ingest.receipts import Duplicate, Identifiers, Reason
from pacs.ingest.refusal import Refused
from pacs.storage.blobs import blob_store

COLUMNS = (  # in the order of receipts.Identifiers
    "sop_class_uid",
    "sop_instance_uid",
    "series__study__study_instance_uid",
    "series__series_instance_uid",
)


def known_duplicate(arrival: Arrival) -> Duplicate | None:
    """The receipt when these very bytes are kept and in the catalogue: nothing is read again, so a resumed import is
    quick. Bytes whose file was lost since are taken in as if they were new: what is acknowledged must be there (P1).
    """
    if not blob_store().exists(arrival.staged.blob):
        return None
    # What is shown by a link without names is nobody's, and goes with the link: nothing is as good as kept by it.
    somebodys = Instance.objects.exclude(series__study__institution_id=NOBODYS)
    row = somebodys.filter(blob=arrival.staged.blob).values_list(*COLUMNS).first()
    if row is None:
        return None
    known = dict(zip(vars(Identifiers()), row, strict=True))
    if arrival.addressed_study not in (None, known["study_instance_uid"]):
        raise Refused(Reason.ANOTHER_STUDY, Identifiers(**known))
    return Duplicate(**known)
