"""`make run` after everything is installed: what it prints, when it answers, how it ends. Each is the real command."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests import builders
from tests.e2e import lightbox
from tests.e2e.lightbox import ROOT, Lightbox, environment, free_port

ENDS_WITHIN_S = 20
CREATED = (200, 201, 204)
Start = Callable[..., Lightbox]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts servers on this test's data folder; ends those that still run."""
    running: list[Lightbox] = []

    def begin(bind_host: str = "127.0.0.1", **settings: str) -> Lightbox:
        running.append(lightbox.start(tmp_path / "data", bind_host, **{"SAMPLES": "0", **settings}))
        return running[-1]

    yield begin
    for server in running:
        if server.process.poll() is None:
            server.stop()


def ended(server: Lightbox, how: signal.Signals) -> int:
    server.process.send_signal(how)
    return server.process.wait(timeout=ENDS_WITHIN_S)


def post_setup(server: Lightbox, token: str) -> int:
    body = {"token": token, "username": "ada", "password": "correct horse battery staple"}
    request = Request(
        f"{server.address}/api/setup", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except HTTPError as refused:
        return refused.code


def test_a_first_start_tells_the_address_and_a_link_that_makes_one_administrator(start: Start) -> None:
    server = start()
    assert f"Lightbox is at {server.address}" in server.text
    link, _, token = server.setup_link().partition("#")
    assert link == f"{server.address}/setup"
    assert post_setup(server, "x" * len(token)) == 404
    assert post_setup(server, token) in CREATED
    assert post_setup(server, token) == 404


def test_a_new_start_ends_the_link_of_the_one_before(start: Start) -> None:
    first = start()
    old = first.setup_link().partition("#")[2]
    first.stop()
    second = start()
    assert post_setup(second, old) == 404
    assert post_setup(second, second.setup_link().partition("#")[2]) in CREATED


def test_nothing_is_loaded_or_told_of_samples_when_none_are_wanted(start: Start) -> None:
    assert "ample" not in start().text


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_within_seconds_even_while_somebody_is_connected(
    how: signal.Signals, start: Start
) -> None:
    server = start()
    host, port = server.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as idle:
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b" 200 " in idle.recv(4096)
        assert ended(server, how) == 0
    assert "Traceback" not in server.text


def test_a_port_that_is_taken_is_told_in_words_before_anything_else_is_done(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        told = serve_and_fail(environment(tmp_path / "data", address))
    assert address.removeprefix("http://") in told
    assert "LIGHTBOX_BIND" in told
    assert not (tmp_path / "data" / "lightbox.sqlite3").exists()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"LIGHTBOX_DEBUG": "1", "LIGHTBOX_BIND": "0.0.0.0:18080"}, "LIGHTBOX_DEBUG"),
        ({"LIGHTBOX_SECRET_KEY": "secret", "LIGHTBOX_BIND": "0.0.0.0:18080"}, "LIGHTBOX_SECRET_KEY"),
        ({"LIGHTBOX_SECRET_KEY": "x" * 64, "LIGHTBOX_BIND": "0.0.0.0:18080"}, "LIGHTBOX_SECRET_KEY"),
        ({"LIGHTBOX_BIND": "nowhere"}, "LIGHTBOX_BIND"),
    ],
)
def test_it_does_not_serve_unsafely_and_says_why_in_one_line(
    given: dict[str, str], named: str, tmp_path: Path
) -> None:
    """Promise P18."""
    told = serve_and_fail(environment(tmp_path / "data", f"http://127.0.0.1:{free_port()}", **given))
    assert named in told
    assert len(told.strip().splitlines()) == 1


def serve_and_fail(environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode not in (0, None)
    assert "Traceback" not in done.stderr
    return done.stderr


def test_after_an_unclean_stop_what_was_not_yet_in_the_catalogue_is_taken_in(
    start: Start, tmp_path: Path
) -> None:
    server = start()
    kept = builders.ct_slice()
    file = tmp_path / "slice.dcm"
    file.write_bytes(kept)
    server.manage("import_dicom", str(file))
    assert ended(server, signal.SIGKILL) == -signal.SIGKILL
    forget_catalogue(tmp_path / "data")
    again = start()
    assert "Taken into the catalogue after an unclean stop: 1 object." in again.text
    assert objects_in_catalogue(tmp_path / "data") == 1


def forget_catalogue(data: Path) -> None:
    """As if the process had died between the file and its row."""
    for path in data.glob("lightbox.sqlite3*"):
        path.unlink()


def test_after_an_unclean_stop_an_upload_that_had_come_whole_is_read(start: Start, tmp_path: Path) -> None:
    server = start()
    server.manage("issue_api_key", "--user", "tess", "--role", "technologist")
    assert ended(server, signal.SIGKILL) == -signal.SIGKILL
    (tmp_path / "slice.dcm").write_bytes(builders.ct_slice())
    server.manage("shell", "-c", UPLOAD_WITHOUT_READING.format(path=tmp_path / "slice.dcm"))
    again = start()
    assert "Read on after an unclean stop: 1 upload." in again.text
    ends_at = time.monotonic() + ENDS_WITHIN_S
    while not objects_in_catalogue(tmp_path / "data"):
        assert time.monotonic() < ends_at
        time.sleep(0.1)


# All of it has come, and the process dies before its reading begins.
UPLOAD_WITHOUT_READING = """
from pathlib import Path
from pacs.access.accounts import account_named
from pacs.access.actors import actor_for_user
from pacs.ingest.uploads.receiving import append_piece, begin_upload
data = Path("{path}").read_bytes()
append_piece(begin_upload("slice.dcm", len(data), actor=actor_for_user(account_named("tess"))), 0, [data])
"""


def objects_in_catalogue(data: Path) -> int:
    with closing(sqlite3.connect(data / "lightbox.sqlite3")) as database:
        return int(database.execute("SELECT count(*) FROM catalog_instance").fetchone()[0])


def test_a_second_start_says_where_it_is_and_nothing_more(start: Start) -> None:
    first = start()
    assert post_setup(first, first.setup_link().partition("#")[2]) in CREATED
    first.stop()
    again = start()
    told = [line for line in again.text.splitlines() if line]
    assert told == ["Preparing the database...", f"Lightbox is at {again.address}", "Stop it with Ctrl-C."]


def test_reachable_from_elsewhere_without_tls_is_said_so(start: Start) -> None:
    server = start(bind_host="0.0.0.0")  # noqa: S104  # what is warned of
    assert "proxy with TLS" in server.text
    assert f"Lightbox is at {server.address}" in server.text
