"""Mammograms: a breast pressed flat, its fat, glands, strands and vessels, as they are sent to be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont
from pydicom import Dataset

from pacs.samples.fields import enlarged, shaped_noise
from pacs.samples.identifiers import sample_seed
from pacs.samples.objects import SampleFile, SampleSeries, grey_header, plain_file
from pacs.samples.shapes import Array

ROWS, COLUMNS, PIXEL_MM = 4096, 3328, 0.07
COARSER = 4  # everything but the finest grain is made this much smaller
THICKNESS_MM = 56.0
VIEW_CODES = {"CC": ("399162004", "cranio-caudal"), "MLO": ("399368009", "medio-lateral oblique")}
# Which way the rows and the columns of a left and a right breast point (0020,0020).
DIRECTIONS = {
    ("L", "CC"): ["A", "R"],
    ("R", "CC"): ["P", "L"],
    ("L", "MLO"): ["A", "FR"],
    ("R", "MLO"): ["P", "FL"],
}


@dataclass(frozen=True)
class Mammogram:
    """One view of one breast. The chest wall lies at the left edge of a left breast, at the right of a right one."""

    series: SampleSeries
    side: Literal["L", "R"]
    view: Literal["CC", "MLO"]

    def file(self, instance: int) -> SampleFile:
        """The mammogram as it is sent to be read."""
        stored = self.stored()
        header = {**self.series.header(instance), **self._image(), **grey_header(stored, 12)}
        return plain_file(f"{self.series.key}/{instance}", header, stored)

    def stored(self) -> npt.NDArray[np.uint16]:
        """(4096, 3328) values, 12 bits; air is 0."""
        seed = sample_seed(self.series.key)
        coarse = _Breast(self.view, seed).density()
        density = enlarged(coarse, ROWS, COLUMNS)
        grain = shaped_noise(seed + 1, ROWS // 2, COLUMNS // 2, 0.004, 0.4, 0.9)
        fine = np.random.default_rng(seed + 2).standard_normal((ROWS, COLUMNS), dtype=np.float32)
        texture = np.float32(0.011) * grain.repeat(2, 0).repeat(2, 1) + np.float32(0.007) * fine
        density += texture * np.clip(density * 6, 0, 1)
        _add_calcifications(density, self.view, seed, grouped=self.side == "L")
        if self.side == "R":
            density = density[:, ::-1]
        density = self._marked(np.where(density > 0.02, density, 0))
        return np.asarray(np.clip(np.rint(density * 4000), 0, 4095), np.uint16)

    def _marked(self, density: Array) -> Array:
        """With the letters that lie on the detector beside the outer half of the breast."""
        label = Image.new("L", (560, 190))
        ImageDraw.Draw(label).text((10, 10), f"{self.side} {self.view}", 255, ImageFont.load_default(150))
        share = np.asarray(label, np.float32) / 255
        column = COLUMNS - 700 if self.side == "L" else 140
        place = density[260:450, column : column + 560]
        np.maximum(place, share * np.float32(0.95), out=place)
        return density

    def _image(self) -> dict[str, object]:
        """The mammography image, DX positioning and detector modules (PS3.3 C.8.11)."""
        code, meaning = VIEW_CODES[self.view]
        return {
            "ImageType": ["ORIGINAL", "PRIMARY"],
            "PresentationIntentType": "FOR PRESENTATION",
            "ViewPosition": self.view,
            "ImageLaterality": self.side,
            "PatientOrientation": DIRECTIONS[self.side, self.view],
            "PatientPosition": "",
            "OrganExposed": "BREAST",
            "BreastImplantPresent": "NO",
            "PartialView": "NO",
            "ViewCodeSequence": [coded(code, meaning)],
            "AnatomicRegionSequence": [coded("76752008", "Breast")],
            "ImagerPixelSpacing": [PIXEL_MM, PIXEL_MM],
            "EstimatedRadiographicMagnificationFactor": 1,
            "PixelIntensityRelationship": "LOG",
            "PixelIntensityRelationshipSign": -1,
            "PresentationLUTShape": "IDENTITY",
            "RescaleIntercept": 0,
            "RescaleSlope": 1,
            "RescaleType": "US",
            "LossyImageCompression": "00",
            "WindowCenterWidthExplanation": ["Normal", "Harder", "Softer"],
            "WindowCenter": [1600, 1600, 1750],
            "WindowWidth": [2900, 2200, 3600],
            "KVP": 29,
            "AnodeTargetMaterial": "TUNGSTEN",
            "FilterMaterial": "RHODIUM",
            "BodyPartThickness": THICKNESS_MM,
            "CompressionForce": 96,
            "PositionerType": "MAMMOGRAPHIC",
            "PositionerPrimaryAngle": 0 if self.view == "CC" else 45,
            "DetectorType": "DIRECT",
            "DetectorConfiguration": "AREA",
        }


def coded(value: str, meaning: str) -> Dataset:
    """A code of SNOMED CT."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "SCT", meaning
    return item


