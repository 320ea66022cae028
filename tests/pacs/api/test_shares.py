"""Links over HTTP: made, listed and ended by their sender; opened by a guest, who then sees what was shared."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from pacs.access import link_opening
from pacs.access.models import GuestLink
from tests.pacs.access.conftest import Kept, keep
from tests.people import PIN, alice, bob, guest_of, link_to, pia, signed_in, tied

pytestmark = pytest.mark.django_db
JSON: dict[str, Any] = {"content_type": "application/json"}


@pytest.fixture
def pias(db: None) -> Kept:
    from pacs.catalog.models import Patient

    link_opening.forget()
    return keep(1, Patient.objects.create(identity_key="pia", patient_id="P1"))


def fresh(client: Client) -> Client:
    """Somebody who showed a moment ago that it is they."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
    session.save()
    return client


def made(client: Client, **given: Any) -> Any:
    answer = client.post("/api/shares", {"study": "1.2.1", "hours": 24, **given}, **JSON)
    assert answer.status_code == 201, answer.content
    return answer.json()


def opened(path: str, answer: str) -> tuple[Client, Any]:
    """A fresh browser that opens the address with this answer."""
    client = Client()
    public_id, _, secret = path.removeprefix("/s/").partition("#")
    token = client.get("/api/session").json()["csrf_token"]
    shown = {"id": public_id, "secret": secret, "answer": answer}
    return client, client.post("/api/links/open", shown, headers={"X-CSRFToken": token}, **JSON)


def test_a_link_is_made_opened_listed_and_taken_back(pias: Kept) -> None:
    sender = fresh(signed_in(alice()))
    told = made(sender, recipient="Dr Miller")
    assert (told["state"], told["recipient"], told["download"], len(told["pin"])) == (
        "open",
        "Dr Miller",
        False,
        6,
    )
    guest, answer = opened(told["path"], told["pin"])
    assert (answer.status_code, answer.json()) == (200, {"study": "1.2.1"})
    session = guest.get("/api/session").json()
    assert session["user"] is None
    assert (session["guest"]["link"], session["guest"]["sender"]) == (told["id"], "Dr Alice")

    (listed,) = sender.get("/api/shares").json()["shares"]
    assert (listed["openings"], listed["last_opened_at"] is not None) == (1, True)
    assert "pin" not in listed
    assert sender.get("/api/session").json()["user"]["unseen_notices"] == 1
    news = sender.get("/api/notices").json()
    assert [(one["what"], one["recipient"], one["seen"]) for one in news["notices"]] == [
        ("opened", "Dr Miller", False)
    ]
    assert sender.post("/api/notices", {"newest": news["notices"][0]["number"]}, **JSON).json() == {
        "unseen": 0
    }

    assert sender.delete(f"/api/shares/{told['id']}").status_code == 204
    assert guest.get("/api/session").json()["guest"] is None
    assert opened(told["path"], told["pin"])[1].status_code == 404


def test_the_guests_cookie_is_not_for_scripts_and_ends_with_the_link(pias: Kept) -> None:
    issued = link_to(pias.study)
    guest = guest_of(issued)
    cookie = guest.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    ends_at = Session.objects.get(session_key=cookie.value).expire_date
    assert ends_at <= issued.link.expires_at


def test_a_get_of_the_address_has_no_side_effect(pias: Kept) -> None:
    issued = link_to(pias.study)
    before = GuestLink.objects.values().get()
    answer = Client().get(f"/s/{issued.link.public_id}")
    assert answer.status_code == 200
    assert not answer.cookies
    assert GuestLink.objects.values().get() == before


def test_another_site_cannot_bring_a_browser_into_its_link(pias: Kept) -> None:
    issued = link_to(pias.study)
    shown = {"id": issued.link.public_id, "secret": issued.secret, "answer": PIN}
    answer = Client(enforce_csrf_checks=True).post("/api/links/open", shown, **JSON)
    assert answer.status_code == 403
    assert GuestLink.objects.get().openings == 0


