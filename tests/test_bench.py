"""The bench itself: what it calls good, and the client it uses where wrk is not installed. No figure is tested."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import urlopen

import pytest

from bench.bare_answer import bare
from bench.bars import Figure, at_least, at_most, table
from bench.load import Target, press
from bench.servers import Running
from tests.e2e.lightbox import free_port

FASTER = at_least("frames", "x", 2, 3.5)
LATER = at_most("wait", "ms", 10, 5)


@pytest.mark.parametrize(
    ("figure", "verdict"),
    [
        (FASTER.figure(3.5, ""), "good"),
        (FASTER.figure(2, ""), "met"),
        (FASTER.figure(1.99, ""), "MISSED"),
        (LATER.figure(5, ""), "good"),
        (LATER.figure(10, ""), "met"),
        (LATER.figure(10.1, ""), "MISSED"),
        (LATER.none("no peer"), "-"),
    ],
)
def test_a_figure_is_good_met_or_missed(figure: Figure, verdict: str) -> None:
    assert figure.verdict == verdict


def test_the_table_has_must_and_good_beside_each_figure() -> None:
    told = table([FASTER.figure(2.09, "1,139/s"), LATER.none("no peer")]).splitlines()
    assert told[2] == "| frames | 2.09x | >= 2x | >= 3.5x | met | 1,139/s |"
    assert told[3] == "| wait | - | <= 10 ms | <= 5 ms | - | no peer |"


class Answering(BaseHTTPRequestHandler):
    """Answers /good with 200 and anything else with 500, where the key is shown."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(
            200 if self.path == "/good" and self.headers["Authorization"] == "Bearer key" else 500
        )
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"body")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_without_wrk_a_client_of_our_own_makes_the_load(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    seen = press(Target(port, ["/good"], {"Authorization": "Bearer key"}), 2, 0.3)
    assert seen.per_s > 0
    assert seen.errors == 0
    assert 0 < seen.p50_ms <= seen.p95_ms <= seen.p99_ms
    assert press(Target(port, ["/bad"]), 1, 0.2).errors > 0


def test_the_bare_answer_is_the_one_it_is_compared_with(port: int) -> None:
    ours = Target(port, ["/good"], {"Authorization": "Bearer key"})
    with bare(ours) as floor, urlopen(f"http://127.0.0.1:{floor.port}/anything", timeout=10) as answer:
        assert (answer.status, answer.read(), answer.headers["Content-Length"]) == (200, b"body", "4")
        assert floor.port != ours.port
        assert (floor.paths, floor.headers) == (ours.paths, ours.headers)


BUSY_S = 0.5
BUSY_CHILD = f"""
import time
while time.process_time() < {BUSY_S}:
    pass
input()  # alive until it was counted
"""
CHILD_OF_A_THREAD = f"""
import subprocess, sys, threading
thread = threading.Thread(target=subprocess.run, args=([sys.executable, "-c", {BUSY_CHILD!r}],))
thread.start()
thread.join()
"""


def test_what_children_of_any_thread_do_is_counted() -> None:
    """The sandbox starts its children in a thread of its own: a server that rests but for them does not rest."""
    with subprocess.Popen([sys.executable, "-c", CHILD_OF_A_THREAD], stdin=subprocess.PIPE) as process:
        server = Running("a server", 0, process)
        ends_at = time.monotonic() + 30
        while server.processor_s() < BUSY_S and time.monotonic() < ends_at:
            time.sleep(0.05)  # nothing tells when a process has used so much
        counted_s = server.processor_s()
        process.communicate(b"\n")
    assert counted_s >= BUSY_S
