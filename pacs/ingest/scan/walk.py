"""A walk over every element of a data set (PS3.5 7.1), without recursion, within limits.

A stack of open containers stands in for the recursion. Sequences that only a dictionary would know as such (in
implicit VR, or inside UN: PS3.5 6.2.2) are looked into where their value begins as an item does, and left closed
where it then does not read as one: the library that comes after may look into them, so the limits must hold there too.
"""

from __future__ import annotations

import struct
import time
from dataclasses import dataclass, field
from typing import NamedTuple

from pacs.ingest.scan import limits
from pacs.ingest.scan.part10 import LONG_VRS
from pacs.ingest.scan.source import Source
from pacs.ingest.scan.unreadable import Unreadable

UNDEFINED = 0xFFFFFFFF
ITEM = 0xFFFEE000
ITEM_END = 0xFFFEE00D
SEQUENCE_END = 0xFFFEE0DD
PIXEL_DATA = 0x7FE00010
PIXEL_ELEMENTS = frozenset((0x7FE00008, 0x7FE00009, PIXEL_DATA))
ITEM_TAG_LITTLE = b"\xfe\xff\x00\xe0"
DELIMITER_GROUPS = (b"\xfe\xff", b"\xff\xfe")
# In explicit VR nothing but a value of the length that is told.
PLAIN_VRS = frozenset(b"AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US".split())
FIRST_PIXEL_ELEMENT = min(PIXEL_ELEMENTS)
MAY_HIDE_A_SEQUENCE = frozenset((b"UN", b""))
SHORTEST_ELEMENT = 8
LONGEST_SMALL_VALUE = 256


class Element(NamedTuple):
    """Where one element lies. vr is empty in implicit VR; length is the value's, UNDEFINED when it is delimited."""

    tag: int
    vr: bytes
    offset: int
    value_offset: int
    length: int


class Fragment(NamedTuple):
    """One item of encapsulated Pixel Data (PS3.5 A.4): where its value lies, 8 bytes after its tag."""

    offset: int
    length: int


@dataclass(slots=True)
class _Container:
    end: int  # no byte of it lies here or later
    is_delimited: bool
    holds_items: bool
    is_implicit: bool
    is_guess: bool = False  # known as a sequence by its first bytes only


