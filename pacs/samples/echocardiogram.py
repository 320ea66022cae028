"""An echocardiogram: four beating chambers in a sector, with colour for the flow, as a JPEG cine of one heart beat."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image
from pydicom import Dataset
from pydicom.uid import JPEGBaseline8Bit

from pacs.samples import heart
from pacs.samples.fields import shaped_noise
from pacs.samples.heart import HALF_ANGLE, Grid
from pacs.samples.identifiers import sample_seed
from pacs.samples.objects import SampleFile, SampleSeries, compressed_file
from pacs.samples.screen import ECG_AREA, ScreenPainter
from pacs.samples.shapes import Array

ROWS, COLUMNS, FRAMES, FRAME_TIME_MS = 600, 800, 48, 20
APEX_X, APEX_Y = 400, 44  # pixel of the sector's tip
CM_PER_PIXEL, DEPTH_CM = 0.03, 15.6
ACROSS, DOWN = 345, 521  # half the width and the height of the part that holds the sector
QUALITY = 90

Colour = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Echocardiogram:
    """One cine."""

    series: SampleSeries

    def file(self, instance: int) -> SampleFile:
        """The cine: a frame every 20 ms, compressed as scanners do."""
        codestreams = [_jpeg(frame) for frame in self.frames()]
        ratio = ROWS * COLUMNS * 3 * FRAMES / sum(map(len, codestreams))
        header = {
            **self.series.header(instance),
            **_image_header(),
            "LossyImageCompressionRatio": round(ratio, 1),
        }
        return compressed_file(f"{self.series.key}/{instance}", header, codestreams, JPEGBaseline8Bit)

    def frames(self) -> list[Colour]:
        """(600, 800, 3) RGB each."""
        grid = _grid()
        speckle, drop = _speckle(), _dropout(grid)
        painter = ScreenPainter(ROWS, COLUMNS, APEX_X, APEX_Y, CM_PER_PIXEL, DEPTH_CM, FRAMES)
        return [painter.finished(_frame(grid, speckle, drop, n / FRAMES), n) for n in range(FRAMES)]


def _frame(grid: Grid, speckle: Array, drop: Array, phase: float) -> Colour:
    """The sector at a phase (0..1) of the beat, from the closing of the mitral valve."""
    still = grid.moved_back(phase)
    echo = heart.reflection(still, phase) * _sampled(speckle, still) * drop
    echo += np.float32(0.012) * np.abs(np.sin(grid.x * 91 + grid.y * 57 + np.float32(phase * 40)))
    grey = np.clip((np.log10(np.maximum(echo, 1e-4)) + 1.78) / 1.95, 0, 1)
    picture = np.repeat((grey * np.float32(255))[:, :, None], 3, axis=2)
    velocity = heart.flow(grid, phase)
    shown = (np.abs(velocity) > 0.12) & (grey < 0.42) & heart.colour_box(grid)
    picture[shown] = heart.flow_colours(velocity[shown])
    picture[~grid.in_sector] = 0
    whole = np.zeros((ROWS, COLUMNS, 3), np.uint8)
    whole[APEX_Y : APEX_Y + DOWN, APEX_X - ACROSS : APEX_X + ACROSS] = picture
    return whole


def _grid() -> Grid:
    x = np.arange(-ACROSS, ACROSS, dtype=np.float32) * np.float32(CM_PER_PIXEL)
    y = np.arange(DOWN, dtype=np.float32) * np.float32(CM_PER_PIXEL)
    across, down = np.meshgrid(x, y)
    return Grid(across, down, DEPTH_CM)


SPECKLE_SHAPE = (900, 260)  # along the beam, across the beams


def _speckle() -> Array:
    """Interference of many scatterers, on beams: fine along them, coarse across (mean 1)."""
    parts = []
    for name in ("real", "imaginary"):
        seed = sample_seed("echo", name)
        parts.append(shaped_noise(seed, *SPECKLE_SHAPE, 0.001, 0.2))
    size = np.hypot(*parts)
    size = (size + np.roll(size, 1, 1)) / 2
    return np.asarray(size / size.mean(), np.float32)


def _sampled(speckle: Array, grid: Grid) -> Array:
    """The speckle at the grid's beams and depths, between its own points by linear weights."""
    depth = np.hypot(grid.x, grid.y) * np.float32((SPECKLE_SHAPE[0] - 2) / (DEPTH_CM + 2.5))
    beam = (np.arctan2(grid.x, np.maximum(grid.y, 1e-3)) / np.float32(2.6 * HALF_ANGLE) + np.float32(0.5)) * (
        SPECKLE_SHAPE[1] - 2
    )
    depth, beam = np.clip(depth, 0, SPECKLE_SHAPE[0] - 2), np.clip(beam, 0, SPECKLE_SHAPE[1] - 2)
    top, left = depth.astype(np.int32), beam.astype(np.int32)
    down, right = depth - top, beam - left
    upper = speckle[top, left] * (1 - right) + speckle[top, left + 1] * right
    lower = speckle[top + 1, left] * (1 - right) + speckle[top + 1, left + 1] * right
    return np.asarray(upper * (1 - down) + lower * down, np.float32)


