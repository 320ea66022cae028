"""Break-glass: who may, after which question, for how long, and who looks at it after."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from pacs.access import standing
from pacs.access.accounts import change_account
from pacs.access.actors import actor_for_link, actor_for_user
from pacs.access.breaking_glass import LASTS, break_glass, count_to_review, review
from pacs.access.models import AuditEvent, BreakGlass, GuestLink, Notice, User
from pacs.access.permit import access_study
from pacs.access.step_up import FRESH_S
from pacs.catalog.models import Institution, Study
from pacs.errors import BadRequest, Conflict, NotAllowed, NotFound
from tests.browser import Browser
from tests.pacs.access.conftest import Kept
from tests.people import (
    TESTS,
    actor,
    ada,
    alice,
    bearer,
    bob,
    charlie,
    give_password,
    link_to,
    pia,
    signed_in,
    tess,
)

pytestmark = pytest.mark.django_db(transaction=True)
REASON = "Unconscious in the resuscitation room"
JSON = "application/json"


@pytest.fixture
def locked(pauls: Kept) -> Study:
    """A study of another institution."""
    Study.objects.update(institution=Institution.objects.create(name="Elsewhere"), accession_number="A1")
    pauls.study.refresh_from_db()
    ada()
    return pauls.study


@pytest.fixture
def alices(locked: Study) -> Browser:
    """Alice, who just signed in with her password."""
    give_password(alice())
    browser = Browser()
    browser.sign_in("alice")
    return browser


def send(client: Client, body: dict[str, str], to: str = "/api/break-glass") -> tuple[int, Any]:
    token = client.get("/api/session").json()["csrf_token"]
    answer = client.post(to, body, JSON, headers={"X-CSRFToken": token})
    return answer.status_code, answer.json()


def breaks(browser: Browser, study: str = "1.2.2", reason: str = REASON) -> tuple[int, Any]:
    return send(browser.client, {"study": study, "reason": reason})


def opened(browser: Browser) -> bool:
    return browser.client.get("/dicom-web/studies/1.2.2/series").status_code == 200


def test_a_locked_study_opens_for_an_hour_and_its_reason_is_kept(alices: Browser, locked: Study) -> None:
    assert not opened(alices)
    status, told = breaks(alices)
    assert (status, told["study"]) == (201, "1.2.2")
    assert opened(alices)
    broken = BreakGlass.objects.get()
    assert (broken.user.username, broken.reason) == ("alice", REASON)
    assert broken.ends_at - broken.began_at == LASTS == timedelta(minutes=60)
    assert abs(broken.began_at - timezone.now()) < timedelta(minutes=1)
    event = AuditEvent.objects.get(action="glass broken")
    assert (event.actor_label, event.study_instance_uid) == ("alice", "1.2.2")
    assert REASON not in str(event.details)  # it may name the patient: it is read where it is reviewed


def test_their_session_tells_what_is_open_so_and_for_how_long(alices: Browser, locked: Study) -> None:
    def told() -> Any:
        return alices.client.get("/api/session").json()["user"]["glass_breaks"]

    assert told() == []
    breaks(alices)
    ((study, left),) = [(one["study"], one["ends_in_s"]) for one in told()]
    assert study == "1.2.2"
    assert 3500 < left <= 3600
    BreakGlass.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert told() == []


def test_it_ends_by_the_databases_clock(
    alices: Browser, locked: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks(alices)
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 30)  # what was remembered is asked anew
    assert opened(alices)
    BreakGlass.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert not opened(alices)
    with pytest.raises(NotFound):
        access_study(actor(alice()), "1.2.2")


def test_what_was_remembered_of_it_does_not_outlast_it(alices: Browser, locked: Study) -> None:
    breaks(alices)
    BreakGlass.objects.update(ends_at=timezone.now() + timedelta(seconds=0.4))
    who = actor(alice())
    standing.visible_instance_for(who, "1.2.2.1.1")
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            standing.visible_instance_for(who, "1.2.2.1.1")
        except NotFound:
            return
        time.sleep(0.05)
    pytest.fail("it is still open")


def test_whoever_did_not_show_lately_who_they_are_is_asked_first(
    alices: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + FRESH_S + 1)
    status, told = breaks(alices)
    assert (status, told["error"]["code"]) == (403, "not_fresh")
    assert not BreakGlass.objects.exists()


@pytest.mark.parametrize("person", [bob, charlie, pia, tess, ada])
def test_nobody_but_clinicians_may(person: Callable[[], User], locked: Study) -> None:
    assert send(signed_in(person()), {"study": "1.2.2", "reason": REASON})[0] == 403
    searched = send(signed_in(person()), {"patient_id": "P2"}, "/api/break-glass/search")
    assert searched[0] == 403
    assert AuditEvent.objects.filter(action="refused", actor_label=person().username).count() == 2


def test_a_key_and_the_guest_of_a_link_may_not(locked: Study, pias: Kept) -> None:
    client = Client()
    answer = client.post(
        "/api/break-glass", {"study": "1.2.2", "reason": REASON}, JSON, headers=bearer(alice())
    )
    assert answer.status_code == 403
    with pytest.raises(NotAllowed):
        break_glass(actor_for_user(alice()), "1.2.2", REASON)
    with pytest.raises(NotAllowed):
        break_glass(TESTS, "1.2.2", REASON)


def test_a_referrer_who_was_a_clinician_has_nothing_left_of_it(alices: Browser) -> None:
    breaks(alices)
    change_account(alice(), actor=TESTS, role="referrer")
    assert not opened(alices)


@pytest.mark.parametrize("reason", ["", "   ", "because", "x         y"])
def test_a_reason_has_to_say_something(reason: str, alices: Browser) -> None:
    assert breaks(alices, reason=reason)[0] == 400
    assert not BreakGlass.objects.exists()


def test_what_is_open_already_or_is_not_there_is_not_broken(alices: Browser, pias: Kept) -> None:
    assert breaks(alices, "1.2.1")[0] == 409
    assert breaks(alices, "1.2.9")[0] == 404
    assert breaks(alices, "no UID")[0] == 404
    assert not BreakGlass.objects.exists()


@pytest.mark.parametrize("asked", [{"patient_id": "P2"}, {"accession_number": "A1"}])
def test_a_locked_study_is_found_by_its_exact_number_alone(asked: dict[str, str], alices: Browser) -> None:
    status, told = send(alices.client, asked, "/api/break-glass/search")
    assert status == 200
    (found,) = told["studies"]
    assert (found["study"], found["institution"]) == ("1.2.2", "Elsewhere")
    assert "name" not in str(found)
    event = AuditEvent.objects.get(action="locked studies searched")
    assert event.details == {"by": next(iter(asked))}


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"patient_id": "P"}, 200),
        ({"patient_id": "P*"}, 200),
        ({"patient_id": "p2"}, 200),
        ({"accession_number": "A"}, 200),
        ({"patient_id": "P1"}, 200),  # Pia's: open already, found in the list
        ({}, 400),
        ({"patient_id": "P2", "accession_number": "A1"}, 400),
    ],
)
def test_nothing_else_finds_one(asked: dict[str, str], status: int, alices: Browser, pias: Kept) -> None:
    answered, told = send(alices.client, asked, "/api/break-glass/search")
    assert answered == status
    assert told.get("studies", []) == []


def test_every_administrator_is_told_and_one_says_what_they_found(alices: Browser) -> None:
    breaks(alices)
    (notice,) = Notice.objects.all()
    assert (notice.user.username, notice.what) == ("ada", "glass")
    adas = signed_in(ada())
    (told,) = adas.get("/api/notices").json()["notices"]
    assert (told["what"], told["sender"], told["study"]) == ("glass", "Dr Alice", "1.2.2")
    queue = adas.get("/api/break-glass").json()
    assert queue["to_review"] == 1
    (entry,) = queue["entries"]
    assert (entry["username"], entry["reason"], entry["finding"]) == ("alice", REASON, None)
    token = adas.get("/api/session").json()["csrf_token"]
    answer = adas.patch(
        f"/api/break-glass/{entry['number']}",
        {"finding": "justified", "note": "Seen with the head of ward"},
        JSON,
        headers={"X-CSRFToken": token},
    )
    assert answer.status_code == 200, answer.content
    assert (answer.json()["reviewed_by"], answer.json()["finding"]) == ("Ada", "justified")
    assert adas.get("/api/break-glass").json()["to_review"] == 0
    assert AuditEvent.objects.filter(action="glass break reviewed", actor_label="ada").count() == 1


def test_the_first_finding_stands_and_nobody_judges_themselves(alices: Browser) -> None:
    breaks(alices)
    number = BreakGlass.objects.get().pk
    with pytest.raises(BadRequest):
        review(number, finding="nice", note="", actor=actor(ada()))
    with pytest.raises(NotAllowed):
        review(number, finding="justified", note="", actor=actor(alice()))
    review(number, finding="not_justified", note="", actor=actor(ada()))
    with pytest.raises(Conflict):
        review(number, finding="justified", note="", actor=actor(ada()))
    with pytest.raises(NotFound):
        review(number + 1, finding="justified", note="", actor=actor(ada()))
    assert BreakGlass.objects.get().finding == "not_justified"
    assert count_to_review() == 0


def test_what_was_shared_of_it_ends_with_it(alices: Browser, locked: Study) -> None:
    """A link is its sender's eyes: it sees no longer than they do."""
    breaks(alices)
    link_to(locked, alice())
    link = GuestLink.objects.get()
    assert access_study(actor_for_link(link), "1.2.2")
    BreakGlass.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NotFound):
        access_study(actor_for_link(link), "1.2.2")
