"""Fifteen identities are planted in a study that is shared without names: no answer to a guest holds one (P13, P19)."""

from __future__ import annotations

import asyncio
import zipfile
from io import BytesIO
from typing import Any

import pydicom
import pytest

from pacs.access.models import LinkCopy
from pacs.access.share_links import revoke_link
from pacs.catalog.models import Instance, Series
from tests import people
from tests.pacs.access.matrix import MATRIX
from tests.pacs.deidentify.planted import PLANTED
from tests.pacs.nameless.sharing import (
    INSTANCE,
    REPORTS,
    SERIES,
    STUDY,
    TOLD,
    ask,
    copy_of,
    nameless_link,
    planted_study,
    sender_client,
    session_of,
    uids_of,
)
from tests.viewer.client import Response
from tests.viewer.streaming.socket_client import Header
from tests.viewer.streaming.test_viewing import P14_S, connected, ending
from tests.viewer.streaming.test_viewing_by_link import opened

pytestmark = pytest.mark.django_db(transaction=True)
ORIGINAL = {"study": STUDY, "series": SERIES, "instance": INSTANCE}
JSON, MULTIPART = "application/dicom+json", 'multipart/related; type="application/dicom"'
MORE_QUESTIONS = (
    ("GET /dicom-web/studies?includefield=all", JSON),
    ("GET /dicom-web/studies?PatientName=W*", JSON),
    ("GET /dicom-web/series?includefield=all", JSON),
    ("GET /dicom-web/instances?includefield=all", JSON),
    ("GET /dicom-web/studies/{study}/metadata", JSON),
    ("GET /dicom-web/studies/{study}/series/{series}/metadata", "application/dicom+xml"),
    ("GET /dicom-web/studies/{study}", MULTIPART),
    ("GET /dicom-web/studies/{study}", "application/zip"),
    ("GET /dicom-web/studies/{study}/rendered?annotation=patient,technique", "image/png"),
    (
        "GET /dicom-web/studies/{study}/series/{series}/instances/{instance}/rendered?annotation=patient",
        "image/png",
    ),
    ("GET /dicom-web/changes", "application/json"),
)


def planted_words() -> list[bytes]:
    """All that may be in no answer: the words, and each UID of an original."""
    uids = {STUDY, SERIES, INSTANCE, REPORTS}
    uids |= set(Instance.objects.values_list("sop_instance_uid", flat=True))
    return [word.casefold().encode() for word in {*PLANTED.values(), *TOLD, *uids}]


def found_in(answer: Response, words: list[bytes], asked: str = "") -> set[bytes]:
    """What of it is told: in headers, in the body, and in the files of a zip. What was asked with is theirs already."""
    told = [answer.body, *(f"{name}: {text}".encode() for name, text in answer.headers.items())]
    if answer.body.startswith(b"PK\3\4"):
        with zipfile.ZipFile(BytesIO(answer.body)) as archive:
            assert archive.testzip() is None
            told += [name.encode() + archive.read(name) for name in archive.namelist()]
    lower = b"\n".join(told).lower()
    return {word for word in words if word in lower and word.decode() not in asked.casefold()}


def guests_rows() -> list[tuple[str, Any]]:
    """Every request of the access matrix that leaves the guest where they are."""
    rows = [(row.request, row.body) for row in MATRIX if not row.request.startswith("SOCKET")]
    return [one for one in rows if "links/stay" not in one[0] and "links/open" not in one[0]]


def test_no_route_tells_a_guest_one_of_the_fifteen() -> None:
    planted_study()
    words = planted_words()
    issued = nameless_link(may_download=True)
    copy, session = uids_of(copy_of(issued)), session_of(issued)
    assert copy_of(issued).number_of_instances == 2
    shown, leaks = 0, []
    questions = [(request, body, "") for request, body in guests_rows()]
    questions += [(request, None, accept) for request, accept in MORE_QUESTIONS]
    for request, body, accept in questions:
        for named in (copy, ORIGINAL):
            asked = request.format(**named)
            answer = ask(session, asked, body, accept)
            shown += named is copy and "{" in request and answer.status == 200
            if found := found_in(answer, words, asked):
                leaks.append(f"{asked}: {found}")
            if named is ORIGINAL and "{" in request:
                assert answer.status not in (200, 206), asked
    assert not leaks, "\n".join(leaks)
    assert shown >= 40, "the guest sees the copy by every door"


