"""A small memory of decisions about access, each good under one epoch and until one moment."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Decisions(Generic[Key, Value]):
    """The most recent decisions, at most `limit` of them. Safe among threads."""

    def __init__(self, limit: int, believed_s: float) -> None:
        self._limit = limit
        self._believed_s = believed_s
        self._kept: OrderedDict[Key, tuple[int, float, Value]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Key, epoch: int) -> Value | None:
        """The decision, when it was made under this epoch and its time has not come."""
        kept = self._kept.get(key)
        if kept is None or kept[0] != epoch or kept[1] <= time.time():
            return None
        return kept[2]

    def keep(self, key: Key, epoch: int, value: Value, ends_at: float | None = None) -> None:
        """Remember a decision made under this epoch; `ends_at` (seconds of time.time()) is when it ends by itself."""
        believed_until = time.time() + self._believed_s
        ends = believed_until if ends_at is None else min(ends_at, believed_until)
        with self._lock:
            self._kept[key] = (epoch, ends, value)
            self._kept.move_to_end(key)
            while len(self._kept) > self._limit:
                self._kept.popitem(last=False)

    def forget(self) -> None:
        """Remember nothing."""
        with self._lock:
            self._kept.clear()
