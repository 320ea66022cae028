"""P8: hostile bytes are read in child processes that can be killed; others are unaffected."""

from __future__ import annotations

import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from pacs.errors import SandboxKilled, SandboxRefused
from pacs.sandbox import pool, wire
from pacs.sandbox.pool import end_all, run, warm_up
from tests.pacs.sandbox import misbehaving

scalars = st.none() | st.booleans() | st.integers() | st.text() | st.binary() | st.floats(allow_nan=False)
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


@given(values)
def test_the_wire_gives_back_what_it_was_given(value: wire.Wire) -> None:
    stream = b"".join(bytes(piece) for piece in wire.pack(value))
    position = 0

    def read_exactly(size: int) -> bytearray:
        nonlocal position
        position += size
        return bytearray(stream[position - size : position])

    assert wire.unpack(read_exactly, 1 << 20) == value
    assert position == len(stream)


@pytest.mark.parametrize(
    "tagged",
    [
        b'{"a":["O8",[1]]}',
        b'{"a":["<u2",[99999999,99999999]]}',
        b'{"a":["<u2",[0,1000000000000000000000]]}',
        b'{"a":[[],[1]]}',
        b'{"b":-1}',
        b'{"b":1048577}',
        b"{}",
        b'{"x":1}',
    ],
)
def test_the_wire_refuses_what_is_not_an_answer(tagged: bytes) -> None:
    message = len(tagged).to_bytes(4, "little") + tagged
    pieces = [bytearray(message[:4]), bytearray(message[4:]), bytearray()]
    with pytest.raises(wire.BadWire):
        wire.unpack(lambda size: pieces.pop(0), 1 << 20)


def test_a_result_comes_back_with_its_arrays() -> None:
    result = run(misbehaving.gradient, 4, 5)
    assert isinstance(result, np.ndarray)
    assert result.dtype == np.uint16
    assert result[3, 4] == 19


def test_p8_what_is_at_hand_goes_before_what_is_still_decoded() -> None:
    niceness = run(misbehaving.niceness)
    assert isinstance(niceness, int)
    assert niceness > os.nice(0)


def test_p8_a_refusal_brings_its_reason_and_never_the_text_of_the_file() -> None:
    with pytest.raises(SandboxRefused) as refused:
        run(misbehaving.refuse)
    assert refused.value.fields == {"error": "Refusal", "reason": "no_pixels"}
    assert "JANE" not in str(refused.value)


@pytest.mark.parametrize(
    ("misdeed", "why"), [(misbehaving.crash, "died"), (misbehaving.eat_memory, "memory")]
)
def test_p8_a_child_that_dies_is_replaced(misdeed: object, why: str) -> None:
    with pytest.raises(SandboxKilled) as killed:
        run(misdeed)  # type: ignore[arg-type]  # both are callables
    assert killed.value.fields == {"why": why}
    assert run(misbehaving.give_back, [1, {"a": b"b"}]) == [1, {"a": b"b"}]


def test_p8_a_child_that_takes_too_long_is_killed_and_another_caller_is_not_kept_waiting() -> None:
    run(misbehaving.process_number)  # one child is warm
    outcome: list[str] = []

    def hang() -> None:
        with pytest.raises(SandboxKilled) as killed:
            run(misbehaving.take_forever, deadline_s=4)
        outcome.append(str(killed.value.fields["why"]))

    hanging = threading.Thread(target=hang)
    hanging.start()
    started_at = time.monotonic()
    assert run(misbehaving.give_back, 7) == 7
    assert time.monotonic() - started_at < 4
    hanging.join()
    assert outcome == ["deadline"]


@pytest.mark.parametrize(
    "said", [b"[" * 100_000, b'{"d":{"result":"forged"}}', b'{"d":{"token":"","result":1}}']
)
def test_p8_what_a_child_says_unasked_is_nobodys_answer(said: bytes) -> None:
    with pytest.raises(SandboxKilled) as killed:
        run(misbehaving.speak, len(said).to_bytes(4, "little") + said)
    assert killed.value.fields == {"why": "died"}
    for number in range(4):
        assert run(misbehaving.give_back, number) == number


def test_p8_what_ends_a_call_ends_its_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as a server without memory for the answer, which then stays in the pipe."""

    def full(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(pool, "unpack", full)
        with pytest.raises(MemoryError):
            run(misbehaving.give_back, "of the call before")
    for number in range(4):
        assert run(misbehaving.give_back, number) == number


def test_something_else_is_done_while_a_child_works_and_costs_the_child_no_time() -> None:
    done: list[str] = []

    def slowly() -> None:
        time.sleep(0.4)  # longer than the child may take
        done.append("here")

    run(misbehaving.process_number)
    assert run(misbehaving.give_back, 7, deadline_s=0.3, meanwhile=slowly) == 7
    assert done == ["here"]


def test_p8_the_last_idle_child_is_not_kept_from_others_by_what_takes_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []
    now = time.monotonic
    # The second is what takes long: a slow disk.
    asked = [lambda: done.append("done"), lambda: time.sleep(2 * pool.SHORT_S)]
    monkeypatch.setattr(pool, "_meanwhile", pool._Meanwhile())
    with ThreadPoolExecutor(max(1, settings.SANDBOX_CHILDREN - 1)) as threads:
        others = [threads.submit(run, misbehaving.rest, 1) for _ in range(settings.SANDBOX_CHILDREN - 1)]
        while pool._the_pool().qsize() != 1:
            time.sleep(0.01)  # until they are at work
        for meanwhile in (*asked, *asked):
            run(misbehaving.give_back, 1, meanwhile=meanwhile)
        assert not any(one.done() for one in others)
        assert done == ["done"]  # the first time: then it was long, and is not tried with the last child
        monkeypatch.setattr(time, "monotonic", lambda: now() + pool.LONG_FOR_S)
        run(misbehaving.give_back, 1, meanwhile=asked[0])
        assert done == ["done"] * 2  # it may not be any more
    run(misbehaving.give_back, 1, meanwhile=asked[1])
    run(misbehaving.give_back, 1, meanwhile=asked[0])
    assert done == ["done"] * 3  # there is another that is idle


def test_children_are_ready_before_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    end_all()
    warm_up("no.such.module")  # is no reason not to serve
    warm_up("colorsys")

    def start_another(child: pool.Child) -> None:
        pytest.fail("it had not been started")

    monkeypatch.setattr(pool.Child, "_start", start_another)
    assert run(misbehaving.has_imported, "colorsys") is True


def test_that_the_network_cannot_be_left_is_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pool, "_is_told", False)
    for _ in range(2):
        assert pool._read({"token": "t", "offline": False, "result": 1}, "t") == 1
    assert len(caplog.records) == 1


def test_p8_a_child_writes_no_file(tmp_path: Path) -> None:
    target = tmp_path / "written"
    with pytest.raises((SandboxKilled, SandboxRefused)):
        run(misbehaving.write_file, str(target))
    assert not target.exists() or target.stat().st_size == 0


def test_p8_a_child_reaches_no_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(SandboxRefused):
        run(misbehaving.connect, server.getsockname()[1])


def test_a_child_outlives_the_thread_that_first_needed_it() -> None:
    """Linux ends a child with the thread that started it, not with the process."""
    end_all()
    seen: list[object] = []
    for _ in range(3):
        worker = threading.Thread(target=lambda: seen.append(run(misbehaving.process_number)))
        worker.start()
        worker.join()
        time.sleep(0.05)
    assert len(set(seen)) == 1
