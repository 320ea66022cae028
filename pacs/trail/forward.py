"""Sends the trail on to a collector while it is written, where one is set (LIGHTBOX_AUDIT_FORWARD); never by itself.

A thread reads what was committed and sends it: no request ever waits for a collector. What could not be sent is sent
later, from where it stopped, also after a restart. Over UDP nobody learns what was lost; over TCP and TLS what was on
its way when a line broke may be.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections

from pacs.access.forwarding import not_yet_sent, note_sent
from pacs.access.trail import names_in
from pacs.errors import places_of
from pacs.trail.collector import Collector, Line, collector_at, open_line
from pacs.trail.syslog import to_syslog

log = logging.getLogger(__name__)

LOOKS_EVERY_S = 1.0
TRIES_AGAIN_AFTER_S = (1.0, 5.0, 30.0)
AT_ONCE = 200
LONGEST_STOP_S = 2.0


@contextmanager
def forwarding() -> Iterator[None]:
    """While this lasts a thread sends what is written, if a collector is set."""
    collector = collector_at(
        settings.AUDIT_FORWARD, settings.AUDIT_FORWARD_CA, settings.AUDIT_FORWARD_CERTIFICATE
    )
    if collector is None:
        yield
        return
    with forwarding_to(collector):
        yield


@contextmanager
def forwarding_to(collector: Collector) -> Iterator[None]:
    """The same, to this one."""
    has_ended = threading.Event()
    thread = threading.Thread(
        target=_forward_until, args=(has_ended, collector), name="trail-forward", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        has_ended.set()
        thread.join(LONGEST_STOP_S)


def _forward_until(has_ended: threading.Event, collector: Collector) -> None:
    failures = 0
    while not has_ended.is_set():
        try:
            with open_line(collector) as line:
                while not has_ended.is_set():
                    has_more = _send_next(line)
                    failures = 0
                    if not has_more:
                        has_ended.wait(LOOKS_EVERY_S)
        except (OSError, DatabaseError) as error:
            if failures == 0:  # told once, until it works again
                log.warning("the audit trail is not sent on, and will be later: %s", places_of(error))
            has_ended.wait(TRIES_AGAIN_AFTER_S[min(failures, len(TRIES_AGAIN_AFTER_S) - 1)])
            failures += 1
    connections.close_all()


def _send_next(line: Line) -> bool:
    """Send what is next; whether there may be more."""
    close_old_connections()  # the database server may have come and gone since (promise P23)
    events = not_yet_sent(AT_ONCE)
    if events:
        names = names_in(events)
        line.send([to_syslog(event, names) for event in events])
        note_sent(events[-1].pk)
    return len(events) == AT_ONCE
