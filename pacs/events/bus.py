"""What happened, told in process after it is true: published on commit, heard by rooms that ingest never imports."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.db import transaction

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class InstanceStored:
    """One instance is kept and can be found."""

    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    arrival: int


Listener = Callable[[InstanceStored], None]
_listeners: list[Listener] = []


def subscribe(listener: Listener) -> None:
    """Hear of every instance stored by this process. Called in AppConfig.ready."""
    if listener not in _listeners:
        _listeners.append(listener)


def publish_on_commit(event: InstanceStored) -> None:
    """Tell the listeners once the present transaction is on the disk; at once outside of one."""
    transaction.on_commit(partial(_tell, event))


def _tell(event: InstanceStored) -> None:
    for listener in tuple(_listeners):
        try:
            listener(event)
        except Exception:
            # The instance is kept whatever a listener does: its failure must not become the sender's.
            log.exception("a listener failed on an event")
