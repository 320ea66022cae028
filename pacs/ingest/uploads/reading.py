"""Takes in what was uploaded, beside the requests: a state in the database says how far it is, whoever asks.

A few threads read; a restart begins an unfinished reading anew, and what is kept already is a quick duplicate then.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from contextlib import closing
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from pacs.access.actors import Actor, actor_for_link, actor_for_user
from pacs.access.models import GuestLink
from pacs.access.permit import Act, may
from pacs.access.upload_links import link_that_takes
from pacs.errors import Conflict, LightboxError, places_of
from pacs.ingest.arrival import arrival_from_upload
from pacs.ingest.crew import side_by_side
from pacs.ingest.deliveries import Handed, NamedReceipt, handfuls, receipts_of, unpack
from pacs.ingest.models import Upload
from pacs.ingest.receipts import verdict_of
from pacs.ingest.received.handing_in import hand_in
from pacs.ingest.uploads.receiving import (
    DONE,
    READING,
    RECEIVING,
    clear_abandoned_uploads,
    give_up,
    path_of,
)
from pacs.ingest.workers import Workers

log = logging.getLogger(__name__)

READERS = 3  # a long archive does not stand before a single image
TOLD_EVERY_S = 0.5
VERDICTS_TOLD_QUICKLY = 1000  # they are written anew each time: many of them less often
Receipts = Generator[NamedReceipt, None, None]
Reader = Callable[[Iterator[Handed]], Receipts]
WORKING_STATES = (RECEIVING, READING, DONE)  # any other names the error that stopped the reading


def begin_reading(upload: Upload) -> Future[None]:
    """Take in the whole file in a thread; done when that has ended. Raises Conflict where it is not whole, or read."""
    rows = Upload.objects.filter(pk=upload.pk, received_bytes=F("size_bytes"))
    if not rows.exclude(state__in=(READING, DONE)).update(
        state=READING, verdicts=[], touched_at=timezone.now()
    ):
        raise Conflict(received_bytes=upload.received_bytes)
    return _readers.do(upload.pk)


def resume_uploads() -> int:
    """At the start of a server: forget what was abandoned, read on where a reading was broken off; how many."""
    clear_abandoned_uploads()
    whole = Q(state=RECEIVING, received_bytes=F("size_bytes"))
    broken_off = Upload.objects.filter(whole | ~Q(state__in=(RECEIVING, DONE))).order_by("made_at")
    numbers = list(broken_off.values_list("pk", flat=True))
    for number in numbers:
        Upload.objects.filter(pk=number).update(state=READING, verdicts=[])
        _readers.do(number)
    return len(numbers)


def _read(number: UUID) -> None:
    """Take in one upload. Whatever happens is told by its state."""
    try:
        upload = Upload.objects.select_related("user").filter(pk=number, state=READING).first()
        if upload is not None:
            _take_in(upload)
    except LightboxError as error:
        _put_state(number, error.code)
    except Exception as error:
        log.error("an upload could not be read: %s", places_of(error))
        _put_state(number, "error")


def _take_in(upload: Upload) -> None:
    path = path_of(upload)
    read = _reader_of(upload)
    if read is None:  # no longer
        give_up(upload)
        return
    if not path.exists() or path.stat().st_size != upload.size_bytes:
        Upload.objects.filter(pk=upload.pk).update(state=RECEIVING, received_bytes=0)  # it has to come again
        return
    verdicts, told_at = [], time.monotonic()
    with closing(read(unpack(path, upload.name))) as receipts:
        for named in receipts:
            verdicts.append(verdict_of(named.name, named.receipt))
            if time.monotonic() - told_at > TOLD_EVERY_S * (1 + len(verdicts) // VERDICTS_TOLD_QUICKLY):
                told_at = time.monotonic()
                if not _put_state(upload.pk, READING, verdicts=verdicts):
                    return  # given up
    _put_state(upload.pk, DONE, verdicts=verdicts)
    path.unlink(missing_ok=True)


def _reader_of(upload: Upload) -> Reader | None:
    """What is done with its objects; None where whoever sent them may send no more."""
    if upload.link_id is None:
        actor = actor_for_user(upload.user)
        return partial(_take_in_all, actor) if may(actor, Act.STORE) else None
    link = link_that_takes(upload.link_id)
    return None if link is None else partial(_hand_in_all, link)


def _take_in_all(actor: Actor, objects: Iterator[Handed]) -> Receipts:
    arrival = partial(arrival_from_upload, actor=actor)
    with closing(
        side_by_side(handfuls(objects), lambda some: some.take_in(arrival), settings.SANDBOX_CHILDREN)
    ) as told:
        yield from receipts_of(told)


def _hand_in_all(link: GuestLink, objects: Iterator[Handed]) -> Receipts:
    return side_by_side(objects, partial(hand_in, link, actor_for_link(link)), settings.SANDBOX_CHILDREN)


def _put_state(number: UUID, state: str, **more: object) -> bool:
    """Whether there is still such an upload."""
    return bool(Upload.objects.filter(pk=number).update(state=state, touched_at=timezone.now(), **more))


_readers = Workers("uploads", READERS, _read)
