"""HTTP connections with bounds of their own: the parser beneath holds a header of any length, and waits for it
for ever.

What it holds it also copies at every piece that comes: 300 MB in one header kept the event loop busy for minutes.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from pacs.errors import TooLarge
from pacs.http.errors import new_request_id, problem
from pacs.http.headers import NO_STORE, SECURITY_HEADERS
from pacs.http.read_ahead import wanted_ahead

MOST_HEADER_BYTES = (
    64 << 10
)  # of a request's line and headers, of a chunk's line, or of what follows the last chunk
HEADERS_WITHIN_S = 20.0


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
        """No more at once than may be held. Of a body nothing is: in pieces it would be copied at each of them."""
        begin = 0
        while begin < len(data) and not (begin and self._is_over):
            end = len(data) if self._is_within_a_body else begin + MOST_HEADER_BYTES
            self._feed(data[begin:end])
            begin = end

    def on_headers_complete(self) -> None:
        """A request's headers are whole."""
        self._held_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Bytes of a body are not held here."""
        self._held_bytes = 0
        super().on_body(body)

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

    def _feed(self, piece: bytes) -> None:
        self._held_bytes += len(piece)
        super().data_received(piece)
        self._read_ahead()
        if not self._held_bytes:
            self._unwatch()
        elif self._held_bytes < MOST_HEADER_BYTES:
            self._watch()
        elif not self.transport.is_closing():
            self._refuse()

    def _read_ahead(self) -> None:
        """Go on reading a body of which less waits than the application wants to have ahead."""
        if (
            self.flow.read_paused
            and self._is_within_a_body
            and len(self.cycle.body) < wanted_ahead(self.cycle.scope)
        ):
            self.flow.resume_reading()

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
