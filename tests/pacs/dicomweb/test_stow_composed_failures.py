"""Metadata and bulkdata that do not fit together, or are made to do harm: told of each object, nothing half kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import imagecodecs
import numpy as np
import pytest
from pytest_django import Settings

from pacs.access.models import AuditEvent
from pacs.dicomweb import stow_composition, stow_reception
from pacs.ingest.composing import metadata_text
from pacs.ingest.scan.unreadable import Unreadable
from tests import builders
from tests.pacs.dicomweb.composing import Metadata, coded, in_parts
from tests.pacs.dicomweb.stow_client import (
    Body,
    Bulk,
    composed,
    kept,
    module,
    reasons,
    staged,
    store,
)

pytestmark = pytest.mark.django_db(transaction=True)  # objects are taken in by threads
PROCESSING_FAILURE, VALIDATION_FAILURE, NOT_UNDERSTOOD, SYNTAX = 272, 43264, 49152, 49442
GREY = np.zeros((16, 16), "u1")
THICK = {"vr": "DS", "Value": ["@"]}


def good() -> tuple[Metadata, Bulk]:
    return in_parts(builders.ct_slice(), builders.new_uid())


async def refused(reason: int, metadata: Any, *parts: Bulk) -> None:
    """The object alone is refused for this reason, and beside another the other is kept."""
    told = module(await store(composed([metadata], *parts)), 409)
    failed = told.get("FailedSOPSequence") or told.OtherFailuresSequence
    assert reasons(failed) == [reason]
    assert await kept() == set()
    other, pixels = good()
    told = module(await store(composed([other, metadata], pixels, *parts)), 202)
    assert [item.ReferencedSOPInstanceUID for item in told.ReferencedSOPSequence] == other["00080018"][
        "Value"
    ]
    assert len(await kept()) == 1
    assert staged() == []


async def test_a_part_that_does_not_come_costs_its_object_alone() -> None:
    metadata, _ = good()
    await refused(PROCESSING_FAILURE, metadata)
    event = await AuditEvent.objects.filter(action="object refused").afirst()
    assert event is not None
    assert event.details == {"reason": "bulkdata_missing", "origin": "stow"}
    assert event.study_instance_uid == metadata["0020000D"]["Value"][0]


async def test_one_frame_that_does_not_come_costs_the_object() -> None:
    metadata, _ = in_parts(builders.image(GREY, NumberOfFrames=3))
    frame = coded(imagecodecs.jpegls_encode, GREY)
    parts = [Bulk(f"pixels/frames/{n}", frame, "image/jls") for n in (1, 3)]
    await refused(PROCESSING_FAILURE, metadata, *parts)


async def test_a_part_that_nobody_asked_for_is_told_and_not_kept() -> None:
    metadata, pixels = good()
    for part in (Bulk("elsewhere", b"?"), Bulk("", b"?"), Bulk(f"{pixels.location}/frames/2", b"?")):
        told = module(await store(composed([metadata], part, pixels)), 202)
        assert reasons(told.OtherFailuresSequence) == [PROCESSING_FAILURE]
        assert len(told.ReferencedSOPSequence) == 1
    assert staged() == []


async def test_of_two_parts_under_one_address_the_first_counts_and_the_other_is_told() -> None:
    metadata, pixels = good()
    again = Bulk(pixels.location, b"\7" * len(pixels.content))
    told = module(await store(composed([metadata], pixels, again)), 202)
    assert reasons(told.OtherFailuresSequence) == [PROCESSING_FAILURE]
    assert "FailedSOPSequence" not in module(await store(composed([metadata], pixels)), 200)
    assert len(await kept()) == 1  # the same bytes: it was the first


async def test_more_frames_than_the_object_has_are_told() -> None:
    metadata, _ = in_parts(builders.image(GREY, NumberOfFrames=2))
    parts = [Bulk("pixels", coded(imagecodecs.jpegls_encode, GREY), "image/jls")] * 3
    told = module(await store(composed([metadata], *parts)), 202)
    assert reasons(told.OtherFailuresSequence) == [PROCESSING_FAILURE]


@pytest.mark.parametrize("length", [0, 510])
async def test_pixels_of_a_wrong_length_are_refused(length: int) -> None:
    metadata, pixels = good()
    await refused(VALIDATION_FAILURE, metadata, Bulk(pixels.location, pixels.content[:length]))


async def test_a_part_that_is_not_as_long_as_it_says_is_none() -> None:
    metadata, pixels = good()
    for length in (len(pixels.content) + 1, len(pixels.content) - 1):
        said = Bulk(pixels.location, pixels.content, more=f"Content-Length: {length}\r\n")
        assert reasons(module(await store(composed([metadata], said)), 409).FailedSOPSequence) == [272]
    true = Bulk(pixels.location, pixels.content, more=f"Content-Length: {len(pixels.content)}\r\n")
    module(await store(composed([metadata], true)), 200)


async def test_what_is_cut_off_costs_what_is_not_whole() -> None:
    first, pixels = good()
    second, others = good()
    body = composed([first, second], pixels, others)
    told = module(await store(Body(body.content_type, body.data[:-100])), 202)
    assert reasons(told.FailedSOPSequence) == [PROCESSING_FAILURE]
    assert reasons(told.OtherFailuresSequence) == [PROCESSING_FAILURE]
    assert len(await kept()) == 1
    assert staged() == []


async def test_a_sender_that_goes_away_leaves_nothing_half() -> None:
    metadata, pixels = in_parts(builders.multiframe(frames=50, rows=256, columns=256))
    body = composed([metadata], pixels)
    assert (await store(body, cut_after=len(body.data) - 2_000_000)).status == 0
    assert await kept() == set()
    assert staged() == []


async def test_metadata_that_are_cut_off_are_400() -> None:
    metadata, pixels = good()
    text = json.dumps([metadata]).encode()
    for data in (text[:-1], text[:-20], b"", b"[", b"{}x", b"[{},]", b"[1]", b'"a"', b"\xff\xfe[]"):
        assert (await store(composed(data, pixels))).problem() == (400, "bad_request"), data[-30:]
    assert await kept() == set()
    assert staged() == []


async def test_bulkdata_before_their_metadata_are_400() -> None:
    """8.6.1.2: metadata precede what they refer to."""
    metadata, pixels = good()
    body = composed([metadata], pixels)
    begin, meta, bulk, end = body.data.split(b"--" + b"a-boundary")
    swapped = (b"--" + b"a-boundary").join((begin, bulk, meta, end))
    assert (await store(Body(body.content_type, swapped))).problem() == (400, "bad_request")


async def test_a_part_that_is_encoded_once_more_is_415() -> None:
    metadata, pixels = good()
    for more in ("Content-Encoding: gzip\r\n", "Content-Transfer-Encoding: base64\r\n"):
        encoded = Bulk(pixels.location, pixels.content, more=more)
        assert (await store(composed([metadata], encoded))).problem() == (415, "unsupported_media_type")
    plain = Bulk(pixels.location, pixels.content, more="Content-Transfer-Encoding: binary\r\n")
    module(await store(composed([metadata], plain)), 200)


@pytest.mark.parametrize(
    "change",
    [
        {"00280010": {"vr": "US", "Value": ["a"]}},
        {"00280010": {"vr": "US", "Value": [65536]}},
        {"00280010": {"vr": "US", "Value": [True]}},
        {"00280010": {"vr": "US", "Value": [16.5]}},
        {"00280010": {"vr": "US", "Value": 16}},
        {"00280010": {"vr": "ZZ", "Value": [16]}},
        {"00280010": {"Value": [16]}},
        {"00280010": [16]},
        {"00280010": {"vr": "US", "Value": [16], "InlineBinary": "EAA="}},
        {"00280010": {"vr": "US", "InlineBinary": "EAA="}},
        {"00280010": {"vr": "US", "Value": [16], "Values": [16]}},
        {"00100010": {"vr": "PN", "Value": ["Doe^Jane"]}},
        {"00100010": {"vr": "PN", "Value": [{"Alphabetic": "Doe=Jane"}]}},
        {"00100010": {"vr": "PN", "Value": [{"Latin": "Doe"}]}},
        {"00100010": {"vr": "PN", "BulkDataURI": "name"}},
        {"00100020": {"vr": "LO", "Value": ["one\\two"]}},
        {"00100020": {"vr": "LO", "Value": [{"a": 1}]}},
        {"00100020": {"vr": "LO", "Value": ["\ud800"]}},
        {"00180050": {"vr": "DS", "Value": ["thin"]}},
        {"00200013": {"vr": "IS", "Value": ["1.5"]}},
        {"00081140": {"vr": "SQ", "Value": ["item"]}},
        {"00081140": {"vr": "SQ", "BulkDataURI": "items"}},
        {"00091001": {"vr": "OB", "InlineBinary": "not base64!"}},
        {"00091001": {"vr": "OB", "Value": [1]}},
        {"00091001": {"vr": "OL", "InlineBinary": "AAAA"}},
        {"00209165": {"vr": "AT", "Value": ["Rows"]}},
        {"00000002": {"vr": "UI", "Value": ["1.2"]}},
        {"FFFEE00D": {"vr": "UN"}},
        {"Rows": {"vr": "US", "Value": [16]}},
        {"00280008": {"vr": "IS", "Value": [-1]}},
        {"00280008": {"vr": "IS", "Value": [1e300]}},
    ],
)
async def test_what_does_not_fit_its_vr_is_not_understood(change: Metadata) -> None:
    metadata, pixels = good()
    told = module(await store(composed([metadata | change], pixels)), 409)
    assert reasons(told.FailedSOPSequence) == [NOT_UNDERSTOOD]
    assert await kept() == set()
    assert staged() == []


async def test_a_name_that_stands_twice_makes_no_object() -> None:
    metadata, pixels = good()
    text = json.dumps([metadata]).replace(
        '{"00080005"', '{"00100020": {"vr": "LO", "Value": ["x"]}, "00080005"', 1
    )
    assert text.count('"00100020"') == 2
    assert (await store(composed(text.encode(), pixels))).status == 400


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (lambda metadata: nested(metadata, 60), 200),
        (lambda metadata: nested(metadata, 80), 409),
        (lambda metadata: b'[{"00081140":' * 100_000, 400),
        (lambda metadata: b"[" * 1_000_000, 400),
        (lambda metadata: json.dumps([metadata | {"00280010": {"vr": "US", "Value": [float("nan")]}}]), 400),
        (lambda metadata: json.dumps([metadata | {"00180050": THICK}]).replace('"@"', "1e999"), 409),
        (lambda metadata: json.dumps([metadata]).replace(": [16]", ": [" + "9" * 1_000_000 + "]", 1), 400),
    ],
)
async def test_p7_metadata_that_are_made_to_do_harm_are_refused(
    text: Callable[[Metadata], str | bytes], status: int
) -> None:
    metadata, pixels = good()
    sent = text(metadata)
    answer = await store(composed(sent if isinstance(sent, bytes) else sent.encode(), pixels))
    assert answer.status == status, answer.body
    assert len(await kept()) == (status == 200)
    assert staged() == []


def nested(metadata: Metadata, depth: int) -> str:
    item: Metadata = {}
    for _ in range(depth):
        item = {"00081140": {"vr": "SQ", "Value": [item]}}
    return json.dumps([metadata | item])


async def test_p7_metadata_are_bounded(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    metadata, pixels = good()
    with monkeypatch.context() as patched:
        patched.setattr(stow_composition, "MOST_METADATA_BYTES", 1000)
        assert (await store(composed([metadata], pixels))).problem() == (413, "too_large")
    with monkeypatch.context() as patched:
        patched.setattr(stow_reception, "MOST_PARTS", 1)
        assert (await store(composed([metadata], pixels))).problem() == (413, "too_large")
    settings.MAX_UPLOAD_BYTES = 100
    assert (await store(composed([metadata], pixels))).problem() == (413, "too_large")
    assert await kept() == set()
    assert staged() == []


def test_p7_so_many_objects_and_no_more_are_in_one_text(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metadata_text, "MOST_OBJECTS", 3)
    path = tmp_path / "metadata"
    path.write_text("[{},{},{}]")
    assert len(list(metadata_text.objects_in(str(path)))) == 3
    path.write_text("[{},{},{},{}]")
    with pytest.raises(Unreadable, match="too_many_elements"):
        list(metadata_text.objects_in(str(path)))


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"not a picture", "image/tiff; transfer-syntax=1.2.840.10008.1.2.4.999"),
        (coded(imagecodecs.jpegls_encode, GREY), "image/jpeg"),
        (coded(imagecodecs.jpegls_encode, GREY), "image/jls; transfer-syntax=1.2.840.10008.1.2.4.50"),
        (GREY.astype(">u2").tobytes(), "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.2"),
        (b"\xff\xd8\xff\xc2\0\x0b\x08\0\x10\0\x10\1\1\x11\0\xff\xda\0\x08\1\1\0\0\x3f\0", "image/jpeg"),
    ],
)
async def test_pixels_of_a_kind_that_no_syntax_holds_are_refused(content: bytes, content_type: str) -> None:
    metadata, pixels = good()
    await refused(SYNTAX, metadata, Bulk(pixels.location, content, content_type))


@pytest.mark.parametrize("end", [3, 4, 21, 40])
async def test_a_stream_that_ends_within_its_head_is_refused(end: int) -> None:
    metadata, pixels = good()
    for stream, kind in (
        (coded(imagecodecs.jpeg8_encode, GREY), "jpeg"),
        (coded(imagecodecs.jpeg2k_encode, GREY), "jp2"),
    ):
        told = module(
            await store(composed([metadata], Bulk(pixels.location, stream[:end], f"image/{kind}"))), 409
        )
        assert "ReferencedSOPSequence" not in told
    assert await kept() == set()


async def test_objects_without_identifiers_are_told_without_a_name() -> None:
    metadata, pixels = good()
    del metadata["00080018"]
    told = module(await store(composed([metadata], pixels)), 409)
    assert VALIDATION_FAILURE in reasons(told.OtherFailuresSequence)


async def test_p6_a_full_disk_is_507_and_it_recovers(settings: Settings) -> None:
    metadata, pixels = good()
    long = json.dumps([metadata]).encode() + b" " * (3 << 20)
    settings.MIN_FREE_BYTES = 1 << 60
    for text in (metadata, [metadata], long):
        assert (await store(composed(text, pixels))).problem() == (507, "storage_full")
    settings.MIN_FREE_BYTES = 1 << 20
    metadata, pixels = good()
    module(await store(composed([metadata], pixels)), 200)
    assert staged() == []
