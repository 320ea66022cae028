"""Chest radiographs: X-rays through the torso, and what a detector and its processing make of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from pacs.samples.fields import enlarged
from pacs.samples.identifiers import sample_seed
from pacs.samples.objects import SampleFile, SampleSeries, grey_header, plain_file
from pacs.samples.shapes import Array, Patch
from pacs.samples.torso.phantom import Torso
from pacs.samples.torso.tissues import TISSUE_HU, Nodule

FINE_MM, COARSE_MM, STEP_Z_MM = 0.45, 1.25, 0.8  # across the picture, along the rays, down the picture
BORDER_MM = 1.0  # borders are as soft as the rays are apart
# Attenuation relative to water at 120 kV; contrast medium, which nobody has on this day, counts little.
_HU = np.array([-1000, 0, 60, 200, 760, 1200], np.float32)
_ATTENUATION = np.array([0, 1, 1.06, 1.12, 2.2, 2.8], np.float32)
WATER_PER_MM = 0.0195


@dataclass(frozen=True)
class ChestView:
    """One projection: from behind (frontal) or from the right, so that the left side lies at the detector."""

    series: SampleSeries
    nodule: Nodule
    is_frontal: bool
    rows: int
    columns: int
    pixel_mm: float
    top_z_mm: float
    left_mm: float  # x (frontal) or y (lateral) of the picture's left edge
    bits_stored: int
    photometric: str

    def file(self, instance: int) -> SampleFile:
        """The radiograph as it is sent to be read."""
        stored = self.stored()
        header = {
            **self.series.header(instance),
            **self._image(),
            **grey_header(stored, self.bits_stored),
            "PhotometricInterpretation": self.photometric,
        }
        return plain_file(f"{self.series.key}/{instance}", header, stored)

    def stored(self) -> npt.NDArray[np.uint16]:
        """(rows, columns) values for presentation; dense is bright, as stored or after inversion."""
        signal = enlarged(self.path_lengths(), self.rows, self.columns)
        density = _processed(_with_noise(signal, sample_seed(self.series.key)))
        self._mark(density)
        top = (1 << self.bits_stored) - 1
        values = np.rint(np.clip(density, 0, 1) * top).astype(np.uint16)
        return np.asarray(top - values if self.photometric == "MONOCHROME1" else values, np.uint16)

    def path_lengths(self) -> Array:
        """(rows, columns) of a coarser picture: attenuation along each ray, natural logarithm."""
        torso = Torso(self.nodule, is_standing=True)
        heights = np.arange(self.rows * self.pixel_mm / STEP_Z_MM + 1)
        return np.stack([self._ray_sums(torso, self.top_z_mm - float(step) * STEP_Z_MM) for step in heights])

    def _ray_sums(self, torso: Torso, z: float) -> Array:
        fine = self.left_mm + np.arange(0, self.columns * self.pixel_mm, FINE_MM, dtype=np.float32)
        along = np.arange(-135 if self.is_frontal else -190, 135 if self.is_frontal else 190, COARSE_MM)
        x, y = (fine, along.astype(np.float32)) if self.is_frontal else (along.astype(np.float32), fine)
        values = np.full((len(y), len(x)), TISSUE_HU["air"], np.float32)
        patch = Patch(x[None, :], y[:, None], z, BORDER_MM, values)
        torso.paint(patch)
        relative = np.interp(values, _HU, _ATTENUATION)
        return np.asarray(relative.sum(0 if self.is_frontal else 1) * (COARSE_MM * WATER_PER_MM), np.float32)

    def _mark(self, density: Array) -> None:
        """The lead letter that says which side is at it."""
        letter = Image.new("L", (260, 260))
        ImageDraw.Draw(letter).text(
            (40, 10), "R" if self.is_frontal else "L", 255, ImageFont.load_default(200)
        )
        share = np.asarray(letter, np.float32) / 255
        row, column = 150, 90 if self.is_frontal else self.columns - 330
        place = density[row : row + 260, column : column + 260]
        np.maximum(place, share * np.float32(0.97), out=place)

    def _image(self) -> dict[str, object]:
        """The DX image, positioning and detector modules (PS3.3 C.8.11)."""
        middle, width = 1 << (self.bits_stored - 1), 1 << self.bits_stored
        return {
            "ImageType": ["ORIGINAL", "PRIMARY"],
            "PresentationIntentType": "FOR PRESENTATION",
            "ViewPosition": "PA" if self.is_frontal else "LL",
            "PatientOrientation": ["L", "F"] if self.is_frontal else ["P", "F"],
            "ImageLaterality": "U",
            "ImagerPixelSpacing": [self.pixel_mm, self.pixel_mm],
            "PixelSpacing": [self.pixel_mm, self.pixel_mm],
            "PixelIntensityRelationship": "LOG",
            "PixelIntensityRelationshipSign": -1 if self.photometric == "MONOCHROME2" else 1,
            "PresentationLUTShape": "IDENTITY" if self.photometric == "MONOCHROME2" else "INVERSE",
            "RescaleIntercept": 0,
            "RescaleSlope": 1,
            "RescaleType": "US",
            "LossyImageCompression": "00",
            "WindowCenterWidthExplanation": ["Normal", "Harder", "Softer"],
            "WindowCenter": [middle, middle, middle],
            "WindowWidth": [width, width * 7 // 10, width * 13 // 10],
            "KVP": 125,
            "Exposure": 2 if self.is_frontal else 6,
            "DistanceSourceToDetector": 1800,
            "DetectorType": "SCINTILLATOR",
            "DetectorConfiguration": "AREA",
            "Grid": ["FIXED", "FOCUSED"],
        }


def _with_noise(signal: Array, seed: int) -> Array:
    """Fewer photons arrive behind dense parts: the noise rises there."""
    noise = np.random.default_rng(seed).standard_normal(signal.shape, dtype=np.float32)
    noise = np.float32(0.7) * noise + np.float32(0.3) * np.roll(noise, 1, 1)
    return np.asarray(
        signal + noise * np.exp(np.minimum(signal, 6) * np.float32(0.5)) * np.float32(0.004), np.float32
    )


def _processed(signal: Array) -> Array:
    """0..1: large differences tamed, edges lifted, and a curve like that of film."""
    tamed = signal - np.float32(0.5) * _blurred(signal, 96)
    tamed += np.float32(0.5) * (signal - _blurred(signal, 24)) + np.float32(0.7) * (
        signal - _blurred(signal, 5)
    )
    inside = tamed[::8, ::8][signal[::8, ::8] > 0.4]
    low, high = (float(level) for level in np.quantile(inside, (0.02, 0.98)))
    share = (tamed - np.float32((low + high) / 2)) * np.float32(5.2 / (high - low))
    curve = 1 / (1 + np.exp(-share))
    return np.asarray(curve * (1 - np.exp(-np.maximum(signal, 0) * 3)), np.float32)


def _blurred(image: Array, reach: int) -> Array:
    """The image averaged over about reach pixels: made small, and large again smoothly."""
    rows, columns = image.shape[0] // reach, image.shape[1] // reach
    cut = image[: rows * reach, : columns * reach]
    small = cut.reshape(rows, reach, columns, reach).mean(axis=(1, 3))
    return enlarged(np.asarray(small, np.float32), *image.shape)
