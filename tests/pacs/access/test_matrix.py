"""Promise P13: what every kind of person is answered on every route, asked through the whole application."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from django.conf import settings as lightbox
from django.core.cache import cache

from pacs.access.models import GuestLink
from pacs.access.share_links import Issued
from pacs.catalog.models import Study
from pacs.ingest.arrival import arrival_from_import
from pacs.ingest.pipeline import ingest
from pacs.storage.staging import stage
from tests import people
from tests.builders import ct_slice
from tests.pacs.access.all_routes import routes
from tests.pacs.access.answers import LINK_WHO, Row
from tests.pacs.access.matrix import GROUPS, MATRIX

Headers = list[tuple[bytes, bytes]]
CSRF_SECRET = "c" * 32


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    rows = {row.route for row in MATRIX}
    assert routes() - rows == set(), "routes without a row: say in matrix.py who may use them"
    assert rows - routes() == set(), "rows without a route"


def received(**attributes: Any) -> Study:
    """The study of a CT slice that was received."""
    with stage() as writer:
        writer.write(ct_slice(**attributes))
        ingest(arrival_from_import(writer.finish()))
    return Study.objects.get(study_instance_uid=attributes["StudyInstanceUID"])


@pytest.fixture
def uids(transactional_db: None) -> dict[str, str]:
    """The world: the UIDs of Pia's study, on which Bob is named; Paul has another. The doors' threads see it."""
    named = {"study": "1.2.3", "series": "1.2.3.4", "instance": "1.2.3.4.5"}
    keywords = dict(
        zip(("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"), named.values(), strict=True)
    )
    pias = received(**keywords, PatientID="PIA", ReferringPhysicianName=people.PHYSICIAN)
    pauls = received(StudyInstanceUID="1.2.9", PatientID="PAUL", ReferringPhysicianName="Else^Someone")
    people.tied(people.pia(), pias.patient)
    people.tied(people.paul(), pauls.patient)
    people.charlie()
    received(
        StudyInstanceUID="1.2.3", SeriesInstanceUID="1.2.3.6", SOPInstanceUID="1.2.3.6.1", PatientID="PIA"
    )
    return named


def shown_by(who: str) -> Headers:
    """A new session (or key) of this person, and the CSRF token that our own page would send."""
    persons = {
        "patient_a": people.pia,
        "patient_b": people.paul,
        "referrer_named": people.bob,
        "referrer_stranger": people.charlie,
        "clinician": people.alice,
        "technologist": people.tess,
        "administrator": people.ada,
    }
    if who == "key":
        return [(b"authorization", f"Bearer {people.key_of(people.alice())}".encode())]
    if who in LINK_WHO:
        return [*_crumbs(people.guest_session_key(link_of(who)))]
    return [*_crumbs(people.session_key(persons[who]()) if who != "nobody" else "")]


def link_of(who: str) -> Issued:
    """The link that this guest came by."""
    pias, pauls = (Study.objects.get(study_instance_uid=uid) for uid in ("1.2.3", "1.2.9"))
    if who == "link_part":
        return people.link_to(pias, instances=["1.2.3.6.1"])
    issued = people.link_to(pauls if who == "link_b" else pias, may_download=True)
    if who == "link_in":
        GuestLink.objects.filter(pk=issued.link.pk).update(purpose="receive", study=None)
    return issued


def _crumbs(session_key: str) -> Headers:
    crumbs = f"{lightbox.CSRF_COOKIE_NAME}={CSRF_SECRET}"
    if session_key:
        crumbs += f"; {lightbox.SESSION_COOKIE_NAME}={session_key}"
    return [(b"cookie", crumbs.encode()), (b"x-csrftoken", CSRF_SECRET.encode())]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("group", GROUPS)
def test_everyone_is_answered_as_the_matrix_says(group: str, uids: dict[str, str]) -> None:
    surprises = []
    for row in GROUPS[group]:
        cache.clear()  # the guesses of one row are not held against the next
        expected = row.statuses | row.statuses_of_links
        answered = {who: ask(row, uids, shown_by(who)) for who in expected}
        if answered != expected:
            surprises.append(
                f"{row.request}: {' '.join(answered.values())}, not {' '.join(expected.values())}"
            )
    assert not surprises, "\n".join(surprises)


def ask(row: Row, uids: dict[str, str], headers: Headers) -> str:
    """The status that this request is answered; of a socket, "open" or the code it is closed with."""
    method, path = row.request.format(**uids).split(" ")
    if method == "SOCKET":
        return asyncio.run(_open(_scope("websocket", path, headers)))
    body = b"" if row.body is None else json.dumps(row.body).encode()
    kind = "multipart/related; boundary=x" if row.route == "stow" else "application/json"
    about = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    return asyncio.run(_send({**_scope("http", path, [*headers, *about]), "method": method}, body))


def _scope(kind: str, path: str, headers: Headers) -> dict[str, Any]:
    path, _, query = path.partition("?")
    return {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http" if kind == "http" else "ws",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "client": ("127.0.0.1", 5),
        "server": ("localhost", 80),
        "headers": [(b"host", b"localhost"), (b"origin", b"http://localhost"), *headers],
        "subprotocols": [],
    }


async def _send(scope: dict[str, Any], body: bytes) -> str:
    from pacs.asgi import application

    coming: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]
    status = ""

    async def receive() -> dict[str, Any]:
        if not coming:
            await asyncio.Future()  # the client waits for its answer
        return coming.pop(0)

    async def send(message: Any) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = str(message["status"])

    await application(scope, receive, send)
    return status


async def _open(scope: dict[str, Any]) -> str:
    from pacs.asgi import application

    to_app: asyncio.Queue[Any] = asyncio.Queue()
    from_app: asyncio.Queue[Any] = asyncio.Queue()
    to_app.put_nowait({"type": "websocket.connect"})
    running = asyncio.ensure_future(application(scope, to_app.get, from_app.put))
    outcome = "open"
    try:
        while True:
            message = await asyncio.wait_for(from_app.get(), 0.3)
            if message["type"] == "websocket.close":
                outcome = str(message["code"])
                break
    except TimeoutError:
        pass
    to_app.put_nowait({"type": "websocket.disconnect", "code": 1000})
    await asyncio.wait([running], timeout=2)
    return outcome
