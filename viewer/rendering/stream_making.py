"""Streams before anyone asks: made in the background of the server, one frame at a time, while nobody waits.

First come frames that were decoded for a picture a moment ago, then series that were received, by this process or
another, the latest first. What is left when the server ends is taken up when it starts again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import close_old_connections, connections

from pacs.access.actors import system_actor
from pacs.access.permit import access_series
from pacs.catalog.pixel_source import Layout
from pacs.errors import NotFound, Overloaded, places_of
from pacs.storage.derived import derived_store
from viewer.imaging.errors import CannotShow, NoStream
from viewer.rendering import pending
from viewer.rendering.display_order import instances_to_show
from viewer.rendering.kept_streams import KIND, is_kept
from viewer.rendering.offered import Offer, offers
from viewer.rendering.pending import Pending
from viewer.rendering.quiet import quiet
from viewer.rendering.stored_frame import address_frame
from viewer.rendering.streams import make_stream, make_stream_of

if TYPE_CHECKING:
    from pacs.catalog.models import Instance

LOOKED_FOR_EVERY_S = 2.0
SETTLED_AFTER_S = 3.0  # a series that still grows waits: its first slices are no more likely to be looked at
LONGEST_WAIT_FOR_QUIET_S = 2.0
LONGEST_REST_S = 0.5
LONGEST_STOP_S = 2.0
# A slide has a hundred thousand frames, and is looked at in a few places.
MOST_FRAMES_AHEAD = 2000
MOST_FAILED_IN_A_ROW = 3
# One import does not push out everything that was looked at today.
MOST_OF_BUDGET = 1 / 2

log = logging.getLogger(__name__)


class NoRoom(Exception):
    """What is made is not kept: the disk is full, or this much was made already."""


@contextmanager
def making_streams() -> Iterator[None]:
    """While this lasts a thread makes streams."""
    has_ended = threading.Event()
    thread = threading.Thread(target=_make_until, args=(has_ended,), name="streams", daemon=True)
    offers.has_taker = True
    thread.start()
    try:
        yield
    finally:
        offers.has_taker = False
        has_ended.set()
        thread.join(LONGEST_STOP_S)  # one that is cut off leaves nothing half: it is made again


def make_pending(has_ended: threading.Event) -> int:
    """Make what is pending and has settled, each time the latest of it; how many frames were made."""
    made = 0
    tried: set[Pending] = set()
    while not has_ended.is_set() and (one := _latest_settled(tried)) is not None:
        while (offer := offers.take(0)) is not None:
            _make_of(offer, has_ended)
        tried.add(one)
        series = SeriesInMaking(one, has_ended)
        if series.make():
            pending.settle(one)
        made += series.frames
    return made


def _latest_settled(tried: set[Pending]) -> Pending | None:
    """Looked for anew after each series: what came meanwhile is more likely to be read soon than what waits since."""
    settled_before_s = time.time() - SETTLED_AFTER_S
    left = [one for one in pending.pending() if one.noted_at_s <= settled_before_s and one not in tried]
    return max(left, key=lambda one: one.noted_at_s, default=None)


def _make_until(has_ended: threading.Event) -> None:
    work: Callable[[threading.Event], None] = _look_through
    while not has_ended.is_set():
        try:
            work(has_ended)
        except Exception as error:
            log.error("streams could not be made ahead: %s", places_of(error))
            has_ended.wait(LOOKED_FOR_EVERY_S)
        work = _make_next
    connections.close_all()


def _look_through(_: threading.Event) -> None:
    """Here, where nobody waits: else the first request that keeps a stream would have it done."""
    derived_store().trim(KIND)


def _make_next(has_ended: threading.Event) -> None:
    offer = offers.take(LOOKED_FOR_EVERY_S)
    close_old_connections()
    if offer is not None:
        _make_of(offer, has_ended)
    else:
        make_pending(has_ended)


def _make_of(offer: Offer, has_ended: threading.Event) -> None:
    quiet.wait(LONGEST_WAIT_FOR_QUIET_S, has_ended)
    if not is_kept(offer.address):
        with suppress(CannotShow, NoStream):  # whoever looks at it is told why
            make_stream_of(offer.address, offer.known, offer.stored)


class SeriesInMaking:
    """The making of all streams of one series, as far as they can be had."""

    def __init__(self, one: Pending, has_ended: threading.Event) -> None:
        self._uid = one.series_uid
        self._has_ended = has_ended
        self.frames = 0
        self._bytes = 0

    def make(self) -> bool:
        """Whether nothing is left to be made."""
        try:
            series = access_series(system_actor("streams"), self._uid)
            for pk in [row.pk for row in instances_to_show(series)]:
                instance = series.instances.filter(pk=pk).first()
                if instance is not None:
                    self._make_instance(instance)
                if self._has_ended.is_set():
                    return False
        except Overloaded:
            return False
        except (NotFound, NoRoom):
            pass  # it was deleted meanwhile; or what is wanted of it is made when it is wanted
        return True

    def _make_instance(self, instance: Instance) -> None:
        frames = instance.number_of_frames
        is_dear = instance.pixel_layout == Layout.DEFLATED and frames > 1  # each would inflate the whole file
        if is_dear or frames > MOST_FRAMES_AHEAD:
            return
        failed = 0
        for frame_index in range(frames):
            if self._has_ended.is_set() or failed == MOST_FAILED_IN_A_ROW:
                return
            try:
                self._make_frame(instance, frame_index)
                failed = 0
            except NoStream:
                return  # and so it is with its other frames
            except (CannotShow, NotFound):
                failed += 1  # whoever looks at it is told why
            except (NoRoom, Overloaded):
                raise
            except Exception as error:
                log.error("a stream could not be made ahead: %s", places_of(error))
                failed += 1  # and the others are made all the same

    def _make_frame(self, instance: Instance, frame_index: int) -> None:
        address = address_frame(instance, frame_index)
        if is_kept(address):
            return
        quiet.wait(LONGEST_WAIT_FOR_QUIET_S, self._has_ended)
        began = time.monotonic()
        made = make_stream(address)
        self.frames += 1
        self._bytes += len(made.codestream)
        if not is_kept(address) or self._bytes > settings.STREAM_DISK_BYTES * MOST_OF_BUDGET:
            raise NoRoom
        self._has_ended.wait(min(LONGEST_REST_S, time.monotonic() - began))  # half of one core at most
