"""What a child sends, read in the sizes that are asked for and before a deadline."""

from __future__ import annotations

import socket
import time

RECEIVE_BYTES = 1 << 20
SMALL_BYTES = 64 << 10  # less than this is received with whatever comes behind it


class Incoming:
    """One answer of a child. Most are small and come whole: they are received at once and read from memory."""

    def __init__(self, connection: socket.socket, ends_at_s: float) -> None:
        self._connection = connection
        self._ends_at_s = ends_at_s
        self._held = b""

    @property
    def is_read(self) -> bool:
        """Whether nothing was received beyond what was read."""
        return not self._held

    def read(self, size: int) -> bytearray:
        """Exactly so many bytes. Raises EOFError when the child goes, TimeoutError at the deadline."""
        buffer = bytearray(size)
        got = min(size, len(self._held))
        buffer[:got] = self._held[:got]
        self._held = self._held[got:]
        view = memoryview(buffer)
        while size - got >= SMALL_BYTES:
            self._await()
            count = self._connection.recv_into(view[got : got + RECEIVE_BYTES])
            if count == 0:
                raise EOFError
            got += count
        while got < size:
            piece = self._receive_small()
            count = min(len(piece), size - got)
            view[got : got + count] = piece[:count]
            self._held = piece[count:]
            got += count
        return buffer

    def _receive_small(self) -> bytes:
        self._await()
        piece = self._connection.recv(SMALL_BYTES)
        if not piece:
            raise EOFError
        return piece

    def _await(self) -> None:
        left_s = self._ends_at_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        self._connection.settimeout(left_s)
