"""Receives a file piece by piece. What is told to have come is on the disk, so a sender may go on from there."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from pacs.access.actors import Actor
from pacs.access.audit import record
from pacs.access.upload_links import charge_sent, give_back_sent, own_upload_link
from pacs.catalog.database import telling_full
from pacs.errors import BadRequest, Conflict, NotFound, NotSignedIn, Overloaded, TooLarge
from pacs.ingest.deliveries import printable
from pacs.ingest.models import Upload
from pacs.storage import disk

RECEIVING, READING, DONE = "receiving", "reading", "done"
MOST_UNFINISHED = 1000  # of one user: more are begun only when some are complete
HEAD_BYTES = 64 << 10  # holds an instance's UIDs
ABANDONED_AFTER = timedelta(days=7)
FORGOTTEN_AFTER = timedelta(days=1)  # verdicts that nobody will ask for any more
PIECES_MODE = 0o640
SUFFIX = ".upload"


@dataclass(frozen=True)
class Head:
    """The beginning of what has come. A sender that continues an upload holds its own file against it."""

    size_bytes: int
    sha256: str


def begin_upload(name: str, size_bytes: int, *, actor: Actor) -> Upload:
    """A new upload of this user or guest. Raises BadRequest, TooLarge, Overloaded, StorageFull."""
    if size_bytes < 0:
        raise BadRequest(parameter="size_bytes", reason="below zero")
    if size_bytes > settings.MAX_UPLOAD_BYTES:
        raise TooLarge(most_bytes=settings.MAX_UPLOAD_BYTES)
    if unfinished_uploads(actor).count() >= MOST_UNFINISHED:
        raise Overloaded(retry_after_s=5)
    folder = uploads_folder()
    with disk.telling_full(), telling_full():
        disk.make_folder(folder)
        disk.require_room(folder, size_bytes)
        with transaction.atomic():
            owner = _new_owner(actor, size_bytes)
            upload = Upload.objects.create(**owner, name=printable(name), size_bytes=size_bytes)
        path_of(upload).touch(PIECES_MODE)
    return upload


def access_upload(actor: Actor, upload_id: UUID) -> Upload:
    """The upload, if it is this user's own. Raises NotFound, written down."""
    found = Upload.objects.filter(_own(actor), pk=upload_id).first()
    if found is None:
        record(actor, "refused", outcome="refused", upload=str(upload_id))
        raise NotFound
    return found


def unfinished_uploads(actor: Actor) -> QuerySet[Upload]:
    """This user's uploads that are not done, the oldest first."""
    return Upload.objects.filter(_own(actor)).exclude(state=DONE).order_by("made_at", "pk")


def append_piece(upload: Upload, offset: int, piece: Iterable[bytes]) -> Upload:
    """Write the next piece and make it durable; nothing stays of one that breaks off. The upload as it is then.

    Raises Conflict with the true offset, TooLarge for more than was announced, StorageFull, Overloaded while
    another piece is being written.
    """
    with _written_by_us_alone(upload) as descriptor:
        received = _require_offset(upload, offset, os.fstat(descriptor).st_size)
        with disk.telling_full():
            disk.require_room(uploads_folder())
            ends_at = _write(descriptor, received, piece, upload.size_bytes)
            os.fsync(descriptor)
            if offset == 0:
                disk.sync_folder(uploads_folder())
        _put_received(upload, ends_at)
    return Upload.objects.get(pk=upload.pk)


def head_of(upload: Upload) -> Head | None:
    """The beginning of what has come; None where nothing has, or nothing is to be continued."""
    size = min(upload.received_bytes, HEAD_BYTES)
    path = path_of(upload)
    if not size or upload.state != RECEIVING or not path.exists():
        return None
    with path.open("rb") as file:
        return Head(size, hashlib.sha256(file.read(size)).hexdigest())


def give_up(upload: Upload) -> None:
    """Forget the upload and what has come of it. What was taken in of it already stays."""
    path = path_of(upload)
    with transaction.atomic():
        if upload.link_id is not None and upload.state == RECEIVING:
            give_back_sent(upload.link_id, upload.size_bytes)
        upload.delete()
    path.unlink(missing_ok=True)


