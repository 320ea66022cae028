"""Streams made ahead: of what was received and of what was decoded for a picture, resumable, and out of the way."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from pytest_django import Settings

from pacs.catalog.models import Instance
from pacs.errors import Overloaded
from pacs.storage.derived import derived_store
from tests import builders
from tests.viewer.kept import keep
from tests.viewer.streams import Array
from viewer.rendering import pending, stream_making, streams
from viewer.rendering.derive import Derived, derive
from viewer.rendering.frame_values import frame_values
from viewer.rendering.kept_streams import is_kept
from viewer.rendering.offered import offers
from viewer.rendering.quiet import Quiet
from viewer.rendering.stored_frame import FrameAddress, address_frame
from viewer.rendering.stream_making import make_pending, making_streams

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cold")]


@pytest.fixture(autouse=True)
def noted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered of the test before, and series settle at once."""
    monkeypatch.setattr(pending.notes, "_noted_at", {})
    monkeypatch.setattr(stream_making, "SETTLED_AFTER_S", 0)


def jpeg_2000(stored: Array) -> bytes:
    return bytes(imagecodecs.jpeg2k_encode(stored, level=0, codecformat="j2k", reversible=True))


def has_streams(*instances: Instance) -> list[bool]:
    return [is_kept(address_frame(instance, 0)) for instance in instances]


def made_ahead() -> int:
    return make_pending(threading.Event())


def test_what_was_received_has_its_streams_made_once() -> None:
    slices = keep(*builders.ct_series(3))
    assert has_streams(*slices) == [False] * 3
    assert made_ahead() == 3
    assert has_streams(*slices) == [True] * 3
    assert list(pending.pending()) == []
    assert made_ahead() == 0


def test_what_came_last_is_made_first_even_while_others_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    old, newer = keep(builders.ct_slice()), keep(builders.ct_slice())
    later: list[Instance] = []
    order: list[str] = []

    def noted(address: FrameAddress) -> Derived:
        order.append(address.instance.sop_instance_uid)
        if not later:
            later.extend(keep(builders.ct_slice()))
        return derive(address)

    monkeypatch.setattr(streams, "derive", noted)
    assert made_ahead() == 3
    assert order == [one.sop_instance_uid for one in (*newer, *later, *old)]


def test_every_frame_of_many_has_one() -> None:
    (instance,) = keep(builders.multiframe(4))
    assert made_ahead() == 4
    assert all(is_kept(address_frame(instance, index)) for index in range(4))


def test_a_restart_goes_on_where_the_server_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    slices = keep(*builders.ct_series(3))
    has_ended = threading.Event()

    def ended_after_one(address: FrameAddress) -> Derived:
        has_ended.set()
        return derive(address)

    with monkeypatch.context() as patched:
        patched.setattr(streams, "derive", ended_after_one)
        assert make_pending(has_ended) == 1
    assert sorted(has_streams(*slices)) == [False, False, True]
    pending.notes._noted_at.clear()  # another process knows what is written down alone
    assert made_ahead() == 2
    assert has_streams(*slices) == [True] * 3


def test_a_series_that_still_grows_is_left_for_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_making, "SETTLED_AFTER_S", 30)
    keep(builders.ct_slice())
    assert made_ahead() == 0
    assert len(list(pending.pending())) == 1


def test_what_was_added_meanwhile_stays_noted() -> None:
    keep(builders.ct_slice())
    (one,) = pending.pending()
    pending.notes._noted_at.clear()
    pending.notes.note(one.series_uid)
    pending.settle(one)
    assert [left.series_uid for left in pending.pending()] == [one.series_uid]


def test_all_that_is_derived_may_be_dropped() -> None:
    (instance,) = keep(builders.ct_slice())
    made_ahead()
    derived_store().drop()
    assert has_streams(instance) == [False]
    assert made_ahead() == 0  # nothing is noted any more: made when it is looked at
    assert streams.level_bytes(address_frame(instance, 0), 0)


def test_reports_and_what_was_deleted_are_done_with() -> None:
    keep(builders.report())
    (gone,) = keep(builders.ct_slice())
    Instance.objects.filter(pk=gone.pk).delete()
    gone.series.delete()
    assert made_ahead() == 0
    assert list(pending.pending()) == []


def test_one_that_cannot_be_shown_keeps_no_other_from_being_made() -> None:
    series: dict[str, Any] = {name: builders.new_uid() for name in ("StudyInstanceUID", "SeriesInstanceUID")}
    bad, good = keep(
        builders.encapsulated([b"\xff\x4f\xff\x51 no codestream"], **series), builders.ct_slice(**series)
    )
    assert made_ahead() == 1
    assert has_streams(bad, good) == [False, True]
    assert list(pending.pending()) == []


