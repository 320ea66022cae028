"""Radiographs, mammograms, the head by MR, and the echocardiogram: large enough, and showing what they say."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from pydicom.encaps import generate_frames

from pacs.samples.echocardiogram import APEX_X, APEX_Y
from pacs.samples.head_mr import HeadScan
from pacs.samples.radiographs import ChestView
from pacs.samples.studies import CHEST_VIEWS, ECHO, HEAD_SCANS, MAMMOGRAMS
from tests.pacs.samples.reading import around, pixel_of, read, stored_values

VENTRICLE, WHITE_MATTER = (8.5, -10.0, 21.0), (24.0, -14.0, 36.0)


def test_radiographs_are_large() -> None:
    assert len(CHEST_VIEWS) == 2
    for view in CHEST_VIEWS:
        assert view.rows >= 3000
        assert view.columns >= 2500


@pytest.mark.parametrize("view", CHEST_VIEWS, ids=lambda view: view.photometric)
def test_air_is_black_in_both_photometric_interpretations(view: ChestView) -> None:
    strip = replace(view, rows=600, top_z_mm=80)  # a part, for the time it takes
    dataset = read(strip.file(1))
    values = stored_values(dataset).astype(float) / ((1 << dataset.BitsStored) - 1)
    shown = 1 - values if dataset.PhotometricInterpretation == "MONOCHROME1" else values
    assert float(shown[500:, :20].mean()) < 0.05  # beside the patient
    assert float(np.quantile(shown, 0.98)) > 0.8  # bone
    assert float(shown.max()) <= 1
    inverse = dataset.PhotometricInterpretation == "MONOCHROME1"
    assert dataset.PresentationLUTShape == ("INVERSE" if inverse else "IDENTITY")


def test_one_radiograph_is_stored_inverted() -> None:
    assert {view.photometric for view in CHEST_VIEWS} == {"MONOCHROME1", "MONOCHROME2"}


def test_mammograms_are_large_and_of_both_sides() -> None:
    assert {(each.side, each.view) for each in MAMMOGRAMS} == {
        ("L", "CC"),
        ("L", "MLO"),
        ("R", "CC"),
        ("R", "MLO"),
    }
    left, right = (read(next(each for each in MAMMOGRAMS if each.side == side).file(1)) for side in "LR")
    for dataset, wall, air in (
        (left, slice(0, 40), slice(-40, None)),
        (right, slice(-40, None), slice(0, 40)),
    ):
        values = stored_values(dataset)
        assert dataset.Rows >= 4000
        assert dataset.Columns >= 3000
        middle = values[1900:2200]
        assert middle[:, wall].min() > 400
        assert middle[:, air].max() == 0
    assert left.PatientOrientation == ["A", "R"]
    assert right.PatientOrientation == ["P", "L"]


def signal_at(scan: HeadScan, point: tuple[float, float, float]) -> float:
    """The mean around a place, from the slice that lies nearest to it."""
    places = [pixel_of(read(scan.file(number)), point)[2] for number in (1, 2)]
    step = places[1] - places[0]
    dataset = read(scan.file(1 + round(-places[0] / step)))
    row, column, away = pixel_of(dataset, point)
    assert abs(away) <= scan.spacing_mm / 2
    return float(around(stored_values(dataset), row, column, 1).mean())


@pytest.mark.parametrize("scan", HEAD_SCANS, ids=lambda scan: scan.series.description)
def test_the_same_place_of_the_head_is_found_in_every_orientation(scan: HeadScan) -> None:
    """Fluid is dark but in T2, whichever way the head is cut."""
    fluid, white = signal_at(scan, VENTRICLE), signal_at(scan, WHITE_MATTER)
    if "T2" in scan.series.description:
        assert fluid > 1.5 * white
    else:
        assert fluid < 0.75 * white


def test_the_head_is_cut_in_three_orientations_in_one_frame_of_reference() -> None:
    assert {scan.plane for scan in HEAD_SCANS} == {"axial", "sagittal", "coronal"}
    assert len({read(scan.file(1)).FrameOfReferenceUID for scan in HEAD_SCANS}) == 1


@pytest.mark.slow
def test_the_echocardiogram_moves_in_colour_and_can_be_measured() -> None:
    dataset = read(ECHO.file(1))
    frames = [
        np.asarray(Image.open(BytesIO(frame)).convert("RGB"), int)
        for frame in generate_frames(dataset.PixelData, number_of_frames=dataset.NumberOfFrames)
    ]
    assert len(frames) == dataset.NumberOfFrames >= 40
    assert frames[0].shape == (dataset.Rows, dataset.Columns, 3)
    heart = np.stack([frame[150:450, 200:600] for frame in frames])
    assert np.abs(heart[12] - heart[30]).mean() > 8
    colourful = (np.abs(heart[..., 0] - heart[..., 2]) > 80).sum(axis=(1, 2))
    assert colourful.max() > 2000
    region = dataset.SequenceOfUltrasoundRegions[0]
    assert (region.PhysicalUnitsXDirection, region.PhysicalUnitsYDirection) == (3, 3)  # cm
    assert region.RegionLocationMinX0 + region.ReferencePixelX0 == APEX_X
    assert region.RegionLocationMinY0 + region.ReferencePixelY0 == APEX_Y
    assert region.PhysicalDeltaY * (region.RegionLocationMaxY1 - region.RegionLocationMinY0) == pytest.approx(
        15.6
    )
    assert float(dataset.FrameTime) == 20
    assert dataset.FrameIncrementPointer == 0x00181063
