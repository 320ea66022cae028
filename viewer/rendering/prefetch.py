"""Thumbnails before anyone asks: made in the background once a series has stopped growing for a moment.

Runs in the process that received the instances, in one thread, so that at most one sandbox child works
ahead while people look at pictures.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from django.db import close_old_connections

from pacs.errors import LightboxError
from pacs.events.bus import InstanceStored
from viewer.rendering.pending import notes
from viewer.rendering.quiet import quiet

log = logging.getLogger(__name__)

SETTLED_AFTER_S = 1.5
LONGEST_NAP_S = 0.2
MOST_S_AFTER_THE_END = 20.0  # a server that is stopped must not linger


class Settling:
    """Calls `work` with each name once nothing has been heard of it for a while, one after another in one thread.

    The thread ends when nothing is left to wait for and starts again with the next name. When the process
    ends, what is waiting is done at once for a while, so that a command that imports leaves thumbnails behind.
    """

    def __init__(self, work: Callable[[str], None], settled_after_s: float = SETTLED_AFTER_S) -> None:
        self._work = work
        self._settled_after_s = settled_after_s
        self._lock = threading.Condition()
        self._heard_at: dict[str, float] = {}
        self._thread: threading.Thread | None = None
        self._ended_at: float | None = None

    def hear(self, name: str) -> None:
        """The name was heard of now: its waiting begins anew. Costs nothing."""
        with self._lock:
            self._heard_at.pop(name, None)  # the dict's order is the order of the waiting
            self._heard_at[name] = time.monotonic()
            if self._thread is None:
                # Not a daemon: what was received has its thumbnail when the command that received it ends.
                self._thread = threading.Thread(target=self._run, name="settling")
                self._thread.start()

    def wait(self, timeout_s: float) -> bool:
        """Whether everything was done within the time."""
        with self._lock:
            return self._lock.wait_for(lambda: self._thread is None, timeout_s)

    def _run(self) -> None:
        while (name := self._next()) is not None:
            try:
                self._work(name)
            except Exception:
                log.exception("work on something that settled failed")

    def _next(self) -> str | None:
        ended_at: float | None = None
        while True:
            now = time.monotonic()
            if ended_at is None and not threading.main_thread().is_alive():
                ended_at = self._ended_at = self._ended_at or now
            with self._lock:
                if not self._heard_at or (ended_at and now > ended_at + MOST_S_AFTER_THE_END):
                    self._thread = None
                    self._lock.notify_all()
                    return None
                name, heard_at = next(iter(self._heard_at.items()))
                left_s = heard_at + self._settled_after_s - now
                if left_s <= 0 or ended_at:
                    del self._heard_at[name]
                    return name
            time.sleep(min(left_s, LONGEST_NAP_S))


def warm_thumbnail(series_uid: str) -> None:
    """Make the series's thumbnail, if it has one to make."""
    # Imported with the first work: every command's start would otherwise pay for all codecs.
    from pacs.access.actors import system_actor
    from pacs.access.permit import access_series
    from viewer.imaging.errors import CannotShow
    from viewer.rendering.thumbnails import make_thumbnail

    try:
        make_thumbnail(access_series(system_actor("thumbnails"), series_uid), "image/jpeg")
    except (CannotShow, LightboxError) as error:
        # Most often a report or a video. Whoever looks at it is told why; here there is nobody to tell.
        log.debug("no thumbnail: %s", type(error).__name__)


def _in_own_thread(series_uid: str) -> None:
    close_old_connections()
    try:
        warm_thumbnail(series_uid)
    finally:
        close_old_connections()


settling = Settling(_in_own_thread)


def on_instance_stored(event: InstanceStored) -> None:
    """The bus's listener."""
    quiet.note_request()  # who sends is served before what is made ahead, too
    settling.hear(event.series_instance_uid)
    notes.note(event.series_instance_uid)
