"""Promise P15: who comes in by a link, and how few guesses anybody has, however many guess at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pacs.access import link_answers, link_opening
from pacs.access.link_opening import Presented, look_at, open_link
from pacs.access.models import AuditEvent, GuestLink, Notice
from pacs.access.share_links import MOST_TRIES, Issued, renew_pin, revoke_link
from pacs.errors import LightboxError, NotFound, WrongAnswer
from tests.pacs.access.conftest import Kept
from tests.people import PIN, TESTS, actor, alice, link_to

pytestmark = pytest.mark.django_db(transaction=True)
GUESSES = 200


@pytest.fixture(autouse=True)
def fresh() -> None:
    link_opening.forget()


def presented(issued: Issued, secret: str | None = None) -> Presented:
    return Presented(issued.link.public_id, issued.secret if secret is None else secret)


def test_the_right_answer_opens_it_and_its_sender_is_told(pias: Kept) -> None:
    issued = link_to(pias.study)
    assert open_link(presented(issued), f" {PIN} ") == issued.link
    link = GuestLink.objects.get()
    assert (link.openings, link.last_opened_at is not None) == (1, True)
    assert [(one.user, one.what) for one in Notice.objects.all()] == [(alice(), "opened")]
    event = AuditEvent.objects.get(action="link opened")
    assert (event.actor_kind, event.study_instance_uid) == ("link", "1.2.1")


def test_a_look_changes_nothing(pias: Kept) -> None:
    issued = link_to(pias.study)
    before = GuestLink.objects.values().get()
    look_at(presented(issued))
    assert GuestLink.objects.values().get() == before
    assert not Notice.objects.exists()


def test_five_wrong_answers_close_it_until_there_is_a_new_pin(pias: Kept) -> None:
    issued = link_to(pias.study)
    left = []
    for _ in range(MOST_TRIES):
        with pytest.raises(WrongAnswer) as refused:
            open_link(presented(issued), "000000")
        left.append(refused.value.fields["tries_left"])
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(NotFound):
        open_link(presented(issued), PIN)  # the right one comes too late
    assert [one.what for one in Notice.objects.all()] == ["locked"]
    pin = renew_pin(GuestLink.objects.get(), actor=actor(alice()))
    assert open_link(presented(issued), pin) == issued.link


def test_tries_begin_anew_when_it_was_opened(pias: Kept) -> None:
    issued = link_to(pias.study)
    with pytest.raises(WrongAnswer):
        open_link(presented(issued), "000000")
    open_link(presented(issued), PIN)
    assert GuestLink.objects.get().tries_left == MOST_TRIES


def test_of_200_guesses_at_once_five_reach_the_hash(pias: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    issued = link_to(pias.study)
    reached: list[str] = []
    real, begun = link_answers.is_right, threading.Barrier(20)

    def counted(answer: str, kept: str) -> bool:
        reached.append(answer)
        return real(answer, kept)

    monkeypatch.setattr(link_answers, "is_right", counted)

    def guess(number: int) -> str:
        if number < 20:
            begun.wait(20)
        try:
            open_link(presented(issued), f"{number:06}")
        except LightboxError as error:
            return error.code
        finally:
            connection.close()
        return "open"

    with ThreadPoolExecutor(20) as crowd:
        told = list(crowd.map(guess, range(GUESSES)))
    assert len(reached) == MOST_TRIES
    assert sorted(told) == ["not_found"] * (GUESSES - MOST_TRIES) + ["wrong_answer"] * MOST_TRIES
    assert GuestLink.objects.get().tries_left == 0


def test_of_many_who_open_a_one_time_link_at_once_one_is_let_in(pias: Kept) -> None:
    issued = link_to(pias.study, most_openings=1)

    def come(_: int) -> str:
        try:
            open_link(presented(issued), PIN)
        except LightboxError as error:
            return error.code
        finally:
            connection.close()
        return "open"

    with ThreadPoolExecutor(5) as crowd:
        told = list(crowd.map(come, range(5)))
    assert sorted(told) == ["not_found"] * 4 + ["open"]
    assert GuestLink.objects.get().openings == 1


def ended(how: str, issued: Issued) -> Presented:
    """The address of a link that opens nothing, for this reason."""
    changes: dict[str, dict[str, Any]] = {
        "expired": {"expires_at": timezone.now()},
        "used up": {"most_openings": 1, "openings": 1},
        "guessed at": {"tries_left": 0},
    }
    if how == "revoked":
        revoke_link(issued.link, actor=TESTS)
    if how == "closed account":
        type(issued.link.made_by).objects.update(is_active=False)
    GuestLink.objects.update(**changes.get(how, {"openings": 0}))
    if how == "unknown":
        return Presented("A" * 16, issued.secret)
    return presented(issued, "wrong" if how == "another secret" else None)


ENDED = ("unknown", "another secret", "revoked", "expired", "used up", "guessed at", "closed account")


@pytest.mark.parametrize("how", ENDED)
def test_all_that_open_nothing_look_alike_and_take_the_same_steps(how: str, pias: Kept) -> None:
    """The same error without a word of why, after the same statements: neither the answer nor its time tells."""
    shown = ended(how, link_to(pias.study))
    link_opening.forget()
    with pytest.raises(NotFound):
        look_at(shown)  # tells the trail; from now on, for a minute, nothing is written
    steps = []
    for ask in (look_at, lambda one: open_link(one, PIN)):
        with CaptureQueriesContext(connection) as captured, pytest.raises(NotFound) as refused:
            ask(shown)
        assert refused.value.fields == {}
        steps.append([query["sql"].split(" WHERE ")[0] for query in captured])
    assert steps[0] == steps[1]
    assert len(steps[0]) == 1


def test_the_trail_is_told_of_refusals_once_a_minute(pias: Kept) -> None:
    issued = link_to(pias.study)
    for _ in range(50):
        with pytest.raises(NotFound):
            look_at(presented(issued, "guess"))
    (event,) = AuditEvent.objects.filter(action="link refused")
    assert event.details == {"times": 1}


def test_what_is_to_begin_later_says_so_and_opens_later(pias: Kept) -> None:
    begins = timezone.now() + timedelta(hours=2)
    issued = link_to(pias.study, not_before=begins)
    assert look_at(presented(issued)).not_before == begins
    with pytest.raises(NotFound):
        open_link(presented(issued), PIN)
    GuestLink.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    assert open_link(presented(issued), PIN) == issued.link


def test_the_date_of_birth_opens_where_it_is_asked_for(pias: Kept) -> None:
    pias.patient.birth_date = date(1961, 4, 12)
    pias.patient.save()
    issued = link_to(pias.study, challenge="birth_date")
    with pytest.raises(WrongAnswer):
        open_link(presented(issued), "1961-04-13")
    assert open_link(presented(issued), "1961-04-12") == issued.link


def test_a_code_comes_by_mail_and_opens_once(pias: Kept, settings: Any, mailoutbox: Any) -> None:
    settings.MAIL_FROM = "lightbox@example.org"
    issued = link_to(pias.study, challenge="email", email="ref@example.org")
    shown = presented(issued)
    with pytest.raises(WrongAnswer) as refused:
        open_link(shown, "123456")
    assert refused.value.fields["why"] == "no_code"
    assert GuestLink.objects.get().tries_left == MOST_TRIES

    link_opening.send_code(shown)
    (mail,) = mailoutbox
    assert mail.to == ["ref@example.org"]
    assert issued.link.public_id not in mail.body
    code = mail.body.split()[0]
    open_link(shown, code)
    with pytest.raises(WrongAnswer):
        open_link(shown, code)

    link_opening.send_code(shown)
    GuestLink.objects.update(answer_ends_at=timezone.now())
    with pytest.raises(WrongAnswer):
        open_link(shown, mailoutbox[1].body.split()[0])


def test_codes_are_few(pias: Kept, settings: Any, mailoutbox: Any) -> None:
    settings.MAIL_FROM = "lightbox@example.org"
    shown = presented(link_to(pias.study, challenge="email", email="ref@example.org"))
    GuestLink.objects.update(codes_left=1)
    link_opening.send_code(shown)
    with pytest.raises(LightboxError):
        link_opening.send_code(shown)
    assert len(mailoutbox) == 1
