"""Samples as anybody's software reads them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom import Dataset, dcmread

from pacs.samples.objects import SampleFile


def read(file: SampleFile) -> Dataset:
    """The data set of a file."""
    return dcmread(BytesIO(file.data))


def stored_values(dataset: Dataset) -> npt.NDArray[np.uint16]:
    """(rows, columns) of an uncompressed grey image."""
    return np.frombuffer(dataset.PixelData, "<u2").reshape(dataset.Rows, dataset.Columns)


def pixel_of(dataset: Dataset, point: tuple[float, float, float]) -> tuple[int, int, float]:
    """(row, column, mm from the plane) of a place in the patient (PS3.3 C.7.6.2.1.1)."""
    away = np.subtract(point, [float(each) for each in dataset.ImagePositionPatient])
    cosines = np.array([float(each) for each in dataset.ImageOrientationPatient])
    along, down = cosines[:3], cosines[3:]
    row_mm, column_mm = (float(each) for each in dataset.PixelSpacing)
    return (
        round(float(away @ down) / row_mm),
        round(float(away @ along) / column_mm),
        float(away @ np.cross(along, down)),
    )


def around(values: npt.NDArray[Any], row: int, column: int, reach: int) -> npt.NDArray[Any]:
    """The square of pixels around one."""
    return values[row - reach : row + reach + 1, column - reach : column + reach + 1]
