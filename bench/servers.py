"""The servers that are measured: a Lightbox of its own, and Orthanc where it is installed. Both on loopback only."""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ORTHANC_DICOMWEB = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
# Without it there is no JPEG 2000 for Orthanc. Where it may decode whatever it likes, it makes plain frames four times
# slower than Orthanc's own decoder does.
ORTHANC_GDCM = ORTHANC_DICOMWEB.with_name("libOrthancGdcm.so")
JPEG_2000 = ("1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91")
# Above these, connections that a load generator opens may take the port of a server that starts next.
PORTS = range(20000, 32000)
READY_WITHIN_S = 120
BEGINS_WITHIN_S = 3  # work in the background waits until nothing more comes
WATCHED_FOR_S = 2


@dataclass
class Running:
    """A server: where it answers, what a client has to show, and its process."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    headers: dict[str, str] = field(default_factory=dict)

    def processor_s(self) -> float:
        """Processor time of the process and of its children, so far."""
        members = [self.process.pid, *_children_of(self.process.pid)]
        return sum(_processor_s(pid) for pid in members)

    def memory_mb(self) -> float:
        """Resident memory of the process, without its children."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def settle(server: Running, quiet: float = 0.1, longest_s: float = 180) -> None:
    """Until it rests: thumbnails and streams of what came are made in the background."""
    ends_at = time.monotonic() + longest_s
    time.sleep(BEGINS_WITHIN_S)  # it says nothing of what it has not begun
    before = server.processor_s()
    while time.monotonic() < ends_at:
        time.sleep(WATCHED_FOR_S)  # its processor time is a share of this
        now = server.processor_s()
        if (now - before) / WATCHED_FOR_S < quiet:
            return
        before = now


def _children_of(pid: int) -> list[int]:
    """Whichever of its threads started them: the sandbox has a thread of its own for that."""
    told = [_read(file) for file in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(child) for line in told for child in line.split()]


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""  # it has ended


def _processor_s(pid: int) -> float:
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if fields else 0.0


def free_port() -> int:
    """A port that nobody listens on."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


@contextmanager
def lightbox(data: Path | None = None, role: str = "technologist", **settings: str) -> Iterator[Running]:
    """A Lightbox with an empty data folder, or with the one given; a key of this role in its headers."""
    with tempfile.TemporaryDirectory(prefix="lightbox-bench-") as folder:
        port = free_port()
        environment = lightbox_environment(data or Path(folder), f"127.0.0.1:{port}", **settings)
        manage = [sys.executable, str(ROOT / "manage.py")]
        with (Path(folder) / "log").open("wb") as log:
            process = subprocess.Popen([*manage, "serve"], env=environment, stdout=log, stderr=log)
        try:
            wait_for(process, port, "/healthz", Path(folder) / "log")
            issue = [*manage, "issue_api_key", "--user", "bench", "--role", role, "--days", "1"]
            told = subprocess.run(issue, env=environment, capture_output=True, text=True, check=True).stdout
            yield Running("Lightbox", port, process, {"Authorization": f"Bearer {told.split()[-1]}"})
        finally:
            end(process)


def lightbox_environment(data: Path, bind: str, **settings: str) -> dict[str, str]:
    """Its settings, and nothing of the caller's own Lightbox."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("LIGHTBOX_", "DATABASE_"))
    }
    return {**inherited, "LIGHTBOX_DATA": str(data), "LIGHTBOX_BIND": bind, "SAMPLES": "0", **settings}


@contextmanager
def orthanc(has_jpeg_2000: bool = False) -> Iterator[Running | None]:
    """Orthanc with its DICOMweb plug-in, without passwords and with TCP_NODELAY; None where it is not installed."""
    program = shutil.which("Orthanc")
    if program is None or not ORTHANC_DICOMWEB.exists():
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="lightbox-bench-") as folder:
        port = free_port()
        file = Path(folder) / "orthanc.json"
        file.write_text(json.dumps(_orthanc_settings(Path(folder) / "db", port, has_jpeg_2000)))
        environment = {**os.environ, "TCP_NODELAY": "1"}
        with (Path(folder) / "log").open("wb") as log:
            process = subprocess.Popen([program, str(file)], env=environment, stdout=log, stderr=log)
        try:
            wait_for(process, port, "/system", Path(folder) / "log")
            yield Running("Orthanc", port, process)
        finally:
            end(process)


def _orthanc_settings(folder: Path, port: int, has_jpeg_2000: bool) -> dict[str, object]:
    folder.mkdir()
    more = [ORTHANC_GDCM] if has_jpeg_2000 and ORTHANC_GDCM.exists() else []
    return {
        "StorageDirectory": str(folder),
        "IndexDirectory": str(folder),
        "Plugins": [str(each) for each in (ORTHANC_DICOMWEB, *more)],
        "Gdcm": {"Enable": True, "RestrictTransferSyntaxes": JPEG_2000},
        "HttpPort": port,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "DicomServerEnabled": False,
        "TcpNoDelay": True,
        "DicomWeb": {
            "Enable": True,
            "Root": "/dicom-web/",
            "StudiesMetadata": "Full",
            "SeriesMetadata": "Full",
        },
    }


def wait_for(process: subprocess.Popen[bytes], port: int, path: str, log: Path) -> None:
    """Until it answers. Ends the bench, saying why, when it does not."""
    ends_at = time.monotonic() + READY_WITHIN_S
    while not _answers(port, path):
        if process.poll() is not None or time.monotonic() > ends_at:
            raise SystemExit(f"a server did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.1)  # it says nothing when it listens


def _answers(port: int, path: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(
                f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
            )
            return b" 200 " in connection.recv(64)
    except OSError:
        return False


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, and see to it."""
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
