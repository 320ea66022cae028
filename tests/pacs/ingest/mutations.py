"""DICOM files damaged at random, the way fuzzers do: always the same ones for one seed."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import JPEG2000Lossless, RLELossless

from tests import builders

LYING_NUMBERS = (0, 1, 7, 0x7F, 0xFF, 0xFFFE, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF)
TELLING_BYTES = (
    b"\xfe\xff\x00\xe0\xff\xff\xff\xff",  # an item of undefined length
    b"\xfe\xff\x0d\xe0\x00\x00\x00\x00",  # its end
    b"\xfe\xff\xdd\xe0\x00\x00\x00\x00",  # a sequence's end
    b"\xe0\x7f\x10\x00OW\x00\x00\xff\xff\xff\xff",  # Pixel Data without an end
    b"\x40\x00\x30\xa7SQ\x00\x00\xff\xff\xff\xff",
    b"\x08\x00\x05\x00CS\x0a\x00ISO_IR 999",
    b"SQUNOBOWUTUCUSFL",
)
Mutate = Callable[[bytearray, random.Random], None]


def seeds() -> list[bytes]:
    """Whole files of every kind that is received."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator = "1", "DCM"
    for depth in range(5):
        outer = Dataset()
        outer.ConceptNameCodeSequence = [item, item] if depth % 2 else [item]
        item = outer
    streams = [b"\xff\x4f\xff\x51" + bytes(range(60)), b"\xff\x4f\xff\x51" + bytes(range(90))]
    names = (_names(number) for number in itertools.count(1))
    return [
        *(
            builders.ct_slice(8, 8, transfer_syntax=syntax, **next(names))
            for syntax in builders.NATIVE_SYNTAXES
        ),
        builders.multiframe(4, 4, 4, **next(names)),
        builders.colour(4, 4, **next(names)),
        builders.report(ContentSequence=[item] * 3, PatientName="Yamada^Tarou=山田^太郎", **next(names)),
        builders.encapsulated(streams, JPEG2000Lossless, "basic", **next(names)),
        builders.encapsulated(streams, JPEG2000Lossless, "extended", **next(names)),
        builders.encapsulated(streams, RLELossless, "empty", **next(names)),
        builders.encapsulated(streams, JPEG2000Lossless, "basic", fragments_per_frame=3, **next(names)),
    ]


def _names(number: int) -> dict[str, Any]:
    """Always the same: with new UIDs the same damage would fall elsewhere each time."""
    stem = f"1.2.826.0.1.3680043.8.498.1{number:035d}"
    return {
        "SOPInstanceUID": f"{stem}.1",
        "StudyInstanceUID": f"{stem}.2",
        "SeriesInstanceUID": f"{stem}.3",
    }


def mutations(count: int, seed: int) -> Iterator[bytes]:
    """count damaged files."""
    chance = random.Random(seed)
    whole = seeds()
    for _ in range(count):
        data = bytearray(chance.choice(whole))
        for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
            chance.choice(MUTATORS)(data, chance)
        yield bytes(data)


def _flip_a_bit(data: bytearray, chance: random.Random) -> None:
    if data:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _lie_in_a_number(data: bytearray, chance: random.Random) -> None:
    width = chance.choice((2, 4))
    at = chance.randrange(max(1, len(data) - width))
    number = chance.choice(LYING_NUMBERS) & ((1 << 8 * width) - 1)
    data[at : at + width] = number.to_bytes(width, "little")


def _lie_after_a_vr(data: bytearray, chance: random.Random) -> None:
    """A length field proper, found by the VR before it."""
    places = [
        at for at in range(130, len(data) - 8) if data[at : at + 2].isalpha() and data[at : at + 2].isupper()
    ]
    if places:
        at = chance.choice(places) + chance.choice((2, 6))
        data[at : at + 2] = (chance.choice(LYING_NUMBERS) & 0xFFFF).to_bytes(2, "little")


def _change_a_vr(data: bytearray, chance: random.Random) -> None:
    places = [
        at for at in range(130, len(data) - 8) if data[at : at + 2].isalpha() and data[at : at + 2].isupper()
    ]
    if places:
        at = chance.choice(places)
        data[at : at + 2] = chance.choice((b"SQ", b"UN", b"OB", b"US", b"DS", b"PN", b"ZZ", b"\0\0"))


def _cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data) + 1) :]


def _take_out(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    del data[at : at + chance.randrange(1, 40)]


def _repeat(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    piece = data[at : at + chance.randrange(1, 200)]
    data[at:at] = piece * chance.choice((1, 2, 50))


def _put_in(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    data[at:at] = chance.choice(TELLING_BYTES) * chance.choice((1, 1, 3, 200))


MUTATORS: tuple[Mutate, ...] = (
    _flip_a_bit,
    _lie_in_a_number,
    _lie_after_a_vr,
    _change_a_vr,
    _cut,
    _take_out,
    _repeat,
    _put_in,
)
