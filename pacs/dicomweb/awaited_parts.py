"""Which parts the objects of a STOW-RS request wait for, by their address, and which have come. Pure.

A value comes under the address that the metadata name (PS3.18 F.2.6). Compressed frames come a part each (8.7.3.3.2):
all under that address, in their order, or each under its own, as they are retrieved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin

from pacs.ingest.composed import Came, Placed, Told
from pacs.ingest.receipts import Reason
from pacs.storage.staging import Staged

_FRAME = re.compile(r"(.+)/frames/([1-9][0-9]{0,8})")
# Where our own frames are, and others': beside the bulkdata of their instance.
PIXELS = "/bulkdata/7FE00010"
LONGEST_LOCATION = 4096


@dataclass(eq=False)
class Waiting:
    """One object, and what has come for it."""

    told: Told
    metadata: Staged
    values: dict[str, Came] = field(default_factory=dict)  # by address as the metadata have it
    frames: dict[int, Came] = field(default_factory=dict)  # from 1; all of them as 0
    place: int = 0  # among the objects of its request

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        has_pixels = not self.told.pixels or 0 in self.frames or len(self.frames) == self.told.frames
        return has_pixels and len(self.values) == len(self.told.values)

    @property
    def placed(self) -> list[Placed]:
        """All that has come, each in its place."""
        values = [Placed(address, 0, came) for address, came in self.values.items()]
        return values + [Placed(self.told.pixels, frame, came) for frame, came in sorted(self.frames.items())]


@dataclass(frozen=True)
class Awaited:
    """The place of a part that is awaited: by whom, and as which frame where it is one."""

    objects: tuple[tuple[Waiting, str], ...]  # with the address as the metadata have it
    frame: int | None = None  # None: a value; 0: all pixels
    is_spare: bool = False


class AwaitedParts:
    """The parts of one request by their address. `base_url` is what relative addresses are relative to."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url
        self._values: dict[str, list[tuple[Waiting, str]]] = {}
        self._pixels: dict[str, list[tuple[Waiting, str]]] = {}
        self._spare: set[str] = set()
        self._users: dict[Staged, int] = {}

    def expect(self, waiting: Waiting) -> None:
        """An object waits for its parts from now on."""
        for address in waiting.told.values:
            self._values.setdefault(self._key(address), []).append((waiting, address))
        if waiting.told.pixels:
            self._pixels.setdefault(self._key(waiting.told.pixels), []).append((waiting, waiting.told.pixels))
        self._spare.update(map(self._key, waiting.told.spare))

    def at(self, location: str, *, is_one_frame: bool) -> Awaited | Reason:
        """What a part with this Content-Location is for; BULKDATA_UNASKED or BULKDATA_TWICE where it is for nothing."""
        if not 0 < len(location) <= LONGEST_LOCATION:
            return Reason.BULKDATA_UNASKED
        key = self._key(location)
        if key in self._values:
            wanting = [(one, address) for one, address in self._values[key] if address not in one.values]
            return Awaited(tuple(wanting)) if wanting else Reason.BULKDATA_TWICE
        if key in self._pixels:
            return self._pixels_at(self._pixels[key], is_one_frame)
        if key in self._spare:
            return Awaited((), is_spare=True)
        return self._frame_at(key)

    def _pixels_at(self, objects: list[tuple[Waiting, str]], is_one_frame: bool) -> Awaited | Reason:
        """All pixels, or of several frames the next."""
        frames, came = objects[0][0].told.frames, objects[0][0].frames
        frame = len(came) + 1 if is_one_frame and frames > 1 else 0
        if came and (frame == 0 or 0 in came or frame > frames or frame in came):
            return Reason.BULKDATA_TWICE
        return Awaited(tuple(objects), frame)

    def _frame_at(self, key: str) -> Awaited | Reason:
        found = _FRAME.fullmatch(key)
        if found is None:
            return Reason.BULKDATA_UNASKED
        frame = int(found[2])
        objects = self._pixels.get(found[1]) or self._pixels.get(f"{found[1]}{PIXELS}") or []
        wanting = [(one, address) for one, address in objects if frame <= one.told.frames]
        if not wanting:
            return Reason.BULKDATA_UNASKED
        wanting = [(one, address) for one, address in wanting if not {0, frame} & one.frames.keys()]
        return Awaited(tuple(wanting), frame) if wanting else Reason.BULKDATA_TWICE

    def came(self, awaited: Awaited, came: Came) -> Iterator[Waiting]:
        """The part came. Those whose last one it was."""
        self._users[came.staged] = len(awaited.objects)
        for waiting, address in awaited.objects:
            if awaited.frame is None:
                waiting.values[address] = came
            else:
                waiting.frames[awaited.frame] = came
            if waiting.is_complete:
                yield waiting

    def done_with(self, waiting: Waiting) -> list[Staged]:
        """The object is made, or never will be: the files of its parts that nobody waits for any more."""
        free = []
        for came in (*waiting.values.values(), *waiting.frames.values()):
            self._users[came.staged] -= 1
            if not self._users[came.staged]:
                free.append(came.staged)
        return free

    def _key(self, address: str) -> str:
        try:
            return urljoin(self._base, address.strip())
        except ValueError:  # a host in brackets that is none
            return address.strip()
