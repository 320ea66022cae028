"""Where somebody is signed in: told to them alone, and ended from any other device at the next request (P14)."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory

from pacs.access.devices import NOWHERE, address_of, clear_ended_devices
from pacs.access.models import AuditEvent, User
from tests.browser import ALLAUTH, Browser
from tests.people import alice, bob, give_password, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1"


@pytest.fixture
def person() -> User:
    user = alice()
    give_password(user)
    return user


def at_home(person: User) -> Browser:
    """A browser in which they sign in, which says that it is a phone."""
    browser = Browser()
    browser.client = Client(enforce_csrf_checks=True, SERVER_NAME="localhost", HTTP_USER_AGENT=PHONE)
    assert browser.sign_in(person.username)[0] == 200
    return browser


def devices(browser: Browser) -> list[dict[str, Any]]:
    told = browser.client.get(ALLAUTH + "auth/sessions").json()["data"]
    assert isinstance(told, list)
    return told


def test_each_sign_in_is_told_with_its_device_address_and_time(person: User) -> None:
    phone, desk = at_home(person), Browser()
    desk.sign_in(person.username)
    told = {each["is_current"]: each for each in devices(phone)}
    assert told[True]["user_agent"] == PHONE
    assert told[True]["ip"] == "127.0.0.1"
    assert told[False]["created_at"] > 0
    assert len(devices(desk)) == 2


def test_another_device_is_signed_out_at_its_next_request_and_it_is_written_down(person: User) -> None:
    phone, desk = at_home(person), Browser()
    desk.sign_in(person.username)
    assert desk.user() == "alice"
    other = next(each["id"] for each in devices(phone) if not each["is_current"])
    status, told = phone.send("DELETE", "auth/sessions", {"sessions": [other]})
    assert (status, len(told["data"])) == (200, 1)
    assert desk.user() is None
    assert phone.user() == "alice"
    event = AuditEvent.objects.get(action="session ended")
    assert (event.actor_label, event.details) == ("alice", {"account": "alice", "session": other})


def test_nobody_reads_or_ends_what_is_another_persons(person: User) -> None:
    mine = at_home(person)
    theirs = UserSession.objects.get(user=signed_in_as(bob())).pk
    assert theirs not in [each["id"] for each in devices(mine)]
    assert mine.send("DELETE", "auth/sessions", {"sessions": [theirs]})[0] == 400
    assert UserSession.objects.filter(pk=theirs).exists()


def signed_in_as(user: User) -> User:
    signed_in(user)
    return user


def test_signing_out_here_takes_this_device_from_the_list(person: User) -> None:
    phone, desk = at_home(person), at_home(person)
    desk.send("DELETE", "auth/session")
    assert [each["is_current"] for each in devices(phone)] == [True]


def test_a_new_password_leaves_this_device_alone_in_the_list(person: User) -> None:
    phone, _ = at_home(person), at_home(person)
    body = {"current_password": "correct horse battery staple", "new_password": "another correct horse"}
    assert phone.send("POST", "account/password/change", body)[0] == 200
    assert [each["is_current"] for each in devices(phone)] == [True]


def test_what_has_ended_by_itself_is_cleared(person: User) -> None:
    at_home(person)
    kept = at_home(person).client.session.session_key
    Session.objects.exclude(session_key=kept).delete()
    clear_ended_devices()
    assert list(UserSession.objects.values_list("session_key", flat=True)) == [kept]


@pytest.mark.parametrize(
    ("remote", "kept"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::1"),
        ("", NOWHERE),
        ("a socket of this machine", NOWHERE),
    ],
)
def test_an_address_is_an_address_or_none(remote: str, kept: str) -> None:
    assert address_of(RequestFactory().get("/", REMOTE_ADDR=remote)) == kept
