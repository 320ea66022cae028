"""Memory that is dear and must not grow: kept by a budget of bytes, filled once however many ask at once (P21)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class ByteCache(Generic[Key, Value]):
    """The most recently used values whose sizes together stay within the budget; safe in threads.

    A value must not change its size while it is held. One that is larger than the whole budget is given
    to those who wait for it and not kept.
    """

    def __init__(self, budget_bytes: int, size_of: Callable[[Value], int]) -> None:
        self._budget_bytes = budget_bytes
        self._size_of = size_of
        self._lock = threading.Lock()
        self._held: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._held_bytes = 0
        self._making: dict[Key, list[Future[Value]]] = {}  # those who wait for what is being made

    def get(self, key: Key) -> Value | None:
        """The value if it is held; it is the last to be given up then."""
        with self._lock:
            return self._touch(key)

    def put(self, key: Key, value: Value) -> None:
        """Hold the value, giving up those that were not used for longest."""
        size = self._size_of(value)
        with self._lock:
            self._drop(key)
            if size > self._budget_bytes:
                return
            self._held[key] = (value, size)
            self._held_bytes += size
            while self._held_bytes > self._budget_bytes:
                self._drop(next(iter(self._held)))

    def get_or_make(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value, made by the first who asks while the others wait for the same making.

        What `make` raises is raised for all who wait, and nothing is held: the next one tries again.
        """
        with self._lock:
            held = self._touch(key)
            if held is not None:
                return held
            waiting = self._making.get(key)
            if waiting is None:
                self._making[key] = []
            else:
                made: Future[Value] = Future()
                waiting.append(made)
        return self._make(key, make) if waiting is None else made.result()

    def drop(self, key: Key) -> None:
        """Do not hold this one."""
        with self._lock:
            self._drop(key)

    def clear(self) -> None:
        """Hold nothing."""
        with self._lock:
            self._held.clear()
            self._held_bytes = 0

    @property
    def held_bytes(self) -> int:
        """The sum of the sizes of what is held."""
        return self._held_bytes

    def sizes(self) -> list[int]:
        """The size of each held value, measured anew."""
        with self._lock:
            return [self._size_of(value) for value, _ in self._held.values()]

    def _make(self, key: Key, make: Callable[[], Value]) -> Value:
        try:
            value = make()
            self.put(key, value)
        except BaseException as error:
            for made in self._end_making(key):
                made.set_exception(error)
            raise
        for made in self._end_making(key):
            made.set_result(value)
        return value

    def _end_making(self, key: Key) -> list[Future[Value]]:
        """Those who wait for it; whoever asks from now on finds it held, or makes it anew."""
        with self._lock:
            return self._making.pop(key)

    def _touch(self, key: Key) -> Value | None:
        entry = self._held.get(key)
        if entry is None:
            return None
        self._held.move_to_end(key)
        return entry[0]

    def _drop(self, key: Key) -> None:
        entry = self._held.pop(key, None)
        if entry is not None:
            self._held_bytes -= entry[1]
