"""SUV by body weight, where the file says all that it takes, and none where it does not (PS3.3 C.8.9.1)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset, Sequence

from tests import builders
from tests.viewer.imaging.files import describe, first_frame
from viewer.imaging.modality import to_modality_values

PT_SUV = Path(__file__).parents[4] / "shared/data/synthetic/pt-suv"


def pet(given: dict[str, Any] | None = None, **attributes: Any) -> bytes:
    """An hour after 100 MBq of a nuclide with a half-life of an hour, in a patient of 50 kg."""
    dose = Dataset()
    told = {
        "RadiopharmaceuticalStartTime": "090000",
        "RadionuclideTotalDose": 100e6,
        "RadionuclideHalfLife": 3600,
        **(given or {}),
    }
    for name, value in told.items():
        if value is not None:
            setattr(dose, name, value)
    usual: dict[str, Any] = {
        "Modality": "PT",
        "Units": "BQML",
        "CorrectedImage": ["DECY", "ATTN"],
        "DecayCorrection": "START",
        "PatientWeight": 50,
        "SeriesDate": "20260102",
        "SeriesTime": "100000",
        "AcquisitionDate": "20260102",
        "AcquisitionTime": "100000.5",
        "RadiopharmaceuticalInformationSequence": Sequence([dose]),
    }
    return builders.image(np.ones((4, 6), "<u2"), **{**usual, **attributes})


@pytest.mark.parametrize(
    ("file", "factor"),
    [
        (pet(), 50_000 / 50e6),
        (pet(DecayCorrection="ADMIN"), 50_000 / 100e6),
        (pet({"RadiopharmaceuticalStartDateTime": "20260102080000.000-0500"}), 50_000 / 25e6),
        (pet({"RadiopharmaceuticalStartDateTime": "20260101230000"}), 50_000 / (100e6 / 2**11)),
        (pet(Units="GML"), 1.0),
        (pet(Units="GML", SUVType="BW"), 1.0),
    ],
)
def test_the_dose_is_that_of_the_time_decay_was_corrected_to(file: bytes, factor: float) -> None:
    assert describe(file).suv_factor == pytest.approx(factor)


@pytest.mark.parametrize(
    "file",
    [
        pet(Units="CNTS"),
        pet(Units="GML", SUVType="LBM"),
        pet(DecayCorrection="NONE"),
        pet(CorrectedImage=["ATTN"]),
        pet(PatientWeight=None),
        pet(PatientWeight=0),
        pet({"RadionuclideTotalDose": None}),
        pet({"RadionuclideTotalDose": 0}),
        pet({"RadionuclideHalfLife": None}),
        pet({"RadiopharmaceuticalStartTime": None}),
        pet({"RadiopharmaceuticalStartTime": "soon"}),
        pet({"RadiopharmaceuticalStartTime": "110000"}),  # after the scan
        pet(SeriesTime="120000"),  # stamped when the images were made anew
        pet(SeriesTime=None),
        pet(RadiopharmaceuticalInformationSequence=None),
        builders.ct_slice(),
    ],
)
def test_any_doubt_is_no_suv(file: bytes) -> None:
    assert describe(file).suv_factor is None


@pytest.mark.skipif(not PT_SUV.is_dir(), reason="the shared data is not here")
def test_the_phantom_has_the_uptake_it_was_made_with() -> None:
    """../shared/data/synthetic/EXPECTED.json: 1.0 in the background, 5.0 in the hot sphere."""
    most, usual = [], []
    for path in sorted(PT_SUV.glob("pt_*.dcm")):
        file = path.read_bytes()
        told = describe(file)
        assert told.suv_factor is not None
        suv = to_modality_values(first_frame(file), told, 0).values.astype(np.float64) * told.suv_factor
        most.append(suv.max())
        usual.append(np.median(suv[suv > 0.5]))
    assert max(most) == pytest.approx(5.0, rel=1e-3)
    assert np.median(usual) == pytest.approx(1.0, rel=1e-3)
