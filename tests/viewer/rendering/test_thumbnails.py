"""A thumbnail is of the slice that tells most, and is there before anyone asks."""

from __future__ import annotations

import io
import threading
import time
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pacs.storage.derived import derived_store
from tests import builders
from tests.people import TESTS
from tests.viewer.kept import keep
from viewer.imaging.errors import CannotShow
from viewer.rendering import prefetch, thumbnails
from viewer.rendering.digest import build_digest
from viewer.rendering.prefetch import Settling
from viewer.rendering.representative import (
    MOST_LOOKED_AT,
    choose_frame,
    information,
    known_choice,
    places_to_look_at,
)
from viewer.rendering.thumbnails import make_thumbnail, series_of_thumbnail, thumbnail_at_hand

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cold")]


def stack(pictures: list[np.ndarray[Any, Any]]) -> list[bytes]:
    shared = {
        "StudyInstanceUID": builders.new_uid(),
        "SeriesInstanceUID": builders.new_uid(),
        "Modality": "CT",
    }
    return [
        builders.image(
            picture.astype("<u2"), **shared, InstanceNumber=number, ImagePositionPatient=[0, 0, number],
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0], WindowCenter=500, WindowWidth=1000,
        )
        for number, picture in enumerate(pictures)
    ]  # fmt: skip


def noise() -> np.ndarray[Any, Any]:
    return np.random.default_rng(1).integers(0, 1000, (64, 64))


def test_the_slice_that_tells_most_is_chosen_and_the_digest_begins_with_it() -> None:
    pictures = [np.zeros((64, 64))] * 9
    pictures[5] = noise()
    rows = keep(*stack(pictures))
    series = rows[0].series
    series.refresh_from_db()
    before = build_digest(series.study, TESTS)["first"]
    assert choose_frame(series).sop_instance_uid == rows[5].sop_instance_uid
    assert known_choice(series) == choose_frame(series)
    assert (before["instance"], build_digest(series.study, TESTS)["first"]["instance"]) == (4, 5)


def test_of_equals_the_middle_is_chosen() -> None:
    rows = keep(*stack([noise()] * 5))
    rows[0].series.refresh_from_db()
    assert choose_frame(rows[0].series).sop_instance_uid == rows[2].sop_instance_uid


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 100, 5000])
def test_few_are_looked_at_all_from_the_middle_half_the_middle_first(count: int) -> None:
    places = places_to_look_at(count)
    assert 1 <= len(places) <= MOST_LOOKED_AT
    assert len(set(places)) == len(places)
    assert all(0.2 * count - 1 <= place <= 0.8 * count for place in places)
    assert abs(places[0] - (count - 1) / 2) <= 0.5


def test_information_is_none_in_an_empty_picture_and_most_in_noise() -> None:
    flat, two = np.zeros((32, 32), np.uint8), np.tile(np.array([0, 255], np.uint8), (32, 16))
    assert information(flat) == 0
    assert information(two) == pytest.approx(1)
    assert information(np.arange(1024).reshape(32, 32).astype(np.uint8)) == pytest.approx(6)


def test_it_is_made_once_and_kept_until_the_series_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = keep(*stack([noise()] * 3))
    series = rows[0].series
    series.refresh_from_db()
    assert thumbnail_at_hand(series, "image/jpeg") is None
    jpeg = make_thumbnail(series, "image/jpeg")
    assert Image.open(io.BytesIO(jpeg)).size == (256, 256)
    thumbnails.forget()
    monkeypatch.setattr(thumbnails, "_make", lambda _: pytest.fail("it was made again"))
    assert make_thumbnail(series, "image/jpeg") == jpeg
    assert Image.open(io.BytesIO(make_thumbnail(series, "image/webp"))).format == "WEBP"
    series.arrival += 1
    assert thumbnail_at_hand(series, "image/jpeg") is None
    series.arrival -= 1
    derived_store().drop()
    assert thumbnail_at_hand(series, "image/jpeg") is None


def test_a_study_is_shown_by_its_largest_series_that_can_be_shown() -> None:
    study: dict[str, Any] = {"StudyInstanceUID": builders.new_uid()}
    reports = builders.new_uid()
    keep(*(builders.report(**study, SeriesInstanceUID=reports) for _ in range(4)))
    (single,) = keep(builders.ct_slice(**study))
    slices = keep(*builders.ct_series(3, **study))
    assert series_of_thumbnail(single.series.study.series.all()) == slices[0].series
    (lonely,) = keep(builders.report())
    with pytest.raises(CannotShow) as refused:
        series_of_thumbnail(lonely.series.study.series.all())
    assert refused.value.reason == "no_pixels"


def test_work_begins_when_nothing_was_heard_for_a_while_and_once() -> None:
    done: list[tuple[str, float]] = []
    settling = Settling(lambda name: done.append((name, time.monotonic())), settled_after_s=0.15)
    for _ in range(4):
        settling.hear("series")
        last = time.monotonic()
        time.sleep(0.05)
    settling.hear("other")
    assert settling.wait(5)
    assert [name for name, _ in done] == ["series", "other"]
    assert done[0][1] - last >= 0.14
    settling.hear("series")
    assert settling.wait(5)
    assert len(done) == 3


def test_a_failure_does_not_end_the_work_on_others() -> None:
    done = threading.Event()

    def work(name: str) -> None:
        if name == "bad":
            raise ValueError
        done.set()

    settling = Settling(work, settled_after_s=0.01)
    settling.hear("bad")
    settling.hear("good")
    assert done.wait(5)
    assert settling.wait(5)


def test_warming_makes_the_thumbnail_and_minds_no_series_without_pictures() -> None:
    rows = keep(*stack([noise()] * 3))
    (report,) = keep(builders.report())
    for row in (rows[0], report):
        prefetch.warm_thumbnail(row.series.series_instance_uid)
    prefetch.warm_thumbnail("1.2.3")
    rows[0].series.refresh_from_db()
    assert thumbnail_at_hand(rows[0].series, "image/webp") is not None
