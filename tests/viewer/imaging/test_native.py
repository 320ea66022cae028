"""Numbers as they lie: order of bytes, bits that are not stored, single bits, planes; and lengths that lie (P9)."""

from __future__ import annotations

import numpy as np
import pytest

from tests.viewer.imaging.described import BIG_ENDIAN, description
from viewer.imaging.errors import CannotShow
from viewer.imaging.native import read_native_frame

RAMP = np.arange(24).reshape(4, 6)


@pytest.mark.parametrize("bits", [8, 16, 32, 64])
@pytest.mark.parametrize("is_signed", [False, True])
@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2", BIG_ENDIAN])
def test_every_size_sign_and_order(bits: int, is_signed: bool, syntax: str) -> None:
    dtype = np.dtype(f"{'i' if is_signed else 'u'}{bits // 8}")
    stored = (RAMP - 12 if is_signed else RAMP).astype(dtype)
    image = description(bits_allocated=bits, is_signed=is_signed, transfer_syntax_uid=syntax)
    swapped = stored.byteswap() if syntax == BIG_ENDIAN else stored
    read = read_native_frame(image, swapped.tobytes(), 0)
    assert read.dtype == dtype.newbyteorder("<")
    assert np.array_equal(read, stored)


@pytest.mark.parametrize("dtype", ["<f4", "<f8"])
def test_floats(dtype: str) -> None:
    """PS3.3 C.7.6.24, C.7.6.25."""
    stored = (RAMP / 7).astype(dtype)
    image = description(number_kind="float", bits_allocated=stored.itemsize * 8)
    assert np.array_equal(read_native_frame(image, stored.tobytes(), 0), stored)


def test_bits_that_are_not_stored_say_nothing() -> None:
    """PS3.5 8.1.1."""
    words = np.array([[0xF001, 0x0FFF, 0x0800, 0x07FF, 0xA000, 0x5FFE]] * 4, "<u2")
    unsigned = description(bits_stored=12)
    assert read_native_frame(unsigned, words.tobytes(), 0)[0].tolist() == [1, 0xFFF, 0x800, 0x7FF, 0, 0xFFE]
    signed = description(bits_stored=12, is_signed=True)
    assert read_native_frame(signed, words.tobytes(), 0)[0].tolist() == [1, -1, -2048, 2047, 0, -2]


def test_stored_bits_may_stand_high_in_their_word() -> None:
    words = (RAMP << 4 | 0xF).astype("<u2")
    image = description(bits_stored=12, high_bit=15)
    assert np.array_equal(read_native_frame(image, words.tobytes(), 0), RAMP)


def test_single_bits_begin_with_the_lowest_and_frames_within_a_byte() -> None:
    """PS3.5 8.1.1, annex D.2: 5 pixels a frame."""
    bits = np.array([1, 0, 1, 1, 0, 0, 1, 1, 0, 1, 1, 1, 1, 0, 0], np.uint8)
    data = np.packbits(bits, bitorder="little").tobytes()
    image = description(rows=1, columns=5, bits_allocated=1, number_of_frames=3)
    for index in range(3):
        first, end = index * 5 // 8, -(-(index + 1) * 5 // 8)
        assert read_native_frame(image, data[first:end], index)[0].tolist() == bits[index * 5 :][:5].tolist()


def test_colours_by_pixel_and_by_plane_are_the_same() -> None:
    """PS3.3 C.7.6.3.1.3."""
    pixels = np.arange(72, dtype=np.uint8).reshape(4, 6, 3)
    facts = {"samples_per_pixel": 3, "photometric_interpretation": "RGB", "bits_allocated": 8}
    by_pixel = read_native_frame(description(**facts), pixels.tobytes(), 0)
    planes = np.moveaxis(pixels, -1, 0).tobytes()
    assert np.array_equal(by_pixel, pixels)
    assert np.array_equal(read_native_frame(description(**facts, planar_configuration=1), planes, 0), pixels)


def test_two_pixels_may_share_their_chroma() -> None:
    """PS3.3 C.7.6.3.1.2, YBR_FULL_422: Y1 Y2 Cb Cr."""
    facts = {"samples_per_pixel": 3, "photometric_interpretation": "YBR_FULL_422", "bits_allocated": 8}
    image = description(rows=1, columns=4, **facts)
    read = read_native_frame(image, bytes([1, 2, 101, 201, 3, 4, 102, 202]), 0)
    assert read[0].tolist() == [[1, 101, 201], [2, 101, 201], [3, 102, 202], [4, 102, 202]]


@pytest.mark.parametrize("index", [0, 1])
def test_bytes_in_words_of_big_endian_have_changed_places(index: int) -> None:
    """PS3.5 8.1.1 with OW: frames of 3 bytes begin within a word."""
    pixels = bytes([1, 2, 3, 4, 5, 6])
    swapped = bytes([2, 1, 4, 3, 6, 5])
    facts = {"bits_allocated": 8, "is_word_swapped": True, "transfer_syntax_uid": BIG_ENDIAN}
    image = description(rows=1, columns=3, number_of_frames=2, **facts)
    words = swapped[:4] if index == 0 else swapped[2:]
    assert read_native_frame(image, words, index)[0].tolist() == list(pixels[index * 3 :][:3])


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"bits_allocated": 1},
        {"samples_per_pixel": 3, "photometric_interpretation": "RGB"},
        {"samples_per_pixel": 3, "photometric_interpretation": "YBR_FULL_422", "bits_allocated": 8},
        {"number_kind": "float", "bits_allocated": 64},
        {"rows": 65535, "columns": 65535},
    ],
)
@pytest.mark.parametrize("length", [0, 1, 2])
def test_p9_fewer_bytes_than_pixels_are_no_picture(facts: dict[str, int], length: int) -> None:
    """Promise P9: nothing is allocated, and nothing is filled up."""
    with pytest.raises(CannotShow) as refused:
        read_native_frame(description(**facts), b"\1" * length, 0)
    assert refused.value.reason == "size_mismatch"
