"""Slices are shown in the order of the body."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pacs.catalog.models import Instance
from viewer.rendering.display_order import in_display_order

AXIAL, CORONAL, SAGITTAL = [1, 0, 0, 0, 1, 0], [1, 0, 0, 0, 0, -1], [0, 1, 0, 0, 0, -1]


def row(
    number: int | None, position_mm: float | None, uid: str = "1", orientation: Sequence[float] = AXIAL
) -> Instance:
    return Instance(
        instance_number=number,
        position_mm=position_mm,
        sop_instance_uid=uid,
        display={"ImageOrientationPatient": orientation},
    )


@given(st.lists(st.floats(-500, 500), min_size=2, unique=True), st.booleans(), st.randoms())
def test_slices_are_in_the_order_of_the_body_in_the_direction_of_their_numbers(
    positions: list[float], down: bool, chance: Any
) -> None:
    rows = [row(number, mm) for number, mm in enumerate(sorted(positions, reverse=down))]
    chance.shuffle(rows)
    assert [one.position_mm for one in in_display_order(rows)] == sorted(positions, reverse=down)


def test_repeated_or_missing_positions_leave_it_to_the_numbers() -> None:
    phases = [row(number, float(number % 2)) for number in range(6)]
    assert in_display_order(phases[::-1]) == phases
    views = [row(1, None), row(2, 5.0), row(None, 1.0)]
    assert in_display_order(views[::-1]) == views


def test_the_planes_of_a_localizer_are_not_mixed_by_positions_along_different_normals() -> None:
    planes = [
        row(3 * place + number, 10.0 * number + place, orientation=plane)
        for place, plane in enumerate((AXIAL, SAGITTAL, CORONAL))
        for number in range(1, 4)
    ]
    assert in_display_order(planes[::-1]) == planes


def test_cosines_that_differ_by_rounding_are_of_one_plane() -> None:
    tilted = [row(1, 2.0, orientation=[0.99996, 0, 0.0099, 0, 1, 0]), row(2, 3.0), row(3, 1.0)]
    rounded = [row(1, 2.0, orientation=[0.9999, 0.0004, 0, 0, 1, 0]), row(2, 3.0), row(3, 1.0)]
    assert in_display_order(tilted) == tilted
    assert [one.position_mm for one in in_display_order(rounded)] == [3.0, 2.0, 1.0]
