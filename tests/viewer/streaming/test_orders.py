"""What is sent next: by what is looked at, how it is moved through, and what the viewer has already."""

from __future__ import annotations

from itertools import islice
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.streaming.orders import HURRY_PER_S, Step, View, nearest, needed_level, plan
from viewer.streaming.shelf import Run, Shelf

LEVELS = 4
STACK = 7


def shelf_of(frames: int, levels: int = LEVELS) -> Shelf:
    shelf = Shelf(frames)
    for frame in range(frames):
        shelf.learn_levels(frame, levels)
    return shelf


def order(shelf: Shelf, view: View, most: int | None = None) -> list[tuple[int, int]]:
    """(frame, level) as they would be sent one after the other."""
    steps = []
    for step in islice(plan([view], {STACK: shelf}), most):
        shelf.sent(step.frame, step.level)
        steps.append((step.frame, step.level))
    return steps


def test_who_rests_gets_this_picture_exact_before_any_other_is() -> None:
    sent = order(shelf_of(100), View(STACK, 50))
    assert sent[:LEVELS] == [(50, level) for level in range(LEVELS)]
    assert sent[LEVELS] == (51, 0)
    assert len(sent) == len(set(sent)) == 100 * LEVELS


def test_a_picture_that_is_shown_small_gets_what_is_shown_then_its_neighbours_then_the_rest_of_itself() -> (
    None
):
    sent = order(shelf_of(100), View(STACK, 50, zoom=0.25))
    assert sent[:2] == [(50, 0), (50, 1)]
    assert sent.index((51, 0)) < sent.index((50, 3)) < sent.index((51, 3))


def test_who_moves_gets_what_comes_towards_them_before_this_picture_exact() -> None:
    sent = order(shelf_of(100), View(STACK, 50, direction=1, frames_per_s=4))
    assert sent[:6] == [(50, 0), (51, 0), (52, 0), (49, 0), (53, 0), (54, 0)]
    assert sent.index((56, 0)) < sent.index((50, 3))


def test_who_moves_back_gets_what_lies_before() -> None:
    sent = order(shelf_of(100), View(STACK, 50, direction=-1, frames_per_s=4))
    assert sent[:6] == [(50, 0), (49, 0), (48, 0), (51, 0), (47, 0), (46, 0)]
    assert sent.index((40, 0)) < sent.index((59, 0))


def test_who_hurries_gets_first_levels_only_until_all_are_there() -> None:
    sent = order(shelf_of(200), View(STACK, 20, direction=1, frames_per_s=2 * HURRY_PER_S))
    assert [level for _, level in sent[:200]] == [0] * 200
    assert sent[200] == (20, 1)


def test_from_there_it_goes_outward_until_every_frame_is_exact() -> None:
    shelf = shelf_of(30)
    sent = order(shelf, View(STACK, 10))
    exact = [frame for frame, level in sent if level == LEVELS - 1]
    assert exact[0] == 10
    assert [abs(frame - 10) for frame in exact] == sorted(abs(frame - 10) for frame in exact)
    assert shelf.not_exact.find(1) == -1


def test_what_the_viewer_has_is_not_sent_again() -> None:
    shelf = shelf_of(20)
    shelf.has(0, [Run(10, LEVELS, LEVELS), Run(5, 1, LEVELS)])
    sent = order(shelf, View(STACK, 3))
    assert all(frame >= 10 for frame, _ in sent)
    assert all(level >= 1 for frame, level in sent if frame < 15)
    assert len(sent) == 5 * (LEVELS - 1) + 5 * LEVELS


def test_what_made_room_for_others_is_sent_again_when_it_is_wanted() -> None:
    shelf = shelf_of(20)
    order(shelf, View(STACK, 3))
    shelf.has(18, [Run(1, 0, 0)])
    assert order(shelf, View(STACK, 3)) == [(18, level) for level in range(LEVELS)]


@pytest.mark.parametrize(("direction", "held"), [(0, (46, 59)), (1, (46, 59)), (-1, (41, 54))])
def test_what_cannot_be_held_is_not_sent(direction: Literal[-1, 0, 1], held: tuple[int, int]) -> None:
    sent = order(shelf_of(100), View(STACK, 50, direction, behind=4, ahead=9))
    assert {frame for frame, _ in sent} == set(range(held[0], held[1] + 1))
    assert len(sent) == 14 * LEVELS


def test_a_cine_is_not_sent_what_it_cannot_hold() -> None:
    sent = order(shelf_of(100), View(STACK, 98, 1, 30, behind=0, ahead=3, is_playing=True))
    assert {frame for frame, _ in sent} == {98, 99, 0, 1}


def test_a_page_in_the_background_gets_its_picture_and_no_other() -> None:
    assert order(shelf_of(100), View(STACK, 50, reach="frame")) == [(50, level) for level in range(LEVELS)]


