"""A browser in which somebody signs in as the app does, with second factors that answer as real ones."""

from __future__ import annotations

import json
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from pacs.access.models import User
from tests.passkeys import Passkey
from tests.people import PASSWORD

ALLAUTH = "/_allauth/browser/v1/"


class Browser:
    """The app's side of it: JSON, the cookies and the CSRF token, as a browser at http://localhost sends them."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")

    def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        token = self.client.get("/api/session").json()["csrf_token"]
        answer = self.client.generic(
            method,
            path if path.startswith("/") else ALLAUTH + path,
            data="" if body is None else json.dumps(body),
            content_type="application/json",
            headers={"X-CSRFToken": token},
        )
        return answer.status_code, answer.json() if "json" in answer.headers.get("Content-Type", "") else {}

    def sign_in(self, username: str, password: str = PASSWORD) -> tuple[int, dict[str, Any]]:
        return self.send("POST", "auth/login", {"username": username, "password": password})

    def reauthenticate(self) -> None:
        assert self.send("POST", "auth/reauthenticate", {"password": PASSWORD})[0] == 200

    def user(self) -> str | None:
        told = self.client.get("/api/session").json()["user"]
        return told and str(told["username"])


def totp(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def with_totp(browser: Browser, person: User) -> tuple[str, list[str]]:
    """Switches TOTP on in a signed-in browser; its secret and the recovery codes."""
    browser.sign_in(person.username)
    status, told = browser.send("GET", "account/authenticators/totp")
    assert status == 404  # allauth's way to say: none yet, here is a secret for one
    secret = told["meta"]["secret"]
    browser.reauthenticate()
    assert browser.send("POST", "account/authenticators/totp", {"code": totp(secret)})[0] == 200
    status, told = browser.send("GET", "account/authenticators/recovery-codes")
    assert status == 200
    return secret, told["data"]["unused_codes"]


def with_passkey(browser: Browser, person: User) -> Passkey:
    """Signs in by password and registers a passkey."""
    passkey = Passkey()
    browser.sign_in(person.username)
    browser.reauthenticate()
    status, told = browser.send("GET", "account/authenticators/webauthn?passwordless")
    assert status == 200, told
    options = told["data"]["creation_options"]
    assert options["publicKey"]["authenticatorSelection"]["userVerification"] == "required"
    credential = passkey.create(options)
    status, told = browser.send(
        "POST", "account/authenticators/webauthn", {"name": "phone", "credential": credential}
    )
    assert status == 200, told
    return passkey