def _dropout(grid: Grid) -> Array:
    """What ribs and lungs take away from some beams, and depth from all."""
    angle = np.arctan2(grid.x, np.maximum(grid.y, 1e-3)) / np.float32(HALF_ANGLE)
    depth = np.hypot(grid.x, grid.y) / np.float32(DEPTH_CM)
    lost = 1 - np.float32(0.75) * np.clip(np.abs(angle) - np.float32(0.72), 0, 1) / np.float32(0.28)
    shadow = 1 - np.float32(0.35) * np.exp(-(((angle - 0.42) / 0.07) ** 2)) * np.clip(depth * 2, 0, 1)
    return np.asarray(lost * shadow * (np.float32(1.15) - np.float32(0.55) * depth), np.float32)


def _jpeg(frame: Colour) -> bytes:
    buffer = BytesIO()
    Image.fromarray(frame).save(buffer, "JPEG", quality=QUALITY, subsampling="4:2:2")
    return buffer.getvalue()


def _image_header() -> dict[str, object]:
    """The image pixel, cine and US image modules (PS3.3 C.7.6.3, C.7.6.5, C.8.5.6)."""
    return {
        "ImageType": ["ORIGINAL", "PRIMARY", "", "0001"],
        "SamplesPerPixel": 3,
        "PhotometricInterpretation": "YBR_FULL_422",
        "PlanarConfiguration": 0,
        "Rows": ROWS,
        "Columns": COLUMNS,
        "BitsAllocated": 8,
        "BitsStored": 8,
        "HighBit": 7,
        "PixelRepresentation": 0,
        "NumberOfFrames": FRAMES,
        "FrameIncrementPointer": 0x00181063,  # (0018,1063) FrameTime
        "FrameTime": FRAME_TIME_MS,
        "CineRate": 1000 // FRAME_TIME_MS,
        "RecommendedDisplayFrameRate": 1000 // FRAME_TIME_MS,
        "HeartRate": round(60_000 / (FRAMES * FRAME_TIME_MS)),
        "LossyImageCompression": "01",
        "LossyImageCompressionMethod": "ISO_10918_1",
        "UltrasoundColorDataPresent": 1,
        "SequenceOfUltrasoundRegions": [_sector_region(), _ecg_region()],
    }


def _sector_region() -> Dataset:
    """The sector: cm in both directions, from its tip (PS3.3 C.8.5.5)."""
    reach = int(np.sin(HALF_ANGLE) * DEPTH_CM / CM_PER_PIXEL)
    region = _region(1, 1, (APEX_X - reach, APEX_Y, APEX_X + reach, APEX_Y + int(DEPTH_CM / CM_PER_PIXEL)))
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX = region.PhysicalDeltaY = CM_PER_PIXEL
    region.ReferencePixelX0, region.ReferencePixelY0 = reach, 0
    region.ReferencePixelPhysicalValueX = region.ReferencePixelPhysicalValueY = 0.0
    return region


def _ecg_region() -> Dataset:
    """The trace below: seconds to the right, no unit upwards."""
    region = _region(3, 10, ECG_AREA)
    region.PhysicalUnitsXDirection, region.PhysicalUnitsYDirection = 4, 0
    region.PhysicalDeltaX = FRAMES * FRAME_TIME_MS / 1000 * 2 / (ECG_AREA[2] - ECG_AREA[0])
    region.PhysicalDeltaY = 1.0
    return region


def _region(spatial_format: int, data_type: int, area: tuple[int, int, int, int]) -> Dataset:
    region = Dataset()
    region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = spatial_format, data_type, 0
    region.RegionLocationMinX0, region.RegionLocationMinY0 = area[:2]
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = area[2:]
    return region
