"""Our own codestreams: exact, cut only where a resolution ends."""

from __future__ import annotations

import imagecodecs
import numpy as np
import pytest

from viewer.imaging import htj2k
from viewer.imaging.errors import NoStream
from viewer.imaging.stream_levels import first_halvings, levels_of
from viewer.imaging.types import Array

SIZES = [(1, 1), (1, 300), (300, 1), (7, 9), (64, 64), (65, 129), (200, 333)]


def noise(shape: tuple[int, ...], dtype: str) -> Array:
    ends = np.iinfo(dtype)
    numbers: Array = np.random.default_rng(1).integers(ends.min, ends.max + 1, shape).astype(dtype)
    return numbers


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2"])
@pytest.mark.parametrize("size", SIZES)
def test_greys_of_every_kind_and_size_come_back(size: tuple[int, int], dtype: str) -> None:
    stored = noise(size, dtype)
    coded = htj2k.to_coded(stored)
    assert np.array_equal(htj2k.decode(htj2k.encode(coded).data).astype(dtype), stored)


@pytest.mark.parametrize("size", SIZES)
def test_colours_come_back(size: tuple[int, int]) -> None:
    colours = noise((*size, 3), "u1")
    assert np.array_equal(htj2k.decode(htj2k.encode(htj2k.to_coded(colours)).data), colours)


@pytest.mark.parametrize("size", SIZES)
def test_each_cut_gives_what_the_whole_gives_in_that_size(size: tuple[int, int]) -> None:
    stored = np.add.outer(np.arange(size[0]), np.arange(size[1])).astype("u2")
    stream = htj2k.encode(htj2k.to_coded(stored))
    levels = levels_of(*size, stream)
    assert levels[0].start == 0
    assert [one.start for one in levels[1:]] == [one.end for one in levels[:-1]]
    assert levels[-1].end == len(stream.data)
    for halved, level in enumerate(reversed(levels)):
        whole = imagecodecs.htj2k_decode(stream.data, skipres=halved)
        cut = imagecodecs.htj2k_decode(stream.data[: level.end], skipres=halved, resilient=True)
        assert cut.shape == (level.rows, level.columns)
        assert np.array_equal(cut, whole)


def test_greys_that_fit_are_coded_with_a_sign_that_their_swings_need() -> None:
    """A checkered edge swings below 0: as int16 it stays near it, as uint16 it would begin again at 65535."""
    edges = np.kron(np.indices((32, 32)).sum(0) % 2, np.ones((5, 5))).astype("u2") * 4000
    stream = htj2k.encode(htj2k.to_coded(edges))
    smaller = imagecodecs.htj2k_decode(stream.data, skipres=1)
    assert smaller.dtype == np.int16
    assert smaller.min() < 0
    assert np.abs(smaller.astype(int)).max() < 6000


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        (np.zeros((2, 2), "f4"), "float"),
        (np.zeros((2, 2), "u4"), "wide"),
        (np.zeros((2, 2, 3), "u2"), "wide"),
    ],
)
def test_what_is_not_coded(stored: Array, reason: str) -> None:
    with pytest.raises(NoStream) as refused:
        htj2k.to_coded(stored)
    assert refused.value.reason == reason


@pytest.mark.parametrize("end", [0, 2, 40, 120, 200, -3])
def test_no_ends_are_told_of_what_is_cut_short(end: int) -> None:
    data = htj2k.encode(htj2k.to_coded(noise((64, 64), "u2"))).data
    with pytest.raises(ValueError):
        htj2k.part_ends(data[:end])


@pytest.mark.parametrize(
    ("rows", "columns", "halvings"),
    [(63, 512, 0), (127, 127, 0), (128, 128, 1), (512, 512, 3), (2500, 2048, 3), (4000, 3000, 3), (5600, 4000, 4)],
)  # fmt: skip
def test_the_first_size_is_of_use_and_small(rows: int, columns: int, halvings: int) -> None:
    assert first_halvings(rows, columns) == halvings
