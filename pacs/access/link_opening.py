"""How a guest comes in by a link (promise P15): looked at, asked for the answer, let in.

A link that is unknown, has ended, was revoked, was guessed at too often or opened as often as it may be: all look
the same, and take the same steps. A try is taken from the link's few before its answer is looked at, in one UPDATE,
so that however many guess at once no more of them reach the hash.
"""

from __future__ import annotations

import hmac
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Least
from django.utils import timezone

from pacs.access import audit, link_answers, link_mail
from pacs.access.actors import NOBODY, actor_for_link
from pacs.access.api_keys import digest_of
from pacs.access.link_copies import being_prepared, shows_something
from pacs.access.models import Challenge, GuestLink, HealthLink, Notice
from pacs.access.notices import tell_sender
from pacs.access.share_links import MOST_TRIES
from pacs.errors import BadRequest, Conflict, NotFound, WrongAnswer

LONGEST_ID = 64
CODE_LASTS = timedelta(minutes=10)
TOLD_EVERY_S = 60.0
_NO_DIGEST = "0" * 64

_lock = threading.Lock()
_refusals = {"told_at": -TOLD_EVERY_S, "since": 0.0}


@dataclass(frozen=True)
class Presented:
    """What somebody shows at the door: the two halves of a link's address."""

    public_id: str
    secret: str = field(repr=False)


def look_at(presented: Presented) -> GuestLink:
    """The link, with who made it, if it takes guests or will; changes nothing. Raises NotFound."""
    found = GuestLink.objects.filter(public_id=presented.public_id[:LONGEST_ID]).select_related(
        "made_by", "health_link", "copy", "study"
    )
    link = found.first()
    shown = digest_of(presented.secret)
    is_known = any([hmac.compare_digest(kept, shown) for kept in _digests_of(link)])
    if link is None or not is_known or not takes_guests(link):
        note_refused()
        raise NotFound
    return link


def _digests_of(link: GuestLink | None) -> tuple[str, str]:
    """Of the secrets that open it: its own, and that of its SMART Health Link; of what is not there, none fits."""
    health_link = getattr(link, "health_link", None)  # Django raises AttributeError where there is none
    own = _NO_DIGEST if link is None else link.secret_digest
    return own, _NO_DIGEST if health_link is None else health_link.secret_digest


def takes_guests(link: GuestLink) -> bool:
    """Whether another guest may come in by it, now or when its time has come."""
    is_used_up = link.most_openings is not None and link.openings >= link.most_openings
    has_ended = link.revoked_at is not None or link.expires_at <= timezone.now()
    has_room = not is_used_up and not has_ended and link.tries_left > 0
    return has_room and link.made_by.is_active and shows_something(link)


def has_begun(link: GuestLink) -> bool:
    """Whether it may be opened already."""
    return link.not_before is None or link.not_before <= timezone.now()


def open_link(presented: Presented, answer: str) -> GuestLink:
    """The link, opened by who knows the answer; its sender is told. Raises as let_in."""
    link = look_at(presented)
    let_in(link, answer)
    return link


def let_in(link: GuestLink, answer: str, *, said_by: str = "") -> None:
    """Count an opening of a link by who knows the answer.

    Raises NotFound, WrongAnswer; Conflict while it is being prepared. `said_by` is whom a program that opens it says
    it does that for; empty for a browser on the page of the link.
    """
    if not has_begun(link):
        raise NotFound
    _require_prepared(link)
    if link.challenge == Challenge.EMAIL and not _has_code(link):
        raise WrongAnswer(tries_left=link.tries_left, why="no_code")
    _take_try(link)
    if not link_answers.is_right(answer.strip(), link.answer_hash):
        raise WrongAnswer(tries_left=_note_wrong(link), why="wrong")
    _count_opening(link, said_by)