def test_the_originals_words_are_found_where_nothing_hides_them() -> None:
    """The search itself: the guest of a link with names is told most of them by the same questions."""
    planted_study()
    words = planted_words()
    session = people.guest_session_key(people.link_to(Series.objects.all()[0].study, may_download=True))
    found = set[bytes]()
    for request, accept in MORE_QUESTIONS:
        found |= found_in(ask(session, request.format(**ORIGINAL), None, accept), words)
    assert {word.casefold().encode() for word in PLANTED.values()} <= found


def test_what_is_told_at_the_door_and_in_the_session_names_nobody() -> None:
    planted_study()
    words = planted_words()
    issued = nameless_link()
    shown = {"id": issued.link.public_id, "secret": issued.secret}
    session = session_of(issued)
    asked = [
        ("POST /api/links/look", shown),
        ("POST /api/links/open", {**shown, "answer": "000000"}),
        ("POST /api/links/open", {**shown, "answer": people.PIN}),
    ]
    answers = [ask(session, request, body) for request, body in asked]
    answers.append(ask(session_of(issued), "GET /api/session"))  # to open it ended the stay of before
    assert [one.status for one in answers] == [200, 403, 200, 200]
    assert [found_in(one, words) for one in answers] == [set()] * 4
    copy = copy_of(issued).study_instance_uid
    assert answers[2].json() == {"study": copy}
    guest = answers[3].json()["guest"]
    assert (guest["study"], guest["extent"]) == (copy, "study")


def test_the_copy_says_what_it_is_and_by_which_rules_it_was_made() -> None:
    planted_study()
    issued = nameless_link(may_download=True)
    uids = uids_of(copy_of(issued))
    answer = ask(session_of(issued), "GET /dicom-web/studies/{study}".format(**uids), None, "application/zip")
    with zipfile.ZipFile(BytesIO(answer.body)) as archive:
        files = [archive.read(name) for name in archive.namelist() if name.startswith("DICOM/")]
    for file in files:
        image = pydicom.dcmread(BytesIO(file))
        assert image.PatientIdentityRemoved == "YES"
        assert str(image.PatientName).startswith("DEID-")
        assert [one.CodeValue for one in image.DeidentificationMethodCodeSequence][:1] == ["113100"]
    assert len(files) == 2


async def test_the_socket_streams_the_copy_knows_no_original_and_ends_with_the_link() -> None:
    from tests.viewer.streaming.test_worklist import in_database

    rows = await in_database(planted_study)
    issued = await in_database(lambda: nameless_link(series=[SERIES]))
    copied = await in_database(
        lambda: list(Instance.objects.filter(series__study=copy_of(issued)).select_related("series"))
    )
    cookie: Header = (b"cookie", (await in_database(lambda: _crumb(issued))))
    async with connected(cookie) as guest:
        assert (await opened(guest, SERIES, rows[:1]))["reason"] == "not_found"
        assert (await opened(guest, copied[0].series.series_instance_uid, copied))["type"] == "opened"
        await in_database(lambda: revoke_link(issued.link, actor=people.TESTS))
        async with asyncio.timeout(P14_S):
            assert await ending(guest) == [{"type": "signed_out"}, 4401]


def _crumb(issued: Any) -> bytes:
    from django.conf import settings

    return f"{settings.SESSION_COOKIE_NAME}={session_of(issued)}".encode()


def test_the_sender_is_told_of_the_original_and_how_much_is_in_the_copy() -> None:
    planted_study()
    sender = sender_client()
    answer = sender.post(
        "/api/shares",
        {"study": STUDY, "hours": 24, "deidentified": True, "series": [SERIES]},
        content_type="application/json",
    )
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["state"], told["study"]["uid"], told["copy"]) == (
        "open",
        STUDY,
        {"total": 1, "done": 1, "left_out": 0},
    )
    assert (told["extent"], told["parts"], told["deidentified"]) == ("series", 1, True)
    copy = LinkCopy.objects.get()
    assert (copy.state, copy.wanted) == ("ready", {})
    assert Series.objects.filter(study=copy.copy).count() == 1
