"""One object that a guest sends in: looked at as any other, and kept aside until somebody says whose it is.

Nothing that a guest is told depends on what is kept here already: of others' studies they learn nothing.
"""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import F

from pacs.access.actors import Actor
from pacs.access.audit import record
from pacs.access.models import GuestLink
from pacs.access.upload_links import charge_taken, tell_received
from pacs.catalog.arrivals import take_turn
from pacs.catalog.database import telling_full
from pacs.catalog.patients import said_digest
from pacs.catalog.register import with_modality
from pacs.ingest.arrival import arrival_from_link
from pacs.ingest.checks import Examined, check
from pacs.ingest.deliveries import Handed, NamedReceipt
from pacs.ingest.models import ReceivedObject, ReceivedStudy
from pacs.ingest.receipts import Reason, Received, Rejected
from pacs.ingest.refusal import Refused
from pacs.storage.blobs import BlobStore
from pacs.storage.file_store import FileStore
from pacs.storage.keys import BlobKey
from pacs.storage.staging import Staged

LONGEST_NAME, LONGEST_TEXT, LONGEST_ID, LONGEST_SEX = 400, 256, 64, 16


def received_store() -> BlobStore:
    """Where what guests sent lies until it is taken in: beside what was refused, and apart from it."""
    return FileStore(settings.QUARANTINE_ROOT / "received")


def hand_in(link: GuestLink, actor: Actor, handed: Handed) -> NamedReceipt:
    """Keep one object of a guest's file aside. Raises StorageFull, Overloaded."""
    if isinstance(handed.content, Rejected):
        return NamedReceipt(handed.name, handed.content)
    try:
        return NamedReceipt(handed.name, _keep_aside(link, actor, handed.content))
    finally:
        handed.content.discard()


def _keep_aside(link: GuestLink, actor: Actor, staged: Staged) -> Received | Rejected:
    try:
        examined = check(arrival_from_link(staged, actor=actor))
    except Refused as refused:
        return _told_no(actor, refused)
    blob, size_bytes = staged.blob, staged.size_bytes
    received_store().put(staged)  # bytes first: a file without a row is harmless, the reverse is not
    with telling_full(), transaction.atomic():
        take_turn()
        kept = _write(link, actor, examined, blob, size_bytes)
    return Received(**examined.identifiers) if kept else Rejected(reason=Reason.QUOTA)


def _told_no(actor: Actor, refused: Refused) -> Rejected:
    """Nothing is kept of it: whoever sent it is told, and has it still."""
    if not refused.reason.is_no_object:
        record(actor, "object refused", outcome="refused", reason=refused.reason.value, origin="link")
    return Rejected(reason=refused.reason)


def _write(link: GuestLink, actor: Actor, examined: Examined, blob: BlobKey, size_bytes: int) -> bool:
    """Its rows. False where the link takes no more; the same object again is as good as before."""
    study = _study_of(link, examined)
    is_new = study._state.adding
    if not is_new and ReceivedObject.objects.filter(study=study, blob=blob).exists():
        return True
    if not charge_taken(link, size_bytes):
        _forget_unless_wanted(blob)
        return False
    if is_new:
        study.save(force_insert=True)
    ReceivedObject.objects.create(study=study, blob=blob, size_bytes=size_bytes)
    ReceivedStudy.objects.filter(pk=study.pk).update(
        number_of_objects=F("number_of_objects") + 1,
        size_bytes=F("size_bytes") + size_bytes,
        modalities=with_modality(study.modalities, examined.header.series.modality),
    )
    tell_received(link)
    record(actor, "object received", study=examined.header.study_instance_uid, origin="link")
    return True


def _study_of(link: GuestLink, examined: Examined) -> ReceivedStudy:
    """The row of its study, or a new one that is not saved."""
    header = examined.header
    key = {"link": link, "study_instance_uid": header.study_instance_uid, "said": said_digest(header.patient)}
    known = ReceivedStudy.objects.filter(**key, state=ReceivedStudy.State.WAITING).first()
    return known or ReceivedStudy(
        **key,
        patient_name=header.patient.name[:LONGEST_NAME],
        patient_id=header.patient.patient_id[:LONGEST_ID],
        birth_date=header.patient.birth_date,
        sex=header.patient.sex[:LONGEST_SEX],
        study_description=header.study.study_description[:LONGEST_TEXT],
        study_date=header.study.study_date,
    )


def _forget_unless_wanted(blob: BlobKey) -> None:
    if not ReceivedObject.objects.filter(blob=blob).exists():
        received_store().delete(blob)
