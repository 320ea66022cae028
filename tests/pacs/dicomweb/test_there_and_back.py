"""What WADO-RS gives as metadata and bulkdata is what STOW-RS takes (PS3.18 10.4.1.1, 10.5.1.4): on a server that has
nothing, it becomes the same data set."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
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
from tests.pacs.storage.test_transcode import corpus
from tests.viewer.kept import keep

pytestmark = pytest.mark.django_db(transaction=True)
ALL = 'multipart/related; type="*/*"; transfer-syntax=*'
GREY = np.arange(64, dtype="<u2").reshape(8, 8)
STREAM = bytes(imagecodecs.jpeg2k_encode(GREY, level=0, codecformat="j2k"))
PIXELS = "7FE00010"
# A JP2 file within an object becomes the codestream that should have been there (PS3.5 A.4.4).
OTHERWISE = ("pydicom/GDCMJ2K_TextGBR.dcm",)
# Groups of the corpus with every kind of value that may be left out of a header, in every layout of pixels.
GROUPS = ("synthetic/doc", "synthetic/ecg", "synthetic/seg", "synthetic/colour", "synthetic/pr", "pydicom/")
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
        if one == other or (tag == PIXELS and not place and one and other):
            continue  # compressed pixels are written as OB (PS3.5 A.4), which some files have otherwise
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
    if values_of(again) != values_of(parts):
        found.append("its bulkdata")
    return found


def values_of(parts: list[Part]) -> tuple[dict[str, bytes], bytes]:
    """What is no pixel, by its address; and all pixels, which are one value or a part for each frame."""
    pixels = [one for one in parts if "/frames/" in one.location or one.location.endswith(f"/{PIXELS}")]
    others = {one.location: one.content for one in parts if one not in pixels}
    return others, b"".join(one.content for one in pixels)


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


@pytest.mark.slow
def test_files_of_others_come_back_as_they_were(shared_data: Path) -> None:
    rows = [row for row in corpus(shared_data) if row["part10"] == "y" and row["path"].startswith(GROUPS)]
    key, seen, wrong = key_of(), Counter[str](), list[str]()
    for row in rows:
        _forget_all()
        try:
            (instance,) = keep((shared_data / row["path"]).read_bytes())
        except AssertionError:
            continue  # refused, with a reason; test_corpus knows them
        if row["path"] in OTHERWISE:
            continue
        seen["tried"] += 1
        try:
            wrong += [f"{row['path']} {one}" for one in there_and_back(instance, key)]
        except AssertionError as error:
            wrong.append(f"{row['path']} {str(error)[:200]}")
    assert not wrong, "\n".join([f"{len(wrong)} surprises of {seen}", *wrong[:60]])
    assert seen["tried"] > 60
