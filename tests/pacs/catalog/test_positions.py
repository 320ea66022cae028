"""Places of slices as runs: few numbers for regular stacks, and never another place than was told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacs.catalog.positions import Point, points_of, runs_of

MOST_WRONG_MM = 0.01


def stack(count: int, start: Point, step: Point) -> list[Point]:
    x, y, z = start
    return [(x + n * step[0], y + n * step[1], z + n * step[2]) for n in range(count)]


def test_a_stack_is_one_run() -> None:
    assert runs_of(stack(500, (-187.5, -187.5, 206), (0, 0, -2))) == [
        [500, -187.5, -187.5, 206.0, 0.0, 0.0, -2.0]
    ]


def test_rounding_of_the_maker_breaks_no_run() -> None:
    thirds = [(0.0, 0.0, round(n / 3, 2)) for n in range(500)]
    assert len(runs_of(thirds)) == 1


def test_phases_are_a_run_each_and_what_lies_anyhow_is_told_one_by_one() -> None:
    phase = stack(20, (0, 0, 0), (0, 0, 5))
    assert [run[0] for run in runs_of(phase * 3)] == [20, 20, 20]
    assert runs_of([(1, 2, 3)]) == [[1, 1, 2, 3]]


def test_unknown_places_are_counted() -> None:
    assert runs_of([None, None, (1, 2, 3), None]) == [[2], [1, 1, 2, 3], [1]]
    assert runs_of([]) == []


coordinate = st.floats(-2000, 2000).map(lambda value: round(value, 4))
point = st.tuples(coordinate, coordinate, coordinate)


@given(st.lists(st.none() | point, max_size=30))
def test_they_stand_for_every_place(points: list[Point | None]) -> None:
    told = list(points_of(runs_of(points)))
    assert len(told) == len(points)
    for one, other in zip(told, points, strict=True):
        if one is None or other is None:
            assert one is other
        else:
            assert one == pytest.approx(other, abs=MOST_WRONG_MM)


@given(point, st.tuples(*[st.floats(-10, 10)] * 3), st.integers(2, 1500))
def test_long_runs_do_not_drift(start: Point, step: Point, count: int) -> None:
    points = stack(count, start, step)
    for one, other in zip(points_of(runs_of(points)), points, strict=True):
        assert one == pytest.approx(other, abs=MOST_WRONG_MM)
