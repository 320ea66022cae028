"""Acts that reach far want a person who showed in the last minutes that it is they, at whichever door."""

from __future__ import annotations

import time

import pytest
from django.conf import settings
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from pacs.access.actors import NOBODY, actor_for_user, system_actor
from pacs.access.authentication import IsFresh
from pacs.access.credentials import Credential
from pacs.access.models import AuditEvent, User
from pacs.access.standing import actor_for
from pacs.access.step_up import FRESH_S, require_fresh
from pacs.errors import NotFresh, NotSignedIn
from tests import builders, people
from tests.browser import Browser, totp, with_passkey, with_totp
from tests.pacs.dicomweb.retrieving import get
from tests.people import PASSWORD, alice, give_password, session_key
from tests.viewer.kept import keep

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    user = alice()
    give_password(user)
    return user


@pytest.fixture
def browser(person: User) -> Browser:
    one = Browser()
    one.sign_in(person.username)
    return one


def told(browser: Browser) -> tuple[int, list[str]]:
    answer = browser.client.get("/api/step-up").json()
    return answer["fresh_for_s"], answer["ways"]


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = time.time() + seconds
    monkeypatch.setattr("time.time", lambda: now)


def test_whoever_just_signed_in_is_believed_for_five_minutes(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh_for_s, ways = told(browser)
    assert FRESH_S - 10 < fresh_for_s <= FRESH_S
    assert ways == ["password"]
    later(monkeypatch, FRESH_S + 1)
    assert told(browser)[0] == 0


@pytest.mark.parametrize("right", [True, False])
def test_the_password_is_believed_anew_and_a_wrong_one_is_not(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, right: bool
) -> None:
    later(monkeypatch, FRESH_S + 1)
    status, _ = browser.send("POST", "auth/reauthenticate", {"password": PASSWORD if right else "guess"})
    assert status == (200 if right else 400)
    assert (told(browser)[0] > 0) is right


def test_a_code_of_the_authenticator_app_is_believed(
    person: User, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, _ = with_totp(browser, person)
    assert told(browser)[1] == ["recovery_codes", "totp", "password"]
    later(monkeypatch, FRESH_S + 31)
    assert told(browser)[0] == 0
    assert browser.send("POST", "auth/2fa/reauthenticate", {"code": totp(secret)})[0] == 200
    assert told(browser)[0] > 0


def test_a_passkey_is_believed(person: User, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    passkey = with_passkey(browser, person)
    later(monkeypatch, FRESH_S + 1)
    options = browser.send("GET", "auth/webauthn/reauthenticate")[1]["data"]["request_options"]
    shown = {"credential": passkey.get(options)}
    assert browser.send("POST", "auth/webauthn/reauthenticate", shown)[0] == 200
    assert told(browser)[0] > 0


def test_keys_and_the_system_are_not_asked_and_nobody_is_refused() -> None:
    require_fresh(system_actor("tests"))
    require_fresh(actor_for_user(alice(), api_key=1))
    with pytest.raises(NotSignedIn):
        require_fresh(NOBODY)


def test_a_session_without_a_sign_in_of_its_own_is_not_fresh() -> None:
    key = session_key(alice())  # made by no way of signing in
    with pytest.raises(NotFresh):
        require_fresh(actor_for(Credential("session", key)))


def test_a_view_asks_for_the_verbs_that_change_something() -> None:
    class Far(APIView):
        permission_classes = [IsFresh]
        authentication_classes = ()

        def get(self, request: object) -> Response:
            return Response("read")

        post = get

    for method, status in (("get", 200), ("post", 403)):
        request = getattr(APIRequestFactory(), method)("/")
        request.actor = actor_for_user(alice(), session_key="gone")
        answer = Far.as_view()(request)
        assert answer.status_code == status
    assert answer.data["error"]["code"] == "not_fresh"
    assert answer.data["error"]["fields"] == {"within_s": FRESH_S}


@pytest.mark.django_db(transaction=True)
def test_a_study_is_taken_away_as_a_zip_only_by_who_showed_who_they_are(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(builders.ct_slice(StudyInstanceUID="1.2.3"))
    cookie = f"{settings.SESSION_COOKIE_NAME}={browser.client.cookies[settings.SESSION_COOKIE_NAME].value}"
    address = "/dicom-web/studies/1.2.3"
    wanted = {"accept": "application/zip", "authorization": "", "cookie": cookie}
    assert get(address, **wanted).status == 200
    later(monkeypatch, FRESH_S + 1)
    taken = AuditEvent.objects.filter(action="objects exported").count()
    assert get(address, **wanted).problem() == (403, "not_fresh")
    # A copy that the browser has already is not confirmed either, and a key is not asked.
    assert get(address, if_none_match="*", **wanted).status == 403
    assert AuditEvent.objects.filter(action="objects exported").count() == taken
    assert (
        get(address, accept="application/zip", authorization=f"Bearer {people.key_of(alice())}").status == 200
    )