def test_a_damaged_frame_keeps_no_other_of_its_object_from_being_made() -> None:
    good = jpeg_2000(np.arange(64, dtype="<u2").reshape(8, 8))
    frames = [good, b"\xff\x4f\xff\x51 no codestream", good]
    (instance,) = keep(builders.encapsulated(frames))
    assert made_ahead() == 2
    assert [is_kept(address_frame(instance, index)) for index in range(3)] == [True, False, True]


def test_one_whose_frames_all_fail_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    keep(builders.encapsulated([b"\xff\x4f\xff\x51 no codestream"] * 9))
    asked: list[int] = []

    def noted(address: FrameAddress) -> Derived:
        asked.append(address.frame_index)
        return derive(address)

    monkeypatch.setattr(streams, "derive", noted)
    assert made_ahead() == 0
    assert asked == [0, 1, 2]


def test_a_fault_of_ours_is_told_and_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = keep(*builders.ct_series(2))

    def faulty(address: FrameAddress) -> Derived:
        if address.instance.pk == first.pk:
            raise RuntimeError(address.source.blob)
        return derive(address)

    monkeypatch.setattr(streams, "derive", faulty)
    assert made_ahead() == 1
    assert has_streams(first, second) == [False, True]
    assert list(pending.pending()) == []
    assert "RuntimeError" in caplog.text
    assert first.blob not in caplog.text  # nothing of a file but the places in our code (P10)


def test_while_the_sandbox_is_overloaded_the_series_stays_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    (instance,) = keep(builders.ct_slice())

    def overloaded(address: FrameAddress) -> Derived:
        raise Overloaded(retry_after_s=1)

    with monkeypatch.context() as patched:
        patched.setattr(streams, "derive", overloaded)
        assert made_ahead() == 0
    assert made_ahead() == 1
    assert has_streams(instance) == [True]


def test_no_import_pushes_out_more_than_half_of_what_is_kept(settings: Settings) -> None:
    settings.STREAM_DISK_BYTES = 2000
    slices = keep(*builders.ct_series(6, rows=64, columns=64))
    made = made_ahead()
    assert 0 < made < 6
    assert sum(has_streams(*slices)) <= made
    assert list(pending.pending()) == []


def test_p6_a_full_disk_ends_it(settings: Settings) -> None:
    slices = keep(*builders.ct_series(3))
    settings.MIN_FREE_BYTES = 1 << 60
    assert made_ahead() == 1
    assert has_streams(*slices) == [False] * 3


def test_a_frame_decoded_for_a_picture_is_not_decoded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_making, "LOOKED_FOR_EVERY_S", 0.05)
    stored = np.random.default_rng(5).integers(0, 4096, (70, 70)).astype("<u2")
    data = jpeg_2000(stored)
    size: dict[str, Any] = {"Rows": 70, "Columns": 70, "BitsStored": 12, "HighBit": 11}
    (instance,) = keep(builders.encapsulated([data], **size))
    derived_store().drop(pending.KIND)
    address = address_frame(instance, 0)
    assert not offers.has_taker
    with making_streams():
        frame_values(address)
        ends_at = time.monotonic() + 20
        while not is_kept(address) and time.monotonic() < ends_at:
            time.sleep(0.02)
    assert is_kept(address)
    assert not offers.has_taker


def test_the_thread_makes_what_is_pending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_making, "LOOKED_FOR_EVERY_S", 0.05)
    slices = keep(*builders.ct_series(2))
    with making_streams():
        ends_at = time.monotonic() + 20
        while not all(has_streams(*slices)) and time.monotonic() < ends_at:
            time.sleep(0.02)
    assert all(has_streams(*slices))


def test_it_waits_until_nobody_asks_but_not_for_ever() -> None:
    quiet, has_ended = Quiet(quiet_after_s=0.2), threading.Event()
    began = time.monotonic()
    quiet.wait(60, has_ended)
    quiet.note_request()
    quiet.wait(60, has_ended)
    assert 0.2 <= time.monotonic() - began < 30
    never = Quiet(quiet_after_s=600)
    never.note_request()
    began = time.monotonic()
    never.wait(0.05, has_ended)
    has_ended.set()
    never.wait(600, has_ended)
    assert 0.05 <= time.monotonic() - began < 30


def test_the_least_recently_used_streams_go_first(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    slices = keep(*builders.ct_series(6, rows=64, columns=64))
    addresses = [address_frame(one, 0) for one in slices]
    for address in addresses:
        streams.level_bytes(address, 0)
    files = [path for path in (Path(settings.DERIVED_ROOT) / "stream").rglob("*") if path.is_file()]
    settings.STREAM_DISK_BYTES = sum(path.stat().st_size for path in files) // 2
    derived_store().trim("stream")
    left = [is_kept(address) for address in addresses]
    assert 0 < sum(left) <= 3
    assert left == sorted(left)  # the first ones are gone
    assert streams.level_at_hand(addresses[0], 0) is None
    assert streams.level_bytes(addresses[0], 0)
