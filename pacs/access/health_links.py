"""A share link as a SMART Health Link: another way in to the same link, with its end, its tries and its openings.

What it hands out is kept sealed, under a key that is told once and kept nowhere. Of the address of its manifest, and
of the viewer's address that lies in the sealed file, only hashes are kept.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import QuerySet

from pacs.access import audit
from pacs.access.actors import Actor, actor_for_link
from pacs.access.api_keys import digest_of
from pacs.access.link_opening import let_in, note_refused, takes_guests
from pacs.access.models import Challenge, Extent, GuestLink, HealthLink, Purpose
from pacs.access.permit import Act, access_study, may, refuse, visible_studies
from pacs.access.share_links import SECRET_BYTES
from pacs.catalog.models import Instance, Series, Study
from pacs.errors import BadRequest, NotFound, WrongAnswer

LONGEST_TOKEN = 64
LONGEST_RECIPIENT = 128


@dataclass(frozen=True)
class Tokens:
    """What only the link itself and its sealed file know."""

    manifest: str = field(repr=False)  # of the address where the files are asked for
    viewer_path: str = field(repr=False)  # of the share link's own page, by a secret of its own


@dataclass(frozen=True)
class ShownSeries:
    """A series as a link shows it; the instances are named where it shows single ones."""

    series: Series
    number_of_instances: int
    instances: list[Instance] = field(default_factory=list)


def study_to_hand_out(link: GuestLink, *, actor: Actor) -> Study:
    """The study, with its patient. Raises NotFound for who did not make the link, BadRequest where it cannot be."""
    if link.study is None or link.purpose != Purpose.SHOW or link.made_by_id != actor.user_id:
        refuse(actor)
    reason = _why_not(link)
    if reason:
        raise BadRequest(parameter="id", reason=reason)
    return access_study(actor, link.study.study_instance_uid)


def can_be_health_link(link: GuestLink) -> bool:
    """Whether it can have this form, as it was made and as it stands now."""
    return link.purpose == Purpose.SHOW and link.study_id is not None and not _why_not(link)


def _why_not(link: GuestLink) -> str:
    if not takes_guests(link):
        return "This link opens nothing any more."
    if link.challenge != Challenge.PIN:
        return "Only a link with a PIN can be a SMART Health Link."
    if link.is_deidentified:
        return "A link without names cannot be a SMART Health Link."
    if link.most_openings == 1:
        return "A link that opens once cannot be a SMART Health Link: to receive it is to open it."
    return ""


def new_tokens(link: GuestLink) -> Tokens:
    """Tokens of a new form of the link."""
    manifest, viewer = secrets.token_urlsafe(SECRET_BYTES), secrets.token_urlsafe(SECRET_BYTES)
    return Tokens(manifest, f"/s/{link.public_id}#{viewer}")


def keep_health_link(link: GuestLink, tokens: Tokens, sealed: str, *, actor: Actor) -> HealthLink:
    """Keep its new form; the one before leads nowhere any more."""
    with transaction.atomic():
        HealthLink.objects.filter(link=link).delete()
        made = HealthLink.objects.create(
            link=link,
            manifest_digest=digest_of(tokens.manifest),
            secret_digest=digest_of(tokens.viewer_path.partition("#")[2]),
            sealed=sealed,
        )
        audit.record(actor, "health link issued", study=link.study, link=link.public_id)
    return made


def shown_by(link: GuestLink) -> list[ShownSeries]:
    """What the link shows, series by series, as it stands now."""
    if link.extent == Extent.STUDY:
        return _whole(Series.objects.filter(study=link.study))
    if link.extent == Extent.SERIES:
        return _whole(Series.objects.filter(pk__in=link.parts.values("series")))
    instances = Instance.objects.filter(pk__in=link.parts.values("instance")).select_related("series")
    by_series: dict[Series, list[Instance]] = {}
    for one in instances.order_by("series__series_number", "series_id", "instance_number", "pk"):
        by_series.setdefault(one.series, []).append(one)
    return [ShownSeries(series, len(several), several) for series, several in by_series.items()]


def _whole(series: Iterable[Series]) -> list[ShownSeries]:
    ordered = sorted(series, key=lambda one: (one.series_number or 0, one.pk))
    return [ShownSeries(one, one.number_of_instances) for one in ordered]


def open_health_link(token: str, passcode: str, recipient: str) -> HealthLink:
    """What the address of a manifest leads to, opened by who knows the PIN; counted and told as every opening.

    `recipient` is who they say they are. Raises NotFound for all that opens nothing; WrongAnswer.
    """
    digest = digest_of(token[:LONGEST_TOKEN])
    found = _health_links().filter(manifest_digest=digest).first()
    if found is None or not _is_good(found.link):
        note_refused()
        raise NotFound
    if not passcode:
        raise WrongAnswer(tries_left=found.link.tries_left, why="no_passcode")
    let_in(found.link, passcode, said_by=recipient.strip()[:LONGEST_RECIPIENT] or "SMART Health Link")
    return found


def sealed_file(number: int) -> str:
    """The file of a form by its number, for whom it was opened shortly before. Raises NotFound."""
    found = _health_links().filter(pk=number).first()
    if found is None or not _shows_its_study(found.link):
        raise NotFound
    return found.sealed


def _health_links() -> QuerySet[HealthLink]:
    return HealthLink.objects.select_related("link__made_by", "link__study")


def _is_good(link: GuestLink) -> bool:
    return takes_guests(link) and _shows_its_study(link)


def _shows_its_study(link: GuestLink) -> bool:
    """Whether its guest sees what the file tells of: it has begun, has not ended, and its sender still may."""
    guest = actor_for_link(link)
    return may(guest, Act.VIEW) and visible_studies(guest).filter(guest_links=link).exists()
