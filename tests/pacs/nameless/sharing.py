"""What the tests of links without names share: a study full of identities, a link to it, and its guest's questions."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from django.conf import settings
from django.test import Client

from pacs.access.models import GuestLink, LinkCopy, User
from pacs.access.share_links import Issued, Shown, Terms
from pacs.catalog.models import NOBODYS, Instance, Study
from pacs.nameless.issuing import Looked, issue_nameless_link
from tests import people
from tests.pacs.access.test_matrix import CSRF_SECRET
from tests.pacs.api.test_shares import fresh
from tests.pacs.deidentify.planted import MAC_UID, planted_file, planted_report
from tests.people import PIN
from tests.viewer.client import Response
from tests.viewer.kept import keep

STUDY, SERIES, INSTANCE = (f"{MAC_UID}.{number}" for number in (1, 2, 3))
REPORTS = f"{MAC_UID}.7"
# Of the patient, the study and the house, beside the words of tests.pacs.deidentify.planted.
MORE = {
    "InstitutionName": "Sankt Quellfried",
    "AccessionNumber": "ACC4711X",
    "StudyID": "STUDYID88",
    "ReferringPhysicianName": people.PHYSICIAN,
}
TOLD = (
    "Sankt Quellfried",
    "Quellfried",
    "ACC4711X",
    "STUDYID88",
    "Bob^Referrer",
    "PID-994317",
    "1987-11-23",
    "Ásdís",
)


def planted_study() -> list[Instance]:
    """A CT slice and a report with all fifteen identities, taken in."""
    return keep(planted_file(**MORE), planted_report(**MORE, SeriesInstanceUID=REPORTS))


def nameless_link(
    study: str = STUDY, sender: User | None = None, *, seen: bool = True, **terms: Any
) -> Issued:
    """A link without names, of which all was looked at."""
    shown = Shown(study=study, series=terms.pop("series", ()), instances=terms.pop("instances", ()))
    looked = tuple(Instance.objects.values_list("sop_instance_uid", flat=True)) if seen else ()
    who = people.actor(sender or people.alice())
    return issue_nameless_link(shown, nameless_terms(**terms), Looked(looked), actor=who)


def nameless_terms(**terms: Any) -> Terms:
    """For a day, with the PIN of the tests."""
    from datetime import timedelta

    from django.utils import timezone

    return Terms(
        **{"pin": PIN, "expires_at": timezone.now() + timedelta(days=1), "is_deidentified": True, **terms}
    )


def sender_client(user: User | None = None) -> Client:
    """A browser of the sender's, who showed a moment ago that it is they."""
    return fresh(people.signed_in(user or people.alice()))


def copy_of(issued: Issued) -> Study:
    """The study that its guests see."""
    copy = LinkCopy.objects.get(link=issued.link).copy
    assert copy is not None
    return copy


def copies() -> int:
    """How many copies there are, shown or not."""
    return Study.objects.filter(institution_id=NOBODYS).count()


def uids_of(study: Study) -> dict[str, str]:
    """A study, and the first series and image of it."""
    instance = Instance.objects.filter(series__study=study).order_by("-rows", "pk")[0]
    return {
        "study": study.study_instance_uid,
        "series": instance.series.series_instance_uid,
        "instance": instance.sop_instance_uid,
    }


def crumbs(session_key: str) -> list[tuple[bytes, bytes]]:
    """The headers of a browser with this session."""
    told = f"{settings.CSRF_COOKIE_NAME}={CSRF_SECRET}; {settings.SESSION_COOKIE_NAME}={session_key}"
    return [(b"cookie", told.encode()), (b"x-csrftoken", CSRF_SECRET.encode())]


def session_of(issued: Issued) -> str:
    """A session of a guest, as it stands now."""
    link = GuestLink.objects.get(pk=issued.link.pk)
    return people.guest_session_key(Issued(link, issued.secret, issued.pin))


def ask(session_key: str, request: str, body: Any = None, accept: str = "") -> Response:
    """What whoever has this session is answered by the whole application."""
    method, path = request.split(" ")
    path, _, query = path.partition("?")
    sent = b"" if body is None else json.dumps(body).encode()
    headers = [
        (b"host", b"localhost"),
        (b"origin", b"http://localhost"),
        (b"content-type", b"application/json"),
        (b"content-length", str(len(sent)).encode()),
        *([(b"accept", accept.encode())] if accept else []),
        *crumbs(session_key),
    ]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "client": ("127.0.0.1", 5),
        "server": ("localhost", 80),
        "headers": headers,
    }
    return asyncio.run(_send(scope, sent))


async def _send(scope: dict[str, Any], body: bytes) -> Response:
    from pacs.asgi import application

    response = Response()
    coming: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not coming:
            await asyncio.Future()  # the client waits for its answer
        return coming.pop(0)

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            response.status = message["status"]
            response.headers = {name.decode(): value.decode("latin-1") for name, value in message["headers"]}
        else:
            response.body += message.get("body", b"")

    await application(scope, receive, send)
    return response