@dataclass
class Walk:
    """One walk. After run(), top_level holds the data set's own elements and fragments those of its Pixel Data."""

    source: Source
    start: int
    is_implicit: bool
    is_big_endian: bool
    top_level: dict[int, Element] = field(default_factory=dict)
    fragments: list[Fragment] = field(default_factory=list)
    _stack: list[_Container] = field(default_factory=list)
    _position: int = 0
    _seen: int = 0
    _last_tag: int = -1
    _ends_at_s: float = 0.0

    def run(self) -> None:
        """Walk to the end. Raises Unreadable: truncated, malformed, nested_too_deep, too_many_elements, too_slow."""
        order = ">" if self.is_big_endian else "<"
        self._tag_and_length = struct.Struct(f"{order}HHI")
        self._tag_vr_length = struct.Struct(f"{order}HH2sH")
        self._length = struct.Struct(f"{order}I")
        self._ends_at_s = time.monotonic() + limits.LONGEST_SCAN_S
        self._position = self.start
        is_implicit = self._is_found_implicit(self.start, self.is_implicit)
        self._stack = [_Container(self.source.size, False, False, is_implicit)]
        while self._stack:
            try:
                self._step(self._stack[-1])
            except Unreadable as error:
                self._leave_a_guess(error)

    def small_value(self, tag: int) -> bytes:
        """The value of an element of the data set itself, without padding; empty when it is missing or long."""
        element = self.top_level.get(tag)
        if element is None or element.length > LONGEST_SMALL_VALUE:
            return b""
        return self.source.read(element.value_offset, element.length).rstrip(b"\0 ")

    def _step(self, top: _Container) -> None:
        if self._position >= top.end:
            if top.is_delimited:
                raise Unreadable("truncated" if top.end == self.source.size else "malformed")
            if self._position > top.end:
                raise Unreadable("malformed")
            self._stack.pop()
        elif top.holds_items:
            self._item(top)
        else:
            self._element(top)

    def _leave_a_guess(self, error: Unreadable) -> None:
        """What looked like a sequence was none, if one is open: step over it. Otherwise the error stands."""
        if error.reason in ("truncated", "malformed"):
            for depth, container in enumerate(self._stack):
                if container.is_guess:
                    self._position = container.end
                    del self._stack[depth:]
                    return
        raise error

    def _count(self) -> None:
        self._seen += 1
        if self._seen > limits.MOST_ELEMENTS:
            raise Unreadable("too_many_elements")
        if self._seen % limits.ELEMENTS_BETWEEN_CLOCK_READINGS == 0 and time.monotonic() > self._ends_at_s:
            raise Unreadable("too_slow")

    def _open(self, container: _Container) -> None:
        # A sequence and its item are two containers, the data set is one.
        if len(self._stack) > 2 * limits.DEEPEST_NESTING:
            raise Unreadable("nested_too_deep")
        self._stack.append(container)

    def _item(self, top: _Container) -> None:
        self._count()
        group, element, length = self._tag_and_length.unpack(self.source.read(self._position, 8))
        tag = group << 16 | element
        self._position += 8
        if tag == SEQUENCE_END and top.is_delimited:
            self._stack.pop()
        elif tag != ITEM:
            raise Unreadable("malformed")
        else:
            # Items in implicit VR within a data set in explicit VR occur, the reverse does not.
            is_implicit = top.is_implicit or self._is_found_implicit(self._position, top.is_implicit)
            self._open(_Container(self._end_of(length, top), length == UNDEFINED, False, is_implicit))

    def _is_found_implicit(self, offset: int, is_expected_implicit: bool) -> bool:
        """Whether the first element at offset has no VR, whatever the transfer syntax says: writers err."""
        if offset + SHORTEST_ELEMENT > self.source.size:
            return is_expected_implicit
        head = self.source.read(offset, 6)
        if head[:2] in DELIMITER_GROUPS:
            return is_expected_implicit
        return not (head[4:].isalpha() and head[4:].isupper())

    def _element(self, top: _Container) -> None:
        is_top_level = len(self._stack) == 1
        if is_top_level and self._is_after_the_data_set():
            self._position = top.end
            return
        if is_top_level and not top.is_implicit and self._pass_plain():
            return
        self._count()
        found = self._head(top)
        if found.tag == ITEM_END and top.is_delimited:
            self._position = found.offset + 8
            self._stack.pop()
            return
        if is_top_level:
            self.top_level.setdefault(found.tag, found)
            self._last_tag = found.tag
        self._enter(found, top, is_top_level)

    def _pass_plain(self) -> bool:
        """Pass over the plain elements of the data set itself that come next, of which most headers consist; whether
        there was one. Each is taken as a step of its own would: this only spares the steps.
        """
        begin, at = self._position, 0
        bytes_at_hand = self.source.at_hand(begin)
        unpack, last_head = self._tag_vr_length.unpack_from, len(bytes_at_hand) - SHORTEST_ELEMENT
        most = self.source.size - begin - SHORTEST_ELEMENT
        while at <= last_head:
            group, element, vr, length = unpack(bytes_at_hand, at)
            tag = group << 16 | element
            if vr not in PLAIN_VRS or tag >= FIRST_PIXEL_ELEMENT or at + length > most:
                break
            self._count()
            offset = begin + at
            self.top_level.setdefault(tag, Element(tag, vr, offset, offset + SHORTEST_ELEMENT, length))
            at += SHORTEST_ELEMENT + length
        self._position += at
        return at > 0

    def _head(self, top: _Container) -> Element:
        offset = self._position
        head = self.source.read(offset, 8)
        if top.is_implicit or head[:2] in DELIMITER_GROUPS:  # delimiters have no VR (PS3.5 7.5)
            group, element, length = self._tag_and_length.unpack(head)
            return Element(group << 16 | element, b"", offset, offset + 8, length)
        group, element, vr, length = self._tag_vr_length.unpack(head)
        if vr in LONG_VRS:
            (length,) = self._length.unpack(self.source.read(offset + 8, 4))
            return Element(group << 16 | element, vr, offset, offset + 12, length)
        if not (vr.isalpha() and vr.isupper()):
            raise Unreadable("malformed")
        return Element(group << 16 | element, vr, offset, offset + 8, length)

    def _enter(self, found: Element, top: _Container, is_top_level: bool) -> None:
        """Step over the value, or into it where it is a sequence."""
        self._position = found.value_offset
        end = self._end_of(found.length, top)
        if found.length == UNDEFINED and (found.tag in PIXEL_ELEMENTS or found.vr in (b"OB", b"OW")):
            self._fragments(end, self.fragments if is_top_level and found.tag == PIXEL_DATA else [])
        elif found.length == UNDEFINED or found.vr == b"SQ":
            self._open(_Container(end, found.length == UNDEFINED, True, top.is_implicit or found.vr == b"UN"))
        elif self._may_be_a_sequence(found):
            self._open(_Container(end, False, True, True, is_guess=True))
        else:
            self._position = end

    def _end_of(self, length: int, top: _Container) -> int:
        """Where a value of this length ends that begins here. Raises Unreadable when its container ends before."""
        if length == UNDEFINED:
            return top.end
        end = self._position + length
        if end > top.end:
            raise Unreadable("truncated" if end > self.source.size else "malformed")
        return end

    def _may_be_a_sequence(self, found: Element) -> bool:
        return (
            found.vr in MAY_HIDE_A_SEQUENCE
            and found.length >= SHORTEST_ELEMENT
            and found.tag not in PIXEL_ELEMENTS
            and not self.is_big_endian
            and self.source.read(found.value_offset, 4) == ITEM_TAG_LITTLE
        )

    def _fragments(self, end: int, kept: list[Fragment]) -> None:
        """Items that hold no elements, up to the sequence delimiter (PS3.5 A.4)."""
        while True:
            if self._position + 8 > end:
                raise Unreadable("truncated")
            group, element, length = self._tag_and_length.unpack(self.source.read(self._position, 8))
            self._position += 8
            if group << 16 | element == SEQUENCE_END:
                return
            if group << 16 | element != ITEM or length == UNDEFINED:
                raise Unreadable("malformed")
            if self._position + length > end:
                raise Unreadable("truncated")
            kept.append(Fragment(self._position, length))
            self._position += length
            if len(kept) > limits.MOST_FRAGMENTS:
                raise Unreadable("too_many_elements")

    def _is_after_the_data_set(self) -> bool:
        """Whether what follows Pixel Data is no part of the data set any more, and so not of interest.

        Elements come in ascending order (PS3.5 7.1), so a lower tag after Pixel Data is something appended to the
        file (zeros, an archive's tail). A rest too short for an element is a cut one, unless it is all zeros.
        """
        if self._last_tag < PIXEL_DATA:
            return False
        rest = self.source.size - self._position
        if rest < SHORTEST_ELEMENT:
            if any(self.source.read(self._position, rest)):
                raise Unreadable("truncated")
            return True
        group, element, _ = self._tag_and_length.unpack(self.source.read(self._position, 8))
        return bool(group << 16 | element <= self._last_tag)
