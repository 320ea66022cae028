"""One Part 10 file (PS3.10 7) of one object's metadata and the parts that came for it, as pieces. Runs in the sandbox.

Which transfer syntax it is in, is told by its pixels (PS3.18 10.5.2): octets are native, a compressed stream is put
into fragments as it is, and is never coded again.
"""

from __future__ import annotations

import itertools
import os
import struct
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pacs.ingest.composing.codestream_heads import CodestreamHead, read_head
from pacs.ingest.composing.data_set import Cut, Piece, element_bytes, head_bytes, written
from pacs.ingest.composing.json_values import UNCLEAR, is_whole, padded
from pacs.ingest.composing.metadata_text import object_at
from pacs.ingest.composing.outline import OFFSET_TABLES, PIXEL_TAGS
from pacs.ingest.composing.pixel_description import described
from pacs.ingest.scan.source import FileSource
from pacs.ingest.scan.unreadable import Unreadable

EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
LITTLE = frozenset(("1.2.840.10008.1.2", EXPLICIT_LITTLE))  # of a value alone, the two are the same
# The defaults of the media types whose streams say themselves what they are.
TOLD_BY_HEAD = frozenset(f"1.2.840.10008.1.2.4.{one}" for one in ("70", "80", "90", "92", "201"))
UTF_8 = "ISO_IR 192"
# (0002,0012): made of a name of ours and nothing that changes, so that the same parts make the same file.
IMPLEMENTATION = f"2.25.{uuid.uuid5(uuid.NAMESPACE_URL, 'urn:lightbox:implementation').int}"
PIXEL_DATA = 0x7FE00010
EXTENDED_OFFSETS, EXTENDED_LENGTHS = 0x7FE00001, 0x7FE00002
META = 0x00020000
ITEM = struct.Struct("<HHI")
SEQUENCE_END = b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"
MOST_FRAGMENT_BYTES = 0xFFFFFFFE
UNDEFINED = 0xFFFFFFFF


@dataclass(frozen=True)
class Part:
    """A part that came for the object: under which address, for which frame (from 1; 0: all of it), in which file.

    `syntax` is what its Content-Type says, `allowed` are those that its media type may have: none, of plain octets.
    """

    address: str
    frame: int
    path: str
    size: int
    syntax: str
    allowed: Sequence[str]
    may_be_pixels: bool


def part10_pieces(path: str, start: int, end: int, parts: list[dict[str, Any]]) -> list[Any]:
    """The file in pieces: bytes, and [number of the part, offset, length] for what lies in one.

    The metadata are those from `start` to `end` of the file at `path`. Raises Unreadable.
    """
    dataset = object_at(path, start, end)
    pieces = _file(dataset, [Part(**part) for part in parts])
    return [[one.part, one.offset, one.length] if isinstance(one, Cut) else one for one in _joined(pieces)]


def _file(dataset: dict[str, Any], parts: Sequence[Part]) -> Iterator[Piece]:
    whole = {part.address: Cut(n, 0, part.size) for n, part in enumerate(parts) if part.frame == 0}
    pixels = _pixels(dataset, parts)
    syntax, tag, rest = EXPLICIT_LITTLE, PIXEL_DATA, dataset
    if pixels is not None:
        syntax, tag, rest = pixels.syntax, pixels.tag, described(dataset, pixels.head, pixels.length)
    left_out = OFFSET_TABLES if pixels is None else OFFSET_TABLES | {tag}
    rest = {name: one for name, one in rest.items() if int(name, 16) not in left_out}
    if not _is_ascii(dataset):
        rest["00080005"] = {"vr": "CS", "Value": [UTF_8]}
    yield _beginning(dataset, syntax)
    before, behind = _around(rest, tag)
    yield from written(before, whole, UTF_8)
    if pixels is not None:
        yield from pixels.pieces()
    yield from written(behind, whole, UTF_8)


def _around(dataset: Mapping[str, Any], tag: int) -> tuple[dict[str, Any], dict[str, Any]]:
    before = {name: one for name, one in dataset.items() if int(name, 16) < tag}
    return before, {name: one for name, one in dataset.items() if name not in before}


def _is_ascii(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_ascii, value.values()))
    if isinstance(value, list):
        return all(map(_is_ascii, value))
    return not isinstance(value, str) or value.isascii()


def _beginning(dataset: Mapping[str, Any], syntax: str) -> bytes:
    """Preamble, prefix and file meta information."""
    sop_class, sop_instance = (str(dataset[tag]["Value"][0]) for tag in ("00080016", "00080018"))
    told = [
        (META | 0x01, "OB", b"\0\x01"),
        (META | 0x02, "UI", padded("UI", sop_class.encode())),
        (META | 0x03, "UI", padded("UI", sop_instance.encode())),
        (META | 0x10, "UI", padded("UI", syntax.encode())),
        (META | 0x12, "UI", padded("UI", IMPLEMENTATION.encode())),
        (META | 0x13, "SH", b"LIGHTBOX"),
    ]
    group = b"".join(element_bytes(*one) for one in told)
    return bytes(128) + b"DICM" + element_bytes(META, "UL", struct.pack("<I", len(group))) + group


