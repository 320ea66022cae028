"""Promise P18: staff sign in with more than a password, or their sessions open nothing but the way to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from pacs.access.accounts import change_account
from pacs.access.models import User
from tests import people
from tests.browser import Browser, with_passkey, with_totp
from tests.people import PASSWORD, TESTS, bearer, give_password, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
Person = Callable[[], User]


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


def end_grace(person: User) -> None:
    User.objects.filter(pk=person.pk).update(second_factor_due_at=timezone.now())


@pytest.mark.parametrize("staff", [people.ada, people.alice, people.tess])
def test_staff_are_told_until_when_they_may_go_on(staff: Person, settings: Settings) -> None:
    settings.STAFF_MFA_GRACE_DAYS = 3
    told = signed_in(staff()).get("/api/session").json()["user"]["second_factor_due_at"]
    assert told[:10] in {
        (timezone.now() + timedelta(days=3, seconds=each)).date().isoformat() for each in (-60, 0)
    }


@pytest.mark.parametrize("other", [people.bob, people.pia])
def test_of_nobody_else_it_is_asked(other: Person) -> None:
    client = signed_in(other())
    end_grace(other())
    assert client.get("/api/session").json()["user"]["second_factor_due_at"] is None
    assert client.get("/api/studies").status_code == 200


def test_the_days_of_grace_do_not_begin_anew_with_each_sign_in(person: User) -> None:
    signed_in(person)
    first = User.objects.get(pk=person.pk).second_factor_due_at
    signed_in(User.objects.get(pk=person.pk))
    assert User.objects.get(pk=person.pk).second_factor_due_at == first


def test_without_grace_the_first_sign_in_is_held(person: User, settings: Settings) -> None:
    settings.STAFF_MFA_GRACE_DAYS = 0
    browser = Browser()
    browser.sign_in(person.username)
    assert browser.user() is None


def test_after_it_nothing_opens_and_the_app_is_told_why(browser: Browser, person: User) -> None:
    assert browser.client.get("/api/studies").status_code == 200
    end_grace(person)
    assert browser.client.get("/api/studies").status_code == 401
    told = browser.client.get("/api/session").json()
    assert told["user"] is None
    assert told["held"] == {"username": "alice", "reason": "second_factor", "ways": ["password"]}


def test_no_way_leads_round_it(browser: Browser, person: User) -> None:
    change_account(person, actor=TESTS, role="administrator")
    assert browser.client.get("/admin/").status_code == 200
    end_grace(person)
    assert browser.client.get("/admin/").status_code == 302
    assert browser.client.get("/admin/access/user/").status_code == 302
    body = {"current_password": PASSWORD, "new_password": "another correct horse"}
    assert browser.send("POST", "account/password/change", body)[0] == 401
    assert browser.send("GET", "auth/sessions")[0] == 401
    # Showing a key beside the cookie does not make the cookie good.
    key = bearer(people.bob())
    assert browser.client.get("/_allauth/browser/v1/auth/sessions", headers=key).status_code == 401
    assert browser.client.get("/admin/", headers=key).status_code == 302


def test_a_passkey_ends_it_at_once(browser: Browser, person: User) -> None:
    end_grace(person)
    with_passkey(browser, person)
    assert browser.user() == "alice"
    assert browser.client.get("/api/session").json()["user"]["second_factor_due_at"] is None


def test_an_authenticator_app_ends_it_too_and_its_codes_are_told(browser: Browser, person: User) -> None:
    end_grace(person)
    _, codes = with_totp(browser, person)
    assert len(codes) == 10
    assert browser.user() == "alice"


def test_whoever_takes_the_last_one_away_is_held_at_the_next_request(browser: Browser, person: User) -> None:
    with_totp(browser, person)
    end_grace(person)
    assert browser.user() == "alice"
    Authenticator.objects.filter(type=Authenticator.Type.TOTP).delete()
    assert browser.user() is None  # recovery codes alone guard nothing


def test_one_can_sign_out_of_it(browser: Browser, person: User) -> None:
    end_grace(person)
    assert browser.send("DELETE", "auth/session")[0] == 401
    assert browser.client.get("/api/session").json()["held"] is None


def test_a_key_has_no_second_factor_to_show(person: User) -> None:
    end_grace(person)
    assert Client().get("/api/studies", headers=bearer(person)).status_code == 200


def test_another_service_asks_what_it_wants(person: User) -> None:
    client = signed_in(person)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "socialaccount", "at": 0}]
    session.save()
    end_grace(person)
    assert client.get("/api/studies").status_code == 200


def test_a_house_may_do_without(person: User, settings: Settings) -> None:
    settings.STAFF_MFA = False
    client = signed_in(person)
    assert User.objects.get(pk=person.pk).second_factor_due_at is None
    end_grace(person)
    assert client.get("/api/studies").status_code == 200
