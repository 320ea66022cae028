"""HTTP connections with bounds of their own: the parser beneath holds a header of any length, and waits for it
for ever.

What it holds it also copies at every piece that comes: 300 MB in one header kept the event loop busy for minutes.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from pacs.errors import TooLarge
from pacs.http.errors import new_request_id, problem
from pacs.http.headers import NO_STORE, SECURITY_HEADERS
from pacs.http.read_ahead import wanted_ahead

MOST_HEADER_BYTES = (
    64 << 10
)  # of a request's line and headers, of a chunk's line, or of what follows the last chunk
HEADERS_WITHIN_S = 20.0
END_OF_HEADERS = b"\r\n\r\n"
SMALL_PIECE_BYTES = 4 << 10  # of a body
MOST_JOINED_BYTES = 64 << 10  # of an answer: copying so much takes less than another call of the system


class Answering:
    """Where one answer is written: its headers go with the beginning of its body, so that who waits wakes once."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._head: bytes | None = None
        self._has_begun = False

    def write(self, data: bytes) -> None:
        """The first is written with the second, or when the loop comes round and there is none yet."""
        if self._has_begun:
            self._write(data)
            return
        self._has_begun, self._head = True, data
        self._loop.call_soon(self._write_head)

    def close(self) -> None:
        """After what was written."""
        self._write()
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether the connection is being ended."""
        return self._transport.is_closing()

    def _write_head(self) -> None:
        if not self.is_closing():  # whoever asked may have gone meanwhile
            self._write()

    def _write(self, data: bytes = b"") -> None:
        head, self._head = self._head, None
        if head is None:
            if data:
                self._transport.write(data)
        elif len(data) <= MOST_JOINED_BYTES:
            self._transport.write(head + data)
        else:
            self._transport.writelines((head, data))


class BoundedHttp(HttpToolsProtocol):
    """uvicorn's connection, which ends when what is no body is too long (431) or too slow in coming."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._held_bytes = 0  # that came since the parser last told of anything whole
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._unwatch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """No more at once than may be held. Of a body nothing is: in pieces it would be copied at each of them.

        Where headers end is looked for once: whoever sends nothing but ends of headers gains no more pieces by it.
        """
        if len(data) <= MOST_HEADER_BYTES:
            self._feed(data)
            return
        begin, end = 0, 0
        while begin < len(data) and not (begin and self._is_over):
            if self._is_within_a_body:
                end = len(data)
            elif not begin:
                end = _end_of_headers(data)
            self._feed(memoryview(data)[begin:end])
            begin, end = end, end + MOST_HEADER_BYTES

    def on_headers_complete(self) -> None:
        """A request's headers are whole."""
        self._held_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Bytes of a body are not held here: they wait for the application, as many as it wants to have ahead."""
        self._held_bytes = 0
        if not self._is_within_a_body:
            return
        cycle = self.cycle
        others_wait = bool(cycle.body)  # for one piece reading is not paused: that takes a call of the system
        cycle.body = _behind(cycle.body, body)
        if others_wait and len(cycle.body) > max(HIGH_WATER_LIMIT, wanted_ahead(cycle.scope)):
            self.flow.pause_reading()  # until the application asks for more
        cycle.message_event.set()

    def on_message_complete(self) -> None:
        """A request is whole."""
        self._held_bytes = 0
        super().on_message_complete()

    @property
    def _is_within_a_body(self) -> bool:
        return self.cycle is not None and self.cycle.more_body and not self.cycle.response_complete

    @property
    def _is_over(self) -> bool:
        # An upgrade to a websocket gives the connection away.
        return self.transport.is_closing() or self.transport.get_protocol() is not self

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        if cycle.scope["method"] != "HEAD":  # no body follows its headers
            cycle.transport = Answering(cycle.transport, self.loop)  # type: ignore[assignment]  # of which no more is used
        super()._start_asgi_task(cycle, app)

    def _feed(self, piece: bytes | memoryview) -> None:
        self._held_bytes += len(piece)
        super().data_received(piece)  # type: ignore[arg-type]  # the parser takes either
        if not self._held_bytes:
            self._unwatch()
        elif self._held_bytes < MOST_HEADER_BYTES:
            self._watch()
        elif not self.transport.is_closing():
            self._refuse()

    def _watch(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEADERS_WITHIN_S, self._end)

    def _unwatch(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self) -> None:
        """RFC 6585 5; not in the midst of an answer that has begun."""
        if self.cycle is None or self.cycle.response_complete:
            told = json.dumps(
                problem(TooLarge(most_header_bytes=MOST_HEADER_BYTES), new_request_id())
            ).encode()
            headers = (
                *SECURITY_HEADERS,
                NO_STORE,
                (b"content-type", b"application/json"),
                (b"content-length", b"%d" % len(told)),
                (b"connection", b"close"),
            )
            lines = b"".join(b"%s: %s\r\n" % header for header in headers)
            self.transport.write(STATUS_LINE[431] + lines + b"\r\n" + told)
        self.transport.close()

    def _end(self) -> None:
        self._deadline = None
        self.transport.close()


def _end_of_headers(data: bytes) -> int:
    """How much is fed to the parser first: up to where a body may begin, but no more than may be held."""
    found = data.find(END_OF_HEADERS, 0, MOST_HEADER_BYTES)
    return MOST_HEADER_BYTES if found < 0 else found + len(END_OF_HEADERS)


class _Pieces:
    """What waits for the application, in the pieces in which it came: they are joined once, when it takes them."""

    def __init__(self, first: bytes | bytearray) -> None:
        self._pieces = [first]
        self._size = len(first)

    def __len__(self) -> int:
        return self._size

    def __bytes__(self) -> bytes:
        return b"".join(self._pieces)

    def add(self, piece: bytes) -> None:
        """Small ones are gathered, or each would take more memory than it has bytes."""
        last = self._pieces[-1]
        if len(piece) >= SMALL_PIECE_BYTES:
            self._pieces.append(piece)
        elif isinstance(last, bytearray):
            last += piece
        else:
            self._pieces.append(bytearray(piece))
        self._size += len(piece)


def _behind(waiting: Any, body: bytes) -> Any:
    """What waits for the application, with these bytes at its end. Mostly it has taken all before: then they wait as
    they came, and are passed on without being copied.
    """
    if not waiting:
        return body
    pieces = waiting if isinstance(waiting, _Pieces) else _Pieces(waiting)
    pieces.add(body)
    return pieces
