"""Links by which a guest sends studies in: expiring, with a PIN, and with a bound on how much comes by them.

What comes is shown to nobody before somebody who may store has said whose it is (ingest.received).
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from pacs.access import audit
from pacs.access.actors import Actor
from pacs.access.models import Challenge, GuestLink, Notice, Purpose
from pacs.access.permit import Act
from pacs.access.policy import holds
from pacs.access.share_links import Issued, Terms, answer_for, new_link, require_moments
from pacs.errors import BadRequest, NotAllowed, TooLarge

MOST_BYTES = 64 << 30
MOST_OBJECTS = 100_000


def issue_upload_link(terms: Terms, *, quota_bytes: int, quota_objects: int, actor: Actor) -> Issued:
    """A link that takes in so much and no more. Raises BadRequest for what cannot be."""
    require_moments(terms.not_before, terms.expires_at)
    if terms.challenge == Challenge.BIRTH_DATE:
        raise BadRequest(parameter="challenge", reason="It shows nobody's images: choose a PIN.")
    answer, pin = answer_for(terms, None)
    link, secret = new_link(terms, answer, actor=actor)
    link.purpose, link.quota_bytes, link.quota_objects = Purpose.RECEIVE, quota_bytes, quota_objects
    with transaction.atomic():
        link.save(force_insert=True)
        audit.record(
            actor,
            "link issued",
            link=link.public_id,
            purpose=link.purpose,
            until=link.expires_at.isoformat(),
            quota_bytes=quota_bytes,
            quota_objects=quota_objects,
        )
    return Issued(link, secret, pin)


def link_that_takes(link_pk: int) -> GuestLink | None:
    """The upload link, if it holds now and its maker is still there."""
    found = GuestLink.objects.filter(holds(), pk=link_pk, purpose=Purpose.RECEIVE)
    return found.select_related("made_by").first()


def own_upload_link(actor: Actor) -> GuestLink:
    """The link by which this guest sends. Raises NotAllowed."""
    link = None if actor.guest is None else link_that_takes(actor.guest.link)
    if link is None:
        raise NotAllowed(act=str(Act.HAND_IN))
    return link


def charge_sent(link: GuestLink, size_bytes: int) -> None:
    """Count a file that is about to be sent. Raises TooLarge with what is left, when it is more than that."""
    room = GuestLink.objects.filter(pk=link.pk, sent_bytes__lte=F("quota_bytes") - size_bytes)
    if not room.update(sent_bytes=F("sent_bytes") + size_bytes):
        left = GuestLink.objects.filter(pk=link.pk).values_list("quota_bytes", "sent_bytes").first() or (0, 0)
        raise TooLarge(most_bytes=max(0, left[0] - left[1]), reason="This is more than the link takes.")


def give_back_sent(link_pk: int, size_bytes: int) -> None:
    """A file that was counted did not come."""
    GuestLink.objects.filter(pk=link_pk, sent_bytes__gte=size_bytes).update(
        sent_bytes=F("sent_bytes") - size_bytes
    )


def charge_taken(link: GuestLink, size_bytes: int) -> bool:
    """Count an object that is kept. False where it is one too many. Call it in the transaction of its row."""
    room = GuestLink.objects.filter(
        pk=link.pk, taken_objects__lt=F("quota_objects"), taken_bytes__lte=F("quota_bytes") - size_bytes
    )
    return bool(room.update(taken_objects=F("taken_objects") + 1, taken_bytes=F("taken_bytes") + size_bytes))


def tell_received(link: GuestLink) -> None:
    """Tell who made the link that something came, unless they were told and have not looked yet."""
    told = Notice.objects.filter(link=link, user_id=link.made_by_id, what=Notice.What.RECEIVED, seen_at=None)
    if not told.exists():
        Notice.objects.create(user_id=link.made_by_id, link=link, what=Notice.What.RECEIVED)
