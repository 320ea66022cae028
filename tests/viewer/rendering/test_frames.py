"""From a kept file to its values, through the real sandbox; and why not, where there is no picture."""

from __future__ import annotations

import time
from typing import Any

import imagecodecs
import numpy as np
import pytest
from pydicom import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    RLELossless,
)

from pacs.catalog.models import Instance
from tests import builders
from tests.people import TESTS
from tests.viewer.kept import keep
from viewer.imaging.errors import CannotShow
from viewer.imaging.types import Window
from viewer.rendering.digest import build_digest
from viewer.rendering.frame_values import FrameValues, address_frame, frame_at_hand, frame_values
from viewer.rendering.render import show
from viewer.rendering.request import Look

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cold")]
WHOLE = (slice(None), slice(None))
RAMP = np.arange(64).reshape(8, 8).astype("<u2")


def values_of(file: bytes, frame_index: int = 0) -> np.ndarray[Any, Any]:
    return greys(frame_of(file, frame_index))


def greys(frame: FrameValues) -> np.ndarray[Any, Any]:
    values = frame.level(0).values
    assert values is not None
    return values


def frame_of(file: bytes, frame_index: int = 0) -> FrameValues:
    (instance,) = keep(file)
    return frame_values(address_frame(instance, frame_index))


def reason_of(instance: Instance) -> str:
    with pytest.raises(CannotShow) as refused:
        frame_values(address_frame(instance, 0))
    return refused.value.reason


def jpeg_2000(stored: np.ndarray[Any, Any]) -> bytes:
    return bytes(imagecodecs.jpeg2k_encode(stored, level=0, codecformat="j2k", reversible=True))


@pytest.mark.parametrize(
    "syntax", [builders.LITTLE_ENDIAN, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian]
)
def test_native_frames(syntax: str) -> None:
    assert np.array_equal(values_of(builders.image(RAMP, syntax)), RAMP)
    assert np.unique(values_of(builders.multiframe(3, transfer_syntax=syntax), 2)).tolist() == [3]


def test_native_frames_are_at_hand_once_their_header_was_read() -> None:
    (instance,) = keep(builders.ct_slice())
    address = address_frame(instance, 0)
    assert frame_at_hand(address) is None
    frame_values(address)
    assert frame_at_hand(address) is not None


def test_odd_frames_of_bytes_in_words_of_big_endian() -> None:
    """PS3.5 8.1.1: three frames of 9 bytes, every second byte exchanged with its neighbour."""
    pixels = np.arange(27, dtype=np.uint8).tobytes() + b"\0"
    words = np.frombuffer(pixels, "<u2").byteswap().tobytes()
    file = builders.image(
        np.zeros((3, 3, 3), np.uint8), ExplicitVRBigEndian, NumberOfFrames=3, PixelData=words
    )
    as_words = file.replace(b"\x7f\xe0\x00\x10OB", b"\x7f\xe0\x00\x10OW")
    assert as_words != file
    (instance,) = keep(as_words)
    for index in range(3):
        values = greys(frame_values(address_frame(instance, index)))
        assert values.reshape(-1).tolist() == list(range(index * 9, index * 9 + 9))


def test_encapsulated_frames_in_one_fragment_or_several() -> None:
    frames = [RAMP + 100 * n for n in range(3)]
    for fragments in (1, 2):
        file = builders.encapsulated([jpeg_2000(one) for one in frames], fragments_per_frame=fragments)
        (instance,) = keep(file)
        for index, truth in enumerate(frames):
            assert np.array_equal(greys(frame_values(address_frame(instance, index))), truth)


def test_a_codestream_that_is_no_rgb_whatever_the_header_says_comes_out_in_its_colours() -> None:
    flat = np.full((16, 16, 3), (220, 30, 60), np.uint8)
    data = bytes(imagecodecs.jpeg8_encode(flat, level=95, subsampling="420"))
    file = builders.encapsulated(
        [data], JPEGBaseline8Bit, Rows=16, Columns=16, SamplesPerPixel=3, PhotometricInterpretation="RGB",
        PlanarConfiguration=0, BitsAllocated=8, BitsStored=8, HighBit=7,
    )  # fmt: skip
    shown = show(frame_of(file), 0, Look(), WHOLE)
    assert np.abs(shown.astype(int) - flat).max() <= 3


