"""A beating heart in the apical four-chamber view: x cm to the right of the beam, y cm away from the probe."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pacs.samples.shapes import Array

HALF_ANGLE = 0.72  # of the sector, radians
SYSTOLE = 0.36  # share of the beat
ANNULUS_Y = 9.3
# Middle and half axes of the chambers.
LV, RV = ((1.75, 5.7), (1.95, 3.8)), ((-1.9, 6.1), (1.5, 3.3))
LA, RA = ((1.7, 11.5), (1.9, 1.9)), ((-1.9, 11.3), (1.75, 1.85))


@dataclass(frozen=True)
class Grid:
    """Where the pixels lie, in cm."""

    x: Array
    y: Array
    depth_cm: float

    @cached_property
    def in_sector(self) -> npt.NDArray[np.bool_]:
        """Which pixels the probe sees."""
        away = np.hypot(self.x, self.y)
        return (np.abs(np.arctan2(self.x, self.y)) < HALF_ANGLE) & (away < self.depth_cm) & (away > 0.25)

    def moved_back(self, phase: float) -> Grid:
        """Where what is seen here lies when the heart is widest: walls move in, the annulus towards the apex."""
        squeeze = np.float32(squeeze_at(phase))
        reach = np.where(
            self.y < ANNULUS_Y, self.y / ANNULUS_Y, np.clip(1 - (self.y - ANNULUS_Y) / 4.5, 0, 1)
        )
        y = self.y + np.float32(1.35) * squeeze * reach
        level = np.exp(-(((self.y - 5.6) / 3.4) ** 4))
        x = self.x
        for middle, strength in ((LV[0][0], 0.52), (RV[0][0], 0.34)):
            away = self.x - np.float32(middle)
            x = x + away * np.float32(strength) * squeeze * level * np.exp(-((away / np.float32(1.9)) ** 4))
        return Grid(np.asarray(x, np.float32), np.asarray(y, np.float32), self.depth_cm)


def squeeze_at(phase: float) -> float:
    """0 when widest, 1 when emptiest."""
    if phase < SYSTOLE:
        return float(np.sin(np.pi / 2 * phase / SYSTOLE) ** 1.5)
    filling = (phase - SYSTOLE) / (1 - SYSTOLE)
    return float(0.5 * (1 - np.tanh((filling - 0.24) * 9)) * 0.82 + 0.18 * max(1 - filling / 0.95, 0) ** 0.8)


def mitral_opening(phase: float) -> float:
    """0 closed to 1 open: wide at early filling, and again when the atria contract."""
    early = np.exp(-(((phase - 0.52) / 0.075) ** 2))
    late = 0.6 * np.exp(-(((phase - 0.86) / 0.05) ** 2))
    resting = 0.35 if 0.45 < phase < 0.92 else 0.0
    return float(max(early, late, resting))


def reflection(grid: Grid, phase: float) -> Array:
    """How strongly each place of the resting heart sends sound back; valves as they stand in this phase."""
    grid = _upright(grid)
    chambers = np.maximum.reduce([_inside(grid, *each) for each in (LV, RV, LA, RA)])
    thickness = ((LV, 0.95), (RV, 0.5), (LA, 0.32), (RA, 0.32))
    walls = np.maximum.reduce([_inside(grid, *each) + wall for each, wall in thickness])
    haze = np.sin(grid.x * np.float32(1.3) + 1) * np.sin(grid.y * np.float32(0.9))
    around = np.float32(0.085) + np.float32(0.05) * haze
    echo = around + np.float32(0.9) * np.exp(-((walls / 0.12) ** 2))  # pericardium
    muscle = np.float32(0.30) + np.float32(0.05) * np.sin(grid.y * np.float32(7) + grid.x * 2)
    echo = _blend(echo, muscle, walls)
    echo += np.float32(0.28) * np.exp(-((chambers / 0.09) ** 2))  # where blood begins
    echo = _blend(echo, np.float32(0.012), chambers - np.float32(0.05))
    for valve in _valves(phase):
        echo = np.maximum(echo, np.float32(0.62) * _band(grid, *valve, 0.085))
    echo += np.float32(0.35) * np.exp(-grid.y / np.float32(0.55))  # clutter close to the probe
    return np.asarray(echo, np.float32)


def _upright(grid: Grid) -> Grid:
    """The heart is a cone: its chambers lean together towards the probe. Here they stand side by side."""
    narrowing = np.clip(np.float32(0.34) + np.float32(0.066) * grid.y, 0.4, 1.05)
    return Grid(np.asarray(grid.x / narrowing, np.float32), grid.y, grid.depth_cm)


def _valves(phase: float) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Leaflets of the mitral and tricuspid valves: from the annulus to their tips."""
    opening, leaflets = mitral_opening(phase), []
    for middle, half in ((1.72, 1.72), (-1.95, 1.55)):
        for side, length in ((-1, 1.0), (1, 0.8)):
            hinge = (middle + side * half, ANNULUS_Y)
            angle = np.radians(20 + 62 * opening)  # from the annulus towards the apex
            reach = half * 1.12 * (1 - 0.22 * opening)
            tip = (hinge[0] - side * reach * np.cos(angle) * length, hinge[1] - reach * np.sin(angle) * 0.8)
            leaflets.append((hinge, (float(tip[0]), float(tip[1]))))
    return leaflets


