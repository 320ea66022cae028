"""Codestreams of every kind, made here: whole ones give back what they were made of, others are an error (P9)."""

from __future__ import annotations

import struct
import time
import zlib
from collections.abc import Callable
from typing import Any

import imagecodecs
import numpy as np
import pytest

from tests.viewer.imaging.described import wire
from viewer.imaging.codestreams import DECODERS
from viewer.imaging.decode import decode_frame_bytes
from viewer.imaging.errors import CannotShow
from viewer.imaging.fragments import ITEM
from viewer.imaging.markers import jpeg_facts

Array = np.ndarray[Any, Any]
ROWS, COLUMNS = 48, 64
PREFIX = "1.2.840.10008.1.2."
GREY = np.random.default_rng(5).integers(0, 4096, (ROWS, COLUMNS)).astype("<u2")
ROW, COLUMN = np.indices((ROWS, COLUMNS))
COLOUR = np.stack([ROW * 5, COLUMN * 3, (ROW + COLUMN) * 2], axis=-1).astype("u1")
EIGHT: dict[str, Any] = {"bits_allocated": 8, "bits_stored": 8, "high_bit": 7}
RGB: dict[str, Any] = {**EIGHT, "samples_per_pixel": 3, "photometric_interpretation": "RGB"}
Encoder = Callable[[Array], bytes | bytearray]


def rle(stored: Array) -> bytes:
    """PS3.5 G: byte planes, the most significant first; literal runs only."""
    samples = stored.reshape(ROWS * COLUMNS, -1)
    planes = [
        samples[:, sample]
        .astype(stored.dtype.newbyteorder(">"))
        .view("u1")
        .reshape(ROWS * COLUMNS, -1)[:, byte]
        for sample in range(samples.shape[1])
        for byte in range(stored.itemsize)
    ]
    segments = [b"".join(b"\x7f" + plane[at : at + 128].tobytes() for at in range(0, ROWS * COLUMNS, 128))
                for plane in planes]  # fmt: skip
    offsets = np.cumsum([64, *map(len, segments)])[:-1].tolist()
    return struct.pack("<16I", len(segments), *offsets, *[0] * (15 - len(offsets))) + b"".join(segments)


def deflated(stored: Array) -> bytes:
    squeezer = zlib.compressobj(wbits=-15)
    return squeezer.compress(stored.tobytes()) + squeezer.flush()


ENCODERS: dict[str, Encoder] = {
    "4.57": lambda a: imagecodecs.jpeg8_encode(a, lossless=True, predictor=4, bitspersample=16),
    "4.70": lambda a: imagecodecs.jpeg8_encode(a, lossless=True, predictor=1, bitspersample=16),
    "4.80": lambda a: imagecodecs.jpegls_encode(a),
    "4.90": lambda a: imagecodecs.jpeg2k_encode(a, level=0, codecformat="j2k", reversible=True),
    "4.201": lambda a: imagecodecs.htj2k_encode(a),
    "4.110": lambda a: imagecodecs.jpegxl_encode(a, lossless=True),
    "5": rle,
    "8.1": deflated,
}
SYNTAXES = sorted(ENCODERS)


def decode(syntax: str, data: bytes | bytearray, fragmented: bool = False, **facts: Any) -> dict[str, Any]:
    image: dict[str, Any] = {
        "rows": ROWS,
        "columns": COLUMNS,
        "bits_stored": 16,
        "transfer_syntax_uid": PREFIX + syntax,
        **facts,
    }
    return decode_frame_bytes(wire(**image), bytes(data), fragmented)


def reason_of(syntax: str, data: bytes | bytearray, **facts: Any) -> str:
    with pytest.raises(CannotShow) as refused:
        decode(syntax, data, **facts)
    return refused.value.reason


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_lossless_codestreams_give_back_every_value(syntax: str) -> None:
    answer = decode(syntax, ENCODERS[syntax](GREY))
    assert answer["stored"].dtype == GREY.dtype
    assert np.array_equal(answer["stored"], GREY)


