"""The cache's promises: it never holds more than its budget, counts right, and makes each thing once (P21)."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from viewer.rendering.cache import ByteCache

BUDGET_BYTES = 100
KEYS = st.integers(0, 9)
VALUES = st.binary(max_size=BUDGET_BYTES + 20)


class AnyUse(RuleBasedStateMachine):
    """Whatever is done with it, in whatever order."""

    def __init__(self) -> None:
        super().__init__()
        self.cache: ByteCache[int, bytes] = ByteCache(BUDGET_BYTES, len)
        self.given: dict[int, bytes] = {}

    @rule(key=KEYS, value=VALUES)
    def put(self, key: int, value: bytes) -> None:
        self.cache.put(key, value)
        self.given[key] = value

    @rule(key=KEYS, value=VALUES)
    def get_or_make(self, key: int, value: bytes) -> None:
        held = self.cache.get(key)
        got = self.cache.get_or_make(key, lambda: value)
        assert got == (value if held is None else held)
        self.given[key] = got

    @rule(key=KEYS)
    def get(self, key: int) -> None:
        held = self.cache.get(key)
        assert held is None or held == self.given[key]

    @rule(key=KEYS)
    def fail_to_make(self, key: int) -> None:
        if self.cache.get(key) is None:
            with pytest.raises(ZeroDivisionError):
                self.cache.get_or_make(key, lambda: bytes(1 // 0))

    @rule()
    def clear(self) -> None:
        self.cache.clear()

    @invariant()
    def accounted_size_equals_the_sum_of_what_it_holds(self) -> None:
        assert self.cache.held_bytes == sum(self.cache.sizes())

    @invariant()
    def budget_is_kept(self) -> None:
        assert self.cache.held_bytes <= BUDGET_BYTES


TestAnyUse = AnyUse.TestCase
TestAnyUse.settings = hypothesis_settings(max_examples=150, stateful_step_count=40, deadline=None)


def test_gives_up_what_was_not_used_for_longest() -> None:
    cache: ByteCache[str, bytes] = ByteCache(3, len)
    for key in "abc":
        cache.put(key, b"x")
    assert cache.get("a") is not None
    cache.put("d", b"x")
    assert [cache.get(key) is not None for key in "abcd"] == [True, False, True, True]


def test_all_who_ask_at_once_get_one_making() -> None:
    cache: ByteCache[str, bytes] = ByteCache(100, len)
    made: list[int] = []
    together = threading.Barrier(8)
    got: list[bytes] = []

    def make() -> bytes:
        made.append(1)
        time.sleep(0.05)
        return b"frame"

    def ask() -> None:
        together.wait()
        got.append(cache.get_or_make("key", make))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), got) == (1, [b"frame"] * 8)


def test_one_failure_fails_all_who_wait_and_is_not_held() -> None:
    cache: ByteCache[str, bytes] = ByteCache(100, len)
    started, finish = threading.Event(), threading.Event()
    raised: list[str] = []

    def fail() -> bytes:
        started.set()
        finish.wait(5)
        raise ValueError("no")

    def ask() -> None:
        try:
            cache.get_or_make("key", fail)
        except ValueError as error:
            raised.append(str(error))

    first, second = threading.Thread(target=ask), threading.Thread(target=ask)
    first.start()
    started.wait(5)
    second.start()
    time.sleep(0.05)
    finish.set()
    first.join()
    second.join()
    assert raised == ["no", "no"]
    assert cache.get_or_make("key", lambda: b"yes") == b"yes"


def test_what_is_larger_than_the_budget_is_given_and_not_held() -> None:
    cache: ByteCache[str, bytes] = ByteCache(3, len)
    assert cache.get_or_make("key", lambda: b"four") == b"four"
    assert (cache.get("key"), cache.held_bytes) == (None, 0)
