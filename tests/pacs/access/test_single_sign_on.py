"""Single sign-on against a real service: it says who somebody is; which account that opens an administrator said."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.e2e.lightbox import ROOT, Lightbox, free_port, start
from tests.identity_provider import CLAIMS, CLIENT_ID, CLIENT_SECRET

pytestmark = pytest.mark.slow
LONGEST_START_S = 60
SOFIA = {"email": "sofia@example.org", "email_verified": True}


@dataclass
class House:
    """A Lightbox and the service it asks, each a process of its own."""

    lightbox: Lightbox
    provider: str
    folder: Path
    key: str

    def says(self, **people: dict[str, Any]) -> None:
        """What the service says of whom."""
        (self.folder / CLAIMS).write_text(json.dumps(people), encoding="utf-8")

    def account(self, username: str, **given: Any) -> None:
        """An account, made on first use, changed as given by an administrator."""
        shown = {"Authorization": f"Bearer {self.key}"}
        people = f"{self.lightbox.address}/api/people"
        requests.post(people, json={"username": username, "role": "technologist"}, headers=shown, timeout=30)
        done = requests.patch(f"{people}/{username}", json=given, headers=shown, timeout=30)
        assert done.status_code == 200, done.text

    def actions(self) -> list[str]:
        """The trail's newest actions."""
        shown = {"Authorization": f"Bearer {self.key}"}
        told = requests.get(f"{self.lightbox.address}/api/audit", headers=shown, timeout=30).json()
        return [event["action"] for event in told["events"]]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder, port = tmp_path_factory.mktemp("provider"), free_port()
    provider = f"http://127.0.0.1:{port}"
    lightbox = start(
        tmp_path_factory.mktemp("lightbox"),
        SAMPLES="0",
        LIGHTBOX_OIDC_ISSUER=f"{provider}/o",
        LIGHTBOX_OIDC_CLIENT_ID=CLIENT_ID,
        LIGHTBOX_OIDC_CLIENT_SECRET=CLIENT_SECRET,
        LIGHTBOX_OIDC_NAME="the hospital",
    )
    asked = [sys.executable, "-m", "tests.identity_provider", str(port), str(folder)]
    service = subprocess.Popen(
        [*asked, f"{lightbox.address}/sso/callback"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        key = lightbox.manage("issue_api_key", "--user", "ada", "--role", "administrator").split()[-1]
        wait_for(f"{provider}/become/nobody")
        yield House(lightbox, provider, folder, key)
    finally:
        service.kill()
        service.wait()
        lightbox.stop()


def wait_for(address: str) -> None:
    ends_at = time.monotonic() + LONGEST_START_S
    while True:
        try:
            if requests.get(address, timeout=5).ok:
                return
        except requests.ConnectionError:
            assert time.monotonic() < ends_at, "the service did not start"
            time.sleep(0.1)


class Visitor:
    """A browser of somebody who is signed in at the service."""

    def __init__(self, house: House, name: str) -> None:
        self.house, self.session = house, requests.Session()
        assert self.session.get(f"{house.provider}/become/{name}", timeout=30).ok

    def at(self, path: str, method: str = "GET", **how: Any) -> requests.Response:
        """A request to Lightbox."""
        token = self.session.get(f"{self.house.lightbox.address}/api/session", timeout=30).json()[
            "csrf_token"
        ]
        headers = {"X-CSRFToken": token}
        return self.session.request(
            method, self.house.lightbox.address + path, headers=headers, timeout=30, **how
        )

    def come(self) -> str:
        """In by the service; how it went, as the sign-in page is told."""
        begun = self.at("/api/sso", "POST")
        assert begun.status_code == 200, begun.text
        address = begun.json()["address"]
        assert address.startswith(self.house.provider)
        assert "code_challenge=" in address  # PKCE
        back = self.session.get(address, timeout=30)
        return back.url.removeprefix(f"{self.house.lightbox.address}/signin?sso=")

    @property
    def user(self) -> str | None:
        """Who they are here."""
        told = self.at("/api/session").json()["user"]
        return told and str(told["username"])


def test_who_is_approved_is_let_in_and_known_by_their_identifier_from_then_on(house: House) -> None:
    house.account("sofia", sso_name="Sofia@Example.org")
    house.says(sofia=SOFIA)
    first = Visitor(house, "sofia")
    assert first.at("/api/session").json()["sso"] == "the hospital"
    assert first.come() == "done"
    assert first.user == "sofia"
    assert house.actions()[1:3] == ["signed in", "authenticator added"]
    # Her address changes: she stays who she is.
    house.says(sofia={"email": "sofia.married@example.org", "email_verified": True})
    again = Visitor(house, "sofia")
    assert again.come() == "done"
    assert again.user == "sofia"
    # Who gets her old address later is not her.
    house.says(other=SOFIA)
    other = Visitor(house, "other")
    assert other.come() == "unknown"
    assert other.user is None


def test_an_address_that_is_not_verified_opens_nothing(house: House) -> None:
    house.account("victor", sso_name="victor@example.org")
    for said in ({"email_verified": False}, {}, {"email_verified": "true"}):
        house.says(mallory={"email": "victor@example.org", **said})
        visitor = Visitor(house, "mallory")
        assert visitor.come() == "unknown"
        assert visitor.user is None
    assert "sign-in failed" in house.actions()


def test_nobody_gets_an_account_by_coming(house: House) -> None:
    house.says(
        newcomer={"email": "newcomer@example.org", "email_verified": True, "preferred_username": "ada"}
    )
    visitor = Visitor(house, "newcomer")
    assert visitor.come() == "unknown"
    assert visitor.user is None
    for path in (
        "auth/provider/signup",
        "auth/provider/redirect",
        "auth/provider/token",
        "account/providers",
    ):
        assert visitor.at(f"/_allauth/browser/v1/{path}", "POST", json={}).status_code == 404


def test_an_administrator_takes_it_back(house: House) -> None:
    house.account("tom", sso_name="tom@example.org")
    house.says(tom={"email": "tom@example.org", "email_verified": True})
    visitor = Visitor(house, "tom")
    assert visitor.come() == "done"
    house.account("tom", sso_name="")
    assert visitor.user is None  # at the next request
    assert visitor.come() == "unknown"
    house.account("tom", sso_name="tom@example.org")
    assert visitor.come() == "done"
    house.account("tom", is_active=False)
    assert Visitor(house, "tom").come() == "unknown"


def test_two_accounts_are_not_opened_to_one_name(house: House) -> None:
    house.account("one", sso_name="shared@example.org")
    with pytest.raises(AssertionError, match="sso_name"):
        house.account("two", sso_name="SHARED@example.org")


def test_what_nobody_began_is_no_sign_in(house: House) -> None:
    house.says(sofia=SOFIA)
    visitor = Visitor(house, "sofia")
    for query in ("", "?code=guess", "?code=guess&state=guess", "?error=access_denied&state=guess"):
        assert "/signin?sso=" in visitor.at(f"/sso/callback{query}").url
        assert visitor.user is None
    # What was begun in one browser does not end in another.
    address = visitor.at("/api/sso", "POST").json()["address"]
    answered = visitor.session.get(address, allow_redirects=False, timeout=30).headers["Location"]
    victim = Visitor(house, "nobody")
    assert victim.session.get(answered, timeout=30).url.endswith("/signin?sso=failed")
    assert victim.user is None


def test_another_page_cannot_begin_one(house: House) -> None:
    answered = requests.post(f"{house.lightbox.address}/api/sso", timeout=30)
    assert answered.status_code == 403
