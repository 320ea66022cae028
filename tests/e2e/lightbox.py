"""A whole Lightbox of its own, started as a newcomer would, read by what it prints."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FIRST_START_S = 240
READY = "Stop it with Ctrl-C"  # the last line of a start


@dataclass
class Lightbox:
    """A running server: its address and what it printed."""

    data: Path
    process: subprocess.Popen[str]
    address: str
    printed: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All it has printed so far."""
        return "".join(self.printed)

    def password_of(self, username: str) -> str:
        """The password printed for a sample account."""
        found = re.search(rf"{re.escape(username)} / (\S+)", self.text)
        assert found, f"no sign-in line for {username}"
        return found.group(1)

    def setup_link(self) -> str:
        """The one-time link for the first administrator."""
        found = re.search(r"\S+/setup#\S+", self.text)
        assert found, "no set-up link was printed"
        return found.group(0)

    def manage(self, *arguments: str) -> str:
        """What a manage.py command prints, run beside the server on the same data."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment(self.data, self.address),
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def environment(data: Path, address: str, **more: str) -> dict[str, str]:
    """The environment of a server of ours: nothing of the caller's own Lightbox."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("LIGHTBOX_", "DATABASE_"))
    }
    return {**inherited, "LIGHTBOX_DATA": str(data), "LIGHTBOX_BIND": address.removeprefix("http://"), **more}


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def start(data: Path, bind_host: str = "127.0.0.1", **settings: str) -> Lightbox:
    """Start one and wait until it says that it is ready."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env=environment(data, f"{bind_host}:{port}", **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running = Lightbox(data, process, address)
    threading.Thread(target=_listen, args=(running,), daemon=True).start()
    ends_at = time.monotonic() + LONGEST_FIRST_START_S
    while READY not in running.text or not _answers(address):
        if process.poll() is not None or time.monotonic() > ends_at:
            process.kill()
            raise AssertionError(f"Lightbox did not start:\n{running.text}")
        time.sleep(0.1)
    return running


def _listen(running: Lightbox) -> None:
    assert running.process.stdout is not None
    for line in running.process.stdout:
        running.printed.append(line)


def _answers(address: str) -> bool:
    host, port = address.removeprefix("http://").split(":")
    try:
        with socket.create_connection((host, int(port)), timeout=1) as connection:
            connection.sendall(f"GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            return b" 200 " in connection.recv(64)
    except OSError:
        return False
