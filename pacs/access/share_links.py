"""Links that show a study, or a part of it, to whoever has them and knows the answer: made, changed, taken back (P15).

The secret is told once, when the link is made, and nobody can be told it again: of it and of the PIN only hashes
are kept.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from pacs.access import audit
from pacs.access.actors import Actor
from pacs.access.api_keys import digest_of
from pacs.access.link_answers import checked_pin, hash_of, random_pin
from pacs.access.link_copies import require_copy
from pacs.access.link_mail import can_send
from pacs.access.models import Challenge, Extent, GuestLink, LinkCopy, Purpose, SharedPart
from pacs.access.notices import tell_patient
from pacs.access.permit import Act, access_study, may, refuse, visible_instances, visible_series
from pacs.catalog.models import Instance, Series, Study
from pacs.errors import BadRequest, NotSignedIn

ID_BYTES = 12
SECRET_BYTES = 32  # promise P15
SHORTEST = timedelta(hours=1)
LONGEST = timedelta(days=90)
SLACK = timedelta(minutes=5)  # a phone's clock, and the time that filling in a form takes
MOST_TRIES = 5
MOST_CODES = 20
MOST_PARTS = 500


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What is to be shown, by UIDs: a study, or some series or some instances of it."""

    study: str
    series: Sequence[str] = ()
    instances: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Until when, to whom, and how."""

    expires_at: datetime
    not_before: datetime | None = None
    most_openings: int | None = None
    challenge: str = Challenge.PIN
    pin: str = ""  # empty: one is made
    email: str = ""
    recipient: str = ""
    may_download: bool = False
    is_deidentified: bool = False


@dataclass(frozen=True)
class Issued:
    """A new link, with what is told only now."""

    link: GuestLink
    secret: str
    pin: str | None

    @property
    def path(self) -> str:
        """Its address on this server; what stands behind # is never sent to a server by a browser."""
        return f"/s/{self.link.public_id}#{self.secret}"


def issue_share_link(shown: Shown, terms: Terms, *, actor: Actor, copy: LinkCopy | None = None) -> Issued:
    """A link to what is open to the actor. Raises NotFound for anything else, BadRequest for what cannot be.

    `copy` is what a link without names will show, not saved yet (pacs.nameless).
    """
    study = access_study(actor, shown.study)
    series, instances = parts_of(actor, study, shown)
    require_moments(terms.not_before, terms.expires_at)
    _require_hides_names(terms, copy)
    answer, pin = answer_for(terms, study)
    link, secret = new_link(terms, answer, actor=actor)
    link.purpose, link.study = Purpose.SHOW, study
    link.extent = Extent.INSTANCES if instances else Extent.SERIES if series else Extent.STUDY
    link.may_download, link.is_deidentified = terms.may_download, terms.is_deidentified
    with transaction.atomic():
        link.save(force_insert=True)
        parts = [SharedPart(link=link, series=one) for one in series]
        parts += [SharedPart(link=link, series=one.series, instance=one) for one in instances]
        SharedPart.objects.bulk_create(parts)
        if copy is not None:
            copy.link = link
            copy.save(force_insert=True)
        tell_patient(link)
        audit.record(
            actor,
            "link issued",
            study=study,
            link=link.public_id,
            extent=link.extent,
            parts=len(parts),
            until=link.expires_at.isoformat(),
            download=link.may_download,
            deidentified=link.is_deidentified,
        )
    return Issued(link, secret, pin)


def new_link(terms: Terms, answer: str, *, actor: Actor) -> tuple[GuestLink, str]:
    """A link that is not saved yet, with its secret. Raises NotSignedIn: a link is somebody's."""
    if actor.user_id is None:
        raise NotSignedIn
    secret = secrets.token_urlsafe(SECRET_BYTES)
    link = GuestLink(
        public_id=secrets.token_urlsafe(ID_BYTES),
        secret_digest=digest_of(secret),
        made_by_id=actor.user_id,
        recipient=terms.recipient,
        not_before=terms.not_before,
        expires_at=terms.expires_at,
        challenge=terms.challenge,
        answer_hash=answer,
        email=terms.email if terms.challenge == Challenge.EMAIL else "",
        codes_left=MOST_CODES if terms.challenge == Challenge.EMAIL else 0,
        tries_left=MOST_TRIES,
        most_openings=terms.most_openings,
    )
    return link, secret


def require_moments(not_before: datetime | None, expires_at: datetime) -> None:
    """Nothing for an hour to 90 days. Raises BadRequest."""
    begins = max(not_before or timezone.now(), timezone.now())
    if expires_at - begins < SHORTEST - SLACK:
        raise BadRequest(parameter="expires_at", reason="A link is good for an hour at least.")
    if expires_at - timezone.now() > LONGEST + SLACK:
        raise BadRequest(parameter="expires_at", reason="A link is good for 90 days at most.")


