"""Objects and frames in another syntax than they came in: pydicom reads the same values from what is sent."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    RLELossless,
)

from pacs.access import opened, standing
from pacs.dicomweb import transcode_frames
from pacs.errors import SandboxKilled
from pacs.sandbox import pool
from pacs.storage.transcode_decode import decode_frame
from pacs.storage.transcode_encode import CODERS
from tests import builders
from tests.pacs.dicomweb.retrieving import get, parts_of, path_of
from tests.pacs.storage.test_transcode import frames_of, image_of
from tests.viewer.kept import keep

pytestmark = pytest.mark.django_db(transaction=True)
OCTETS = 'multipart/related; type="application/octet-stream"'
NATIVE = (ExplicitVRLittleEndian, ImplicitVRLittleEndian, DeflatedExplicitVRLittleEndian)
SOURCES = (*NATIVE, ExplicitVRBigEndian)
LOSSLESS = [syntax for syntax, coder in CODERS.items() if not coder.lossy_method]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    standing.forget()
    opened.forget()


def values_of(dataset: pydicom.Dataset) -> np.ndarray[Any, Any]:
    return np.stack([decode_frame(image_of(dataset), frame).values for frame in frames_of(dataset)])


def dicom(syntax: str = "") -> str:
    return 'multipart/related; type="application/dicom"' + (f"; transfer-syntax={syntax}" if syntax else "")


def j2k(frames: int = 3, **attributes: Any) -> bytes:
    """The frames of builders.multiframe, as JPEG 2000."""
    stored = [np.full((8, 8), number, "<u2") for number in range(1, frames + 1)]
    streams = [bytes(imagecodecs.jpeg2k_encode(one, level=0, codecformat="j2k")) for one in stored]
    return builders.encapsulated(streams, JPEG2000Lossless, **attributes)


@pytest.mark.parametrize("source", SOURCES)
def test_a_native_object_is_had_in_every_syntax(source: str) -> None:
    (instance,) = keep(builders.multiframe(3, transfer_syntax=source))
    for target in (*NATIVE, *LOSSLESS):
        answer = get(path_of(instance), accept=dicom(target))
        assert answer.status == 200, answer.body
        (part,) = parts_of(answer)
        assert part.content_type == f"application/dicom; transfer-syntax={target}"
        made = pydicom.dcmread(BytesIO(part.content))
        assert made.file_meta.TransferSyntaxUID == target
        assert np.array_equal(values_of(made), np.arange(1, 4).repeat(64).reshape(3, 8, 8)), target
        assert made.PatientName == "Doe^Jane"
        assert len(part.content) % 2 == 0


def test_a_compressed_object_is_had_in_every_syntax() -> None:
    (instance,) = keep(j2k())
    for target in (*NATIVE, *LOSSLESS):
        answer = get(path_of(instance), accept=f"application/dicom; transfer-syntax={target}")
        assert answer.headers["content-type"] == f"application/dicom; transfer-syntax={target}"
        made = pydicom.dcmread(BytesIO(answer.body))
        assert np.array_equal(values_of(made), np.arange(1, 4).repeat(64).reshape(3, 8, 8)), target


def test_without_a_wish_what_is_compressed_without_loss_comes_explicit_and_what_is_lossy_as_it_is() -> None:
    lossless = j2k()
    picture = bytes(imagecodecs.jpeg8_encode(np.zeros((8, 8), "u1")))
    lossy = builders.encapsulated([picture], JPEGBaseline8Bit, BitsAllocated=8, BitsStored=8, HighBit=7)
    first, second = keep(lossless, lossy)
    (part,) = parts_of(get(path_of(first), accept=dicom()))
    assert part.content_type.endswith(f"={ExplicitVRLittleEndian}")
    (part,) = parts_of(get(path_of(second), accept=dicom()))
    assert part.content == lossy
    (part,) = parts_of(get(path_of(second), accept=dicom(ExplicitVRLittleEndian)))
    assert pydicom.dcmread(BytesIO(part.content)).PixelData


def test_a_study_of_several_kinds_comes_each_part_in_its_syntax() -> None:
    shared: dict[str, Any] = {"StudyInstanceUID": "1.2.3", "SeriesInstanceUID": "1.2.3.4"}
    report = builders.report(StudyInstanceUID="1.2.3")
    keep(j2k(InstanceNumber=1, **shared), builders.multiframe(2, InstanceNumber=2, **shared), report)
    answer = get("/dicom-web/studies/1.2.3", accept=dicom(RLELossless))
    assert "content-length" not in answer.headers
    parts = parts_of(answer)
    assert [part.content_type.rpartition("=")[2] for part in parts] == [
        RLELossless,
        RLELossless,
        ExplicitVRLittleEndian,  # it has no pixels to compress
    ]
    assert [len(values_of(pydicom.dcmread(BytesIO(part.content)))) for part in parts[:2]] == [3, 2]
    assert parts[2].content == report


def test_what_cannot_be_decoded_comes_as_it_is_to_whoever_has_no_wish_and_to_others_not_at_all() -> None:
    broken = builders.encapsulated([b"\xff\x4f\xff\x51" + b"\1" * 40], JPEG2000Lossless)
    (instance,) = keep(broken)
    (part,) = parts_of(get(path_of(instance), accept=dicom()))
    assert part.content == broken
    assert get(path_of(instance), accept=dicom(RLELossless)).problem() == (406, "not_acceptable")
    assert get(path_of(instance, "/frames/1"), accept=OCTETS).problem() == (406, "not_acceptable")
    both = f"{OCTETS}, {OCTETS}; transfer-syntax=*;q=0.5"
    (part,) = parts_of(get(path_of(instance, "/frames/1"), accept=both))
    assert part.content_type == f"application/octet-stream; transfer-syntax={JPEG2000Lossless}"


def test_frames_are_decoded_and_coded_as_asked_for() -> None:
    compressed, big_endian, deflated = keep(
        j2k(), *(builders.multiframe(3, transfer_syntax=syntax) for syntax in SOURCES[-1:-3:-1])
    )
    for instance in (compressed, big_endian, deflated):
        parts = parts_of(get(path_of(instance, "/frames/3,1"), accept=OCTETS))
        assert [part.content for part in parts] == [np.full((8, 8), n, "<u2").tobytes() for n in (3, 1)]
        assert {part.content_type for part in parts} == {
            f"application/octet-stream; transfer-syntax={ExplicitVRLittleEndian}"
        }
        picture = get(path_of(instance, "/frames/2"), accept="image/jls")
        assert np.array_equal(imagecodecs.jpegls_decode(picture.body), np.full((8, 8), 2))
        tag, length = picture.headers["etag"], len(picture.body)
        assert get(path_of(instance, "/frames/2"), accept="image/jls", if_none_match=tag).status == 304
        cut = get(path_of(instance, "/frames/2"), accept="image/jls", range="bytes=2-9")
        assert (cut.status, cut.body, cut.headers["content-range"]) == (
            206,
            picture.body[2:10],
            f"bytes 2-9/{length}",
        )


def test_frames_of_single_bits_begin_with_a_byte() -> None:
    bits = (np.arange(3 * 5 * 5) % 3 == 0).astype("u1").reshape(3, 5, 5)
    packed = np.packbits(bits.reshape(-1), bitorder="little").tobytes()
    file = builders.image(
        bits,
        PixelData=packed + b"\0" * (len(packed) % 2),
        NumberOfFrames=3,
        BitsAllocated=1,
        BitsStored=1,
        HighBit=0,
    )
    (instance,) = keep(file)
    for number in (1, 2, 3):
        answer = get(path_of(instance, f"/frames/{number}"), accept="application/octet-stream")
        expected = np.packbits(bits[number - 1].reshape(-1), bitorder="little").tobytes()
        assert answer.body == expected, number
    whole = get(path_of(instance), accept=f"application/dicom; transfer-syntax={ImplicitVRLittleEndian}")
    assert pydicom.dcmread(BytesIO(whole.body)).PixelData == packed
    refused = get(path_of(instance), accept=dicom(JPEG2000Lossless))
    assert refused.problem() == (406, "not_acceptable")


def test_a_child_that_lies_or_dies_is_no_500(monkeypatch: pytest.MonkeyPatch) -> None:
    (instance,) = keep(j2k())
    lies: list[Any] = [{}, [], None, b"", {"rows": -1}]
    lies.append({"meta": b"", "data_set": b"", "first": 3, "image": {"rows": 1 << 40}})
    for lie in lies:
        monkeypatch.setattr(pool, "run", lambda *_, told=lie, **__: told)
        for path, accept in (
            (path_of(instance), dicom(RLELossless)),
            (path_of(instance, "/frames/1"), OCTETS),
        ):
            assert get(path, accept=accept).problem() == (406, "not_acceptable"), lie


def test_p8_what_killed_its_child_twice_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    instance, other = keep(j2k(), j2k(2))
    transcode_frames.kills.forget()
    tries: list[str] = []

    def killed(function: Any, *_: Any, **__: Any) -> None:
        tries.append(function.__name__)
        raise SandboxKilled(why="deadline")

    with monkeypatch.context() as patched:
        patched.setattr(pool, "run", killed)
        for _ in range(3):
            answer = get(path_of(instance), accept=dicom(RLELossless))
            assert answer.problem() == (406, "not_acceptable")
    assert tries == ["rewrite_header"] * 2
    assert get(path_of(instance), accept=dicom(RLELossless)).status == 406  # also now
    assert get(path_of(other), accept=dicom(RLELossless)).status == 200
    transcode_frames.kills.forget()
    assert get(path_of(instance), accept=dicom(RLELossless)).status == 200
