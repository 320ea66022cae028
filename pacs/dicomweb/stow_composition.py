"""Takes in objects that come as metadata and bulkdata (PS3.18 10.5.1.4): each is made as soon as its parts are there.

Metadata come before what they refer to (8.6.1.2), so it is known of each part what it is for. What no metadata ask for
is not even written. Nothing is held in memory but which part is where.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from django.conf import settings

from pacs.dicomweb import stow_reception
from pacs.dicomweb.awaited_parts import Awaited, AwaitedParts, Waiting
from pacs.dicomweb.media_types import (
    ALIASES,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    OCTETS,
    PIXEL_MEDIA,
    pixel_media_of,
)
from pacs.dicomweb.multipart import MediaType, parse_media_type
from pacs.dicomweb.stow_part import ComingPart, in_thread
from pacs.dicomweb.stow_reception import MakeArrival, taken_in
from pacs.dicomweb.stow_status import Outcome, Refusal
from pacs.dicomweb.wado_metadata import DICOM_JSON, DICOM_XML
from pacs.errors import BadRequest, LightboxError, Overloaded, StorageFull, TooLarge
from pacs.ingest.composed import Came, Told, compose, not_made, objects_told
from pacs.ingest.pipeline import ingest
from pacs.ingest.receipts import Reason, Receipt, Rejected
from pacs.ingest.refusal import Refused
from pacs.storage.staging import Staged

MOST_METADATA_BYTES = 64 << 20
AHEAD = settings.SANDBOX_CHILDREN + 1  # objects of one request that are made at once
OF_OCTETS = (EXPLICIT_LITTLE, IMPLICIT_LITTLE, *chain.from_iterable(PIXEL_MEDIA.values()))
METADATA_TYPES = (DICOM_JSON, "application/json", DICOM_XML)
ENCODINGS = ("content-encoding", "content-transfer-encoding")
AS_IT_IS = ("", "identity", "binary", "8bit", "7bit")


@dataclass
class _Part:
    """The part that comes just now."""

    coming: ComingPart
    media: MediaType
    told_bytes: int | None = None  # its own Content-Length
    awaited: Awaited | None = None
    refusal: Reason | None = None


class Composition:
    """Takes in metadata and bulkdata, a part each."""

    def __init__(self, make_arrival: MakeArrival, base_url: str) -> None:
        self._make_arrival = make_arrival
        self._parts = AwaitedParts(base_url)
        self._metadata: list[Staged] = []  # kept until the last object of them is made
        self._outcomes: list[asyncio.Future[Outcome] | Outcome | Waiting] = []
        self._unasked: list[Outcome] = []
        self._places = asyncio.Semaphore(AHEAD)
        self._gives_up: LightboxError | None = None
        self._count = 0
        self._part: _Part | None = None

    async def begin(self, headers: Mapping[str, str]) -> None:
        self._count += 1
        if self._count > stow_reception.MOST_PARTS:
            raise TooLarge(most_parts=stow_reception.MOST_PARTS)
        if any(headers.get(name, "").lower() not in AS_IT_IS for name in ENCODINGS):
            raise Refusal(415, "unsupported_media_type", "A part that is encoded once more is not accepted.")
        media = parse_media_type(headers.get("content-type", ""))
        told = headers.get("content-length", "")
        told_bytes = int(told) if told.isdecimal() and len(told) < 20 else None
        if media.name in METADATA_TYPES:
            self._part = _Part(ComingPart(MOST_METADATA_BYTES), media, told_bytes)
            return
        if not self._metadata and self._gives_up is None:
            raise BadRequest(
                parameter="body", reason="metadata come before what they refer to (PS3.18 8.6.1.2)"
            )
        self._part = _Part(ComingPart(settings.MAX_UPLOAD_BYTES), media, told_bytes)
        self._place(self._part, headers.get("content-location", ""))

    def _place(self, part: _Part, location: str) -> None:
        found = self._parts.at(location, is_one_frame=_is_one_frame(part.media))
        if isinstance(found, Awaited):
            part.awaited = found
        else:
            part.refusal = found

    async def write(self, data: memoryview | bytes) -> None:
        part = self._now()
        is_wanted = part.media.name in METADATA_TYPES or (
            part.awaited is not None and not part.awaited.is_spare
        )
        if self._gives_up is not None or not is_wanted:
            part.coming.count(data)
            return
        try:
            await part.coming.write(data)
        except StorageFull as error:
            self._gives_up = error

    async def end(self) -> None:
        part, self._part = self._now(), None
        if self._gives_up is not None:
            await part.coming.forget()
            return
        try:
            await self._take(part)
        except StorageFull as error:
            self._gives_up = error

    async def _take(self, part: _Part) -> None:
        if part.media.name in METADATA_TYPES:
            await self._take_metadata(part)
        elif part.awaited is None:
            self._unasked.append(Rejected(reason=part.refusal or Reason.BULKDATA_UNASKED))
        elif part.told_bytes not in (None, part.coming.size_bytes):
            await part.coming.forget()  # whoever cut it, the object goes without it
        elif not part.awaited.is_spare:
            await self._take_bulkdata(part, part.awaited)

    async def _take_metadata(self, part: _Part) -> None:
        if part.told_bytes not in (None, part.coming.size_bytes):
            await part.coming.forget()
            raise BadRequest(parameter="metadata", reason="they came in another length than was said")
        staged = await in_thread(part.coming.whole().stage)
        self._metadata.append(staged)
        try:
            found = await in_thread(objects_told, staged)
        except Refused as refused:
            raise BadRequest(parameter="metadata", reason=refused.reason.message) from None
        for one in found:
            await self._expect(one, staged)

    async def _expect(self, one: Told | Refused, metadata: Staged) -> None:
        if isinstance(one, Refused):
            self._outcomes.append(await in_thread(self._refused, metadata, one))
            return
        waiting = Waiting(one, metadata, place=len(self._outcomes))
        self._parts.expect(waiting)
        self._outcomes.append(waiting)
        if waiting.is_complete:
            await self._make(waiting)

    async def _take_bulkdata(self, part: _Part, awaited: Awaited) -> None:
        staged = await in_thread(part.coming.whole().stage)
        for waiting in self._parts.came(awaited, _came(staged, part.media)):
            await self._make(waiting)

    async def _make(self, waiting: Waiting) -> None:
        """Of an object whose parts are all there, while the next come. Waits when too many are on their way."""
        await self._places.acquire()
        self._outcomes[waiting.place] = asyncio.ensure_future(self._outcome(waiting))

    async def _outcome(self, waiting: Waiting) -> Outcome:
        try:
            outcome = await in_thread(self._made, waiting)
        finally:
            self._places.release()
            await in_thread(_discard, self._parts.done_with(waiting))
        if isinstance(outcome, StorageFull | Overloaded):
            self._gives_up = outcome
        return outcome

    def _made(self, waiting: Waiting) -> Outcome:
        if self._gives_up is not None:
            return self._gives_up
        return taken_in(lambda: self._take_in(waiting))

    def _take_in(self, waiting: Waiting) -> Receipt:
        try:
            staged = compose(waiting.metadata, waiting.told, waiting.placed)
        except Refused as refused:
            return self._refused(waiting.metadata, refused)
        return ingest(self._make_arrival(staged))

    def _refused(self, metadata: Staged, refused: Refused) -> Rejected:
        return not_made(self._make_arrival(metadata), refused)

    async def outcomes(self) -> list[Outcome]:
        told: list[Outcome] = []
        for one in self._outcomes:
            if isinstance(one, asyncio.Future):
                told.append(await one)
            elif isinstance(one, Waiting):
                told.append(await self._incomplete(one))
            else:
                told.append(one)
        await in_thread(_discard, self._metadata)
        if not told and self._gives_up is not None:
            told.append(self._gives_up)  # not even the metadata found room
        return [*told, *self._unasked]

    async def _incomplete(self, waiting: Waiting) -> Outcome:
        await in_thread(_discard, self._parts.done_with(waiting))
        if self._gives_up is not None:
            return self._gives_up
        missing = Refused(Reason.BULKDATA_MISSING, waiting.told.identifiers)
        return await in_thread(lambda: taken_in(lambda: self._refused(waiting.metadata, missing)))

    async def abandon(self) -> None:
        if self._part is not None:
            await self._part.coming.forget()
        await self.outcomes()

    def _now(self) -> _Part:
        if self._part is None:
            raise LightboxError
        return self._part


def _came(staged: Staged, media: MediaType) -> Came:
    """With the syntaxes that its media type may have (Tables 8.7.3-4 and -5)."""
    name, syntax = ALIASES.get(media.name, media.name), media.parameters.get("transfer-syntax", "")
    if name in PIXEL_MEDIA:
        return Came(staged, syntax, PIXEL_MEDIA[name])
    return Came(staged, syntax, OF_OCTETS if syntax else (), may_be_pixels=name in ("", OCTETS))


def _is_one_frame(media: MediaType) -> bool:
    """Whether a part of this type holds one frame: of images that are compressed, each is for itself (8.7.3.3.2)."""
    name = ALIASES.get(media.name, media.name)
    if name not in PIXEL_MEDIA:
        name = pixel_media_of(media.parameters.get("transfer-syntax", ""))
    return name.startswith("image/")


def _discard(staged: Iterable[Staged]) -> None:
    for one in staged:
        one.discard()
