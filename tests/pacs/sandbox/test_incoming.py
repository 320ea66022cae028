"""What is sent to a child and what it sends end at the deadline, however little of it goes at a time (P8)."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pacs.sandbox.incoming import SMALL_BYTES, Incoming, send


@pytest.fixture
def line() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@contextmanager
def over_within(longest_s: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < longest_s


def test_a_child_that_takes_nothing_ends_the_sending(line: tuple[socket.socket, socket.socket]) -> None:
    with over_within(5), pytest.raises(TimeoutError):
        send(line[0], b"x" * (8 << 20), time.monotonic() + 0.3)


def test_a_child_that_takes_little_at_a_time_gains_no_time(
    line: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = line
    is_over = threading.Event()

    def take() -> None:
        while not is_over.wait(0.02):
            theirs.recv(4096)

    taking = threading.Thread(target=take)
    taking.start()
    try:
        with over_within(5), pytest.raises(TimeoutError):
            send(ours, b"x" * (8 << 20), time.monotonic() + 0.5)
    finally:
        is_over.set()
        taking.join()


def test_a_long_message_comes_whole(line: tuple[socket.socket, socket.socket]) -> None:
    message = bytes(range(256)) * 4096
    taken: list[bytes] = []
    taking = threading.Thread(target=lambda: taken.append(line[1].recv(len(message), socket.MSG_WAITALL)))
    taking.start()
    send(line[0], message, time.monotonic() + 10)
    taking.join()
    assert taken == [message]


@pytest.mark.parametrize("size", [4, SMALL_BYTES * 3])
def test_an_answer_that_does_not_come_ends_at_the_deadline(
    line: tuple[socket.socket, socket.socket], size: int
) -> None:
    ours, theirs = line
    theirs.sendall(b"ab")
    with over_within(5), pytest.raises(TimeoutError):
        Incoming(ours, time.monotonic() + 0.3).read(size)
    with pytest.raises(TimeoutError):
        Incoming(ours, time.monotonic() - 1).read(size)


def test_an_answer_is_read_in_the_sizes_that_are_asked_for(
    line: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = line
    message = bytes(range(256)) * 1024
    incoming = Incoming(ours, time.monotonic() + 10)
    sending = threading.Thread(target=theirs.sendall, args=(message,))
    sending.start()
    pieces = [incoming.read(size) for size in (4, 0, 1000, SMALL_BYTES - 1, SMALL_BYTES * 2)]
    pieces.append(incoming.read(len(message) - sum(map(len, pieces))))
    sending.join()
    assert b"".join(pieces) == message
    assert incoming.is_read
    assert incoming.read(0) == b""  # nothing more has to come for that
    theirs.close()
    with pytest.raises(EOFError):
        incoming.read(1)
