"""Takes in the parts of one STOW-RS request: each is staged while it comes and taken in beside the next.

Nothing here blocks the event loop: files are written and objects are taken in by a few threads of their own. A
sender that is quicker than they are waits.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from django.conf import settings

from pacs.dicomweb.multipart import parse_media_type
from pacs.dicomweb.stow_part import ComingPart, in_thread
from pacs.dicomweb.stow_status import Outcome
from pacs.errors import LightboxError, Overloaded, StorageFull, TooLarge, places_of
from pacs.ingest.arrival import Arrival
from pacs.ingest.pipeline import ingest
from pacs.ingest.receipts import Reason, Receipt, Rejected
from pacs.storage.staging import Staged

log = logging.getLogger(__name__)

MOST_PARTS = 10_000
AHEAD = settings.SANDBOX_CHILDREN + 1  # parts of one request that are taken in at once
PART_TYPES = ("application/dicom", "application/octet-stream", "")  # who leaves the type out means DICOM
MakeArrival = Callable[[Staged], Arrival]


class TakingIn(Protocol):
    """What takes in the parts of a request, one after another: begin, write…, end; then outcomes, or abandon."""

    async def begin(self, headers: Mapping[str, str]) -> None:
        """A part begins, with these headers by lower-case name. Raises LightboxError after which nothing is taken."""

    async def write(self, data: memoryview | bytes) -> None:
        """More of the part. Raises TooLarge when it becomes too long."""

    async def end(self) -> None:
        """The part is whole."""

    async def outcomes(self) -> list[Outcome]:
        """What became of each object, in their order; waits for the last."""

    async def abandon(self) -> None:
        """Remove what came of a part that will not be whole; whole ones are taken in."""


class Reception:
    """Takes in Part 10 files, a part each."""

    def __init__(self, make_arrival: MakeArrival) -> None:
        self._make_arrival = make_arrival
        self._outcomes: list[asyncio.Future[Outcome] | Outcome] = []
        self._places = asyncio.Semaphore(AHEAD)
        self._gives_up: LightboxError | None = None  # no room: what still comes is not even written
        self._part = ComingPart(0)
        self._is_refused = False

    async def begin(self, headers: Mapping[str, str]) -> None:
        if len(self._outcomes) >= MOST_PARTS:
            raise TooLarge(most_parts=MOST_PARTS)
        kind = parse_media_type(headers.get("content-type", "")).name
        self._part, self._is_refused = ComingPart(settings.MAX_UPLOAD_BYTES), kind not in PART_TYPES

    async def write(self, data: memoryview | bytes) -> None:
        if self._gives_up is not None or self._is_refused:
            self._part.count(data)
            return
        try:
            await self._part.write(data)
        except StorageFull as error:
            self._gives_up = error

    async def end(self) -> None:
        """The part is whole: it is taken in while the next comes. Waits when too many are on their way."""
        if self._is_refused:
            self._outcomes.append(Rejected(reason=Reason.NOT_DICOM))
            return
        await self._places.acquire()
        if self._gives_up is not None:
            self._places.release()
            self._outcomes.append(self._gives_up)
            await self._part.forget()
            return
        self._outcomes.append(asyncio.ensure_future(self._outcome(self._part.whole())))

    async def outcomes(self) -> list[Outcome]:
        return [one if not isinstance(one, asyncio.Future) else await one for one in self._outcomes]

    async def abandon(self) -> None:
        await self._part.forget()
        await self.outcomes()

    async def _outcome(self, make_staged: Callable[[], Staged]) -> Outcome:
        try:
            outcome = await in_thread(self._take_in, make_staged)
        finally:
            self._places.release()
        if isinstance(outcome, StorageFull | Overloaded):
            self._gives_up = outcome
        return outcome

    def _take_in(self, make_staged: Callable[[], Staged]) -> Outcome:
        return taken_in(lambda: ingest(self._make_arrival(make_staged())))


def taken_in(take_in: Callable[[], Receipt]) -> Outcome:
    """The receipt, or the error that was raised instead: one unforeseen fault does not cost the other objects."""
    try:
        return take_in()
    except LightboxError as error:
        return error
    except Exception as error:
        log.error("an object could not be taken in: %s", places_of(error))
        return LightboxError()
