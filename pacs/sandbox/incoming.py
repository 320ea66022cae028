"""What goes to a child and what it sends, in the sizes that are asked for and before a deadline.

The system is told how long a call may wait, and the socket is a blocking one: Python's own timeouts take three calls of
the system in place of one, and give its lock away in each.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

RECEIVE_BYTES = 1 << 20
SMALL_BYTES = 64 << 10  # less than this is received with whatever comes behind it
SEND_BYTES = 64 << 10  # at once: a child that takes little at a time must not gain a whole wait with each
Got = TypeVar("Got", bytes, int)
TIMEVAL = struct.Struct("@ll")  # of SO_RCVTIMEO and SO_SNDTIMEO: seconds, microseconds


def send(connection: socket.socket, message: bytes, ends_at_s: float) -> None:
    """All of the message. Raises OSError when the child is gone, TimeoutError at the deadline."""
    left = memoryview(message)
    while left:
        _allow(connection, socket.SO_SNDTIMEO, ends_at_s)
        try:
            left = left[connection.send(left[:SEND_BYTES]) :]
        except BlockingIOError:
            raise TimeoutError from None


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
        if 0 < size < SMALL_BYTES and not self._held:
            self._held = self._receive_small()
        if size <= len(self._held):
            taken, self._held = bytearray(self._held[:size]), self._held[size:]
            return taken
        return self._gathered(size)

    def _gathered(self, size: int) -> bytearray:
        buffer = bytearray(size)
        got = len(self._held)
        buffer[:got] = self._held
        self._held = b""
        view = memoryview(buffer)
        while size - got >= SMALL_BYTES:
            got += self._receive_into(view[got : got + RECEIVE_BYTES])
        while got < size:
            piece = self._receive_small()
            count = min(len(piece), size - got)
            view[got : got + count] = piece[:count]
            self._held = piece[count:]
            got += count
        return buffer

    def _receive_into(self, view: memoryview) -> int:
        return self._received(partial(self._connection.recv_into, view))

    def _receive_small(self) -> bytes:
        return self._received(partial(self._connection.recv, SMALL_BYTES))

    def _received(self, receive: Callable[[], Got]) -> Got:
        _allow(self._connection, socket.SO_RCVTIMEO, self._ends_at_s)
        try:
            got = receive()
        except BlockingIOError:
            raise TimeoutError from None
        if not got:
            raise EOFError
        return got


def _allow(connection: socket.socket, option: int, ends_at_s: float) -> None:
    """The next call may wait until then. Raises TimeoutError when that is over."""
    left_us = int((ends_at_s - time.monotonic()) * 1e6)
    if left_us <= 0:  # to the system none at all would mean for ever
        raise TimeoutError
    connection.setsockopt(socket.SOL_SOCKET, option, TIMEVAL.pack(*divmod(left_us, 1_000_000)))
