"""Codestreams with bits turned over, decoded in real children: a picture or a reason, and the next one works (P8)."""

from __future__ import annotations

import struct
from collections import Counter
from typing import Any

import imagecodecs
import numpy as np
import pytest

from tests.viewer.imaging.described import wire
from viewer.imaging.decode import decode_frame_bytes
from viewer.imaging.errors import CannotShow
from viewer.rendering.cannot_show import WORDS, kills, run_guarded

SIDE = 48
CASES = 150  # of each kind
PREFIX = "1.2.840.10008.1.2."
STORED = np.random.default_rng(3).integers(0, 4096, (SIDE, SIDE)).astype("<u2")


def rle() -> bytes:
    planes = [STORED.view(np.uint8)[:, 1::2], STORED.view(np.uint8)[:, ::2]]
    segments = [b"".join(b"\x2f" + row.tobytes() for row in plane) for plane in planes]
    return struct.pack("<16I", 2, 64, 64 + len(segments[0]), *[0] * 13) + b"".join(segments)


CODESTREAMS: dict[str, bytes] = {
    "4.51": bytes(imagecodecs.jpeg8_encode(STORED, level=90, bitspersample=12)),
    "4.70": bytes(imagecodecs.jpeg8_encode(STORED, lossless=True, predictor=1, bitspersample=16)),
    "4.80": bytes(imagecodecs.jpegls_encode(STORED)),
    "4.90": bytes(imagecodecs.jpeg2k_encode(STORED, level=0, codecformat="j2k", reversible=True)),
    "4.201": bytes(imagecodecs.htj2k_encode(STORED)),
    "4.110": bytes(imagecodecs.jpegxl_encode(STORED, lossless=True)),
    "5": rle(),
}


@pytest.mark.parametrize("syntax", sorted(CODESTREAMS))
def test_each_is_a_picture_or_a_reason_and_the_next_one_works(syntax: str) -> None:
    kills.forget()
    whole, told = CODESTREAMS[syntax], Counter[str]()
    image = wire(rows=SIDE, columns=SIDE, transfer_syntax_uid=PREFIX + syntax)
    for case in range(CASES):
        told[_verdict(image, _damaged(whole, case), f"{syntax}/{case}")] += 1
    assert set(told) <= {"a picture", *WORDS}
    assert told["a picture"] < CASES
    assert _verdict(image, whole, f"{syntax}/whole") == "a picture"
    kills.forget()


def _verdict(image: dict[str, Any], data: bytes, thing: str) -> str:
    try:
        answer = run_guarded(thing, decode_frame_bytes, image, data, False, deadline_s=2.0)
    except CannotShow as refused:
        return refused.reason
    assert isinstance(answer, dict)
    stored = answer["stored"]
    assert isinstance(stored, np.ndarray)
    assert stored.shape == (SIDE, SIDE)
    return "a picture"


def _damaged(whole: bytes, case: int) -> bytes:
    chance = np.random.default_rng(case)
    data = bytearray(whole)
    # Half of them in the headers, where sizes and tables stand.
    end = 200 if case % 2 else len(data)
    for at in chance.integers(0, min(end, len(data)), 1 + case % 6):
        data[at] ^= 1 << int(chance.integers(0, 8))
    return bytes(data)
