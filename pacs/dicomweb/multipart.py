"""Takes a multipart body apart while it comes (RFC 2046 5.1): bounded memory, however the bytes are cut into chunks."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from pacs.errors import BadRequest

LONGEST_REMEMBERED = 512
LONGEST_BOUNDARY = 200  # RFC 2046 5.1.1 allows 70; Orthanc sends 73
MOST_HEADER_BYTES = 16 << 10  # of one part
MOST_PREAMBLE_BYTES = 64 << 10
MOST_PADDING_BYTES = 256  # white space behind a delimiter
GATHERED_BYTES = 1 << 10  # a delimiter and the headers of a part, most often
LINE_END = b"\r\n"
CLOSING = b"--"
WHITE = b" \t"
_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"]*))\s*')


@dataclass(frozen=True)
class MediaType:
    """A Content-Type: type/subtype in lower case, and its parameters by lower-case name."""

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict)


def parse_media_type(text: str) -> MediaType:
    """A Content-Type (RFC 9110 8.3.1). Values may be quoted or not: many senders leave the quotes of type= out.

    Raises BadRequest for what is none.
    """
    return _remembered(text) if len(text) <= LONGEST_REMEMBERED else _parsed(text)


def _parsed(text: str) -> MediaType:
    name, separator, _ = text.partition(";")
    position, parameters = len(name), dict[str, str]()
    while separator and position < len(text):
        found = _PARAMETER.match(text, position)
        if found is None:
            if text[position:].strip("; \t"):
                raise BadRequest(parameter="Content-Type", reason="cannot be understood")
            break
        key, quoted, plain = found.groups()
        value = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else plain.strip()
        parameters.setdefault(key.lower(), value)
        position = found.end()
    return MediaType(name.strip().lower(), MappingProxyType(parameters))  # shared by all who ask


# Most requests, and all parts of one, say the same. A stranger's long ones would fill the memory.
_remembered = lru_cache(maxsize=64)(_parsed)


@dataclass(frozen=True)
class PartBegun:
    """A part begins, with these headers by lower-case name."""

    headers: Mapping[str, str]


@dataclass(frozen=True)
class PartData:
    """Bytes of the part's content, as they come: a view of what was fed, for nothing of it is copied."""

    data: memoryview


@dataclass(frozen=True)
class PartEnded:
    """The part is whole."""


Event = PartBegun | PartData | PartEnded