def clear_abandoned_uploads(now: datetime | None = None) -> int:
    """Forget what nobody continued, and verdicts that were told long ago; how many. Removes files without a row."""
    at = now or timezone.now()
    old = Q(state=DONE, touched_at__lt=at - FORGOTTEN_AFTER) | Q(touched_at__lt=at - ABANDONED_AFTER)
    abandoned = list(Upload.objects.filter(old).exclude(state=READING).defer("verdicts"))
    for upload in abandoned:
        give_up(upload)
    # The files first: of an upload that begins meanwhile there is a row before there is a file.
    lying = list(uploads_folder().glob(f"*{SUFFIX}"))
    wanted = {path_of(upload) for upload in Upload.objects.exclude(state=DONE).defer("verdicts")}
    for path in lying:
        if path not in wanted:
            path.unlink(missing_ok=True)
    return len(abandoned)


def uploads_folder() -> Path:
    """Where files lie that are on their way in."""
    return Path(settings.STAGING_ROOT) / "uploads"


def path_of(upload: Upload) -> Path:
    """Where the upload's bytes lie: under its number, which is ours, not under its name."""
    return uploads_folder() / f"{upload.pk.hex}{SUFFIX}"


def _own(actor: Actor) -> Q:
    """Which uploads are the actor's: a person's own, or those of a guest's own browser. Raises NotSignedIn."""
    if actor.guest is not None:
        return Q(link_id=actor.guest.link, stay=_stay_of(actor))
    if actor.user_id is None:
        raise NotSignedIn
    return Q(user_id=actor.user_id, link=None)


def _new_owner(actor: Actor, size_bytes: int) -> dict[str, Any]:
    """The columns that say whose a new upload is. Raises TooLarge for more than a guest's link takes."""
    if actor.guest is None:
        return {"user_id": actor.user_id}
    link = own_upload_link(actor)
    charge_sent(link, size_bytes)
    return {"user_id": link.made_by_id, "link": link, "stay": _stay_of(actor)}


def _stay_of(actor: Actor) -> str:
    """One link may be opened in several browsers: none sees the names of another's files."""
    return hashlib.sha256((actor.session_key or "").encode()).hexdigest()


@contextmanager
def _written_by_us_alone(upload: Upload) -> Iterator[int]:
    try:
        descriptor = os.open(path_of(upload), os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        _tell_why_it_is_gone(upload)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield descriptor
    except BlockingIOError:
        raise Overloaded(retry_after_s=1) from None
    finally:
        os.close(descriptor)


def _tell_why_it_is_gone(upload: Upload) -> NoReturn:
    """Raises Conflict where the file was read to its end, or was lost and has to come again; NotFound if given up."""
    state = Upload.objects.filter(pk=upload.pk).values_list("state", "received_bytes").first()
    if state is None:
        raise NotFound
    if state[0] != RECEIVING:
        raise Conflict(received_bytes=state[1])
    disk.make_folder(uploads_folder())
    path_of(upload).touch(PIECES_MODE)
    _put_received(upload, 0)
    raise Conflict(received_bytes=0)


def _require_offset(upload: Upload, offset: int, kept_bytes: int) -> int:
    """The offset, if it is where the upload stands by now. Raises Conflict, NotFound."""
    state = Upload.objects.filter(pk=upload.pk).values_list("state", "received_bytes").first()
    if state is None:
        raise NotFound
    received: int = state[1]
    if kept_bytes < received:
        # The file was lost, as when a backup of the database alone was restored: it has to come again.
        _put_received(upload, 0)
        raise Conflict(received_bytes=0)
    if state[0] != RECEIVING or offset != received:
        raise Conflict(received_bytes=received)
    return received


def _write(descriptor: int, offset: int, piece: Iterable[bytes], most: int) -> int:
    """Where the piece ends. Raises TooLarge when it ends behind `most`."""
    os.ftruncate(descriptor, offset)  # what a killed process wrote and did not tell
    for data in piece:
        if offset + len(data) > most:
            raise TooLarge(most_bytes=most)
        view = memoryview(data)
        while view:
            written = os.pwrite(descriptor, view, offset)
            view, offset = view[written:], offset + written
    return offset


def _put_received(upload: Upload, received_bytes: int) -> None:
    with telling_full():
        rows = Upload.objects.filter(pk=upload.pk, state=RECEIVING)
        if not rows.update(received_bytes=received_bytes, touched_at=timezone.now()):
            raise NotFound  # given up meanwhile
