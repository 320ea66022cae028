"""Takes in the parts of one STOW-RS request: each is staged while it comes and taken in beside the next.

Nothing here blocks the event loop: files are written and objects are taken in by a few threads of their own. A
sender that is quicker than they are waits.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeVar

from django.conf import settings

from pacs.dicomweb.multipart import parse_media_type
from pacs.dicomweb.stow_part import ComingPart, WholePart, in_thread
from pacs.dicomweb.stow_status import Outcome
from pacs.errors import LightboxError, Overloaded, StorageFull, TooLarge, places_of
from pacs.ingest.arrival import Arrival
from pacs.ingest.pipeline import ingest_together
from pacs.ingest.receipts import Reason, Receipt, Rejected
from pacs.processors import gathered, work_beside_the_loop
from pacs.storage.staging import Staged

log = logging.getLogger(__name__)

MOST_PARTS = 10_000
AT_ONCE = 2  # while some of a request's parts are looked at, others wait for the disk
MOST_TOGETHER = 8  # so many go on together; as many more may wait for their turn
# In memory, of parts that are whole and not yet in the store: beyond it the sender waits.
MOST_HELD_BYTES = 8 << 20  # of one request
MOST_HELD_BY_ALL = 32 << 20  # of all: beyond it each request goes on with what it has under way alone
PART_TYPES = ("application/dicom", "application/octet-stream", "")  # who leaves the type out means DICOM
MakeArrival = Callable[[Staged], Arrival]
Made = TypeVar("Made")


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


@dataclass(frozen=True)
class _Waiting:
    """A whole part, and the place of its outcome among those of the request."""

    part: WholePart
    place: int


class Reception:
    """Takes in Part 10 files, a part each; those that come while others are taken in go on together (decision 37)."""

    held_by_all: ClassVar[int] = 0  # bytes, of every request that is under way in this process

    def __init__(self, make_arrival: MakeArrival) -> None:
        self._make_arrival = make_arrival
        self._outcomes: list[Outcome | None] = []
        self._waiting: deque[_Waiting] = deque()
        self._held_bytes = 0  # of those that wait and those that are under way
        self._under_way: set[asyncio.Task[None]] = set()
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
        while self._is_full():
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        if self._gives_up is not None:
            self._outcomes.append(self._gives_up)
            await self._part.forget()
            return
        whole = self._part.whole()
        self._waiting.append(_Waiting(whole, len(self._outcomes)))
        self._hold(whole.held_bytes)
        self._outcomes.append(None)
        self._go_on()

    def _is_full(self) -> bool:
        if not self._under_way:
            return False
        is_much = self._held_bytes >= MOST_HELD_BYTES or Reception.held_by_all >= MOST_HELD_BY_ALL
        return is_much or len(self._waiting) >= MOST_TOGETHER

    def _hold(self, count: int) -> None:
        self._held_bytes += count
        Reception.held_by_all += count

    def _go_on(self) -> None:
        if self._waiting and len(self._under_way) < AT_ONCE:
            task = asyncio.ensure_future(self._take_in_some())
            self._under_way.add(task)
            task.add_done_callback(self._went_on)

    def _went_on(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            self._go_on()

    async def outcomes(self) -> list[Outcome]:
        while self._under_way:
            await asyncio.wait(self._under_way)
        self._hold(-self._held_bytes)  # of what was cancelled with the server
        return [one or LightboxError() for one in self._outcomes]

    async def abandon(self) -> None:
        await self._part.forget()
        await self.outcomes()

    async def _take_in_some(self) -> None:
        some: list[_Waiting] = []
        try:
            with gathered():
                outcomes = await in_thread(self._take_in, some)
        except Exception as error:
            # There is no thread to be had, or no database: nothing that waits would come through.
            some += self._waiting
            self._waiting.clear()
            outcomes = _given_up(some, _told(error))
        for one, outcome in zip(some, outcomes, strict=True):
            self._outcomes[one.place] = outcome
            self._hold(-one.part.held_bytes)
            if isinstance(outcome, StorageFull | Overloaded):
                self._gives_up = outcome

    def _take_in(self, some: list[_Waiting]) -> list[Outcome]:
        """In a thread: by the time that it has one, more may wait. They are moved to `some`."""
        with contextlib.suppress(IndexError):  # another thread may be quicker
            while len(some) < MOST_TOGETHER:
                some.append(self._waiting.popleft())
        if self._gives_up is not None:
            return _given_up(some, self._gives_up)
        # Several take so long that another processor may as well have a part of them.
        work_beside_the_loop(len(some) == 1)
        outcomes = taken_in(lambda: self._taken_in([one.part for one in some]))
        return [outcomes] * len(some) if isinstance(outcomes, LightboxError) else outcomes

    def _taken_in(self, parts: Sequence[WholePart]) -> list[Outcome]:
        staged = [taken_in(part.stage) for part in parts]
        receipts = iter(
            ingest_together([self._make_arrival(one) for one in staged if isinstance(one, Staged)])
        )
        return [_outcome(next(receipts)) if isinstance(one, Staged) else one for one in staged]


def _given_up(some: Sequence[_Waiting], error: LightboxError) -> list[Outcome]:
    for one in some:
        with contextlib.suppress(OSError):  # what cannot be removed now is removed a day later
            one.part.forget()
    return [error] * len(some)


def taken_in(take_in: Callable[[], Made]) -> Made | LightboxError:
    """What take_in() returns, or the error that it raises: one unforeseen fault does not cost the other objects."""
    try:
        return take_in()
    except Exception as error:
        return _told(error)


def _outcome(receipt: Receipt | Exception) -> Outcome:
    return _told(receipt) if isinstance(receipt, Exception) else receipt


def _told(error: Exception) -> LightboxError:
    if isinstance(error, LightboxError):
        return error
    log.error("an object could not be taken in: %s", places_of(error))
    return LightboxError()