def test_an_overlay_in_the_unused_bits_is_drawn() -> None:
    """Retired, PS3.5 8.1.2."""
    words = RAMP.copy()
    words[2, 3] |= 1 << 12
    file = builders.image(words, BitsStored=12, HighBit=11)
    group = b"".join(
        builders.element(0x60000000 | element, b"US", value.to_bytes(2, "little"))
        for element, value in ((0x10, 8), (0x11, 8), (0x100, 16), (0x102, 12))
    )
    at = builders.find_tag(file, 0x7FE00010)
    frame = frame_of(file[:at] + group + file[at:])
    assert np.array_equal(greys(frame), RAMP)
    shown = show(frame, 0, Look(Window(1000, 10)), WHOLE)
    assert np.argwhere(shown == 255).tolist() == [[2, 3]]


def test_each_frame_of_an_enhanced_object_is_shown_in_its_own_window_and_the_digest_has_the_first() -> None:
    def voi(center: float) -> Dataset:
        group, macro = Dataset(), Dataset()
        macro.WindowCenter, macro.WindowWidth = center, 2
        group.FrameVOILUTSequence = [macro]
        return group

    frames = [voi(center) for center in (10, 20, 30)]
    (instance,) = keep(builders.multiframe(3, PerFrameFunctionalGroupsSequence=frames))
    looks = [frame_values(address_frame(instance, index)).own_look for index in range(3)]
    assert looks == [Window(10, 2), Window(20, 2), Window(30, 2)]
    (told,) = build_digest(instance.series.study, TESTS)["series"]
    assert told["formats"][0]["windows"] == [{"center": 10, "width": 2, "function": "LINEAR", "name": ""}]


@pytest.mark.parametrize(
    ("frame", "attributes", "reason"),
    [
        (b"\xff\x4f\xff\x51 nothing of the kind", {}, "decode_failed"),
        (jpeg_2000(RAMP[:4]), {}, "size_mismatch"),
        (jpeg_2000(RAMP)[:-20], {}, "decode_failed"),
        (jpeg_2000(RAMP), {"Rows": 65535, "Columns": 65535}, "too_large"),
        (jpeg_2000(RAMP), {"PhotometricInterpretation": "HSV"}, "unsupported_photometric"),
        (jpeg_2000(RAMP), {"transfer_syntax": "1.2.840.10008.1.2.4.93"}, "unsupported_transfer_syntax"),
        (b"\1\0\0\0\x40\0\0\0" + b"\0" * 56 + b"\x81\7", {"transfer_syntax": RLELossless}, "size_mismatch"),
    ],
)
def test_what_has_no_picture_says_why(frame: bytes, attributes: dict[str, Any], reason: str) -> None:
    facts = {"transfer_syntax": JPEG2000Lossless, **attributes}
    (instance,) = keep(builders.encapsulated([frame], **facts))
    assert reason_of(instance) == reason


def test_p9_sizes_that_lie_are_refused_within_a_second() -> None:
    """Promise P9: 60,000 x 60,000 in a codestream of a few hundred bytes, beside a header that says 8 x 8."""
    data = bytearray(jpeg_2000(RAMP))
    data[8:16] = (60_000).to_bytes(4, "big") * 2
    liars = keep(
        builders.encapsulated([bytes(data)]),
        builders.encapsulated([jpeg_2000(RAMP)], Rows=65535, Columns=65535),
    )
    frame_of(builders.encapsulated([jpeg_2000(RAMP)]))  # a child has been started
    began = time.monotonic()
    assert [reason_of(liar) for liar in liars] == ["size_mismatch", "too_large"]
    assert time.monotonic() - began < 1
