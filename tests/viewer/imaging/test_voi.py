"""Windows and tables, held against the standard's own words, value by value."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.viewer.imaging.described import description
from viewer.imaging.presentation import to_display
from viewer.imaging.types import Array, Lut, NamedLut, NamedWindow, Rescale, Window
from viewer.imaging.voi import apply_voi_lut, apply_window, default_window

YMIN, YMAX = 0.0, 255.0


def by_the_standard(x: float, window: Window) -> float:
    """PS3.3 C.11.2.1.2.1 (LINEAR), C.11.2.1.3.1 (SIGMOID), C.11.2.1.3.2 (LINEAR_EXACT), as they are printed."""
    c, w = window.center, window.width
    if window.function == "LINEAR":
        if x <= c - 0.5 - (w - 1) / 2:
            return YMIN
        if x > c - 0.5 + (w - 1) / 2:
            return YMAX
        return ((x - (c - 0.5)) / (w - 1) + 0.5) * (YMAX - YMIN) + YMIN
    if window.function == "LINEAR_EXACT":
        if x <= c - w / 2:
            return YMIN
        if x > c + w / 2:
            return YMAX
        return ((x - c) / w + 0.5) * (YMAX - YMIN) + YMIN
    exponent = max(-700.0, min(700.0, -4 * (x - c) / w))
    return (YMAX - YMIN) / (1 + math.exp(exponent))


WINDOWS = st.one_of(
    st.builds(Window, st.integers(-3000, 3000), st.integers(1, 5000), st.just("LINEAR")),
    st.builds(
        Window, st.floats(-3e3, 3e3), st.floats(0.01, 5e3), st.sampled_from(["LINEAR_EXACT", "SIGMOID"])
    ),
    st.builds(Window, st.floats(-3e3, 3e3), st.floats(1, 5e3), st.just("LINEAR")),
)


@given(WINDOWS, st.lists(st.integers(-32768, 32767), min_size=1, max_size=30))
def test_every_function_is_as_printed(window: Window, values: list[int]) -> None:
    greys = apply_window(np.array(values, np.int16), window)
    for x, grey in zip(values, greys.tolist(), strict=True):
        assert abs(grey - by_the_standard(x, window)) <= 0.5 + 1e-6


@pytest.mark.parametrize("dtype", ["i2", "u2", "i4", "f4", "f8", "u1"])
@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
def test_a_table_gives_what_the_arithmetic_gives(dtype: str, function: Any) -> None:
    window = Window(100, 151, function)
    values = (np.arange(100 * 100) % 256).reshape(100, 100).astype(dtype)
    greys = apply_window(values, window)
    truth = [by_the_standard(x, window) for x in range(256)]
    assert greys.dtype == np.uint8
    assert greys.shape == values.shape
    assert np.abs(greys.reshape(-1)[:256] - np.array(truth)).max() <= 0.5 + 1e-3


@settings(max_examples=100)
@example(Window(0.5, 400), np.int16)  # in single precision one grey of it is another
@given(WINDOWS, st.sampled_from([np.int16, np.uint16]))
def test_a_quicker_way_is_taken_only_where_no_grey_differs(window: Window, dtype: type) -> None:
    values: Array = np.arange(1 << 16, dtype=np.uint16).view(dtype).reshape(256, 256)
    in_double = apply_window(values.astype(np.int32), window)  # 32 bits know no table and no shortcut
    assert np.array_equal(apply_window(values, window), in_double)


def test_a_part_of_a_frame_has_the_greys_of_the_whole() -> None:
    values = np.arange(-5000, 5000, dtype=np.int16).reshape(100, 100)
    window = Window(40, 400)
    assert np.array_equal(
        apply_window(values, window)[10:90, 3:71], apply_window(values[10:90, 3:71], window)
    )


def test_a_linear_window_of_width_1_is_a_threshold() -> None:
    """PS3.3 C.11.2.1.2.1: at most the centre - 0.5 is black, more is white."""
    assert apply_window(np.array([99, 100, 101], np.int16), Window(100.5, 1)).tolist() == [0, 0, 255]


def test_values_beyond_every_range_do_not_wrap() -> None:
    extremes = np.array([-3e38, 3e38], np.float32)
    for function in ("LINEAR", "LINEAR_EXACT", "SIGMOID"):
        assert apply_window(extremes, Window(0, 1.5, function)).tolist() == [0, 255]
    ends = np.array([-(2**31), 2**31 - 1], np.int32)
    assert apply_window(ends, Window(0, 10)).tolist() == [0, 255]


def test_a_voi_lut_maps_what_is_outside_to_its_ends() -> None:
    """PS3.3 C.11.2.1.1. Entries of 12 bits: 4095 is white."""
    lut = Lut(-2, np.array([0, 1000, 2048, 4095], np.uint16), 12)
    greys = apply_voi_lut(np.array([[-100, -2, -1], [0, 1, 100]], np.int16), lut)
    assert greys.tolist() == [[0, 0, 62], [128, 255, 255]]


def test_the_files_window_goes_before_its_table_and_both_before_all_values() -> None:
    values = np.array([[10, 20]], np.int16)
    lut, own = Lut(0, np.array([0, 1], np.uint8), 1), Window(15, 3)
    luts, windows = ((NamedLut(lut),),), ((NamedWindow(own), NamedWindow(Window(1, 2))),)
    assert default_window(values, description(voi_luts=luts, windows=windows), 0) == own
    assert default_window(values, description(voi_luts=luts), 0) is lut
    everything = default_window(values, description(), 0)
    assert isinstance(everything, Window)
    assert apply_window(values, everything).tolist() == [[0, 255]]


def test_each_frame_has_its_own_window() -> None:
    """PS3.3 C.7.6.16.2.10."""
    windows = ((NamedWindow(Window(1, 2)),), (), (NamedWindow(Window(3, 4)),))
    told = [
        default_window(np.array([[7]]), description(windows=windows, number_of_frames=3), n) for n in range(3)
    ]
    assert told == [Window(1, 2), Window(7.5, 1.0), Window(3, 4)]


def test_all_values_of_floats_are_shown_exactly() -> None:
    values = np.array([[0.001, 0.002, 0.003]], np.float32)
    window = default_window(values, description(number_kind="float", bits_allocated=32), 0)
    assert isinstance(window, Window)
    assert window.function == "LINEAR_EXACT"
    assert apply_window(values, window).tolist() == [[0, 128, 255]]


def test_frames_of_8_bits_are_not_stretched_each_in_its_own_way() -> None:
    dark = np.full((2, 2), 9, np.int16)
    eight = description(bits_allocated=8)
    assert default_window(dark, eight, 0) == Window(128, 256)
    assert default_window(dark, description(bits_allocated=8, is_signed=True), 0) == Window(0, 256)
    assert default_window(dark, description(bits_allocated=1), 0) == Window(1, 2)
    rescaled = description(bits_allocated=8, rescales=(Rescale(10, 0),))
    assert default_window(dark, rescaled, 0) == Window(9.5, 1)


def test_segments_are_seen_whatever_their_label() -> None:
    segments = description(bits_allocated=8, is_segmentation=True)
    for labels, greys in (([0, 1, 2], [0, 128, 255]), ([0, 1, 1], [0, 255, 255]), ([0, 0, 0], [0, 0, 0])):
        values = np.array([labels], np.int16)
        window = default_window(values, segments, 0)
        assert isinstance(window, Window)
        assert apply_window(values, window)[0].tolist() == greys


def test_a_frame_of_nothing_but_padding_has_a_window() -> None:
    assert isinstance(default_window(np.array([], np.int16), description(), 0), Window)


@pytest.mark.parametrize(
    ("photometric", "is_inverse", "invert", "is_turned"),
    [
        ("MONOCHROME2", False, False, False),
        ("MONOCHROME2", False, True, True),
        ("MONOCHROME1", False, False, True),
        ("MONOCHROME1", False, True, False),
        ("MONOCHROME1", True, False, True),
        ("MONOCHROME2", True, False, True),
    ],
)
def test_what_is_dark_is_turned_round_once(
    photometric: str, is_inverse: bool, invert: bool, is_turned: bool
) -> None:
    """PS3.3 C.7.6.3.1.2, C.11.6.1.2: MONOCHROME1 and INVERSE say the same thing."""
    image = description(photometric_interpretation=photometric, is_inverse=is_inverse)
    shown = to_display(np.array([[0, 100, 255]], np.uint8), image, invert)
    assert shown.tolist() == ([[255, 155, 0]] if is_turned else [[0, 100, 255]])
