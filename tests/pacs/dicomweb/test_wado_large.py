"""A multi-frame of 2 GiB: one frame of it is read, and no more; all of it goes out in constant memory (promise P22)."""

from __future__ import annotations

import asyncio
import os
import resource
from typing import Any

import imagecodecs
import numpy as np
import pytest
from pydicom.uid import HTJ2KLossless

from pacs.access import opened, standing
from pacs.catalog.models import Instance
from pacs.dicomweb import retrieve
from pacs.storage.blobs import blob_store
from pacs.storage.file_store import FileStore
from pacs.storage.keys import BlobKey
from tests import builders
from tests.pacs.dicomweb.retrieving import AS_KEPT, get, key_of, path_of
from tests.viewer.client import scope
from tests.viewer.kept import keep

pytestmark = pytest.mark.django_db(transaction=True)
SIDE, FRAMES = 512, 4096
FRAME_BYTES = SIDE * SIDE * 2
ALONE = {"accept": "application/octet-stream"}


@pytest.fixture
def large() -> Instance:
    """A kept object of a frame, whose file then grows by holes to 2 GiB: a disk has room for those."""
    standing.forget()
    opened.forget()
    (instance,) = keep(builders.multiframe(1, SIDE, SIDE))
    store = blob_store()
    assert isinstance(store, FileStore)
    file = store.path_of(BlobKey(instance.blob))
    file.chmod(0o640)
    size = instance.frame_offset + FRAMES * FRAME_BYTES
    os.truncate(file, size)
    with file.open("r+b") as opened_file:
        opened_file.seek(instance.frame_offset + 4000 * FRAME_BYTES)
        opened_file.write(np.full(FRAME_BYTES // 2, 77, "<u2").tobytes())
    Instance.objects.filter(pk=instance.pk).update(number_of_frames=FRAMES, size_bytes=size)
    standing.forget()
    instance.refresh_from_db()
    return instance


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many bytes each reading of a kept file was."""
    sizes: list[int] = []
    for name in ("read_range", "read_at_once"):
        method = getattr(FileStore, name)

        def counted(self: FileStore, key: BlobKey, offset: int, length: int, method: Any = method) -> Any:
            sizes.append(length)
            return method(self, key, offset, length)

        monkeypatch.setattr(FileStore, name, counted)
    return sizes


def test_one_frame_of_two_gigabytes_is_read_and_no_more(large: Instance, read: list[int]) -> None:
    answer = get(path_of(large, "/frames/4001"), **ALONE)
    assert answer.body == np.full(FRAME_BYTES // 2, 77, "<u2").tobytes()
    assert sum(read) == FRAME_BYTES


def test_a_range_of_the_pixels_or_of_the_object_reads_what_it_gives(large: Instance, read: list[int]) -> None:
    first = 4000 * FRAME_BYTES
    wanted = {"range": f"bytes={first}-{first + 9},{first + 100}-{first + 101}"}
    pixels = get(path_of(large, "/bulkdata/7FE00010"), **ALONE, **wanted)
    assert pixels.status == 206
    assert pixels.body.count(b"\x4d\0\x4d\0\x4d\0\x4d\0\x4d\0") == 1
    assert sum(read) == 12
    end = get(path_of(large), accept="application/dicom; transfer-syntax=*", range="bytes=-1000")
    assert (end.status, len(end.body)) == (206, 1000)
    assert sum(read) == 1012


def sent_and_grown(path: str, accept: str) -> tuple[int, float]:
    """How many bytes were sent, and by how many megabytes this process grew meanwhile."""
    sent = 0

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(3600)
        return {}

    async def send(message: Any) -> None:
        nonlocal sent
        sent += len(message.get("body", b""))

    asked = scope(path, authorization=key_of(), accept=accept)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    asyncio.run(retrieve.app(asked, receive, send))
    return sent, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def test_p22_two_gigabytes_are_sent_in_constant_memory(large: Instance) -> None:
    sent, grown_mb = sent_and_grown(path_of(large), AS_KEPT)
    assert sent > FRAMES * FRAME_BYTES
    assert grown_mb < 64


def test_p22_frames_are_decoded_one_by_one_while_they_are_sent() -> None:
    frames = 200
    stored = (np.indices((SIDE, SIDE)).sum(0) % 4096).astype("<i2")
    stream = bytes(imagecodecs.htj2k_encode(stored, reversible=True))
    (instance,) = keep(
        builders.encapsulated(
            [stream] * frames, HTJ2KLossless, Rows=SIDE, Columns=SIDE, PixelRepresentation=1
        )
    )
    explicit = "application/dicom; transfer-syntax=1.2.840.10008.1.2.1"
    sent, grown_mb = sent_and_grown(path_of(instance), explicit)
    assert sent > frames * FRAME_BYTES  # 100 MB
    assert grown_mb < 48
