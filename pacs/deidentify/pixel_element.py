"""Where the pixels of a file lie, and which bytes of them go out: those of the image, and no other."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pydicom import Dataset

from pacs.deidentify.identities import Identities

TAGS = ((0x7FE0, 0x0010), (0x7FE0, 0x0008), (0x7FE0, 0x0009))
FLOAT_BITS = {0x0008: 32, 0x0009: 64}  # of elements that need no Bits Allocated
LONG_VRS = (b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"UN")
UNDEFINED = 0xFFFFFFFF
ITEM = b"\xfe\xff\x00\xe0"
END = b"\xfe\xff\xdd\xe0"
IN_PAIRS = ("YBR_FULL_422", "YBR_PARTIAL_422")
# Of a codestream, as much is read as its markers may take before the image begins.
MARKERS_BYTES = 64 << 10
JPEG_START, JPEG_2000_START = b"\xff\xd8", b"\xff\x4f"
START_OF_SCAN, START_OF_DATA = 0xDA, 0x93
COMMENTS = frozenset((0xFE, 0x64, *range(0xE1, 0xF0)))  # COM of JPEG and of JPEG 2000, APP1 to APP15


class NotReadable(Exception):
    """The file is not one that can be de-identified; `reason` is a word of ours."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class PixelElement:
    """The element: its head as it goes out, and where in the file its value lies. `padding` follows the value."""

    head: bytes
    offset: int
    length: int
    is_encapsulated: bool
    padding: bytes = b""


def pixel_element(
    file: BinaryIO, dataset: Dataset, is_implicit: bool, is_little: bool
) -> PixelElement | None:
    """The element that begins where the file stands; None where another does. Raises NotReadable."""
    order = "<" if is_little else ">"
    head = file.read(8)
    if len(head) < 8 or struct.unpack(f"{order}HH", head[:4]) not in TAGS:
        return None
    if not is_implicit:
        if head[4:6] not in LONG_VRS:
            raise NotReadable("pixels_odd")
        head += file.read(4)
    length = struct.unpack(f"{order}I", head[-4:])[0]
    offset = file.tell()
    if length == UNDEFINED:
        return PixelElement(head, offset, _encapsulated_length(file, offset), is_encapsulated=True)
    wanted = image_bytes(dataset, FLOAT_BITS.get(struct.unpack(f"{order}HH", head[:4])[1], 0))
    padded = wanted + wanted % 2
    if not 0 < padded < length:
        return PixelElement(head, offset, length, is_encapsulated=False)
    # Whatever follows the last pixel is not the image's.
    head = head[:-4] + struct.pack(f"{order}I", padded)
    return PixelElement(head, offset, wanted, is_encapsulated=False, padding=b"\0" * (padded - wanted))


def image_bytes(dataset: Dataset, float_bits: int = 0) -> int:
    """How many bytes native pixels of this image take (PS3.5 8.1); 0 where the header does not tell."""
    try:
        samples = int(dataset.get("SamplesPerPixel", 1) or 1)
        if str(dataset.get("PhotometricInterpretation", "")) in IN_PAIRS:
            samples = 2
        bits = int(dataset.Rows) * int(dataset.Columns) * samples * int(dataset.get("NumberOfFrames", 1) or 1)
        return -(-bits * (float_bits or int(dataset.BitsAllocated)) // 8)
    except (AttributeError, TypeError, ValueError):
        return 0


def _encapsulated_length(file: BinaryIO, offset: int) -> int:
    """Of the items and the delimiter after them (PS3.5 A.4). Raises NotReadable."""
    for _, end, is_end in _items(file, offset):
        if is_end:
            return end - offset
    raise NotReadable("pixels_cut")


def _items(file: BinaryIO, at: int) -> Iterator[tuple[int, int, bool]]:
    """Where each item's value begins and ends; of the delimiter, that it is one."""
    while True:
        file.seek(at)
        head = file.read(8)
        if len(head) < 8 or head[:4] not in (ITEM, END):
            raise NotReadable("pixels_cut")
        length = struct.unpack("<I", head[4:])[0]
        if head[:4] == END:
            yield at + 8, at + 8, True
            return
        yield at + 8, at + 8 + length, False
        at += 8 + length


def telling_comments(file: BinaryIO, element: PixelElement, identities: Identities) -> list[list[int]]:
    """Comments and application data of codestreams that tell an identity: offset and length of each.

    Whoever blanks these bytes changes no pixel.
    """
    if not element.is_encapsulated:
        return []
    found = []
    for start, end, _ in list(_items(file, element.offset)):
        file.seek(start)
        markers = file.read(min(end - start, MARKERS_BYTES))
        for at, length in _comments(markers):
            if any(identities.spans_in(markers[at : at + length])):
                found.append([start + at, length])
    return found


def _comments(markers: bytes) -> Iterator[tuple[int, int]]:
    """Payloads of marker segments that no decoder needs (ISO 10918-1 B.2.4, ISO 15444-1 A.9)."""
    if markers[:2] not in (JPEG_START, JPEG_2000_START):
        return
    at = 2
    while at + 4 <= len(markers) and markers[at] == 0xFF:
        marker, length = markers[at + 1], int.from_bytes(markers[at + 2 : at + 4], "big")
        if marker in (START_OF_SCAN, START_OF_DATA) or length < 2:
            return
        if marker in COMMENTS:
            yield at + 4, min(length - 2, len(markers) - at - 4)
        at += 2 + length
