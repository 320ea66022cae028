"""Modality values are what slope, intercept or table make of stored ones, whatever the types in between."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.viewer.imaging.described import description
from viewer.imaging.modality import to_modality_values
from viewer.imaging.types import Lut, Padding, Rescale

STORED = {"u1": (0, 255), "i1": (-128, 127), "u2": (0, 65535), "i2": (-32768, 32767), "u4": (0, 2**32 - 1),
          "i4": (-(2**31), 2**31 - 1)}  # fmt: skip


@given(
    st.sampled_from(sorted(STORED)),
    st.integers(-70_000, 70_000),
    st.one_of(st.integers(-300, 300), st.floats(-10, 10).filter(lambda slope: abs(slope) > 1e-3)),
    st.data(),
)
def test_slope_and_intercept(dtype: str, intercept: int, slope: float, data: st.DataObject) -> None:
    """PS3.3 C.11.1.1.2: Output units = m * SV + b."""
    stored = data.draw(st.lists(st.integers(*STORED[dtype]), min_size=1, max_size=8))
    image = description(rescales=(Rescale(float(slope), float(intercept)),))
    values = to_modality_values(np.array([stored], dtype), image, 0).values
    truth = np.array([slope * one + intercept for one in stored])
    assert np.allclose(values[0].astype(float), truth, rtol=1e-6, atol=abs(intercept) * 1e-6)


def test_whole_numbers_stay_whole_and_small() -> None:
    stored = np.array([[0, 4095]], "<u2")
    ct = to_modality_values(stored, description(rescales=(Rescale(1, -1024),)), 0).values
    assert (ct.dtype, ct.tolist()) == (np.int16, [[-1024, 3071]])
    wide = to_modality_values(np.array([[0, 65535]], "<u2"), description(rescales=(Rescale(1, -1024),)), 0)
    assert (wide.values.dtype, wide.values.tolist()) == (np.int32, [[-1024, 64511]])
    as_is = to_modality_values(np.array([[0, 65535]], "<u2"), description(), 0).values
    assert (as_is.dtype, as_is.tolist()) == (np.uint16, [[0, 65535]])


def test_each_frame_has_its_own_rescale() -> None:
    """PS3.3 C.7.6.16.2.9."""
    image = description(number_of_frames=2, rescales=(Rescale(2, 0), Rescale(1, 100)))
    stored = np.array([[5]], "<u2")
    assert [to_modality_values(stored, image, n).values[0, 0] for n in range(2)] == [10, 105]


@pytest.mark.parametrize(("stored", "value"), [(0, 7), (10, 7), (11, 8), (12, 60000), (200, 60000)])
def test_a_table_goes_before_slope_and_intercept(stored: int, value: int) -> None:
    """PS3.3 C.11.1.1: below the first value mapped its entry, above the last the last."""
    table = Lut(10, np.array([7, 8, 60000], np.uint16), 16)
    image = description(modality_lut=table, rescales=(Rescale(3, 3),))
    assert to_modality_values(np.array([[stored]], "<u2"), image, 0).values.tolist() == [[value]]


@pytest.mark.parametrize(
    ("padding", "is_padding"),
    [
        (Padding(-2000, -2000), [True, False, False, False]),
        (Padding(-2000, -1000), [True, True, False, False]),
        (Padding(7, 7), None),
        (None, None),
    ],
)
def test_padding_is_told_by_stored_values(padding: Padding | None, is_padding: list[bool] | None) -> None:
    """PS3.3 C.7.5.1.1.2: a value, or from it to the range limit, both included."""
    image = description(is_signed=True, padding=padding, rescales=(Rescale(1, 2000),))
    mask = to_modality_values(np.array([[-2000, -1000, -999, 0]], "<i2"), image, 0).padding_mask
    assert (None if mask is None else mask[0].tolist()) == is_padding


def test_what_is_no_number_is_padding() -> None:
    image = description(number_kind="float", bits_allocated=32)
    told = to_modality_values(np.array([[np.nan, np.inf, 1.5]], "<f4"), image, 0)
    assert told.padding_mask is not None
    assert told.padding_mask.tolist() == [[True, True, False]]
    assert told.values.tolist() == [[0, 0, 1.5]]
