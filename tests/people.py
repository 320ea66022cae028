"""The people of the tests, by name, and their accounts, sessions and keys.

Alice is a radiologist (a clinician), Tess a technologist, Ada the administrator. Bob is a referrer who is
named on studies (PHYSICIAN is what the builders write into them); Charlie is a referrer who is named on
nothing. Pia and Paul are patients; tie them to theirs with tied(). Whoever holds a link is guest_of() it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone

from pacs.access.accounts import create_account
from pacs.access.actors import Actor, actor_for_user, system_actor
from pacs.access.api_keys import issue_api_key
from pacs.access.grants import grant_study, tie_patient
from pacs.access.guests import GUEST_KEY
from pacs.access.models import Grant, User
from pacs.access.share_links import Issued, Shown, Terms, issue_share_link
from pacs.catalog.models import Patient, Study

TESTS = system_actor("tests")
PHYSICIAN = "Bob^Referrer"
PASSWORD = "correct horse battery staple"


def account(name: str, role: str, display_name: str = "", referring_physician: str = "") -> User:
    """The account of this name, made on first use; nobody can sign in to it by password: see give_password."""
    known = User.objects.filter(username=name).first()
    return known or create_account(
        name, role, actor=TESTS, display_name=display_name, referring_physician=referring_physician
    )


def alice() -> User:
    """Radiologist: sees every study."""
    return account("alice", "clinician", "Dr Alice")


def bob() -> User:
    """Referrer, named on studies as PHYSICIAN."""
    return account("bob", "referrer", "Dr Bob", PHYSICIAN)


def charlie() -> User:
    """Referrer, named on nothing."""
    return account("charlie", "referrer", "Dr Charlie", "Charlie^Stranger")


def tess() -> User:
    """Technologist: sees and stores every study."""
    return account("tess", "technologist", "Tess")


def ada() -> User:
    """Administrator."""
    return account("ada", "administrator", "Ada")


def pia() -> User:
    """Patient, tied to nothing yet."""
    return account("pia", "patient", "Pia")


def paul() -> User:
    """Another patient, tied to nothing yet."""
    return account("paul", "patient", "Paul")


def tied(user: User, patient: Patient) -> User:
    """The patient's account, tied to their record."""
    tie_patient(user, patient, actor=TESTS)
    return user


def granted(user: User, study: Study) -> User:
    """The referrer's account, with this study opened to it."""
    grant_study(user, study, actor=TESTS)
    return user


def end_grants() -> None:
    """All of them, now: a millisecond ago, for SQLite's clock (models.functions.Now) tells no shorter time."""
    Grant.objects.update(expires_at=timezone.now() - timedelta(milliseconds=1))


def actor(user: User) -> Actor:
    """The person, as rooms behind the doors know them."""
    return actor_for_user(user)


def give_password(user: User, password: str = PASSWORD) -> str:
    """Let them sign in by password; returns it. (Hashing takes time: so it is not done for everyone.)"""
    user.set_password(password)
    user.save(update_fields=["password"])
    return password


def signed_in(user: User | None, check_csrf: bool = False) -> Client:
    """A browser in which this person has signed in; in which nobody has, for None."""
    client = Client(enforce_csrf_checks=check_csrf)
    if user is not None:
        client.force_login(user)
    return client


def session_key(user: User) -> str:
    """The key of a new session of theirs."""
    return signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value


def cookie(user: User) -> tuple[bytes, bytes]:
    """The header that shows a new session of theirs, as an ASGI scope holds it."""
    return b"cookie", f"{settings.SESSION_COOKIE_NAME}={session_key(user)}".encode()


def key_of(user: User, days: int = 1, scopes: Iterable[str] = ()) -> str:
    """A new Bearer key of theirs."""
    return issue_api_key(user, actor=TESTS, name="tests", days=days, scopes=scopes)


def bearer(user: User) -> dict[str, str]:
    """The header that shows a new key of theirs, for Django's client: client.get(url, headers=bearer(user))."""
    return {"Authorization": f"Bearer {key_of(user)}"}


PIN = "271828"


def link_to(study: Study, sender: User | None = None, **terms: Any) -> Issued:
    """A link of the sender's (Alice's) to a study, for a day; `series` and `instances` are UIDs of what it shows."""
    shown = Shown(
        study=study.study_instance_uid,
        series=terms.pop("series", ()),
        instances=terms.pop("instances", ()),
    )
    told = Terms(**{"pin": PIN, "expires_at": timezone.now() + timedelta(days=1), **terms})
    return issue_share_link(shown, told, actor=actor(sender or alice()))


def guest_session_key(issued: Issued) -> str:
    """The key of a new session of the link's guest, as its opening makes one."""
    session = SessionStore()
    session[GUEST_KEY] = issued.link.pk
    session.create()
    return str(session.session_key)


def guest_of(issued: Issued) -> Client:
    """A browser that opened the link."""
    client = Client()
    shown = {"id": issued.link.public_id, "secret": issued.secret}
    token = client.get("/api/session").json()["csrf_token"]
    answered = client.post(
        "/api/links/open",
        {**shown, "answer": PIN},
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )
    assert answered.status_code == 200, answered.content
    return client