@pytest.mark.parametrize("syntax", ["4.80", "4.90", "4.201", "4.110", "5", "8.1"])
def test_lossless_colours_too(syntax: str) -> None:
    answer = decode(syntax, ENCODERS[syntax](COLOUR), **RGB)
    assert np.array_equal(answer["stored"], COLOUR)
    assert answer["colour_space"] == "RGB"


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_frame_may_lie_in_fragments(syntax: str) -> None:
    """PS3.5 A.4."""
    data = bytes(ENCODERS[syntax](GREY))
    pieces = data[:50], data[50:51], data[51:]
    whole = b"".join(ITEM + len(piece).to_bytes(4, "little") + piece for piece in pieces)
    assert np.array_equal(decode(syntax, whole, fragmented=True)["stored"], GREY)
    with pytest.raises(CannotShow):
        decode(syntax, whole[:-1], fragmented=True)


@pytest.mark.parametrize("share", [0, 0.01, 0.3, 0.7, 0.95])
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_p9_a_part_of_a_codestream_is_no_picture(syntax: str, share: float) -> None:
    """Promise P9: what is missing is not made up, in grey or otherwise."""
    data = bytes(ENCODERS[syntax](GREY))
    assert reason_of(syntax, data[: int(len(data) * share)]) in ("decode_failed", "size_mismatch")


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_nor_is_a_part_of_a_lossy_one(share: float) -> None:
    red = np.ascontiguousarray(COLOUR[..., 0])
    data = imagecodecs.jpeg8_encode(red, level=90)
    assert np.abs(decode("4.50", data, **EIGHT)["stored"].astype(int) - red).mean() < 10
    assert reason_of("4.50", data[: int(len(data) * share)], **EIGHT) == "decode_failed"


@pytest.mark.parametrize(
    "facts", [{"rows": ROWS + 1}, {"columns": COLUMNS - 1}, {"rows": COLUMNS, "columns": ROWS}]
)
@pytest.mark.parametrize("syntax", [one for one in SYNTAXES if one not in ("5", "8.1")])
def test_a_picture_of_another_size_is_not_the_one_described(syntax: str, facts: dict[str, int]) -> None:
    assert reason_of(syntax, bytes(ENCODERS[syntax](GREY)), **facts) == "size_mismatch"


def test_p9_a_short_stream_is_not_unpacked_beyond_its_frame() -> None:
    """Promise P9: 64 MB of zeros in 65 kB."""
    began = time.monotonic()
    small: dict[str, Any] = {**EIGHT, "rows": 1, "columns": 16}
    zeros = deflated(np.zeros(1 << 26, np.uint8))
    runs = struct.pack("<16I", 1, 64, *[0] * 14) + b"\x81\x00" * (1 << 19)
    for syntax, bomb in (("8.1", zeros), ("5", runs)):
        assert decode(syntax, bomb, **small)["stored"].tolist() == [[0] * 16]
    assert time.monotonic() - began < 1


def test_p9_codestreams_that_claim_to_be_huge_are_not_decoded() -> None:
    """Promise P9: 60,000 x 60,000 in a codestream of a few bytes."""
    data = bytearray(ENCODERS["4.90"](GREY))
    struct.pack_into(">2I", data, 8, 60_000, 60_000)
    began = time.monotonic()
    assert reason_of("4.90", bytes(data)) == "size_mismatch"
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("syntax", ["4.57", "4.70", "4.80", "4.90", "4.201"])
def test_negative_values_come_back_from_codestreams_without_a_sign(syntax: str) -> None:
    """Two's complement of 16 bits in an unsigned stream; the header says that they are signed."""
    signed = GREY.astype("<i2") - 2048
    answer = decode(syntax, ENCODERS[syntax](signed.view("<u2")), is_signed=True)
    assert answer["stored"].dtype == signed.dtype
    assert np.array_equal(answer["stored"], signed)


def test_the_sign_may_be_a_bit_below_the_highest_of_the_word() -> None:
    """13 bits of lossless JPEG in 16."""
    signed = GREY.astype("<i2") - 2048
    coded = imagecodecs.jpeg8_encode(
        signed.view("<u2") & 0x1FFF, lossless=True, predictor=1, bitspersample=13
    )
    answer = decode("4.70", coded, is_signed=True, bits_stored=13, high_bit=12)
    assert np.array_equal(answer["stored"], signed)


