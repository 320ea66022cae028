"""MR of the head: several sequences, each in its own orientation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from pacs.samples.brain.anatomy import paint_head
from pacs.samples.brain.canvas import Canvas
from pacs.samples.brain.contrast import Contrast
from pacs.samples.fields import shaped_noise
from pacs.samples.identifiers import sample_seed, sample_uid
from pacs.samples.objects import SampleFile, SampleSeries, grey_header, plain_file
from pacs.samples.shapes import Array, Point

Plane = Literal["axial", "sagittal", "coronal"]
ORIENTATIONS: dict[Plane, list[int]] = {
    "axial": [1, 0, 0, 0, 1, 0],
    "sagittal": [0, 1, 0, 0, 0, -1],
    "coronal": [1, 0, 0, 0, 0, -1],
}


@dataclass(frozen=True)
class HeadScan:
    """A stack of slices; middle is the middle of the stack (LPS, mm)."""

    series: SampleSeries
    contrast: Contrast
    plane: Plane
    slices: int
    spacing_mm: float
    thickness_mm: float
    side: int  # rows and columns
    pixel_mm: float
    middle: Point
    full_scale: float  # the signal that is stored as 4095
    window: tuple[int, int]  # centre, width

    def place_mm(self, instance: int) -> float:
        """Where the slice with this number (from 1) cuts its axis: feet to head, right to left, front to back."""
        axis = {"sagittal": 0, "coronal": 1, "axial": 2}[self.plane]
        return self.middle[axis] + (instance - 1 - (self.slices - 1) / 2) * self.spacing_mm

    def first_pixel_mm(self, instance: int) -> Point:
        """(0020,0032)."""
        half, place = (self.side - 1) / 2 * self.pixel_mm, self.place_mm(instance)
        x, y, z = self.middle
        if self.plane == "axial":
            return x - half, y - half, place
        return (place, y - half, z + half) if self.plane == "sagittal" else (x - half, place, z + half)

    def signal(self, instance: int) -> Array:
        """(side, side): what the coils hear, with noise."""
        canvas = self._canvas(instance)
        paint_head(canvas, self.contrast)
        fall = (canvas.x / 260) ** 2 + (canvas.y / 300) ** 2 + ((canvas.z + 10) / 210) ** 2
        heard = canvas.values * (np.float32(0.84) + np.float32(0.5) * fall)
        real, imaginary = (
            shaped_noise(sample_seed(self.series.key, instance, part), self.side, self.side, 0.001, 0.42)
            for part in ("real", "imaginary")
        )
        level = np.float32(self.full_scale * 0.011)
        return np.asarray(np.hypot(heard + level * real, level * imaginary), np.float32)

    def stored(self, instance: int) -> npt.NDArray[np.uint16]:
        """(side, side) stored values, 12 bits."""
        share = self.signal(instance) / np.float32(self.full_scale)
        return np.asarray(np.clip(np.rint(share * 4095), 0, 4095), np.uint16)

    def file(self, instance: int) -> SampleFile:
        """One slice."""
        stored = self.stored(instance)
        header = {**self.series.header(instance), **self._image(instance), **grey_header(stored, 12)}
        return plain_file(f"{self.series.key}/{instance}", header, stored)

    def _canvas(self, instance: int) -> Canvas:
        x, y, z = (np.float32(each) for each in self.first_pixel_mm(instance))
        steps = np.arange(self.side, dtype=np.float32) * np.float32(self.pixel_mm)
        across, down = steps[None, :], steps[:, None]
        blank, still = np.zeros((self.side, self.side), np.float32), np.zeros((1, 1), np.float32)
        coordinates = {
            "axial": (x + across, y + down, z + still),
            "sagittal": (x + still, y + across, z - down),
            "coronal": (x + across, y + still, z - down),
        }
        return Canvas(*coordinates[self.plane], self.pixel_mm, blank)

    def _image(self, instance: int) -> dict[str, object]:
        """The image plane and MR image modules (PS3.3 C.7.6.2, C.8.3.1)."""
        inverts = self.contrast.ti_ms > 0
        return {
            "ImageType": ["ORIGINAL", "PRIMARY", "M", "SE"],
            "PatientPosition": "HFS",
            "FrameOfReferenceUID": sample_uid(self.series.study.key, "frame of reference"),
            "PositionReferenceIndicator": "",
            "ImageOrientationPatient": ORIENTATIONS[self.plane],
            "ImagePositionPatient": [round(each, 4) for each in self.first_pixel_mm(instance)],
            "SliceLocation": self.place_mm(instance),
            "PixelSpacing": [self.pixel_mm, self.pixel_mm],
            "SliceThickness": self.thickness_mm,
            "SpacingBetweenSlices": self.spacing_mm,
            "WindowCenter": self.window[0],
            "WindowWidth": self.window[1],
            "ScanningSequence": ["SE", "IR"] if inverts else "SE",
            "SequenceVariant": "SK",
            "ScanOptions": "",
            "MRAcquisitionType": "2D",
            "RepetitionTime": self.contrast.tr_ms,
            "EchoTime": self.contrast.te_ms,
            **({"InversionTime": self.contrast.ti_ms} if inverts else {}),
            "EchoTrainLength": 1,
            "MagneticFieldStrength": 3,
            "FlipAngle": 90,
            "AcquisitionNumber": 1,
        }