def flow(grid: Grid, phase: float) -> Array:
    """m/s towards the probe: filling through the mitral valve, outflow, and a little that leaks back."""
    filling = 0.68 * mitral_opening(phase) if phase > 0.43 else 0.0
    ejecting = np.sin(np.pi * phase / SYSTOLE) if phase < SYSTOLE else 0.0
    x, y = grid.x, grid.y
    inflow = np.float32(filling) * _plume(x - 1.7 - (y - 9) * np.float32(0.1), y, 9.6, 4.2, 0.75)
    right = np.float32(filling * 0.6) * _plume(x + 1.8 + (y - 9) * np.float32(0.1), y, 9.5, 5.4, 0.65)
    outflow = np.float32(-0.62 * ejecting) * _plume(x - 0.95 - (y - 8) * np.float32(0.05), y, 9.0, 5.6, 0.45)
    swirl = np.sin(x * 17 + np.float32(phase * 60)) * np.sin(y * 13 - np.float32(phase * 75))
    course = x - 1.75 - (y - np.float32(8.2)) * np.float32(0.16)
    leak = np.float32(-1.25 * ejecting) * (np.float32(0.75) + np.float32(0.4) * swirl)
    leak = leak * _plume(course, -y, -8.1, -11.6, 0.34)
    return np.asarray(inflow + right + outflow + leak, np.float32)


def colour_box(grid: Grid) -> npt.NDArray[np.bool_]:
    """The part of the sector in which the scanner looks for flow."""
    away, angle = np.hypot(grid.x, grid.y), np.arctan2(grid.x, grid.y)
    return (away > 4.4) & (away < 13.2) & (np.abs(angle - np.float32(0.03)) < 0.36)


def flow_colours(velocity: Array) -> Array:
    """(n, 3) RGB: red to yellow towards the probe, blue to cyan away from it; too fast folds over (0.69 m/s)."""
    limit = np.float32(0.69)
    folded = (velocity + limit) % (2 * limit) - limit
    share = np.abs(folded) / limit
    towards = folded > 0
    red = np.where(towards, 110 + 145 * share, 10 * share)
    green = np.where(towards, 210 * share**1.6, 190 * share**1.5)
    blue = np.where(towards, 20 * share, 110 + 145 * share)
    return np.stack([red, green, blue], axis=-1).astype(np.float32)


def _inside(grid: Grid, middle: tuple[float, float], semi: tuple[float, float]) -> Array:
    """cm inside an oval."""
    a, b = np.float32(semi[0]), np.float32(semi[1])
    x, y = (grid.x - np.float32(middle[0])) / a, (grid.y - np.float32(middle[1])) / b
    radius = np.sqrt(x * x + y * y) + np.float32(1e-3)
    slope = np.sqrt((x / a) ** 2 + (y / b) ** 2) / radius
    return np.asarray((1 - radius) / np.maximum(slope, np.float32(0.15)), np.float32)


def _blend(under: Array, over: Array | np.float32, inside_cm: Array) -> Array:
    share = np.clip(inside_cm / np.float32(0.12) + np.float32(0.5), 0, 1)
    return np.asarray(under + share * (over - under), np.float32)


def _band(grid: Grid, start: tuple[float, float], end: tuple[float, float], half_cm: float) -> Array:
    """1 on the line from start to end, falling off beside it."""
    along = np.subtract(end, start).astype(np.float32)
    x, y = grid.x - np.float32(start[0]), grid.y - np.float32(start[1])
    share = np.clip((x * along[0] + y * along[1]) / np.float32(float(along @ along)), 0, 1)
    away2 = (x - share * along[0]) ** 2 + (y - share * along[1]) ** 2
    return np.asarray(np.exp(-away2 / np.float32(half_cm**2)), np.float32)


def _plume(across: Array, y: Array, start: float, end: float, width: float) -> Array:
    """A jet from start (y) to end: 0..1, widening."""
    share = (np.float32(start) - y) / np.float32(start - end)
    body = np.exp(
        -((across / (np.float32(width) * (np.float32(0.7) + np.float32(0.5) * np.clip(share, 0, 1)))) ** 2)
    )
    ends = np.clip(share * 6, 0, 1) * np.clip((1 - share) * 3, 0, 1)
    return np.asarray(body * ends, np.float32)