def send_code(presented: Presented) -> None:
    """Send a new code to the address that the sender named. Raises NotFound, BadRequest; Conflict as let_in."""
    link = look_at(presented)
    if link.challenge != Challenge.EMAIL or not has_begun(link):
        raise NotFound
    _require_prepared(link)
    code = link_answers.random_pin()
    kept = link_answers.hash_of(code)
    fresh = GuestLink.objects.filter(pk=link.pk, codes_left__gt=0)
    sent = fresh.update(
        codes_left=F("codes_left") - 1, answer_hash=kept, answer_ends_at=timezone.now() + CODE_LASTS
    )
    if not sent:
        raise BadRequest(parameter="code", reason="No more codes are sent. Ask for a new link.")
    link_mail.send_code(link.email, code)
    audit.record(actor_for_link(link), "link code sent", study=link.study, link=link.public_id)


def _require_prepared(link: GuestLink) -> None:
    """Who comes early loses nothing: no try is taken, no opening counted."""
    if being_prepared(link) is not None:
        raise Conflict(reason="The images are still being prepared. Try again in a moment.")


def _has_code(link: GuestLink) -> bool:
    return bool(link.answer_hash) and link.answer_ends_at is not None and link.answer_ends_at > timezone.now()


def _take_try(link: GuestLink) -> None:
    # Only columns of the row itself: PostgreSQL looks at these again when it has waited for another's change.
    left = GuestLink.objects.filter(
        pk=link.pk, tries_left__gt=0, revoked_at=None, expires_at__gt=timezone.now()
    )
    if not left.update(tries_left=F("tries_left") - 1):
        note_refused()
        raise NotFound


def _note_wrong(link: GuestLink) -> int:
    """Write the wrong answer down; how many tries are left."""
    with transaction.atomic():
        left: int = GuestLink.objects.values_list("tries_left", flat=True).get(pk=link.pk)
        audit.record(
            actor_for_link(link),
            "link answer wrong",
            study=link.study,
            outcome="refused",
            link=link.public_id,
            left=left,
        )
        locked = Notice.What.LOCKED
        if left == 0 and not Notice.objects.filter(link=link, what=locked, seen_at=None).exists():
            tell_sender(link, locked)
    return left


def _count_opening(link: GuestLink, said_by: str) -> None:
    now = timezone.now()
    has_room = Q(most_openings=None) | Q(openings__lt=F("most_openings"))
    open_still = GuestLink.objects.filter(has_room, pk=link.pk, revoked_at=None, expires_at__gt=now)
    with transaction.atomic():
        opened = open_still.update(
            openings=F("openings") + 1, last_opened_at=now, tries_left=_tries_after(link)
        )
        if not opened:
            raise NotFound
        if link.challenge == Challenge.EMAIL:
            GuestLink.objects.filter(pk=link.pk).update(answer_hash="")  # a code opens once
        tell_sender(link, Notice.What.OPENED, said_by)
        audit.record(
            actor_for_link(link), "link opened", study=link.study, link=link.public_id, way=_way(said_by)
        )


def _tries_after(link: GuestLink) -> int | Least:
    """All of them again; of a SMART Health Link only the one that this opening took.

    There wrong passcodes are counted over the life of the link ("SMART Health Link Manifest Request").
    """
    if not HealthLink.objects.filter(link=link).exists():
        return MOST_TRIES
    return Least(F("tries_left") + 1, Value(MOST_TRIES))


def _way(said_by: str) -> str:
    """By its page, or by a program; who that says it is may be anything, and is for the sender alone."""
    return "health link" if said_by else "page"


def note_refused() -> None:
    """Record "link refused", at most once a minute: who guesses must not fill the trail.

    Of which link is not told: then one that is known would take longer than one that is not.
    """
    now = time.monotonic()
    with _lock:
        _refusals["since"] += 1
        is_told = now - _refusals["told_at"] >= TOLD_EVERY_S
        times = int(_refusals["since"])
        if is_told:
            _refusals.update(told_at=now, since=0.0)
    if is_told:
        audit.record(NOBODY, "link refused", outcome="refused", times=times)


def forget() -> None:
    """Count no refusal as told."""
    with _lock:
        _refusals.update(told_at=-TOLD_EVERY_S, since=0.0)
