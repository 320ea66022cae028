"""Carries connections between the browser and the server, so that a test can cut the sockets among them."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

VIEWING = b"GET /ws/viewing"
PIECE_BYTES = 64 << 10


class Forwarder:
    """Listens at `address` and carries to the server's port."""

    def __init__(self, server_port: int) -> None:
        self.port = 0
        self.sockets = 0  # viewing sockets that were asked for, so far
        self.socket_bytes = 0  # that came through them
        self.lets_sockets_by = True
        self._server_port = server_port
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()

    @property
    def address(self) -> str:
        """Of the server as a browser reaches it here."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def has_socket(self) -> bool:
        """Whether a viewing socket stands."""
        return bool(self._open)

    def cut(self) -> None:
        """Every viewing socket, without a word."""
        asyncio.run_coroutine_threadsafe(self._cut(), self._loop).result()

    async def _cut(self) -> None:
        for writer in tuple(self._open):
            writer.transport.abort()
        self._open.clear()

    async def live(self, ready: threading.Event, over: threading.Event) -> None:
        """Until it is over."""
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await asyncio.to_thread(over.wait)
        server.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            first = await reader.read(PIECE_BYTES)
            is_viewing = first.startswith(VIEWING)
            self.sockets += is_viewing
            if is_viewing and not self.lets_sockets_by:
                writer.transport.abort()
                return
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
            to_server.write(first)
            both = {writer, to_server} if is_viewing else set()
            self._open |= both
            await asyncio.gather(
                self._carry(reader, to_server, False), self._carry(from_server, writer, is_viewing)
            )
            self._open -= both

    async def _carry(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, is_counted: bool
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(PIECE_BYTES):
                self.socket_bytes += len(data) * is_counted
                target.write(data)
                await target.drain()
        target.close()


@contextmanager
def forwarder(server_port: int) -> Iterator[Forwarder]:
    """One that runs in a thread of its own."""
    one, ready, over = Forwarder(server_port), threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(one.live(ready, over)), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield one
    finally:
        over.set()
        thread.join()
