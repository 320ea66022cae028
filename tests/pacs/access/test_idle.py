"""The idle lock: a session at which nobody was for a while is refused until its person shows that it is they."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from pacs.access import standing
from pacs.access.accounts import change_account
from pacs.access.actors import NOBODY
from pacs.access.credentials import Credential
from pacs.access.models import AuditEvent, User
from tests import people
from tests.browser import Browser, with_passkey
from tests.people import PASSWORD, TESTS, give_password

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person() -> User:
    user = people.alice()
    give_password(user)
    return user


@pytest.fixture
def browser(person: User) -> Browser:
    one = Browser()
    one.sign_in(person.username)
    return one


def nobody_for(minutes: float) -> None:
    """Nobody was at any session since then."""
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(minutes=minutes))


def is_open(browser: Browser) -> bool:
    return browser.client.get("/api/studies").status_code == 200


def held(browser: Browser) -> str | None:
    told = browser.client.get("/api/session").json()["held"]
    return told and str(told["reason"])


def test_a_session_is_locked_after_a_quarter_of_an_hour_without_anybody(browser: Browser) -> None:
    nobody_for(14.9)
    assert is_open(browser)
    nobody_for(15)
    assert not is_open(browser)
    assert browser.client.get("/api/session").json()["held"] == {
        "username": "alice",
        "reason": "locked",
        "ways": ["password"],
    }


def test_what_is_remembered_of_it_ends_with_it(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next picture asks no database but for the epoch, which rests while nobody is there."""
    shown = Credential("session", browser.client.cookies[settings.SESSION_COOKIE_NAME].value)
    nobody_for(14)
    assert standing.actor_for(shown).label == "alice"
    epoch = standing.read_epoch()
    then = timezone.now() + timedelta(seconds=61)
    monkeypatch.setattr("django.utils.timezone.now", lambda: then)
    monkeypatch.setattr("time.time", then.timestamp)
    assert standing.actor_for(shown) == NOBODY
    assert standing.read_epoch() == epoch


def test_patients_have_longer(settings: Settings) -> None:
    settings.IDLE_LOCK_PATIENT_MINUTES = 30
    give_password(people.pia())
    browser = Browser()
    browser.sign_in("pia")
    nobody_for(29)
    assert is_open(browser)
    nobody_for(31)
    assert not is_open(browser)


def test_a_hand_puts_it_off_and_what_a_page_asks_by_itself_does_not(browser: Browser) -> None:
    nobody_for(14)
    assert is_open(browser)
    assert 0 < browser.client.get("/api/session").json()["user"]["idle"]["locks_in_s"] <= 60
    assert browser.send("POST", "/api/session/presence")[0] == 204
    assert browser.client.get("/api/session").json()["user"]["idle"]["locks_in_s"] > 14 * 60


def test_a_hand_said_again_and_again_writes_once(browser: Browser) -> None:
    first = UserSession.objects.get().last_seen_at
    browser.send("POST", "/api/session/presence")
    assert UserSession.objects.get().last_seen_at == first


def test_a_hand_is_no_proof(browser: Browser) -> None:
    nobody_for(16)
    assert browser.send("POST", "/api/session/presence")[0] == 401
    assert not is_open(browser)


@pytest.mark.parametrize("is_idle", [True, False])
def test_the_password_unlocks_it(browser: Browser, is_idle: bool) -> None:
    if is_idle:
        nobody_for(60)
    else:
        assert browser.send("POST", "/api/session/lock")[0] == 204
    assert not is_open(browser)
    assert held(browser) == "locked"
    assert browser.send("POST", "auth/reauthenticate", {"password": "wrong horse"})[0] == 400
    assert not is_open(browser)
    assert browser.send("POST", "auth/reauthenticate", {"password": PASSWORD})[0] == 200
    assert is_open(browser)
    assert held(browser) is None


def test_a_passkey_unlocks_it(browser: Browser, person: User) -> None:
    passkey = with_passkey(Browser(), person)
    browser.send("POST", "/api/session/lock")
    options = browser.send("GET", "auth/webauthn/reauthenticate")[1]["data"]["request_options"]
    answer = {"credential": passkey.get(options)}
    assert browser.send("POST", "auth/webauthn/reauthenticate", answer)[0] == 200
    assert is_open(browser)


def test_one_device_is_locked_and_not_the_others(browser: Browser, person: User) -> None:
    other = Browser()
    other.sign_in(person.username)
    browser.send("POST", "/api/session/lock")
    assert not is_open(browser)
    assert is_open(other)


def test_no_way_leads_round_it(browser: Browser, person: User) -> None:
    change_account(person, actor=TESTS, role="administrator")
    browser.send("POST", "/api/session/lock")
    assert browser.client.get("/admin/").status_code == 302
    assert browser.client.get("/admin/access/user/").status_code == 302
    for method, path in (
        ("GET", "account/authenticators"),
        ("GET", "account/authenticators/webauthn"),
        ("POST", "account/password/change"),
        ("DELETE", "auth/sessions"),
        ("POST", "auth/login"),
        ("GET", "auth/session/../sessions"),
    ):
        assert browser.send(method, path, {})[0] in (401, 404), path


def test_both_are_asked_for_one_after_the_other(browser: Browser, person: User) -> None:
    User.objects.update(second_factor_due_at=timezone.now())
    nobody_for(60)
    assert held(browser) == "locked"
    assert browser.send("GET", "account/authenticators")[0] == 401
    browser.send("POST", "auth/reauthenticate", {"password": PASSWORD})
    assert held(browser) == "second_factor"


def test_a_session_of_which_nothing_is_known_is_locked_and_its_person_unlocks_it(browser: Browser) -> None:
    """So are those of before there was a lock."""
    UserSession.objects.all().delete()
    assert held(browser) == "locked"
    assert browser.send("POST", "auth/reauthenticate", {"password": PASSWORD})[0] == 200
    assert is_open(browser)


def test_locking_and_unlocking_are_written_down(browser: Browser) -> None:
    browser.send("POST", "/api/session/lock")
    browser.send("POST", "auth/reauthenticate", {"password": PASSWORD})
    browser.send("POST", "auth/reauthenticate", {"password": PASSWORD})  # it is open: nothing is unlocked
    told = AuditEvent.objects.filter(action__startswith="session ").values_list("action", "actor_label")
    assert list(told) == [("session locked", "alice"), ("session unlocked", "alice")]


def test_it_holds_from_the_next_request_however_it_comes(browser: Browser) -> None:
    """By the triggers: the writer may be anybody."""
    shown = Credential("session", browser.client.cookies[settings.SESSION_COOKIE_NAME].value)
    assert standing.actor_for(shown).label == "alice"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE usersessions_usersession SET data = %s", ['{"locked": true}'])
    assert standing.actor_for(shown) == NOBODY
