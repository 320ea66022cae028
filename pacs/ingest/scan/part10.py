"""The beginning of a file: preamble, prefix, file meta information (PS3.10 7.1)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from pacs.ingest.scan.source import Source
from pacs.ingest.scan.unreadable import Unreadable

PREAMBLE_BYTES = 128
PREFIX = b"DICM"
META_GROUP = b"\x02\x00"
TRANSFER_SYNTAX_UID = 0x00020010
MEDIA_STORAGE_SOP_CLASS_UID = 0x00020002
MEDIA_STORAGE_SOP_INSTANCE_UID = 0x00020003
LONG_VRS = frozenset(
    (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
)
LONGEST_META_VALUE = 1 << 20
REGISTERED_ROOT = "1.2.840.10008.1.2"

IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"
DEFLATED = frozenset(("1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.205"))
NATIVE = frozenset((IMPLICIT_LITTLE, "1.2.840.10008.1.2.1", EXPLICIT_BIG, "1.2.840.10008.1.2.1.99"))


@dataclass(frozen=True)
class Beginning:
    """Where the data set starts, and how it is encoded."""

    data_set_offset: int
    transfer_syntax_uid: str
    media_storage_sop_class_uid: str
    media_storage_sop_instance_uid: str

    @property
    def is_implicit(self) -> bool:
        return self.transfer_syntax_uid == IMPLICIT_LITTLE

    @property
    def is_big_endian(self) -> bool:
        return self.transfer_syntax_uid == EXPLICIT_BIG

    @property
    def is_deflated(self) -> bool:
        return self.transfer_syntax_uid in DEFLATED

    @property
    def is_native(self) -> bool:
        """Whether Pixel Data is not encapsulated (PS3.5 A.1 to A.3, A.5)."""
        return self.transfer_syntax_uid in NATIVE


def read_beginning(source: Source) -> Beginning:
    """Preamble and file meta information.

    A missing preamble is tolerated where file meta information is there: all that is needed to read on is said.
    Without a transfer syntax the file is refused, for a guess that fits may still be wrong. Raises Unreadable:
    "not_dicom", "no_transfer_syntax", "unknown_transfer_syntax", "truncated", "malformed".
    """
    position = _find_meta(source)
    values: dict[int, str] = {}
    while source.size - position >= 8 and source.read(position, 2) == META_GROUP:
        tag, value, position = _meta_element(source, position)
        values[tag] = value
    syntax = values.get(TRANSFER_SYNTAX_UID, "")
    if not syntax:
        raise Unreadable("no_transfer_syntax" if source.size > position else "truncated")
    if syntax != REGISTERED_ROOT and not syntax.startswith(f"{REGISTERED_ROOT}."):
        raise Unreadable("unknown_transfer_syntax")
    return Beginning(
        position,
        syntax,
        values.get(MEDIA_STORAGE_SOP_CLASS_UID, ""),
        values.get(MEDIA_STORAGE_SOP_INSTANCE_UID, ""),
    )


def _find_meta(source: Source) -> int:
    if source.size >= PREAMBLE_BYTES + len(PREFIX) and source.read(PREAMBLE_BYTES, len(PREFIX)) == PREFIX:
        return PREAMBLE_BYTES + len(PREFIX)
    head = source.read(0, min(8, source.size))
    if (
        len(head) == 8
        and head[:2] == META_GROUP
        and head[3:4] == b"\0"
        and head[4:6] in (b"UL", b"OB", b"UI")
    ):
        return 0
    if _looks_like_a_bare_data_set(head):
        raise Unreadable("no_transfer_syntax")
    raise Unreadable("not_dicom")


def _looks_like_a_bare_data_set(head: bytes) -> bool:
    # Group 8 in either byte order, as files older than PS3.10 begin.
    return len(head) == 8 and head[:2] in (b"\x08\x00", b"\x00\x08") and head[2:4].count(0) >= 1


def _meta_element(source: Source, position: int) -> tuple[int, str, int]:
    group, element, vr, length = struct.unpack("<HH2sH", source.read(position, 8))
    value_offset = position + 8
    if vr in LONG_VRS:
        (length,) = struct.unpack("<I", source.read(value_offset, 4))
        value_offset += 4
    elif not vr.isalpha() or not vr.isupper():
        raise Unreadable("malformed")
    if value_offset + length > source.size:
        raise Unreadable("truncated")
    if length > LONGEST_META_VALUE:
        raise Unreadable("malformed")
    value = source.read(value_offset, length).rstrip(b"\0 ").decode("ascii", "replace") if vr == b"UI" else ""
    return group << 16 | element, value, value_offset + length
