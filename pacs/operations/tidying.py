"""What nobody comes back for is cleared every hour: sign-ins that have ended, uploads that nobody continues, what a
request that broke off left staged, what was in the bin for long enough, and the copies that ended links showed. What a
crash broke off in the bin goes on, and copies that it broke off are begun anew.

A server may run for months between two starts.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.contrib.sessions.backends.db import SessionStore
from django.db import connections

from pacs.access.devices import clear_ended_devices
from pacs.access.trail_checks import check_when_due
from pacs.bin.emptying import empty_bin
from pacs.errors import places_of
from pacs.ingest.restoring import resume_restoring
from pacs.ingest.uploads.receiving import clear_abandoned_uploads
from pacs.nameless.copying import resume_copying
from pacs.nameless.erasing import erase_ended
from pacs.storage.staging import clear_abandoned

log = logging.getLogger(__name__)

EVERY_S = 3600.0
LONGEST_STOP_S = 2.0
CHORES: tuple[Callable[[], object], ...] = (
    SessionStore.clear_expired,
    clear_ended_devices,
    clear_abandoned_uploads,
    clear_abandoned,
    check_when_due,
    empty_bin,
    resume_restoring,
    resume_copying,
    erase_ended,
)


@contextmanager
def tidying() -> Iterator[None]:
    """While this lasts a thread tidies, now and every hour."""
    has_ended = threading.Event()
    thread = threading.Thread(target=_tidy_until, args=(has_ended,), name="tidying", daemon=True)
    thread.start()
    try:
        yield
    finally:
        has_ended.set()
        thread.join(LONGEST_STOP_S)


def tidy() -> None:
    """Once. What fails is tried again the next time, and keeps nothing else from being done."""
    for chore in CHORES:
        try:
            chore()
        except Exception as error:
            log.error("something could not be cleared: %s", places_of(error))


def _tidy_until(has_ended: threading.Event) -> None:
    while not has_ended.is_set():
        try:
            tidy()
        finally:
            connections.close_all()
        has_ended.wait(EVERY_S)
