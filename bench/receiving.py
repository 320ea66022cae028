"""Receiving: STOW-RS of CT slices over four connections; ours is on the disk when it answers.

The bar is of slices of a real CT, sent by a client that reads each file when its turn comes. Some clients send each
object in a request of its own, others a series in few: both are measured. So are a header that is much longer and one
that is shorter than a scanner's mostly is.
"""

from __future__ import annotations

import http.client
import os
import queue
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from bench.bars import Bar, Figure, at_least
from bench.servers import Running
from bench.slices import REAL_HEADER, Slice, scanner_files

CONNECTIONS = 4
BOUNDARY = "lightbox-bench"
ROUNDS = 5
SEVERAL = 10
STOW = at_least("STOW-RS, each object on the disk when answered, 4 connections, vs Orthanc", "x", 0.8, 1.2)
STOW_OF_SEVERAL = at_least("... ten objects a request", "x", 0.8, 1.2)
STOW_OF_LONG = at_least("... with a long header, 258 elements for 94", "x", 0.8, 1.2)
STOW_OF_LONGS = at_least("... ten of those a request", "x", 0.8, 1.2)
STOW_OF_SHORT = at_least("... with the sample torso's header, 53 elements", "x", 0.8, 1.2)
File: TypeAlias = bytes | Path


class Sender:
    """Sends bodies over several connections until there are none left."""

    def __init__(self, server: Running, files: Iterable[File], in_a_request: int) -> None:
        self._server = server
        self._left: queue.SimpleQueue[list[File]] = queue.SimpleQueue()
        left = iter(files)
        while some := list(islice(left, in_a_request)):
            self._left.put(some)
        self.refused: list[int] = []

    def send(self) -> float:
        """Seconds until the last was answered."""
        threads = [threading.Thread(target=self._connection) for _ in range(CONNECTIONS)]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.perf_counter() - began

    def _connection(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port)
        headers = {
            "Content-Type": f'multipart/related; type="application/dicom"; boundary={BOUNDARY}',
            "Accept": "application/dicom+json",
            **self._server.headers,
        }
        while True:
            try:
                body = _body(self._left.get_nowait())
            except queue.Empty:
                return
            connection.request("POST", "/dicom-web/studies", body, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                self.refused.append(answer.status)


def _body(files: Iterable[File]) -> bytes:
    head = f"--{BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    pieces = [piece for file in files for piece in (head, _bytes_of(file), b"\r\n")]
    return b"".join([*pieces, f"--{BOUNDARY}--\r\n".encode()])


def _bytes_of(file: File) -> bytes:
    return file.read_bytes() if isinstance(file, Path) else file


def send(server: Running, slices: Sequence[Slice]) -> float:
    """Objects a second. Ends the run when one was refused: every later figure would be of something else."""
    return len(slices) / send_files(server, [each.file for each in slices])


def send_files(server: Running, files: Iterable[File], in_a_request: int = 1) -> float:
    """Seconds that it took. Ends the run when one was refused."""
    sender = Sender(server, files, in_a_request)
    took_s = sender.send()
    if sender.refused:
        raise SystemExit(f"{server.name} refused objects: {sorted(set(sender.refused))}")
    return took_s


def measure(ours: Running, peer: Running | None, slices: Sequence[Slice]) -> Iterator[Figure]:
    """Sends slices of several kinds, at last those given, to both; they stay there for what is measured next."""
    count = len(slices)
    kinds = (
        (STOW, scanner_files(count, REAL_HEADER), 1),
        (STOW_OF_SEVERAL, scanner_files(count, REAL_HEADER), SEVERAL),
        (STOW_OF_LONG, scanner_files(-(-count // 2)), 1),
        (STOW_OF_LONGS, scanner_files(-(-count // 2)), SEVERAL),
        (STOW_OF_SHORT, (each.file for each in slices), 1),
    )
    # All are made before the first is sent, or work in the background would begin in between; none is removed before
    # the last was, for a file system makes new files slowly after many were.
    with tempfile.TemporaryDirectory(prefix="lightbox-bench-") as folder:
        made = [_written(files, Path(folder) / str(number)) for number, (_, files, _) in enumerate(kinds)]
        os.sync()
        for (bar, _, in_a_request), files in zip(kinds, made, strict=True):
            yield _compared(bar, ours, peer, files, in_a_request)


def _written(files: Iterable[bytes], folder: Path) -> list[Path]:
    folder.mkdir()
    paths = []
    for number, file in enumerate(files):
        paths.append(folder / f"{number:05}.dcm")
        paths[-1].write_bytes(file)
    return paths


def _compared(
    bar: Bar, ours: Running, peer: Running | None, files: Sequence[File], in_a_request: int
) -> Figure:
    """A fifth at a time and in turns."""
    took_s: dict[str, float] = defaultdict(float)
    share = -(-len(files) // ROUNDS)
    for first in range(0, len(files), share):
        for server in filter(None, (ours, peer)):
            took_s[server.name] += send_files(server, files[first : first + share], in_a_request)
    rates = {name: len(files) / took for name, took in took_s.items()}
    told = "; ".join(f"{name} {rate:.0f}/s" for name, rate in rates.items())
    if peer is None:
        return bar.none(f"{told}; Orthanc is not installed")
    return bar.figure(rates[ours.name] / rates[peer.name], told)
