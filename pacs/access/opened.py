"""That a study was opened is written down once per session and study, not once per tile (promise P17)."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from django.conf import settings
from django.db import transaction

from pacs.access import audit
from pacs.access.actors import Actor, Sitting

if TYPE_CHECKING:
    from pacs.catalog.models import Study

MOST_REMEMBERED = 20_000
OPENED, SEEN_SMALL = "study opened", "thumbnail seen"
Noted: TypeAlias = "tuple[Sitting, int, str]"

_lock = threading.Lock()
_noted: OrderedDict[Noted, float] = OrderedDict()


def note_opened(actor: Actor, *studies: Study) -> None:
    """Record "study opened" of each, unless this process did for this session and study.

    A Bearer key has no session: its use counts anew after as many hours as a session lasts.
    """
    _note(OPENED, actor, [study for study in studies if not is_noted(actor, study)])


def note_thumbnail(actor: Actor, study: Study) -> None:
    """Record "thumbnail seen" as seldom: a list of studies shows one of each, and opens none."""
    if not is_noted(actor, study) and not _is_noted(SEEN_SMALL, actor, study):
        _note(SEEN_SMALL, actor, [study])


def _note(action: str, actor: Actor, studies: Sequence[Study]) -> None:
    if not studies:
        return
    with transaction.atomic():
        for study in studies:
            audit.record(actor, action, study=study)
    with _lock:
        # Only now: what could not be written down is tried again with the next request.
        for study in studies:
            _noted[actor.sitting, study.pk, action] = time.monotonic()
            _noted.move_to_end((actor.sitting, study.pk, action))
        while len(_noted) > MOST_REMEMBERED:
            _noted.popitem(last=False)


def is_noted(actor: Actor, study: Study) -> bool:
    """Whether its opening is written down already; looks at no database."""
    return _is_noted(OPENED, actor, study)


def _is_noted(action: str, actor: Actor, study: Study) -> bool:
    noted_at = _noted.get((actor.sitting, study.pk, action))
    return noted_at is not None and time.monotonic() - noted_at < settings.SESSION_COOKIE_AGE


def forget() -> None:
    """Count every study as not yet opened."""
    with _lock:
        _noted.clear()