def _require_hides_names(terms: Terms, copy: LinkCopy | None) -> None:
    """Nothing is shown under the promise of being nameless that is not (promise P19). Raises BadRequest."""
    if terms.is_deidentified != (copy is not None):
        raise BadRequest(parameter="deidentified", reason="Without names a copy is shown, and there is none.")
    if terms.is_deidentified and terms.challenge == Challenge.BIRTH_DATE:
        raise BadRequest(
            parameter="challenge", reason="Whoever knows the date of birth knows whose images these are."
        )


def answer_for(terms: Terms, study: Study | None) -> tuple[str, str | None]:
    """What is kept of the answer, and the PIN where one is to be told. Raises BadRequest."""
    if terms.challenge == Challenge.EMAIL:
        if not terms.email or not can_send():
            raise BadRequest(parameter="email", reason="No e-mail can be sent: choose a PIN.")
        return "", None
    if terms.challenge == Challenge.BIRTH_DATE:
        born = study.patient.birth_date if study is not None else None
        if born is None:
            raise BadRequest(parameter="challenge", reason="The date of birth is not known: choose a PIN.")
        return hash_of(born.isoformat()), None
    pin = checked_pin(terms.pin) if terms.pin else random_pin()
    return hash_of(pin), pin


def parts_of(actor: Actor, study: Study, shown: Shown) -> tuple[list[Series], list[Instance]]:
    """The rows of what is named. Raises NotFound for one that is not open to the actor or not of this study."""
    if shown.series and shown.instances:
        raise BadRequest(parameter="series", reason="Series or single images: one of the two.")
    if max(len(shown.series), len(shown.instances)) > MOST_PARTS:
        raise BadRequest(parameter="instances", reason=f"At most {MOST_PARTS} at once.")
    series = visible_series(actor).filter(study=study, series_instance_uid__in=shown.series)
    instances = visible_instances(actor).filter(series__study=study, sop_instance_uid__in=shown.instances)
    found = list(series), list(instances.select_related("series").defer("display"))
    if len(found[0]) != len(set(shown.series)) or len(found[1]) != len(set(shown.instances)):
        refuse(actor, study=study.study_instance_uid)
    return found


def links_of(actor: Actor, *, everyones: bool = False) -> QuerySet[GuestLink]:
    """The links that the actor made, the newest first; those of all, for administrators."""
    links = GuestLink.objects.select_related("made_by", "study__patient", "health_link", "copy")
    links = links.order_by("-made_at", "-pk")
    if everyones and may(actor, Act.ADMINISTER):
        return links
    return links.filter(made_by_id=actor.user_id)


def link_behind(actor: Actor) -> GuestLink | None:
    """The link that a guest came by; None for anybody else."""
    if actor.guest is None:
        return None
    return GuestLink.objects.select_related("made_by", "study", "copy").filter(pk=actor.guest.link).first()


def own_link(actor: Actor, public_id: str) -> GuestLink:
    """A link that the actor may change. Raises NotFound."""
    link = links_of(actor, everyones=True).filter(public_id=public_id).first()
    return link or refuse(actor)


def extend_link(link: GuestLink, expires_at: datetime, *, actor: Actor) -> None:
    """Let it end at another moment. Raises BadRequest; Conflict is none: what was revoked stays so."""
    _require_alive(link)
    require_moments(link.not_before, expires_at)
    with transaction.atomic():
        require_copy(link)
        link.expires_at = expires_at
        link.save(update_fields=["expires_at"])
        audit.record(
            actor, "link extended", study=link.study, link=link.public_id, until=expires_at.isoformat()
        )


def renew_pin(link: GuestLink, *, actor: Actor) -> str:
    """A new PIN in place of the one before, told this once; tries begin anew. Raises BadRequest."""
    _require_alive(link)
    if link.challenge != Challenge.PIN:
        raise BadRequest(parameter="pin", reason="This link has no PIN.")
    pin = random_pin()
    kept = hash_of(pin)
    with transaction.atomic():
        link.answer_hash, link.tries_left = kept, MOST_TRIES
        link.save(update_fields=["answer_hash", "tries_left"])
        audit.record(actor, "link pin renewed", study=link.study, link=link.public_id)
    return pin


def _require_alive(link: GuestLink) -> None:
    if link.revoked_at is not None:
        raise BadRequest(parameter="id", reason="This link was revoked: make a new one.")


def revoke_link(link: GuestLink, *, actor: Actor) -> None:
    """End it now: for who is to come and for who is in it (promise P14)."""
    with transaction.atomic():
        ended = GuestLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now())
        if ended:
            audit.record(actor, "link revoked", study=link.study, link=link.public_id)


def revoke_links(links: QuerySet[GuestLink], *, actor: Actor) -> int:
    """End all of these that have not ended yet; how many."""
    alive = list(links.filter(revoked_at=None, expires_at__gt=timezone.now()))
    with transaction.atomic():
        for link in alive:
            revoke_link(link, actor=actor)
    return len(alive)