def test_whoever_was_signed_in_is_not_any_more(pias: Kept) -> None:
    issued = link_to(pias.study)
    browser = signed_in(bob())
    token = browser.get("/api/session").json()["csrf_token"]
    shown = {"id": issued.link.public_id, "secret": issued.secret, "answer": PIN}
    assert browser.post("/api/links/open", shown, headers={"X-CSRFToken": token}, **JSON).status_code == 200
    told = browser.get("/api/session").json()
    assert (told["user"], told["guest"]["link"]) == (None, issued.link.public_id)


def test_signing_in_ends_the_stay(pias: Kept) -> None:
    browser = guest_of(link_to(pias.study))
    browser.force_login(bob())
    told = browser.get("/api/session").json()
    assert (told["user"]["username"], told["guest"]) == ("bob", None)


def test_a_wrong_pin_tells_how_many_tries_are_left(pias: Kept) -> None:
    issued = link_to(pias.study)
    _, answer = opened(issued.path, "000000")
    assert answer.status_code == 403
    error = answer.json()["error"]
    assert (error["code"], error["fields"]) == ("wrong_answer", {"tries_left": 4, "why": "wrong"})


@pytest.mark.parametrize("how", ["unknown", "revoked", "expired"])
def test_what_opens_nothing_is_answered_alike(how: str, pias: Kept) -> None:
    issued = link_to(pias.study)
    public_id = issued.link.public_id
    if how == "revoked":
        GuestLink.objects.update(revoked_at=issued.link.made_at)
    if how == "expired":
        GuestLink.objects.update(expires_at=issued.link.made_at)
    if how == "unknown":
        public_id = "A" * 16
    answer = Client().post("/api/links/look", {"id": public_id, "secret": issued.secret}, **JSON)
    error = answer.json()["error"]
    assert answer.status_code == 404
    assert {**error, "request_id": ""} == {
        "code": "not_found",
        "message": "This does not exist, or you have no access to it.",
        "fields": {},
        "request_id": "",
    }


def test_leaving_closes_it_on_this_device(pias: Kept) -> None:
    guest = guest_of(link_to(pias.study))
    token = guest.get("/api/session").json()["csrf_token"]
    answer = guest.delete("/api/links/stay", headers={"X-CSRFToken": token})
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (204, '"cache"')
    assert guest.get("/api/session").json()["guest"] is None


def test_a_patient_shares_their_own_and_hears_of_what_others_share(pias: Kept) -> None:
    patient = fresh(signed_in(tied(pia(), pias.patient)))
    told = made(patient, recipient="Dr Bob")
    assert opened(told["path"], told["pin"])[1].status_code == 200
    made(fresh(signed_in(alice())))
    news = patient.get("/api/notices").json()["notices"]
    assert [(one["what"], one["sender"], one["link"] is None) for one in news] == [
        ("shared", "Dr Alice", True),
        ("opened", "Pia", False),
    ]


def test_an_open_desk_is_asked_once_more_who_is_there(pias: Kept) -> None:
    browser = signed_in(alice())
    answer = browser.post("/api/shares", {"study": "1.2.1", "hours": 24}, **JSON)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_fresh")
    assert not GuestLink.objects.exists()


def test_what_cannot_be_promised_is_refused_in_words(pias: Kept) -> None:
    sender = fresh(signed_in(alice()))
    answer = sender.post("/api/shares", {"study": "1.2.1", "hours": 24, "deidentified": True}, **JSON)
    assert answer.status_code == 400
    assert answer.json()["error"]["fields"]["parameter"] == "deidentified"
    for hours in (0, 90 * 24 + 1):
        assert sender.post("/api/shares", {"study": "1.2.1", "hours": hours}, **JSON).status_code == 400


def test_all_are_taken_back_at_once(pias: Kept) -> None:
    sender = fresh(signed_in(alice()))
    made(sender)
    made(sender)
    others = link_to(pias.study, tied(pia(), pias.patient))
    assert sender.delete("/api/shares").json() == {"revoked": 2}
    assert GuestLink.objects.get(pk=others.link.pk).revoked_at is None
