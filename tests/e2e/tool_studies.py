"""A study made for the tools: known values, several looks in one file, uptake, and frames of unequal times."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from pydicom import Dataset, Sequence
from pydicom.uid import PositronEmissionTomographyImageStorage

from tests import builders

STUDY = "Tools: values, looks, uptake and times"
SIDE = 256
HOT_BQML, COLD_BQML = 5000, 1000  # of SUV 5 and 1
FRAME_TIMES_MS = (40, 120, 400, 40, 40, 120)


def write_study(folder: Path) -> None:
    """Its files, in this folder."""
    shared: dict[str, Any] = {
        "StudyInstanceUID": builders.new_uid(),
        "StudyDescription": STUDY,
        "PatientID": "TOOLS-1",
        "PatientName": "Tools^Tess",
    }
    files = [*_ramp(shared), *_looks(shared), *_uptake(shared), _clip(shared)]
    for number, file in enumerate(files):
        (folder / f"{number:03}.dcm").write_bytes(file)


def hounsfield_at(column: int, row: int) -> int:
    """The value of the ramp at this pixel."""
    return (row * SIDE + column) % 4096 - 1024


def _ramp(shared: dict[str, Any]) -> list[bytes]:
    """Two CT slices whose every pixel tells where it is."""
    series: dict[str, Any] = {
        "SeriesInstanceUID": builders.new_uid(),
        "SeriesNumber": 1,
        "SeriesDescription": "Ramp",
    }
    return [
        builders.ct_slice(
            SIDE, SIDE, **shared, **series, InstanceNumber=number + 1, ImagePositionPatient=[-64, -64, number * 5],
            WindowCenter=40, WindowWidth=400,
        )
        for number in range(2)
    ]  # fmt: skip


def _looks(shared: dict[str, Any]) -> list[bytes]:
    """One radiograph with two windows and two tables, each with a name."""
    stored = np.tile(np.arange(512, dtype="<u2") * 8, (512, 1))
    tables = [_table("STEEP", np.clip(np.arange(4096) // 4, 0, 255)), _table("DARK", np.full(4096, 16))]
    return [
        builders.image(
            stored, **shared, SeriesNumber=2, SeriesDescription="Looks", Modality="DX", BitsStored=12, HighBit=11,
            WindowCenter=[2048, 1024], WindowWidth=[4096, 512], WindowCenterWidthExplanation=["NORMAL", "HARDER"],
            VOILUTSequence=Sequence(tables), PatientOrientation=["L", "F"],
        )
    ]  # fmt: skip


def _table(name: str, entries: Any) -> Dataset:
    table = Dataset()
    table.add_new("LUTDescriptor", "US", [len(entries), 0, 8])
    table.add_new("LUTExplanation", "LO", name)
    table.add_new("LUTData", "OW", entries.astype("<u2").tobytes())
    return table


def _uptake(shared: dict[str, Any]) -> list[bytes]:
    """Three PET slices with a hot disc: an hour after 100 MBq of a nuclide with that half-life, in 50 kg."""
    given = Dataset()
    given.RadiopharmaceuticalStartTime = "090000"
    given.RadionuclideTotalDose = 100e6
    given.RadionuclideHalfLife = 3600
    row, column = np.indices((128, 128)) - 64
    stored = np.where(row**2 + column**2 < 20**2, HOT_BQML, COLD_BQML).astype("<u2")
    stored[row**2 + column**2 > 60**2] = 0
    series: dict[str, Any] = {
        "SeriesInstanceUID": builders.new_uid(),
        "SeriesNumber": 3,
        "SeriesDescription": "Uptake",
    }
    return [
        builders.image(
            stored, **shared, **series, SOPClassUID=PositronEmissionTomographyImageStorage, Modality="PT",
            InstanceNumber=number + 1, Units="BQML", CorrectedImage=["DECY", "ATTN"], DecayCorrection="START",
            PatientWeight=50, SeriesDate="20260102", SeriesTime="100000", AcquisitionDate="20260102",
            AcquisitionTime="100000", RescaleSlope=1, RescaleIntercept=0, PixelSpacing=[4, 4],
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0], ImagePositionPatient=[-256, -256, number * 4],
            WindowCenter=2500, WindowWidth=5000,
            RadiopharmaceuticalInformationSequence=Sequence([given]),
        )
        for number in range(3)
    ]  # fmt: skip


def _clip(shared: dict[str, Any]) -> bytes:
    """Six frames that the file wants shown for unequal times, each brighter than the one before."""
    vector = [0, *FRAME_TIMES_MS[:-1]]
    return builders.multiframe(
        len(FRAME_TIMES_MS), 256, 256, **shared, SeriesNumber=4, SeriesDescription="Clip", Modality="XA",
        FrameTime=None, FrameTimeVector=vector, WindowCenter=4, WindowWidth=8,
    )  # fmt: skip
