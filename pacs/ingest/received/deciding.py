"""What was sent in by guests is taken into the archive, as the patient whom somebody says it to be, or thrown away."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from pacs.access.actors import Actor, actor_for_user
from pacs.access.audit import record
from pacs.access.permit import Act, access_study, may, refuse, require
from pacs.catalog.arrivals import take_turn
from pacs.catalog.models import NOBODYS, OWN_INSTITUTION, Patient, SaidOtherwise, Study
from pacs.errors import Conflict, LightboxError, NotFound, places_of
from pacs.ingest.arrival import arrival_from_link
from pacs.ingest.models import ReceivedObject, ReceivedStudy
from pacs.ingest.pipeline import ingest
from pacs.ingest.receipts import Rejected
from pacs.ingest.received.handing_in import received_store
from pacs.ingest.workers import Workers
from pacs.storage.keys import BlobKey
from pacs.storage.staging import stage_stream

log = logging.getLogger(__name__)
State = ReceivedStudy.State
READERS = 1
ANOTHERS = "This study is here already, as another patient's."


def received_studies(actor: Actor) -> QuerySet[ReceivedStudy]:
    """What waits for the actor's institution, the oldest first. Raises NotAllowed for who may not store.

    What came by a link is its maker's institution's. Of a link that went with its maker's account nobody knows whose
    it was: who sees everything decides.
    """
    require(actor, Act.STORE)
    found = ReceivedStudy.objects.select_related("link__made_by", "decided_by")
    if not actor.reach.has_all:
        found = found.filter(link__made_by__institution=actor.reach.institution)
    return found.order_by("received_at", "pk")


def access_received(actor: Actor, number: int) -> ReceivedStudy:
    """One of them. Raises NotFound, written down."""
    found = received_studies(actor).filter(pk=number).first()
    return found or refuse(actor)


def take_in(received: ReceivedStudy, *, of_study: str, actor: Actor) -> None:
    """Take all of it in, as the patient of a study that is open to the actor; as its files say, for "".

    It is done in a thread; how far it is tells the row. Raises NotFound, Conflict.
    """
    patient = access_study(actor, of_study).patient if of_study else None
    with transaction.atomic():
        take_turn()
        studies = Study.objects.exclude(institution_id=NOBODYS)
        known = studies.filter(study_instance_uid=received.study_instance_uid).first()
        if patient is not None and known is not None and known.patient_id != patient.pk:
            raise Conflict(reason=ANOTHERS)
        rows = ReceivedStudy.objects.filter(pk=received.pk).exclude(state=State.TAKING_IN)
        if not rows.update(state=State.TAKING_IN, decided_by=actor.user_id, refused=0, problem=""):
            raise Conflict(reason="It is being taken in already.")
        _keep_word(received, patient)
        record(
            actor,
            "received matched",
            study=received.study_instance_uid,
            patient=patient,
            objects=received.number_of_objects,
            as_another=patient is not None,
        )
    _takers.do(received.pk)


def _keep_word(received: ReceivedStudy, patient: Patient | None) -> None:
    """What was decided before of the same files holds no longer."""
    about: dict[str, Any] = {"study_instance_uid": received.study_instance_uid, "said": received.said}
    if patient is None:
        SaidOtherwise.objects.filter(**about).delete()
    else:
        SaidOtherwise.objects.update_or_create(**about, defaults={"identity_key": patient.identity_key})


def reject(received: ReceivedStudy, *, actor: Actor) -> None:
    """Throw it away. Raises Conflict while it is being taken in."""
    with transaction.atomic():
        take_turn()
        if received.state == State.TAKING_IN:
            raise Conflict(reason="It is being taken in already.")
        record(
            actor,
            "received rejected",
            study=received.study_instance_uid,
            objects=received.number_of_objects,
        )
        blobs = list(received.objects_sent.values_list("blob", flat=True))
        received.delete()
        for blob in blobs:
            _forget_unless_wanted(blob)


def resume_received() -> None:
    """At the start of a server: go on with what a stop broke off."""
    for number in ReceivedStudy.objects.filter(state=State.TAKING_IN).values_list("pk", flat=True):
        _takers.do(number)


def _take_in(number: int) -> None:
    """Take in one study. Whatever happens is told by its row."""
    rows = ReceivedStudy.objects.select_related("decided_by", "link__made_by")
    received = rows.filter(pk=number).first()
    if received is None or received.state != State.TAKING_IN:
        return
    try:
        _take_all(received)
    except LightboxError as error:
        _put(number, state=State.WAITING, problem=error.code)
    except Exception as error:
        log.error("a received study could not be taken in: %s", places_of(error))
        _put(number, state=State.WAITING, problem="error")


def _take_all(received: ReceivedStudy) -> None:
    if received.decided_by is None or not may(actor_for_user(received.decided_by), Act.STORE):
        _put(received.pk, state=State.WAITING, problem="not_allowed")
        return
    actor = actor_for_user(received.decided_by)
    refused = received.refused
    for one in received.objects_sent.order_by("pk").iterator():
        refused += _take_one(one, actor, _house_of(received))
        _put(received.pk, refused=refused)
    if refused:
        _put(received.pk, state=State.DONE)
    else:
        ReceivedStudy.objects.filter(pk=received.pk, objects_sent=None).delete()


def _house_of(received: ReceivedStudy) -> int | None:
    """Whose it will be: the institution of who made its link, whoever takes it in; None where that is not known."""
    link = received.link
    return None if link is None else link.made_by.institution_id or OWN_INSTITUTION


def _take_one(one: ReceivedObject, actor: Actor, house: int | None) -> int:
    """1 where it was refused: then it lies with all that was refused, and is no longer here."""
    try:
        with received_store().open(BlobKey(one.blob)) as stream:
            staged = stage_stream(stream)
    except NotFound:
        one.delete()
        return 1
    receipt = ingest(arrival_from_link(staged, actor=actor, house=house))
    blob = one.blob
    with transaction.atomic():
        take_turn()
        one.delete()
        _forget_unless_wanted(blob)
    return int(isinstance(receipt, Rejected))


def _forget_unless_wanted(blob: str) -> None:
    if not ReceivedObject.objects.filter(blob=blob).exists():
        received_store().delete(BlobKey(blob))


def _put(number: int, **changes: object) -> None:
    ReceivedStudy.objects.filter(pk=number).update(**changes)


_takers = Workers("received", READERS, _take_in)
