"""STOW-RS (PS3.18 10.5): what is sent is kept, and each object is answered for (Annex I)."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings as lightbox

from pacs.access.models import AuditEvent, User
from pacs.ingest.models import QuarantinedObject
from tests import builders, people
from tests.builders import blob_key_of
from tests.pacs.dicomweb.stow_client import (
    STUDIES,
    Body,
    digests,
    kept,
    module,
    multipart,
    reasons,
    send_to_app,
    single,
    staged,
    store,
)
from tests.viewer.client import scope

pytestmark = pytest.mark.django_db(transaction=True)  # objects are taken in by threads
PROCESSING_FAILURE = 272
CONFLICT = 45070
ANOTHER_STUDY = 43265


async def test_what_is_stored_is_named_with_where_to_get_it() -> None:
    uids = builders.fresh_uids()
    data = builders.ct_slice(**uids)
    told = module(await store(multipart(data)), 200)
    study = f"http://127.0.0.1:8000/dicom-web/studies/{uids['StudyInstanceUID']}"
    assert told.RetrieveURL == study
    (item,) = told.ReferencedSOPSequence
    assert item.ReferencedSOPClassUID == "1.2.840.10008.5.1.4.1.1.2"
    assert item.ReferencedSOPInstanceUID == uids["SOPInstanceUID"]
    assert item.RetrieveURL == (
        f"{study}/series/{uids['SeriesInstanceUID']}/instances/{uids['SOPInstanceUID']}"
    )
    assert "FailedSOPSequence" not in told
    assert await kept() == digests(data)
    assert staged() == []


async def test_objects_of_several_studies_have_no_one_address() -> None:
    told = module(await store(multipart(builders.ct_slice(), builders.ct_slice())), 200)
    assert not told.RetrieveURL
    assert len(told.ReferencedSOPSequence) == 2


async def test_one_object_by_itself_is_taken_too() -> None:
    data = builders.ct_slice(rows=300, columns=300)
    module(await store(single(data), chunk_bytes=1000), 200)
    assert await kept() == digests(data)


async def test_the_same_bytes_again_are_a_success_and_one_row() -> None:
    data = builders.ct_slice()
    for body in (multipart(data), multipart(data, data), single(data)):
        assert "FailedSOPSequence" not in module(await store(body), 200)
    assert await kept() == digests(data)


async def test_some_stored_is_202_with_a_reason_for_each_other() -> None:
    uids = builders.fresh_uids()
    good, cut = builders.ct_slice(), builders.ct_slice(**uids)[:-7]
    told = module(await store(multipart(good, cut, b"no DICOM at all")), 202)
    assert len(told.ReferencedSOPSequence) == 1
    (failed,) = told.FailedSOPSequence
    assert failed.ReferencedSOPInstanceUID == uids["SOPInstanceUID"]
    assert reasons([failed]) == [PROCESSING_FAILURE]
    assert reasons(told.OtherFailuresSequence) == [PROCESSING_FAILURE]
    assert await kept() == digests(good)


async def test_none_stored_is_409_with_a_reason_for_each() -> None:
    uids = builders.fresh_uids()
    first, other = builders.ct_slice(**uids), builders.ct_slice(**uids, StudyID="2")
    module(await store(multipart(first)), 200)
    told = module(await store(multipart(other)), 409)
    assert "ReferencedSOPSequence" not in told
    assert reasons(told.FailedSOPSequence) == [CONFLICT]
    assert await kept() == digests(first)
    assert await QuarantinedObject.objects.aget() is not None


async def test_objects_of_another_study_than_the_addressed_one_are_refused() -> None:
    uids = builders.fresh_uids()
    here, elsewhere = builders.ct_slice(**uids), builders.ct_slice()
    told = module(await store(multipart(here, elsewhere), f"{STUDIES}/{uids['StudyInstanceUID']}"), 202)
    assert reasons(told.FailedSOPSequence) == [ANOTHER_STUDY]
    assert await kept() == digests(here)


@pytest.mark.parametrize("chunk_bytes", [1, 7, 4096, 1 << 22])
async def test_however_the_body_is_cut_the_bytes_are_kept(chunk_bytes: int) -> None:
    objects = [builders.ct_slice(rows=2 + size) for size in range(3 if chunk_bytes < 10 else 40)]
    module(await store(multipart(*objects), chunk_bytes=chunk_bytes), 200)
    assert await kept() == digests(*objects)


async def test_an_object_of_many_chunks_is_kept_as_it_came() -> None:
    data = builders.multiframe(frames=50, rows=256, columns=256)  # 6.5 MB: several writes
    module(await store(multipart(data, builders.ct_slice())), 200)
    assert blob_key_of(data) in await kept()


@pytest.mark.parametrize(
    "content_type",
    [
        'multipart/related; type="application/dicom"; boundary=b',
        "multipart/related; type=application/dicom; boundary=b",
        'Multipart/Related;boundary="b";Type="Application/DICOM"',
        'multipart/related; boundary=b; type="application/dicom; transfer-syntax=*"',
        "multipart/related; boundary=b",
    ],
)
async def test_the_media_type_may_be_written_in_every_way(content_type: str) -> None:
    body = multipart(builders.ct_slice(), boundary="b")
    module(await store(Body(content_type, body.data)), 200)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "multipart/form-data; boundary=b",
        'multipart/related; type="image/jpeg"; boundary=b',
    ],
)
async def test_another_media_type_is_415(content_type: str) -> None:
    body = Body(content_type, multipart(builders.ct_slice(), boundary="b").data)
    assert (await store(body)).problem() == (415, "unsupported_media_type")
    assert (await store(multipart(builders.ct_slice()), content_encoding="gzip")).status == 415
    assert await kept() == set()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"--b--\r\n",
        b"hello",
        b"--b\r\n\r\nno closing delimiter",
        b"--b\r\nno header\r\n\r\n.\r\n--b--",
    ],
)
async def test_a_body_that_cannot_be_understood_or_is_empty_is_400(data: bytes) -> None:
    kind = 'multipart/related; type="application/dicom"; boundary=b'
    assert (await store(Body(kind, data))).problem() == (400, "bad_request")
    assert staged() == []


async def test_other_syntax_errors_are_400() -> None:
    good = multipart(builders.ct_slice())
    assert (await store(Body("multipart/related; boundary", good.data))).status == 400
    assert (await store(Body('multipart/related; type="application/dicom"', good.data))).status == 400
    assert (await store(single(b""))).status == 400
    assert (await store(good, f"{STUDIES}/not-a-uid")).status == 400
    assert (await store(good, host="elsewhere.example")).status == 400


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("*/*", 200),
        ("application/dicom+json", 200),
        ("application/json", 200),
        ("text/html, application/dicom+json;q=0.5", 200),
        ("text/html", 406),
        ("application/dicom+json;q=0", 406),
    ],
)
async def test_the_answer_is_of_a_type_that_is_taken_or_406(accept: str, status: int) -> None:
    assert (await store(multipart(builders.ct_slice()), accept=accept)).status == status


@pytest.mark.parametrize(
    ("accept", "told"),
    [
        ("application/json", "application/json"),
        ("application/dicom+xml", "application/dicom+xml"),
        ('multipart/related; type="application/dicom+xml"', "multipart/related"),
        ("application/dicom+xml, application/dicom+json;q=0.5", "application/dicom+xml"),
    ],
)
async def test_the_answer_may_be_xml(accept: str, told: str) -> None:
    """Table 10.5.4-1."""
    uids = builders.fresh_uids()
    cut = builders.ct_slice()[:-7]
    answer = await store(multipart(builders.ct_slice(**uids), cut), accept=accept)
    assert (answer.status, answer.headers["content-type"].partition(";")[0]) == (202, told)
    assert uids["SOPInstanceUID"].encode() in answer.body
    if told == "application/dicom+xml":
        tree = ElementTree.fromstring(answer.body)  # noqa: S314  # our own
        assert [one.get("keyword") for one in tree] == [
            "RetrieveURL",
            "FailedSOPSequence",
            "ReferencedSOPSequence",
        ]


async def test_each_reason_is_told_in_words_too() -> None:
    """10.5.3.2 recommends a Warning with a status code of DICOM and the reason."""
    answer = await store(multipart(builders.ct_slice()[:-7], b"no DICOM at all", b"nor this"))
    assert answer.status == 409
    assert answer.headers["warning"] == (
        "0110 Lightbox: The file is cut short: its end is missing., 0110 Lightbox: This is not a DICOM file."
    )
    assert "warning" not in (await store(multipart(builders.ct_slice()))).headers


@pytest.mark.parametrize(
    ("user", "status"),
    [(people.bob, 403), (people.pia, 403), (people.tess, 200), (people.alice, 200), (people.ada, 200)],
)
async def test_only_who_may_store_stores(user: Any, status: int) -> None:
    account: User = await sync_to_async(user)()
    assert (await store(multipart(builders.ct_slice()), user=account)).status == status
    assert len(await kept()) == (status == 200)


async def test_nobody_is_401_and_a_cookie_needs_the_token() -> None:
    body = multipart(builders.ct_slice())
    nobody = scope(STUDIES, "POST", content_type=body.content_type)
    answer = await send_to_app(nobody, body.data)
    assert answer.problem() == (401, "not_signed_in")
    assert answer.headers["www-authenticate"].startswith("Bearer")

    key = await sync_to_async(lambda: people.session_key(people.tess()))()
    crumb = f"{lightbox.SESSION_COOKIE_NAME}={key}"
    forged = scope(STUDIES, "POST", content_type=body.content_type, cookie=crumb)
    assert (await send_to_app(forged, body.data)).problem() == (403, "not_allowed")
    token = "a" * 32
    crumbs = f"{crumb}; {lightbox.CSRF_COOKIE_NAME}={token}"
    meant = scope(STUDIES, "POST", content_type=body.content_type, cookie=crumbs, x_csrftoken=token)
    assert (await send_to_app(meant, body.data)).status == 200


async def test_the_trail_says_who_stored_by_which_door() -> None:
    module(await store(multipart(builders.ct_slice())), 200)
    event = await AuditEvent.objects.aget(action="object stored")
    assert (event.actor_label, event.details) == ("tess", {"origin": "stow"})
