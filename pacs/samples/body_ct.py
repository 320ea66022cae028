"""CT of the torso: the study of today and the prior, in HU that are known (pacs.samples.torso.tissues)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pacs.samples.fields import shaped_noise
from pacs.samples.identifiers import sample_seed, sample_uid
from pacs.samples.objects import SampleFile, SampleSeries, grey_header, plain_file
from pacs.samples.shapes import Array
from pacs.samples.torso.phantom import Torso
from pacs.samples.torso.tissues import Nodule

SIDE = 512
INTERCEPT = -1024
WINDOWS = (("Soft tissue", 50, 400), ("Lung", -600, 1500), ("Bone", 400, 1800), ("Liver", 100, 180))


@dataclass(frozen=True)
class BodyScan:
    """A stack of axial slices from the top down; the first lies at top_z_mm (LPS)."""

    series: SampleSeries
    nodule: Nodule
    top_z_mm: float
    slices: int
    spacing_mm: float
    thickness_mm: float
    pixel_mm: float
    centre_y_mm: float
    noise_hu: float

    def z_of(self, instance: int) -> float:
        """Height of the slice with this number, from 1."""
        return self.top_z_mm - (instance - 1) * self.spacing_mm

    def first_pixel_mm(self) -> tuple[float, float]:
        """(x, y) of the middle of the first pixel."""
        half = (SIDE - 1) / 2 * self.pixel_mm
        return -half, self.centre_y_mm - half

    def hounsfield(self, instance: int) -> Array:
        """(512, 512) HU as scanned: softened by the focus, with noise."""
        z = self.z_of(instance)
        still = Torso(self.nodule).slice(z, SIDE, SIDE, self.pixel_mm, self.centre_y_mm)
        noise = shaped_noise(sample_seed(self.series.key, "noise", instance), SIDE, SIDE, 0.03, 0.32)
        return np.asarray(
            softened(still) + noise * (_noise_map(self) * np.float32(self.noise_hu)), np.float32
        )

    def stored(self, instance: int) -> npt.NDArray[np.uint16]:
        """(512, 512) stored values, 12 bits."""
        return np.clip(np.rint(self.hounsfield(instance) - INTERCEPT), 0, 4095).astype(np.uint16)

    def file(self, instance: int) -> SampleFile:
        """One slice."""
        stored = self.stored(instance)
        header = {**self.series.header(instance), **self._image(instance), **grey_header(stored, 12)}
        return plain_file(f"{self.series.key}/{instance}", header, stored)

    def _image(self, instance: int) -> dict[str, object]:
        """The image plane and CT image modules (PS3.3 C.7.6.2, C.8.2.1)."""
        x, y = self.first_pixel_mm()
        z = self.z_of(instance)
        return {
            "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
            "PatientPosition": "HFS",
            "FrameOfReferenceUID": sample_uid(self.series.study.key, "frame of reference"),
            "PositionReferenceIndicator": "",
            "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
            "ImagePositionPatient": [x, y, z],
            "SliceLocation": z,
            "PixelSpacing": [self.pixel_mm, self.pixel_mm],
            "SliceThickness": self.thickness_mm,
            "SpacingBetweenSlices": self.spacing_mm,
            "RescaleIntercept": INTERCEPT,
            "RescaleSlope": 1,
            "RescaleType": "HU",
            "WindowCenterWidthExplanation": [name for name, _, _ in WINDOWS],
            "WindowCenter": [centre for _, centre, _ in WINDOWS],
            "WindowWidth": [width for _, _, width in WINDOWS],
            "AcquisitionNumber": 1,
            "KVP": 100,
            "XRayTubeCurrent": 240,
            "ExposureTime": 500,
            "ConvolutionKernel": "STANDARD",
            "ReconstructionDiameter": SIDE * self.pixel_mm,
            "GantryDetectorTilt": 0,
            "TableHeight": 150,
            "RotationDirection": "CW",
            "ContrastBolusAgent": "Iodinated contrast",
            "ContrastBolusRoute": "IV",
        }


def softened(image: Array) -> Array:
    """The image as a focus and detectors of some size see it: each pixel shares with its neighbours."""
    for axis in (0, 1):
        middle = np.float32(0.62) * image
        shifted = np.roll(image, 1, axis) + np.roll(image, -1, axis)
        image = middle + np.float32(0.19) * shifted
    return np.asarray(image, np.float32)


def _noise_map(scan: BodyScan) -> Array:
    """How strong the noise is: most in the middle of the body, where the fewest photons arrive."""
    place = (np.arange(SIDE, dtype=np.float32) - (SIDE - 1) / 2) * np.float32(scan.pixel_mm)
    radius2 = (place[None, :] / 150) ** 2 + ((place[:, None] + np.float32(scan.centre_y_mm)) / 105) ** 2
    return np.asarray(np.float32(0.55) + np.float32(0.65) * np.exp(-radius2), np.float32)
