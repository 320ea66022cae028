"""The torso put together: one axial slice at any height."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from pacs.samples.fields import SmoothField
from pacs.samples.identifiers import sample_seed
from pacs.samples.shapes import Array, Ellipsoid, Patch, blank_patch, ellipse
from pacs.samples.torso import abdomen, chest, frame
from pacs.samples.torso.tissues import TISSUE_HU, Nodule

_BREASTS = [Ellipsoid((side * 82, -92, 66), (62, 38, 58), side * 12, side * 10) for side in (-1, 1)]
_TABLE_Y = 119.0


@dataclass(frozen=True)
class Torso:
    """Which torso: with which nodule; lying on a table or standing, which moves what flows."""

    nodule: Nodule | None = None
    is_standing: bool = False

    def slice(self, z: float, columns: int, rows: int, step_mm: float, centre_y: float = 0) -> Array:
        """(rows, columns) float32 HU without noise, seen from the feet: the patient's right is at the left."""
        patch = blank_patch(columns, rows, step_mm, z, TISSUE_HU["air"], centre_y)
        if not self.is_standing:
            _paint_table(patch)
        self.paint(patch)
        return patch.values

    def paint(self, patch: Patch) -> None:
        """Paint the patient into a patch of air."""
        bend, grain = _bend().on(patch), _grain().on(patch)
        trunk, u, v = frame.skin_outline(patch.z).inside(patch)
        trunk = trunk + bend * np.float32(1.2)
        frame.paint_wall(patch, frame.Skin(_with_breasts(patch, trunk), trunk, u, v), bend, grain)
        _paint_glands(patch, trunk, grain)
        ribs, u, v = frame.rib_outline(patch.z).inside(patch)
        self._paint_inner(patch, ribs, bend, grain)
        frame.paint_ribs(patch, ribs, u, v)
        frame.paint_breastbone(patch)
        frame.paint_girdles(patch, trunk)
        frame.paint_spine(patch)

    def _paint_inner(self, patch: Patch, ribs: Array, bend: Array, grain: Array) -> None:
        cavity = ribs - np.float32(6.5)
        below = np.full(ribs.shape, -99, np.float32)
        if patch.z < 60:
            below = (chest.diaphragm_z(patch, bend) - np.float32(patch.z)) * np.float32(0.6)
        if patch.z < 212:
            abdomen.paint_cavity(patch, cavity, below, bend)
        belly = abdomen.Belly(cavity, below, bend, self.is_standing)
        abdomen.paint_organs(patch, belly, grain)
        abdomen.paint_bowel(patch, belly)
        chest.paint_lungs(patch, chest.lungs_inside(patch, ribs, bend), grain, self.nodule)
        chest.paint_heart_and_vessels(patch)
        abdomen.paint_belly_vessels(patch)


@cache
def _bend() -> SmoothField:
    return SmoothField(sample_seed("torso", "bend"), 26)


@cache
def _grain() -> SmoothField:
    return SmoothField(sample_seed("torso", "grain"), 9)


def _with_breasts(patch: Patch, trunk: Array) -> Array:
    if not 0 < patch.z < 140:
        return trunk
    both = np.maximum(_BREASTS[0].inside(patch), _BREASTS[1].inside(patch))
    return np.maximum(trunk, both)


def _paint_glands(patch: Patch, trunk: Array, grain: Array) -> None:
    for breast in _BREASTS:
        near = breast.part_of(patch)
        if near is None:
            continue
        place = frame.place_of(near, patch)
        outside = np.float32(9) - trunk[place]
        streaks = breast.grown(-13).inside(near) * np.float32(0.4) + grain[place] * 5 - 3
        within = np.minimum(breast.inside(near) - np.float32(5), outside)
        near.paint(np.minimum(streaks, within), 18, 0.8)


def _paint_table(patch: Patch) -> None:
    """A shell around foam, and a mattress: what a patient lies on."""
    outer = np.minimum(
        ellipse(patch, (0, 60), (250, 100)),
        patch.y - np.float32(_TABLE_Y) + (patch.x / 40) ** 2 * np.float32(0.4),
    )
    patch.paint(outer * np.float32(1.4), TISSUE_HU["table"])
    patch.paint(outer * np.float32(1.4) - 3, -930)
