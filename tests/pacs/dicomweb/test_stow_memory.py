"""A body of any size costs the server no more memory than a small one: a real process, a real socket."""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import builders
from tests.e2e import lightbox
from tests.pacs.dicomweb import composing

BODY_MB = int(os.environ.get("STOW_BODY_MB", "512"))
MOST_GROWTH_MB = 150
FRAME_BYTES = 1024 * 1024 * 2
BOUNDARY = b"one-big-object"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[lightbox.Lightbox]:
    running = lightbox.start(tmp_path_factory.mktemp("lightbox"), SAMPLES="0")
    yield running
    running.stop()


@pytest.mark.slow
@pytest.mark.parametrize("in_parts", [False, True], ids=["Part 10", "metadata and bulkdata"])
def test_p22_a_large_object_is_stored_in_bounded_memory(server: lightbox.Lightbox, in_parts: bool) -> None:
    """STOW_BODY_MB=4094 for the whole 4 GB."""
    key = server.manage("issue_api_key", "--user", "modality", "--role", "technologist").split()[-1]
    send(server, key, 2, in_parts)  # a first one, so that what is loaded once is not counted
    before_mb = peak_mb(server.process.pid)
    status, answer = send(server, key, BODY_MB // 2, in_parts)
    grown_mb = peak_mb(server.process.pid) - before_mb
    print(f"{BODY_MB} MB: peak memory {before_mb} MB + {grown_mb} MB")  # noqa: T201  # the figure, with -s
    assert status == 200, answer
    assert len(answer["00081199"]["Value"]) == 1
    assert grown_mb < MOST_GROWTH_MB
    assert list(server.data.glob("staging/*")) == []


def send(
    server: lightbox.Lightbox, key: str, frames: int, in_parts: bool
) -> tuple[int, dict[str, dict[str, list[object]]]]:
    """Send an object of this many frames of 2 MB, making it as it goes; status and answer."""
    kind = "application/dicom+json" if in_parts else "application/dicom"
    head = metadata(frames) if in_parts else part_head(kind) + beginning(frames)
    tail = b"\r\n--" + BOUNDARY + b"--\r\n"
    host, _, port = server.address.removeprefix("http://").partition(":")
    request = (
        f"POST /dicom-web/studies HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {key}\r\n"
        f'Content-Type: multipart/related; type="{kind}"; boundary={BOUNDARY.decode()}\r\n'
        f"Content-Length: {len(head) + frames * FRAME_BYTES + len(tail)}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=600) as connection:
        connection.sendall(request.encode() + head)
        frame = bytes(FRAME_BYTES)
        for _ in range(frames):
            connection.sendall(frame)
        connection.sendall(tail)
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    top, _, body = answer.partition(b"\r\n\r\n")
    return int(top.split()[1]), json.loads(body)


def part_head(kind: str, location: str = "") -> bytes:
    told = f"Content-Location: {location}\r\n" if location else ""
    return b"--" + BOUNDARY + f"\r\nContent-Type: {kind}\r\n{told}\r\n".encode()


def metadata(frames: int) -> bytes:
    """The object without its pixels, in DICOM JSON, and the head of the part that they are (PS3.18 10.5.1.4)."""
    told, _ = composing.in_parts(builders.multiframe(frames=1, rows=1024, columns=1024))
    told["00280008"]["Value"] = [frames]
    text = json.dumps([told]).encode()
    pixels = part_head("application/octet-stream", "pixels")
    return part_head("application/dicom+json") + text + b"\r\n" + pixels


def beginning(frames: int) -> bytes:
    """A multi-frame file up to its pixels, which are to follow: native, of 32-bit length (PS3.5 7.1.2)."""
    small = builders.multiframe(frames=1, rows=1024, columns=1024, NumberOfFrames=frames)
    at = builders.find_tag(small, 0x7FE00010)
    return small[:at] + b"\xe0\x7f\x10\x00OW\x00\x00" + struct.pack("<I", frames * FRAME_BYTES)


def peak_mb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        pytest.skip("needs /proc, which is Linux")
    (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) >> 10
