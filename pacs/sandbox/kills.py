"""What killed its child is remembered: each try would hold a child for as long as it may run (promise P8)."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict

KILLS_ALLOWED = 2
REMEMBERED = 4096  # things; the oldest is forgotten first and would be tried twice again


class Kills:
    """How often the work on each thing was killed; a thing is a blob, or one frame of it."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._lock = threading.Lock()
        self._kills: Counter[str] = Counter()
        self._order: OrderedDict[str, None] = OrderedDict()

    def count(self, thing: str) -> int:
        """How often so far."""
        return self._kills[thing]

    def add(self, thing: str) -> None:
        """Once more."""
        with self._lock:
            self._kills[thing] += 1
            self._order[thing] = None
            while len(self._order) > self._remembered:
                forgotten, _ = self._order.popitem(last=False)
                del self._kills[forgotten]

    def forget(self) -> None:
        """Try everything anew."""
        with self._lock:
            self._kills.clear()
            self._order.clear()
