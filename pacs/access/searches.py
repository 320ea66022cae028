"""That somebody searched is written down once per search, not once per letter typed or page turned (promise P17).

The event is written before the first answer: a search that was cut short is in the trail too. What follows
within a minute and is the same search (the same filters, the text typed on or taken back, the next page)
writes nothing more. The trail says by what was searched, never for whom: the text is a patient's name.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from pacs.access import audit
from pacs.access.actors import Actor, Sitting

SAME_SEARCH_S = 60.0
MOST_REMEMBERED = 4096


@dataclass
class _Search:
    filters: Mapping[str, str]
    text: str
    begun_at: float

    def goes_on_as(self, filters: Mapping[str, str], text: str, now: float) -> bool:
        """Whether a request of `now` still belongs to this search."""
        if now - self.begun_at > SAME_SEARCH_S or filters != self.filters:
            return False
        if not text or not self.text:
            return text == self.text
        return text.startswith(self.text) or self.text.startswith(text)


_lock = threading.Lock()
_last: OrderedDict[tuple[Sitting, str], _Search] = OrderedDict()


def note_search(actor: Actor, subject: str, filters: Mapping[str, str], text: str = "") -> None:
    """Record "<subject> searched", unless this request goes on with this session's last search for the same.

    `filters` are the keys with a value other than the text typed, without where in the list the page begins.
    """
    who = (actor.sitting, subject)
    now = time.monotonic()
    with _lock:
        last = _last.get(who)
        if last is not None and last.goes_on_as(filters, text, now):
            last.text = text
            return
    by = sorted([*filters, *(["text"] if text else [])])
    audit.record(actor, f"{subject} searched", by=", ".join(by))
    with _lock:
        _last[who] = _Search(dict(filters), text, now)
        _last.move_to_end(who)
        while len(_last) > MOST_REMEMBERED:
            _last.popitem(last=False)


def forget() -> None:
    """Count every search as new."""
    with _lock:
        _last.clear()
