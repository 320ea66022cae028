"""What WADO-RS gives as metadata and bulkdata is what STOW-RS takes (PS3.18 10.4.1.1, 10.5.1.4): on a server that has
nothing, it becomes the same data set."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import imagecodecs
import numpy as np
import pytest
from pydicom.uid import JPEG2000Lossless

from pacs.catalog.models import Instance
from tests import builders
from tests.pacs.dicomweb.retrieving import Part, get, key_of, parts_of, path_of
from tests.pacs.dicomweb.stow_client import Bulk, composed, module, store
from tests.pacs.dicomweb.test_round_trip import _forget_all
from tests.viewer.kept import keep

pytestmark = pytest.mark.django_db(transaction=True)
ALL = 'multipart/related; type="*/*"; transfer-syntax=*'
GREY = np.arange(64, dtype="<u2").reshape(8, 8)
STREAM = bytes(imagecodecs.jpeg2k_encode(GREY, level=0, codecformat="j2k"))
# Of a lossy stream that does not say so, we say it: that is the one thing which is not as it was.
LOSSY: dict[str, Any] = {
    "LossyImageCompression": "01",
    "LossyImageCompressionRatio": "1.5",
    "LossyImageCompressionMethod": "ISO_10918_1",
}
LARGE = bytes(range(256)) * 20


def told_of(instance: Instance, key: str) -> tuple[dict[str, Any], list[Part]]:
    """Its metadata and its bulkdata, as a client has them."""
    (metadata,) = get(path_of(instance, "/metadata"), authorization=key).json()
    answer = get(path_of(instance, "/bulkdata"), authorization=key, accept=ALL)
    assert answer.status in (200, 404), answer.body[:200]
    return metadata, parts_of(answer) if answer.status == 200 else []


def sent_back(metadata: dict[str, Any], parts: list[Part]) -> Instance:
    """The object that a server with nothing in it makes of them."""
    _forget_all()
    body = composed([metadata], *(Bulk(one.location, one.content, one.content_type) for one in parts))
    module(asyncio.run(store(body)), 200)
    return Instance.objects.select_related("series__study").get()


def differences(before: Any, after: Any, place: str = "") -> Iterator[str]:
    """Where two data sets in DICOM JSON differ."""
    for tag in sorted({*before, *after}):
        one, other = before.get(tag), after.get(tag)
        if one == other:
            continue
        items, others = ((each or {}).get("Value") or [] for each in (one, other))
        is_sequence = (one or {}).get("vr") == (other or {}).get("vr") == "SQ" and len(items) == len(others)
        if not is_sequence:
            yield f"{place}{tag}: {json.dumps(one)[:80]} became {json.dumps(other)[:80]}"
            continue
        for number, pair in enumerate(zip(items, others, strict=True), 1):
            yield from differences(pair[0] or {}, pair[1] or {}, f"{place}{tag}/{number}/")


def there_and_back(instance: Instance, key: str) -> list[str]:
    """What has become other."""
    metadata, parts = told_of(instance, key)
    found = list(differences(metadata, told_of(sent_back(metadata, parts), key)[0]))
    again = told_of(Instance.objects.select_related("series__study").get(), key)[1]
    if [(one.content_type, one.location, one.content) for one in again] != [
        (one.content_type, one.location, one.content) for one in parts
    ]:
        found.append("its bulkdata")
    return found


@pytest.mark.parametrize(
    "file",
    [
        builders.ct_slice(PatientName="Äther^Änne", RescaleSlope="0.1234567890123"),
        builders.multiframe(3),
        builders.colour(),
        builders.encapsulated([STREAM, STREAM], JPEG2000Lossless),
        builders.encapsulated(
            [bytes(imagecodecs.jpeg8_encode(GREY.astype("u1"), level=90))],
            "1.2.840.10008.1.2.4.50",
            BitsAllocated=8,
            BitsStored=8,
            HighBit=7,
            **LOSSY,
        ),
        builders.report(),
        builders.document(b"%PDF-1.4\n" + LARGE),
        builders.ct_slice(
            OtherPatientIDsSequence=[builders.item_of(PatientID="X", PixelPaddingValue=3)],
            ICCProfile=LARGE,
        ),
    ],
    ids=["slice", "frames", "colour", "J2K", "JPEG", "report", "document", "nested"],
)
def test_each_kind_of_object_comes_back_as_it_was(file: bytes) -> None:
    (instance,) = keep(file)
    assert there_and_back(instance, key_of()) == []


def test_a_pixel_that_is_lost_on_the_way_is_seen() -> None:
    """That the comparison can fail."""
    (instance,) = keep(builders.ct_slice())
    key = key_of()
    metadata, parts = told_of(instance, key)
    (pixels,) = parts
    changed = Part(pixels.content_type, pixels.location, b"\1" + pixels.content[1:])
    back = told_of(sent_back({**metadata, "00100020": {"vr": "LO", "Value": ["Other"]}}, [changed]), key)
    assert [one.partition(":")[0] for one in differences(metadata, back[0])] == ["00100020"]
    assert back[1][0].content == changed.content != pixels.content