def test_single_bits_run_length_coded() -> None:
    bits = (GREY & 1).astype(np.uint8)
    packed = np.packbits(bits.reshape(-1), bitorder="little")
    segment = b"".join(b"\x7f" + packed[at : at + 128].tobytes() for at in range(0, len(packed), 128))
    data = struct.pack("<16I", 1, 64, *[0] * 14) + segment
    one: dict[str, Any] = {"bits_allocated": 1, "bits_stored": 1, "high_bit": 0}
    assert np.array_equal(decode("5", data, **one)["stored"], bits)


@pytest.mark.parametrize(
    ("spaces", "header_says", "found"),
    [
        (("RGB", "YCBCR"), "YBR_FULL_422", "YBR_FULL"),
        (("RGB", "YCBCR"), "RGB", "YBR_FULL"),  # subsampled, and JFIF: the header was left over
        (("RGB", "RGB"), "RGB", "RGB"),
        (("RGB", "RGB"), "YBR_FULL_422", "RGB"),  # Adobe's marker says that nothing was transformed
    ],
)
def test_the_codestream_knows_its_colours_better_than_the_header(
    spaces: tuple[str, str], header_says: str, found: str
) -> None:
    flat = np.full((ROWS, COLUMNS, 3), (200, 100, 50), np.uint8)
    data = imagecodecs.jpeg8_encode(flat, level=95, colorspace=spaces[0], outcolorspace=spaces[1])
    answer = decode("4.50", data, **{**RGB, "photometric_interpretation": header_says})
    assert answer["colour_space"] == found
    # PS3.3 C.7.6.3.1.2
    as_coded = (200, 100, 50) if found == "RGB" else (124, 86, 182)
    assert np.abs(answer["stored"][5, 5].astype(int) - as_coded).max() <= 2


@pytest.mark.parametrize(
    ("markers", "header_says", "found"),
    [
        (b"", "RGB", "RGB"),
        (b"", "YBR_FULL", "YBR_FULL"),
        (b"\xff\xee\x00\x0eAdobe\0\x64\0\0\0\0\0", "YBR_FULL", "RGB"),
        (b"\xff\xee\x00\x0eAdobe\0\x64\0\0\0\0\1", "RGB", "YBR_FULL"),
        (b"\xff\xee\x00\x07Adobe", "RGB", "RGB"),  # cut short, it says nothing
        (b"\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0", "RGB", "YBR_FULL"),
    ],
)
def test_markers_tell_colours_of_components_that_are_all_of_one_size(
    markers: bytes, header_says: str, found: str
) -> None:
    frame = b"\xff\xc0\x00\x11\x08\x00\x08\x00\x08\x03\x01\x11\x00\x02\x11\x01\x03\x11\x01"
    facts = jpeg_facts(b"\xff\xd8" + markers + frame)
    assert facts is not None
    assert facts.shape == (8, 8, 3)
    assert facts.colour_space(header_says) == found


def test_lossy_overshoot_does_not_begin_again_at_black() -> None:
    """12 bits coded, 10 stored: what the coder made brighter than white is white."""
    sharp = np.where(np.indices((ROWS, COLUMNS)).sum(axis=0) // 3 % 2, 1023, 0).astype("<u2")
    data = imagecodecs.jpeg8_encode(sharp, level=40, bitspersample=12)
    assert int(imagecodecs.jpeg8_decode(data).max()) > 1023
    stored = decode("4.51", data, bits_stored=10, high_bit=9)["stored"]
    assert stored.max() == 1023
    assert stored[sharp == 1023].min() > 500


@pytest.mark.parametrize(
    ("syntax", "reason"),
    [
        ("4.100", "video"),
        ("4.102", "video"),
        ("4.107", "video"),
        ("4.94", "unsupported_transfer_syntax"),
        ("9.9", "unsupported_transfer_syntax"),
    ],
)
def test_what_cannot_be_shown_says_why(syntax: str, reason: str) -> None:
    assert reason_of(syntax, b"\0" * 64) == reason


@pytest.mark.parametrize("syntax", sorted(DECODERS))
def test_noise_is_no_picture(syntax: str) -> None:
    for seed in range(8):
        noise = np.random.default_rng(seed).integers(0, 256, 500).astype("u1").tobytes()
        assert reason_of(syntax.removeprefix(PREFIX), noise) in ("decode_failed", "size_mismatch")
