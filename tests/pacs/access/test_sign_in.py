"""Signing in through the endpoints that the app uses: password, TOTP, recovery code, passkey (promise P18)."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import identify_hasher
from django.test import Client

from pacs.access.accounts import change_account
from pacs.access.models import AuditEvent, User
from pacs.api.closed import CLOSED
from tests.browser import ALLAUTH, Browser, totp, with_passkey, with_totp
from tests.passkeys import Passkey
from tests.people import PASSWORD, TESTS, alice, bearer, give_password, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def person() -> User:
    user = alice()
    give_password(user)
    return user


def trail() -> list[tuple[str, str]]:
    return list(AuditEvent.objects.exclude(actor_label="tests").values_list("action", "actor_label"))


def test_by_password_and_out_again(browser: Browser, person: User) -> None:
    assert browser.user() is None
    status, told = browser.sign_in("alice")
    assert (status, told["meta"]["is_authenticated"]) == (200, True)
    assert browser.user() == "alice"
    assert browser.send("DELETE", "auth/session")[0] == 401  # nobody is signed in any more
    assert browser.user() is None
    assert trail() == [("signed in", "alice"), ("signed out", "alice")]


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(browser: Browser, person: User) -> None:
    browser.sign_in("alice")
    assert len(browser.client.cookies) == 2
    for cookie in browser.client.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


def test_passwords_are_kept_by_argon2(person: User) -> None:
    assert identify_hasher(person.password).algorithm == "argon2"


def test_without_our_token_another_site_cannot_sign_in(person: User) -> None:
    client = Client(enforce_csrf_checks=True)
    body = {"username": "alice", "password": PASSWORD}
    assert client.post(ALLAUTH + "auth/login", body, content_type="application/json").status_code == 403


def test_a_wrong_password_and_an_unknown_name_look_the_same(browser: Browser, person: User) -> None:
    wrong = browser.sign_in("alice", "wrong horse battery staple")
    unknown = browser.sign_in("mallory", "wrong horse battery staple")
    assert wrong == unknown
    assert wrong[0] == 400
    assert trail() == [("sign-in failed", ""), ("sign-in failed", "")]
    assert [event.details["account"] for event in AuditEvent.objects.filter(action="sign-in failed")] == [
        "alice",
        None,
    ]


def test_a_password_typed_as_the_name_is_not_written_down(browser: Browser, person: User) -> None:
    browser.sign_in(PASSWORD, "alice")
    assert PASSWORD not in str(list(AuditEvent.objects.values()))


def test_guessing_is_slowed_down(browser: Browser, person: User) -> None:
    answers = [browser.sign_in("alice", f"guess number {number}") for number in range(7)]
    assert [status for status, _ in answers] == [400] * 7
    assert answers[0][1]["errors"][0]["code"] == "username_password_mismatch"
    assert answers[-1][1]["errors"][0]["code"] == "too_many_login_attempts"
    # The right password does not help now, and the guesses beyond the limit were not even hashed.
    assert browser.sign_in("alice")[0] == 400
    assert AuditEvent.objects.filter(action="sign-in failed").count() == 5


def test_a_closed_account_does_not_sign_in(browser: Browser, person: User) -> None:
    change_account(person, actor=TESTS, is_active=False)
    status, _ = browser.sign_in("alice")
    assert status in (400, 401)
    assert browser.user() is None


@pytest.mark.parametrize("way", ["auth/signup", "auth/webauthn/signup"])
def test_nobody_signs_themselves_up(browser: Browser, way: str) -> None:
    body = {"username": "mallory", "password": PASSWORD, "email": "m@example.org"}
    assert browser.send("POST", way, body)[0] == 404
    assert not User.objects.exists()


@pytest.mark.parametrize("route", CLOSED)
def test_what_needs_letters_or_phones_is_not_offered(
    browser: Browser, person: User, route: str, mailoutbox: list[object]
) -> None:
    person.email = "alice@example.org"
    person.save()
    for method in ("GET", "POST", "PUT", "DELETE"):
        assert browser.send(method, route, {"email": "alice@example.org"})[0] == 404
    assert mailoutbox == []


def test_totp_is_asked_for_once_it_is_on(browser: Browser, person: User) -> None:
    with_totp(browser, person)
    other = Browser()
    status, told = other.sign_in("alice")
    assert status == 401
    pending = next(flow for flow in told["data"]["flows"] if flow.get("is_pending"))
    assert pending["id"] == "mfa_authenticate"
    assert other.user() is None  # the password alone opens nothing
    assert other.send("POST", "auth/2fa/authenticate", {"code": "000000"})[0] == 400
    assert other.user() is None
    AuditEvent.objects.get(action="sign-in failed", details__step="second factor")


@pytest.mark.django_db(transaction=True)
def test_totp_lets_in(browser: Browser, person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, _ = with_totp(browser, person)
    other = Browser()
    other.sign_in("alice")
    # A code that was used to switch it on is not taken again: the next one is.
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 30)
    assert other.send("POST", "auth/2fa/authenticate", {"code": totp(secret)})[0] == 200
    assert other.user() == "alice"
    assert ("authenticator added", "alice") in trail()


def test_a_recovery_code_lets_in_once(browser: Browser, person: User) -> None:
    _, codes = with_totp(browser, person)
    for expected in (200, 400):
        other = Browser()
        other.sign_in("alice")
        assert other.send("POST", "auth/2fa/authenticate", {"code": codes[0]})[0] == expected


def test_a_second_factor_is_not_changed_without_the_password(browser: Browser, person: User) -> None:
    browser.sign_in("alice")
    secret = browser.send("GET", "account/authenticators/totp")[1]["meta"]["secret"]
    status, told = browser.send("POST", "account/authenticators/totp", {"code": totp(secret)})
    assert status == 401
    assert [flow["id"] for flow in told["data"]["flows"]] == ["reauthenticate"]


def test_a_passkey_lets_in_without_a_password(browser: Browser, person: User) -> None:
    passkey = with_passkey(browser, person)
    other = Browser()
    options = other.send("GET", "auth/webauthn/login")[1]["data"]["request_options"]
    status, told = other.send("POST", "auth/webauthn/login", {"credential": passkey.get(options)})
    assert status == 200, told
    assert other.user() == "alice"


def test_a_passkey_of_somebody_else_or_an_old_answer_does_not(browser: Browser, person: User) -> None:
    passkey = with_passkey(browser, person)
    stranger = Passkey()
    stranger.id, stranger.user_handle = passkey.id, passkey.user_handle
    other = Browser()
    options = other.send("GET", "auth/webauthn/login")[1]["data"]["request_options"]
    assert other.send("POST", "auth/webauthn/login", {"credential": stranger.get(options)})[0] == 400
    answer = passkey.get(options)
    assert other.send("POST", "auth/webauthn/login", {"credential": answer})[0] == 200
    other.send("DELETE", "auth/session")
    assert other.send("POST", "auth/webauthn/login", {"credential": answer})[0] == 400


def test_a_passkey_is_a_second_factor_too(browser: Browser, person: User) -> None:
    passkey = with_passkey(browser, person)
    other = Browser()
    assert other.sign_in("alice")[0] == 401
    options = other.send("GET", "auth/webauthn/authenticate")[1]["data"]["request_options"]
    assert other.send("POST", "auth/webauthn/authenticate", {"credential": passkey.get(options)})[0] == 200
    assert other.user() == "alice"


def test_a_new_password_ends_the_other_sessions(browser: Browser, person: User) -> None:
    other = Browser()
    other.sign_in("alice")
    browser.sign_in("alice")
    body = {"current_password": PASSWORD, "new_password": "another correct horse"}
    assert browser.send("POST", "account/password/change", body)[0] == 200
    assert browser.user() == "alice"
    assert other.user() is None
    assert ("password changed", "alice") in trail()


@pytest.mark.parametrize("weak", ["short", "123456789012", "qwertyuiop123"])
def test_weak_passwords_are_refused(browser: Browser, person: User, weak: str) -> None:
    browser.sign_in("alice")
    body = {"current_password": PASSWORD, "new_password": weak}
    assert browser.send("POST", "account/password/change", body)[0] == 400


def test_a_cookie_needs_the_token_for_unsafe_verbs_and_a_key_does_not(person: User) -> None:
    change_account(person, actor=TESTS, role="administrator")
    by_cookie = signed_in(person, check_csrf=True)
    body = {"username": "zoe", "role": "patient"}
    refused = by_cookie.post("/api/people", body, content_type="application/json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_allowed")
    by_key = Client(enforce_csrf_checks=True)
    made = by_key.post("/api/people", body, content_type="application/json", headers=bearer(person))
    assert made.status_code == 201


def test_a_second_factors_secret_is_not_in_the_database_as_it_is(browser: Browser, person: User) -> None:
    secret, codes = with_totp(browser, person)
    kept = str(list(Authenticator.objects.values("data")))
    assert secret not in kept
    assert len(codes) == 10
