"""Modality values, windows and palettes of every native file of ../shared/data, held against pydicom's own."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_windowing

from tests.viewer.imaging.files import Array, describe, first_frame
from viewer.imaging.colour import to_rgb
from viewer.imaging.modality import to_modality_values
from viewer.imaging.types import ImageDescription
from viewer.imaging.voi import apply_window

NATIVE = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2")
EVERY = 4  # of the many slices of the large series: they are alike
Case = tuple[str, Dataset, Array, ImageDescription]


@pytest.fixture(scope="module")
def cases(shared_data: Path) -> list[Case]:
    return list(_cases(shared_data))


def _cases(shared_data: Path) -> Iterator[Case]:
    with (shared_data / "MANIFEST.tsv").open(encoding="utf-8") as manifest:
        rows = [
            row
            for row in csv.DictReader(manifest, delimiter="\t", quoting=csv.QUOTE_NONE)
            if row["ts"] in NATIVE and row["px_sha256"] and row["frames"] in ("", "1")
        ]
    for place, row in enumerate(rows):
        is_one_of_many = row["path"].startswith(("ct-head-philips", "mr-fmri-4d"))
        if is_one_of_many and place % EVERY:
            continue
        file = (shared_data / row["path"]).read_bytes()
        yield row["path"], dcmread(BytesIO(file), force=True), first_frame(file), describe(file)


def test_modality_values(cases: list[Case]) -> None:
    seen = 0
    for path, dataset, stored, description in cases:
        if not description.is_monochrome or description.number_kind == "float":
            continue
        values = to_modality_values(stored, description, 0).values
        truth: Any = apply_modality_lut(stored, dataset)
        assert np.allclose(values.astype(float), truth.astype(float), rtol=1e-6), path
        seen += 1
    assert seen > 150


def test_windows(cases: list[Case]) -> None:
    seen = 0
    for path, dataset, stored, description in cases:
        window = description.window_of(0)
        is_comparable = description.is_monochrome and description.number_kind == "integer"
        if window is None or not is_comparable or "WindowCenter" not in dataset:
            continue
        values = to_modality_values(stored, description, 0).values
        # Its outputs span all values that could be: ours are 256 greys. The ends of the span are asked for.
        ends = apply_windowing(_ends_of(values, window.center, window.width), dataset)
        truth = (apply_windowing(values.astype(float), dataset) - ends[0]) / (ends[1] - ends[0]) * 255
        if window.function != "SIGMOID":
            assert np.abs(apply_window(values, window) - truth).max() <= 0.51, path
            seen += 1
    assert seen > 100


def _ends_of(values: Array, center: float, width: float) -> Array:
    far = 10 * (abs(center) + width) + 1
    return np.array([-far, far], float)


def test_palettes(cases: list[Case]) -> None:
    seen = 0
    for path, dataset, stored, description in cases:
        if description.palette is None:
            continue
        truth: Any = apply_color_lut(stored, dataset)
        # One of them says 16 bits of a table of 8: pydicom's colours of it are all but black.
        eight = truth >> 8 if truth.max() > 255 else truth
        assert np.abs(to_rgb(stored, description).astype(int) - eight).max() <= 1, path
        seen += 1
    assert seen >= 5
