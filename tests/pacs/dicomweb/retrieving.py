"""Asks the retrieve door as a client does, and takes its answers apart with a reader that others wrote."""

from __future__ import annotations

import asyncio
import email
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pacs.dicomweb import retrieve
from tests import people
from tests.viewer.client import Response, ask

if TYPE_CHECKING:
    from pacs.catalog.models import Instance

OHIF = "multipart/related; type=application/octet-stream; transfer-syntax=*"
AS_KEPT = 'multipart/related; type="application/dicom"; transfer-syntax=*'


@dataclass(frozen=True)
class Part:
    """One part of a multipart answer."""

    content_type: str
    location: str
    content: bytes


def key_of(role: str = "alice") -> str:
    return f"Bearer {people.key_of(getattr(people, role)())}"


def get(path: str, method: str = "GET", **headers: str) -> Response:
    """What the door answers; as Alice, unless somebody is named."""
    shown = headers if "authorization" in headers else {"authorization": key_of(), **headers}
    return asyncio.run(ask(retrieve.app, path, method, **shown))


def path_of(instance: Instance, what: str = "") -> str:
    """The address of this instance, or of something below it."""
    series = instance.series
    return (
        f"/dicom-web/studies/{series.study.study_instance_uid}/series/{series.series_instance_uid}"
        f"/instances/{instance.sop_instance_uid}{what}"
    )


def parts_of(answer: Response) -> list[Part]:
    """The parts of a multipart answer."""
    head = f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode()
    message = email.message_from_bytes(head + answer.body)
    assert message.is_multipart(), answer.body[:200]
    assert not message.defects
    return [
        Part(
            str(part["Content-Type"]),
            str(part["Content-Location"] or ""),
            _content(answer.body, number, message.get_boundary() or ""),
        )
        for number, part in enumerate(message.get_payload())
    ]


def _content(body: bytes, number: int, boundary: str) -> bytes:
    """As the bytes lie: the library's own reader would take line ends within them for its own."""
    pieces = body.split(f"--{boundary}".encode())
    return pieces[number + 1].partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")