# --- pixels ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Pixels:
    tag: int
    vr: str
    syntax: str
    frames: Sequence[Cut]
    head: CodestreamHead | None

    @property
    def is_encapsulated(self) -> bool:
        return self.syntax not in LITTLE

    @property
    def length(self) -> int:
        """Of all frames as they came."""
        return sum(frame.length for frame in self.frames)

    def pieces(self) -> Iterator[Piece]:
        """The element, and those that tell where its frames lie."""
        return self._fragments() if self.is_encapsulated else self._value()

    def _value(self) -> Iterator[Piece]:
        yield head_bytes(self.tag, self.vr, self.length + self.length % 2)
        yield from self.frames
        if self.length % 2:
            yield b"\0"

    def _fragments(self) -> Iterator[Piece]:
        """Each frame a fragment (PS3.5 A.4), but for one of more than 4 GiB: those are streams of many frames."""
        lengths = [8 * len(_fragmented(frame)) + _even(frame.length) for frame in self.frames]
        offsets = [0, *itertools.accumulate(lengths)][:-1]
        is_far = offsets[-1] > MOST_FRAGMENT_BYTES
        if is_far:  # PS3.5 A.4: then the basic table is empty
            sizes = [_even(frame.length) for frame in self.frames]
            yield element_bytes(EXTENDED_OFFSETS, "OV", struct.pack(f"<{len(offsets)}Q", *offsets))
            yield element_bytes(EXTENDED_LENGTHS, "OV", struct.pack(f"<{len(sizes)}Q", *sizes))
        yield head_bytes(PIXEL_DATA, "OB", UNDEFINED)
        table = b"" if is_far or len(offsets) == 1 else struct.pack(f"<{len(offsets)}I", *offsets)
        yield _item_head(len(table)) + table
        for frame in self.frames:
            for cut in _fragmented(frame):
                yield _item_head(_even(cut.length))
                yield cut
                yield b"\0" * (cut.length % 2)
        yield SEQUENCE_END


def _item_head(length: int) -> bytes:
    return ITEM.pack(0xFFFE, 0xE000, length)


def _even(length: int) -> int:
    return length + length % 2


def _fragmented(frame: Cut) -> list[Cut]:
    starts = range(0, max(frame.length, 1), MOST_FRAGMENT_BYTES)
    return [Cut(frame.part, frame.offset + at, min(MOST_FRAGMENT_BYTES, frame.length - at)) for at in starts]


def _pixels(dataset: Mapping[str, Any], parts: Sequence[Part]) -> _Pixels | None:
    """The pixels that came apart; None where the object has none, or has them among its metadata."""
    tag = next(
        (
            int(name, 16)
            for name, one in dataset.items()
            if int(name, 16) in PIXEL_TAGS and "BulkDataURI" in one
        ),
        0,
    )
    if not tag:
        return None
    element = dataset[f"{tag:08X}"]
    mine = [
        (n, part)
        for n, part in enumerate(parts)
        if part.frame or part.address == element["BulkDataURI"].strip()
    ]
    mine.sort(key=lambda one: one[1].frame)
    if not mine:
        raise Unreadable("bulkdata_missing")
    first = mine[0][1]
    head = _head(first.path)
    syntax = _syntax(first, head)
    if syntax in LITTLE:
        vr = _native_vr(tag, element, dataset)
        frames = [Cut(n, 0, part.size) for n, part in mine]
        if not all(is_whole(vr, frame.length) for frame in frames[:-1]):
            raise Unreadable("bulkdata_missing")
        return _Pixels(tag, vr, EXPLICIT_LITTLE, frames, None)
    if tag != PIXEL_DATA or any(part.syntax not in ("", first.syntax) for _, part in mine):
        raise Unreadable(UNCLEAR)
    return _Pixels(tag, "OB", syntax, [_codestream(n, part) for n, part in mine], head)


def _syntax(part: Part, head: CodestreamHead | None) -> str:
    """What the part says, else what the stream says, else the default of its media type (Table 8.7.3-5)."""
    if not part.may_be_pixels or (part.syntax and part.syntax not in part.allowed):
        raise Unreadable("media_type_unknown")
    if part.syntax or not part.allowed:
        return part.syntax or EXPLICIT_LITTLE
    if head is None and part.allowed[0] not in TOLD_BY_HEAD:
        return part.allowed[0]
    if head is None:
        raise Unreadable("media_type_unknown")
    if head.syntax in part.allowed:
        return head.syntax
    if head.syntax.endswith((".90", ".91")) and part.allowed[0].endswith(".92"):
        return part.allowed[0] if head.syntax.endswith(".90") else part.allowed[1]
    raise Unreadable("media_type_unknown")


def _head(path: str) -> CodestreamHead | None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        source = FileSource(descriptor)
        return read_head(source) if source.size else None
    finally:
        os.close(descriptor)


def _codestream(number: int, part: Part) -> Cut:
    head = _head(part.path)
    return Cut(number, head.offset, head.length) if head is not None else Cut(number, 0, part.size)


def _native_vr(tag: int, element: Mapping[str, Any], dataset: Mapping[str, Any]) -> str:
    if tag != PIXEL_DATA:
        return "OF" if tag == 0x7FE00008 else "OD"
    if element.get("vr") in ("OB", "OW"):
        return str(element["vr"])
    bits = dataset.get("00280100", {}).get("Value") or [16]
    return "OB" if bits[0] == 8 else "OW"


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Bytes that follow one another as one."""
    held = list[bytes]()
    for piece in pieces:
        if isinstance(piece, bytes):
            held.append(piece)
            continue
        yield b"".join(held)
        held.clear()
        yield piece
    yield b"".join(held)
