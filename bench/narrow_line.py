"""A line as a phone has it, between a client and a server on this machine: so many bits a second, so long a way.

It carries bytes, so HTTP/1.1, HTTP/2, TLS and websockets meet the same line. All connections share its rate in each
direction; each of them waits for its place in a short queue, and a new connection costs a round trip more.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

PIECE_BYTES = 2_800  # two packets: small pieces let connections share as they do on a line
QUEUE_S = 0.1  # what a line holds before it makes its senders wait
RECEIVE_BUFFER_BYTES = 32 << 10  # of the kernel, where bytes wait that the line has not taken yet


@dataclass(frozen=True)
class Kind:
    """What line it is."""

    mbit_per_s: float
    round_trip_ms: float

    @property
    def bytes_per_s(self) -> float:
        """Either way."""
        return self.mbit_per_s * 1e6 / 8

    @property
    def fills_bytes(self) -> int:
        """What is on its way when it is full."""
        return int(self.bytes_per_s * self.round_trip_ms / 1e3)

    def __str__(self) -> str:
        return f"{self.mbit_per_s:g} Mbit/s, {self.round_trip_ms:g} ms"


class Direction:
    """One way of the line."""

    def __init__(self, kind: Kind) -> None:
        self._bytes_per_s, self._one_way_s = kind.bytes_per_s, kind.round_trip_ms / 2e3
        self._free_at_s = 0.0
        self.carried_bytes = 0

    async def carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        """Everything, until the source ends or either goes away."""
        loop = asyncio.get_running_loop()
        on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        arriving = asyncio.ensure_future(_arrive(on_the_way, target))
        with contextlib.suppress(ConnectionError):
            while data := await source.read(PIECE_BYTES):
                while self._free_at_s - loop.time() > QUEUE_S:  # noqa: ASYNC110  # another may take the place
                    await asyncio.sleep(self._free_at_s - loop.time() - QUEUE_S)
                self._free_at_s = max(loop.time(), self._free_at_s) + len(data) / self._bytes_per_s
                self.carried_bytes += len(data)
                on_the_way.put_nowait((self._free_at_s + self._one_way_s, data))
        on_the_way.put_nowait((loop.time() + self._one_way_s, b""))
        await arriving


async def _arrive(on_the_way: asyncio.Queue[tuple[float, bytes]], target: asyncio.StreamWriter) -> None:
    loop = asyncio.get_running_loop()
    with contextlib.suppress(ConnectionError):
        while True:
            at_s, data = await on_the_way.get()
            await asyncio.sleep(max(0.0, at_s - loop.time()))
            if not data:
                break
            target.write(data)
            await target.drain()
    target.close()


class NarrowLine:
    """Listens at `port`, and carries what comes to the server's."""

    def __init__(self, kind: Kind, server_port: int) -> None:
        self.kind = kind
        self.port = 0
        self.connections = 0
        self._server_port = server_port
        self._up, self._down = Direction(kind), Direction(kind)

    @property
    def carried_bytes(self) -> int:
        """To the client, so far."""
        return self._down.carried_bytes

    async def listen(self) -> asyncio.Server:
        """Begin."""
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        await asyncio.sleep(self.kind.round_trip_ms / 1e3)  # the handshake of TCP
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        plain.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", self._server_port))
        from_server, to_server = await asyncio.open_connection(sock=plain, limit=PIECE_BYTES)
        with contextlib.suppress(asyncio.CancelledError):  # the line is taken down
            await asyncio.gather(self._up.carry(reader, to_server), self._down.carry(from_server, writer))


@contextmanager
def narrow_line(kind: Kind, server_port: int) -> Iterator[NarrowLine]:
    """A line that runs in a thread of its own."""
    line = NarrowLine(kind, server_port)
    ready, over = threading.Event(), threading.Event()

    async def live() -> None:
        server = await line.listen()
        ready.set()
        await asyncio.to_thread(over.wait)
        server.close()  # what is still on its way is cancelled with the loop

    thread = threading.Thread(target=lambda: asyncio.run(live()), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield line
    finally:
        over.set()
        thread.join()
