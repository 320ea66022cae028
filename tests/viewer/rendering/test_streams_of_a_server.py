"""The real server and the real command beside it: what was received has its streams, whoever received it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import builders
from tests.e2e import lightbox
from tests.e2e.lightbox import ROOT, Lightbox, environment

pytestmark = pytest.mark.slow
Start = Callable[[], Lightbox]
MADE_WITHIN_S = 60
SLICES = 40


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts servers on this test's data folder; ends those that still run."""
    running: list[Lightbox] = []

    def begin() -> Lightbox:
        running.append(lightbox.start(tmp_path / "data", "127.0.0.1", SAMPLES="0"))
        return running[-1]

    yield begin
    for server in running:
        if server.process.poll() is None:
            server.stop()


def made(data: Path) -> int:
    """How many streams are kept."""
    return sum(path.is_file() and path.suffix == "" for path in (data / "derived" / "stream").rglob("*"))


def wait_for(data: Path, count: int) -> None:
    ends_at = time.monotonic() + MADE_WITHIN_S
    while made(data) < count and time.monotonic() < ends_at:
        time.sleep(0.05)
    assert made(data) >= count


def test_a_server_makes_what_a_command_received_and_goes_on_after_it_was_killed(
    start: Start, tmp_path: Path
) -> None:
    data, files = tmp_path / "data", tmp_path / "files"
    files.mkdir()
    for number, file in enumerate(builders.ct_series(SLICES, rows=256, columns=256)):
        (files / f"{number}.dcm").write_bytes(file)
    server = start()
    command = [sys.executable, str(ROOT / "manage.py"), "import_dicom", str(files)]
    subprocess.run(command, env=environment(data, server.address), check=True, capture_output=True)
    wait_for(data, 1)
    server.process.kill()
    server.process.wait(timeout=20)
    before = made(data)
    start()
    wait_for(data, SLICES)
    assert before <= made(data) == SLICES
    pending = data / "derived" / "pending"
    ends_at = time.monotonic() + MADE_WITHIN_S
    while any(path.is_file() for path in pending.rglob("*")) and time.monotonic() < ends_at:
        time.sleep(0.05)
    assert not any(path.is_file() for path in pending.rglob("*"))
