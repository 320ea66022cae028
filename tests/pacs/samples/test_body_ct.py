"""The CT of the torso: where everything lies, and what it measures there."""

from __future__ import annotations

import numpy as np
import pytest

from pacs.samples.body_ct import BodyScan
from pacs.samples.studies import BODY_SCANS
from pacs.samples.torso.tissues import PROBES, TISSUE_HU, Nodule, Probe
from tests.pacs.samples.reading import around, pixel_of, read, stored_values

NOW, BEFORE = BODY_SCANS
PROBE_REACH_MM = 2.6


def measured_hu(scan: BodyScan, probe: Probe) -> float:
    """The mean around a probe, as a person measures it: from the file's own geometry and rescale."""
    found = []
    for instance in range(1, scan.slices + 1):
        if abs(scan.z_of(instance) - probe.z) > 2.5:
            continue
        dataset = read(scan.file(instance))
        row, column, _ = pixel_of(dataset, (probe.x, probe.y, probe.z))
        part = around(
            stored_values(dataset), row, column, int(PROBE_REACH_MM / float(dataset.PixelSpacing[0]))
        )
        found.append(part * float(dataset.RescaleSlope) + float(dataset.RescaleIntercept))
    return float(np.mean(found))


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: f"{probe.tissue} {probe.z}")
def test_tissues_measure_what_they_are_said_to(probe: Probe) -> None:
    assert measured_hu(NOW, probe) == pytest.approx(TISSUE_HU[probe.tissue], abs=8)


@pytest.mark.parametrize("probe", PROBES[::4], ids=lambda probe: f"{probe.tissue} {probe.z}")
def test_the_prior_agrees(probe: Probe) -> None:
    assert measured_hu(BEFORE, probe) == pytest.approx(TISSUE_HU[probe.tissue], abs=8)


def test_there_is_noise() -> None:
    values = NOW.hounsfield(100)
    air = values[:12, 100:400]
    assert 4 < float(air.std()) < 12


def widest_mm(scan: BodyScan) -> float:
    """The diameter of the nodule in its largest slice, from its area."""
    nodule: Nodule = scan.nodule
    largest = 0.0
    for instance in range(1, scan.slices + 1):
        if abs(scan.z_of(instance) - nodule.z) > scan.spacing_mm:
            continue
        dataset = read(scan.file(instance))
        row, column, _ = pixel_of(dataset, (nodule.x, nodule.y, nodule.z))
        part = around(stored_values(dataset).astype(float) - 1024, row, column, 12)
        largest = max(largest, float((part > -300).sum()) * float(dataset.PixelSpacing[0]) ** 2)
    return 2 * float(np.sqrt(largest / np.pi))


def test_the_nodule_has_grown_since_the_prior() -> None:
    assert widest_mm(NOW) == pytest.approx(2 * NOW.nodule.radius_mm, abs=3)
    assert widest_mm(NOW) - widest_mm(BEFORE) > 3


def test_each_slice_lies_below_the_one_before() -> None:
    for scan, least in ((NOW, 160), (BEFORE, 80)):
        assert scan.slices >= least
        first, second, last = (read(scan.file(instance)) for instance in (1, 2, scan.slices))
        assert (first.Rows, first.Columns) == (512, 512)
        assert list(first.ImageOrientationPatient) == [1, 0, 0, 0, 1, 0]
        step = float(second.ImagePositionPatient[2]) - float(first.ImagePositionPatient[2])
        assert step == -float(first.SpacingBetweenSlices)
        whole = float(last.ImagePositionPatient[2]) - float(first.ImagePositionPatient[2])
        assert whole == pytest.approx(step * (scan.slices - 1))
        assert first.FrameOfReferenceUID == last.FrameOfReferenceUID
        assert first.SeriesInstanceUID == last.SeriesInstanceUID
        assert first.SOPInstanceUID != last.SOPInstanceUID


def test_it_says_how_it_is_best_looked_at() -> None:
    dataset = read(NOW.file(1))
    names, centres = (
        list(dataset.WindowCenterWidthExplanation),
        [float(each) for each in dataset.WindowCenter],
    )
    assert dict(zip(names, centres, strict=True))["Lung"] == -600
    assert float(dataset.RescaleIntercept) == -1024
    assert dataset.BitsStored == 12


def test_right_is_at_the_left_of_the_picture() -> None:
    """The liver lies at the patient's right, the spleen at the left."""
    dataset = read(NOW.file(1 + int((NOW.top_z_mm + 40) / NOW.spacing_mm)))
    values = stored_values(dataset).astype(float) - 1024
    _, column_of_liver, _ = pixel_of(dataset, (-88, -34, -40))
    assert column_of_liver < 256
    assert float(values[200:300, 60:200].mean()) > float(values[200:300, 312:452].mean())