def test_the_data_saver_gets_previews_and_nothing_exact() -> None:
    sent = order(shelf_of(100), View(STACK, 50, reach="previews"))
    assert sent[:3] == [(50, 0), (50, 1), (50, 2)]
    assert all(level == 0 for frame, level in sent if frame != 50)
    assert {frame for frame, _ in sent} == set(range(38, 63))
    assert order(shelf_of(100), View(STACK, 50, reach="previews", zoom=0.25))[:3] == [
        (50, 0),
        (50, 1),
        (51, 0),
    ]


def test_a_cine_gets_what_it_will_show_and_begins_anew_at_the_end() -> None:
    sent = order(shelf_of(10, 2), View(STACK, 8, direction=1, frames_per_s=30, is_playing=True))
    assert sent == [(frame, level) for frame in (8, 9, 0, 1, 2, 3, 4, 5, 6, 7) for level in range(2)]


def test_pictures_side_by_side_take_turns_from_need_to_need() -> None:
    shelves = {1: shelf_of(40), 2: shelf_of(40)}
    sent = []
    for step in plan([View(1, 5), View(2, 9)], shelves):
        shelves[step.stack].sent(step.frame, step.level)
        sent.append(step)
    first = [Step(stack, at, level) for level in range(LEVELS) for stack, at in ((1, 5), (2, 9))]
    assert sent[: len(first)] == first
    assert len(set(sent)) == 2 * 40 * LEVELS


def test_what_is_being_made_is_passed_over_and_taken_up_once_it_is_made() -> None:
    shelf = shelf_of(5)
    shelf.rest(2)
    assert all(frame != 2 for frame, _ in order(shelf, View(STACK, 2)))
    shelf.wake(2)
    assert order(shelf, View(STACK, 2)) == [(2, level) for level in range(LEVELS)]


def test_what_cannot_be_had_is_never_asked_for() -> None:
    shelf = shelf_of(5)
    shelf.close(2)
    shelf.wake(2)
    assert all(frame != 2 for frame, _ in order(shelf, View(STACK, 2)))


def test_how_many_levels_there_are_is_learnt_on_the_way() -> None:
    shelf = Shelf(3)
    sent = []
    for step in plan([View(STACK, 1, zoom=0.5)], {STACK: shelf}):
        sent.append((step.frame, step.level))
        shelf.learn_levels(step.frame, 2)
        shelf.sent(step.frame, step.level)
    assert sorted(sent) == [(frame, level) for frame in range(3) for level in range(2)]


@pytest.mark.parametrize(
    ("levels", "zoom", "needed"),
    [
        (4, 1, 3),
        (4, 2.5, 3),
        (4, 0.5, 2),
        (4, 0.51, 3),
        (4, 0.25, 1),
        (4, 0.01, 0),
        (4, 0, 3),
        (4, 5e-324, 0),
        (0, 1, 0),
        (1, 0.5, 0),
    ],
)
def test_the_level_that_a_zoom_needs(levels: int, zoom: float, needed: int) -> None:
    assert needed_level(levels, zoom) == needed


@given(
    st.lists(st.booleans(), min_size=1, max_size=40),
    st.integers(0, 39),
    st.sampled_from([-1, 0, 1]),
    st.integers(0, 50),
)
def test_the_nearest_are_all_that_are_marked_and_each_once(
    marks: list[bool], at: int, direction: Literal[-1, 0, 1], within: int
) -> None:
    at %= len(marks)
    found = list(nearest(bytearray(marks), View(STACK, at, direction), within))
    wanted = {place for place, mark in enumerate(marks) if mark and place != at and abs(place - at) <= within}
    assert len(found) == len(set(found))
    assert set(found) == wanted
    for side in (1, -1):
        distances = [abs(place - at) for place in found if (place - at) * side > 0]
        assert distances == sorted(distances)


@given(
    frames=st.integers(1, 12),
    at=st.integers(0, 14),
    direction=st.sampled_from([-1, 0, 1]),
    speed=st.floats(0, 40),
    zoom=st.floats(0, 3),
    playing=st.booleans(),
    runs=st.lists(st.builds(Run, st.integers(0, 5), st.integers(0, LEVELS), st.just(LEVELS)), max_size=4),
)
def test_every_level_that_is_missing_is_sent_once_and_in_its_order(  # noqa: PLR0913
    frames: int, at: int, direction: int, speed: float, zoom: float, playing: bool, runs: list[Run]
) -> None:
    shelf = shelf_of(frames)
    shelf.has(0, runs)
    missing = {(frame, level) for frame in range(frames) for level in range(shelf.held(frame), LEVELS)}
    view = View(STACK, at, direction, speed, zoom, is_playing=playing)  # type: ignore[arg-type]
    sent = order(shelf, view)
    assert len(sent) == len(set(sent))
    assert set(sent) == (missing if at < frames else set())
    for frame in range(frames):
        levels = [level for each, level in sent if each == frame]
        assert levels == sorted(levels)
