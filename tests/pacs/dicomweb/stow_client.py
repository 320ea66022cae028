"""A STOW-RS client without a network between: it hands the body over in chunks of any size."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings as lightbox
from pydicom.dataset import Dataset

from pacs.access.models import User
from pacs.catalog.models import Instance
from pacs.dicomweb import stow
from pacs.storage.blobs import blob_store
from tests import people
from tests.builders import blob_key_of
from tests.viewer.client import Response, scope

BOUNDARY = "a-boundary'of(odd)+_,-./:=?letters"
STUDIES = "/dicom-web/studies"


@dataclass(frozen=True)
class Body:
    """What is sent, and how it is called."""

    content_type: str
    data: bytes


def multipart(*objects: bytes, boundary: str = BOUNDARY, kind: str = "application/dicom") -> Body:
    """The objects as multipart/related, each a part of this media type."""
    parts = [f"\r\n--{boundary}\r\nContent-Type: {kind}\r\n\r\n".encode() + content for content in objects]
    data = b"".join(parts).removeprefix(b"\r\n") + f"\r\n--{boundary}--\r\n".encode()
    return Body(f'multipart/related; type="application/dicom"; boundary="{boundary}"', data)


@dataclass(frozen=True)
class Bulk:
    """A part beside the metadata, under this address."""

    location: str
    content: bytes
    content_type: str = "application/octet-stream"
    more: str = ""  # header lines, each with its end

    def written(self) -> bytes:
        head = f"Content-Type: {self.content_type}\r\nContent-Location: {self.location}\r\n{self.more}\r\n"
        return head.encode() + self.content


def composed(metadata: Any, *parts: Bulk, boundary: str = BOUNDARY) -> Body:
    """Metadata and bulkdata; metadata may be bytes, or what becomes JSON."""
    text = metadata if isinstance(metadata, bytes) else json.dumps(metadata).encode()
    written = [b"Content-Type: application/dicom+json\r\n\r\n" + text, *(part.written() for part in parts)]
    begin = f"--{boundary}\r\n".encode()
    data = b"".join(begin + part + b"\r\n" for part in written) + f"--{boundary}--\r\n".encode()
    return Body(f'multipart/related; type="application/dicom+json"; boundary="{boundary}"', data)


def single(content: bytes) -> Body:
    """One object by itself."""
    return Body("application/dicom", content)


async def store(
    body: Body,
    path: str = STUDIES,
    *,
    user: User | None = None,
    chunk_bytes: int = 1 << 16,
    cut_after: int | None = None,
    idle_after: int | None = None,
    **headers: str,
) -> Response:
    """Send it with a key of the technologist's, or of another user's; with cut_after the client goes away then, with
    idle_after it stays and sends no more."""
    key = await sync_to_async(lambda: people.key_of(user or people.tess()))()
    shown = {"authorization": f"Bearer {key}", "content_type": body.content_type, **headers}
    request = scope(path, "POST", **shown)
    if idle_after is not None:
        return await send_to_app(request, body.data[:idle_after], chunk_bytes, is_whole=False, goes=False)
    return await send_to_app(request, body.data[:cut_after], chunk_bytes, cut_after is None)


async def send_to_app(
    request: dict[str, Any],
    data: bytes,
    chunk_bytes: int = 1 << 16,
    is_whole: bool = True,
    goes: bool = True,
) -> Response:
    """The application's answer to this request."""
    chunks = [data[at : at + chunk_bytes] for at in range(0, len(data), chunk_bytes)] or [b""]
    coming = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    if is_whole:
        coming[-1]["more_body"] = False
    coming.append({"type": "http.disconnect"})
    response = Response()

    async def receive() -> dict[str, Any]:
        if len(coming) == 1 and not goes:
            await asyncio.Future()
        return coming.pop(0)

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            response.status = message["status"]
            response.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            response.body += message["body"]

    await stow.app(request, receive, send)
    return response


def module(answer: Response, status: int) -> Dataset:
    """The Store Instances Response Module of an answer of this status."""
    assert answer.status == status, answer.body
    assert answer.headers["content-type"] == "application/dicom+json"
    assert answer.headers["cache-control"] == "private, no-store"
    return Dataset.from_json(answer.json())


def reasons(items: Any) -> list[int]:
    return [int(item.FailureReason) for item in items]


def staged() -> list[str]:
    folder = Path(lightbox.STAGING_ROOT)
    return [path.name for path in folder.iterdir()] if folder.exists() else []


@sync_to_async
def kept() -> set[str]:
    """Digests of what is in the catalogue and in the store; both must agree."""
    rows = set(Instance.objects.values_list("blob", flat=True))
    assert rows == set(blob_store().keys())
    return rows


def digests(*objects: bytes) -> set[str]:
    return set(map(blob_key_of, objects))