class MultipartParser:
    """Give it the body with feed(), in any chunks, and then close(). Holds a delimiter's length at most.

    A part's content passes through without being copied; what stands between parts is gathered in a buffer.
    """

    def __init__(self, boundary: str) -> None:
        if not 0 < len(boundary) <= LONGEST_BOUNDARY or not boundary.isascii() or not boundary.isprintable():
            raise BadRequest(parameter="boundary", reason="missing, too long or not printable")
        self._delimiter = LINE_END + b"--" + boundary.encode("ascii")
        # The first delimiter may begin the body, without the line's end that is part of all others.
        self._buffer = bytearray(LINE_END)
        self._skipped = 0
        self._last: int | None = None  # where the last delimiter of the chunk begins, once it was sought
        # None within a part's content.
        self._step: Callable[[], list[Event] | None] | None = self._in_preamble

    @property
    def has_ended(self) -> bool:
        """Whether the closing delimiter has come."""
        return self._step == self._in_epilogue

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """What becomes known with these bytes. Raises BadRequest."""
        if self._step is None and self._buffer:
            chunk = self._taken() + chunk
        self._last, at = None, 0
        while at < len(chunk):
            at = yield from self._content(chunk, at) if self._step is None else self._between(chunk, at)

    # These two give what becomes known of the chunk from `at` on, and where the next goes on.

    def _between(self, chunk: bytes, at: int) -> Generator[Event, None, int]:
        """Little at once: a chunk may be long, and what is gathered is copied, content that follows in vain."""
        gathered = chunk[at : at + GATHERED_BYTES]
        self._buffer += gathered
        while self._step is not None and (events := self._step()) is not None:
            yield from events
        return at + len(gathered) - (len(self._taken()) if self._step is None else 0)

    def _content(self, chunk: bytes, at: int) -> Generator[Event, None, int]:
        end = self._content_end(chunk, at)
        if end > at:
            yield PartData(memoryview(chunk)[at:end])
        if chunk.startswith(self._delimiter, end):
            self._step = self._after_delimiter
            yield PartEnded()
            return end + len(self._delimiter)
        self._buffer += chunk[end:]
        return len(chunk)

    def _content_end(self, chunk: bytes, at: int) -> int:
        """Where the content ends that goes on at `at`: at its delimiter, or before what may be the beginning of one."""
        if self._last is None:
            # Mostly there is none, which rfind says in less than half the time that find takes. Once for each chunk:
            # there may be thousands of parts before a long rest.
            self._last = chunk.rfind(self._delimiter)
        if self._last >= at:
            return chunk.find(self._delimiter, at, self._last + len(self._delimiter))
        begun = chunk.find(LINE_END[:1], max(at, len(chunk) - len(self._delimiter) + 1))
        while begun >= 0 and not self._delimiter.startswith(chunk[begun:]):
            begun = chunk.find(LINE_END[:1], begun + 1)
        return begun if begun >= 0 else len(chunk)

    def close(self) -> None:
        """The body is over. Raises BadRequest where the closing delimiter is missing: then bytes are missing too."""
        if not self.has_ended:
            raise _malformed("the body ends before its closing delimiter")

    # Each step returns what became known, or None when it needs more bytes.

    def _in_preamble(self) -> list[Event] | None:
        at = self._buffer.find(self._delimiter)
        kept = len(self._delimiter) - 1
        self._skipped += at if at >= 0 else max(0, len(self._buffer) - kept)
        if self._skipped > MOST_PREAMBLE_BYTES:
            raise _malformed("no part begins")
        if at < 0:
            del self._buffer[:-kept]
            return None
        self._pass_delimiter(at)
        return []

    def _after_delimiter(self) -> list[Event] | None:
        if self._buffer.startswith(CLOSING):
            self._step = self._in_epilogue
            return []
        at = self._buffer.find(LINE_END)
        if at < 0 and len(self._buffer) <= MOST_PADDING_BYTES:
            return None
        if not 0 <= at <= MOST_PADDING_BYTES or self._buffer[:at].strip(WHITE):
            raise _malformed("a delimiter is followed by something else")
        del self._buffer[
            :at
        ]  # its line's end stays: headers end with an empty line, also where there are none
        self._step = self._in_headers
        return []

    def _in_headers(self) -> list[Event] | None:
        at = self._buffer.find(LINE_END + LINE_END)
        if max(at, 0) > MOST_HEADER_BYTES or (at < 0 and len(self._buffer) > MOST_HEADER_BYTES + 4):
            raise _malformed("the headers of a part are too long")
        if at < 0:
            return None
        begun = PartBegun(_parse_headers(bytes(self._buffer[:at])))
        del self._buffer[: at + 4]
        self._step = None
        return [begun]

    def _in_epilogue(self) -> list[Event] | None:
        self._buffer.clear()  # to be ignored (RFC 2046 5.1.1)
        return None

    def _taken(self) -> bytes:
        taken = bytes(self._buffer)
        self._buffer.clear()
        return taken

    def _pass_delimiter(self, at: int) -> None:
        del self._buffer[: at + len(self._delimiter)]
        self._step = self._after_delimiter


def _parse_headers(block: bytes) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in re.sub(rb"\r\n[ \t]+", b" ", block).decode("latin-1").split("\r\n"):
        if not line:
            continue
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise _malformed("a header of a part cannot be understood")
        headers.setdefault(name.strip().lower(), value.strip())
    return headers


def _malformed(reason: str) -> BadRequest:
    return BadRequest(parameter="body", reason=reason)