class _Breast:
    """What a left breast is made of, on a coarse grid: x mm from the chest wall, y mm from the top."""

    def __init__(self, view: str, seed: int) -> None:
        self._is_oblique, self._seed = view == "MLO", seed
        self._rows, self._columns = ROWS // COARSER, COLUMNS // COARSER
        step = np.float32(PIXEL_MM * COARSER)
        self.x = ((np.arange(self._columns, dtype=np.float32) + 0.5) * step)[None, :]
        self.y = ((np.arange(self._rows, dtype=np.float32) + 0.5) * step)[:, None]
        self._middle_y = 158.0 if self._is_oblique else 143.0
        self._nipple = (114.0, self._middle_y + 12) if self._is_oblique else (94.0, self._middle_y + 3)

    def density(self) -> Array:
        """(rows, columns) 0..1."""
        depth = self._depth()
        inside = np.clip(depth / 0.3, 0, 1)
        round_edge = np.clip(depth / 24, 0, 1)
        thickness = np.sqrt(1 - (1 - round_edge) ** 2)  # the edge bulges: thinner towards the skin
        glands = self._glands(depth)
        tissue = np.float32(0.13) + np.float32(0.16) * thickness + glands
        tissue += self._strands(depth, glands) + self._vessels(depth)
        if self._is_oblique:
            tissue = self._with_muscle(tissue)
        skin = np.float32(0.10) * np.exp(-(((depth - 0.8) / 0.7) ** 2))
        return np.asarray((tissue + skin) * inside, np.float32)

    def _noise(self, part: int, low: float, high: float, power: float = 0) -> Array:
        return shaped_noise(self._seed + 10 + part, self._rows, self._columns, low, high, power)

    def _alike(self, part: int, low: float, high: float, power: float) -> Array:
        """The same for both breasts, which are alike."""
        seed = sample_seed("breasts", self._is_oblique, part)
        return shaped_noise(seed, self._rows, self._columns, low, high, power)

    def _depth(self) -> Array:
        """mm from the skin, gently uneven."""
        a, b = (114.0, 100.0) if self._is_oblique else (94.0, 104.0)
        x, y = self.x / a, (self.y - self._middle_y) / b
        radius = np.sqrt(x**2 + y**2) + np.float32(1e-3)
        slope = np.sqrt((x / a) ** 2 + (y / b) ** 2) / radius
        depth = (1 - radius) / slope
        if self._is_oblique:
            width = 70 + 44 * np.sin(np.clip(self.y / self._middle_y, 0, 1) * np.float32(np.pi / 2)) ** 0.9
            depth = np.where(self.y < self._middle_y, (width - self.x) * np.float32(0.93), depth)
        nipple_x, nipple_y = self._nipple
        bump = 4.6 - np.hypot((self.x - nipple_x + 1) * 0.9, self.y - nipple_y)
        uneven = enlarged(shaped_noise(self._seed, 32, 26, 0.02, 0.12), self._rows, self._columns)
        return np.asarray(np.maximum(depth, bump) + uneven * np.float32(0.7), np.float32)

    def _glands(self, depth: Array) -> Array:
        """Parenchyma: a cone behind the nipple, broken up by fat at all scales."""
        nipple_x, nipple_y = self._nipple
        along = (nipple_x - self.x) / 88
        across = (self.y - nipple_y + np.float32(26 if self._is_oblique else 8)) / (
            16 + 62 * np.clip(along, 0, 1)
        )
        cone = 1.5 - 1.6 * np.abs(along - np.float32(0.42)) - np.float32(0.75) * across**2
        clouds = np.float32(0.8) * self._alike(1, 0.0015, 0.2, 1.9) + np.float32(0.6) * self._noise(
            1, 0.0015, 0.2, 1.9
        )
        lobules = self._noise(2, 0.012, 0.2, 1.3)
        amount = cone + clouds * np.float32(0.75) + lobules * np.float32(0.16) - np.float32(0.72)
        share = 1 / (1 + np.exp(-np.maximum(amount, -9) * np.float32(2.1)))
        share *= np.clip((depth - 5) / 9, 0, 1)
        body = np.float32(0.29) + np.float32(0.05) * clouds + np.float32(0.028) * lobules
        return np.asarray(share * body, np.float32)

    def _strands(self, depth: Array, glands: Array) -> Array:
        """Ligaments and ducts: ridges that run towards the nipple."""
        nipple_x, nipple_y = self._nipple
        dx, dy = self.x - np.float32(nipple_x + 6), self.y - np.float32(nipple_y)
        away, angle = np.hypot(dx, dy), np.arctan2(dy, -dx)
        bent = angle + self._noise(3, 0.001, 0.012) * np.float32(0.05)
        total = np.zeros_like(depth)
        for part, (turns, pace_mm, strength) in enumerate(((70, 26, 0.05), (130, 15, 0.035))):
            total += np.float32(strength) * self._ridges(part, bent * turns, away / np.float32(pace_mm))
        webs = np.exp(-((self._noise(5, 0.006, 0.03) / np.float32(0.14)) ** 2)) * np.float32(0.034)
        return np.asarray(
            (total * (np.float32(0.35) + glands * 3) + webs) * np.clip((depth - 2) / 5, 0, 1), np.float32
        )

    def _ridges(self, part: int, across: Array, along: Array) -> Array:
        """Thin bright lines of a random field that is read in its own coordinates."""
        size = 512
        field = shaped_noise(self._seed + 30 + part, size, size, 0.02, 0.11)
        row, column = across * np.float32(3) + 4 * size, along * np.float32(6)
        top, left = np.floor(row).astype(np.int32), np.floor(column).astype(np.int32)
        down, right = row - top, column - left
        corners = [field[(top + i) % size, (left + j) % size] for i in (0, 1) for j in (0, 1)]
        upper = corners[0] * (1 - right) + corners[1] * right
        lower = corners[2] * (1 - right) + corners[3] * right
        value = upper * (1 - down) + lower * down
        return np.asarray(np.exp(-((value / np.float32(0.22)) ** 2)), np.float32)

    def _vessels(self, depth: Array) -> Array:
        """A few veins under the skin."""
        random = np.random.default_rng(self._seed + 40)
        total = np.zeros_like(depth)
        for _ in range(5):
            start, slope, wave, phase = (
                random.uniform(-70, 70),
                random.normal(0, 0.35),
                *random.uniform(0, 6, 2),
            )
            course = self._middle_y + start + self.x * np.float32(slope)
            course = course + 4 * np.sin(self.x / np.float32(13 + 2 * wave) + np.float32(phase))
            radius = np.float32(random.uniform(0.5, 1.0))
            inside = np.clip(1 - ((self.y - course) / radius) ** 2, 0, 1)
            total += np.float32(0.075) * np.sqrt(inside)
        return np.asarray(total * np.clip((depth - 6) / 12, 0, 1) * (self.x < 95), np.float32)

    def _with_muscle(self, tissue: Array) -> Array:
        """The pectoral muscle lies over the upper corner at the chest wall."""
        edge = np.float32(62) * (1 - (self.y / np.float32(176)) ** np.float32(1.25))
        inside = edge - self.x + self._noise(6, 0.001, 0.006) * np.float32(0.7)
        fibres = self._ridges(
            7, (self.x + self.y * np.float32(0.32)) * np.float32(0.9), self.y / np.float32(40)
        )
        muscle = np.float32(0.45) + np.float32(0.05) * fibres + np.clip(inside / 60, 0, 1) * np.float32(0.14)
        share = np.clip(inside / np.float32(1.6) + np.float32(0.5), 0, 1)
        return np.asarray(tissue + share * (muscle + tissue * np.float32(0.25) - tissue), np.float32)


def _add_calcifications(density: Array, view: str, seed: int, *, grouped: bool) -> None:
    """Perhaps a small group of fine ones, and a few round ones that mean nothing, at full resolution."""
    random = np.random.default_rng(seed + 50)
    centre = (52.0, 118.0) if view == "MLO" else (56.0, 112.0)
    fine = [(*random.normal(centre, 2.6), random.uniform(0.1, 0.24)) for _ in range(17 if grouped else 0)]
    round_ones = [
        (random.uniform(25, 75), random.uniform(110, 190), random.uniform(0.35, 0.7)) for _ in range(4)
    ]
    for x, y, radius in (*fine, *round_ones):
        reach = int(radius / PIXEL_MM) + 3
        column, row = int(x / PIXEL_MM), int(y / PIXEL_MM)
        steps = np.arange(-reach, reach + 1, dtype=np.float32) * np.float32(PIXEL_MM)
        away = np.hypot(steps[:, None], steps[None, :] * np.float32(random.uniform(0.7, 1.3)))
        spot = np.clip((np.float32(radius) - away) / np.float32(PIXEL_MM) + np.float32(0.5), 0, 1)
        density[row - reach : row + reach + 1, column - reach : column + reach + 1] += spot * np.float32(0.24)
