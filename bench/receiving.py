"""Receiving: STOW-RS of CT slices over four connections; ours is on the disk when it answers.

Some clients send each object in a request of its own, others a series in few: both are measured.
"""

from __future__ import annotations

import http.client
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from bench.bars import Bar, Figure, at_least
from bench.servers import Running
from bench.slices import Slice, ct_series, scanner_files

CONNECTIONS = 4
BOUNDARY = "lightbox-bench"
ROUNDS = 5
SEVERAL = 10
STOW = at_least("STOW-RS, each object on the disk when answered, 4 connections, vs Orthanc", "x", 0.8, 1.2)
STOW_OF_SEVERAL = at_least("... ten objects a request", "x", 0.8, 1.2)
STOW_OF_A_SCANNER = at_least("... of slices with a scanner's header, 258 elements for 53", "x", 0.8, 1.2)
STOW_OF_A_SCANNERS = at_least("... ten of those a request", "x", 0.8, 1.2)


class Sender:
    """Sends bodies over several connections until there are none left."""

    def __init__(self, server: Running, files: Iterable[bytes], in_a_request: int) -> None:
        self._server = server
        self._bodies: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        left = iter(files)
        while some := list(islice(left, in_a_request)):
            self._bodies.put(_body(some))
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
                body = self._bodies.get_nowait()
            except queue.Empty:
                return
            connection.request("POST", "/dicom-web/studies", body, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                self.refused.append(answer.status)


def _body(files: Iterable[bytes]) -> bytes:
    head = f"--{BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    parts = b"".join(head + file + b"\r\n" for file in files)
    return parts + f"--{BOUNDARY}--\r\n".encode()


def send(server: Running, slices: Sequence[Slice]) -> float:
    """Objects a second. Ends the run when one was refused: every later figure would be of something else."""
    return len(slices) / send_files(server, [each.file for each in slices])


def send_files(server: Running, files: Iterable[bytes], in_a_request: int = 1) -> float:
    """Seconds that it took. Ends the run when one was refused."""
    sender = Sender(server, files, in_a_request)
    took_s = sender.send()
    if sender.refused:
        raise SystemExit(f"{server.name} refused objects: {sorted(set(sender.refused))}")
    return took_s


def measure(ours: Running, peer: Running | None, slices: Sequence[Slice]) -> Iterator[Figure]:
    """Sends the slices to both; they stay there for what is measured next. Then others."""
    yield _compared(STOW, ours, peer, [each.file for each in slices])
    yield _compared(STOW_OF_SEVERAL, ours, peer, [each.file for each in ct_series(len(slices))], SEVERAL)
    yield _compared(STOW_OF_A_SCANNER, ours, peer, list(scanner_files(-(-len(slices) // 2))))
    yield _compared(STOW_OF_A_SCANNERS, ours, peer, list(scanner_files(-(-len(slices) // 2))), SEVERAL)


def _compared(
    bar: Bar, ours: Running, peer: Running | None, files: Sequence[bytes], in_a_request: int = 1
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
