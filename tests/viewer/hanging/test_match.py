"""Which images hang side by side: breasts chest wall to chest wall, chests from the front and from the side."""

from __future__ import annotations

from viewer.hanging.match import Hung, View, hang


def view(place: int, position: str, laterality: str = "", modality: str = "MG", frames: int = 1) -> View:
    body_part = "BREAST" if modality == "MG" else "CHEST"
    return View(place, 0, modality, body_part, position, laterality, frames)


def test_breasts_hang_by_view_the_right_one_at_the_left_and_the_chest_walls_meet() -> None:
    hanging = hang([view(0, "MLO", "L"), view(1, "CC", "L"), view(2, "CC", "R"), view(3, "MLO", "R")])
    assert hanging is not None
    assert hanging.name == "mammography"
    assert hanging.rows == (
        (Hung(2, 0, "right"), Hung(1, 0, "left")),
        (Hung(3, 0, "right"), Hung(0, 0, "left")),
    )


def test_one_breast_alone_has_its_views_side_by_side() -> None:
    hanging = hang([view(0, "MLO", "L"), view(1, "CC", "L")])
    assert hanging is not None
    assert hanging.rows == ((Hung(1, 0, "left"), Hung(0, 0, "left")),)
    assert hang([view(0, "CC", "L")]) is None


def test_a_view_of_one_side_only_keeps_its_row_beside_whole_pairs() -> None:
    hanging = hang([view(0, "CC", "R"), view(1, "CC", "L"), view(2, "ML", "L")])
    assert hanging is not None
    assert hanging.rows == ((Hung(0, 0, "right"), Hung(1, 0, "left")), (Hung(2, 0, "left"),))


def test_a_plain_mammogram_goes_before_the_slices_of_a_tomosynthesis() -> None:
    hanging = hang([view(0, "CC", "R", frames=60), view(1, "CC", "R"), view(2, "CC", "L", frames=60)])
    assert hanging is not None
    assert hanging.rows == ((Hung(1, 0, "right"), Hung(2, 0, "left")),)


def test_a_chest_hangs_from_the_front_and_then_from_the_side() -> None:
    hanging = hang([view(0, "LL", modality="DX"), view(1, "PA", modality="DX")])
    assert hanging is not None
    assert (hanging.name, hanging.rows) == ("chest", ((Hung(1, 0), Hung(0, 0)),))


def test_nothing_else_is_hung() -> None:
    assert hang([]) is None
    assert hang([view(0, "PA", modality="CT"), view(1, "LL", modality="CT")]) is None
    assert hang([view(0, "PA", modality="DX")]) is None
    assert hang([view(0, "CC"), view(1, "MLO")]) is None
