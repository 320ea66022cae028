"""Lungs with their vessels and airways, the heart and the great vessels."""

from __future__ import annotations

from functools import cache

import numpy as np

from pacs.samples.identifiers import sample_seed
from pacs.samples.shapes import Array, Ellipsoid, Patch, Tubes, along, blank_patch, ellipse, joined, tubes
from pacs.samples.torso.frame import rib_outline, spine_y
from pacs.samples.torso.tissues import TISSUE_HU, Nodule
from pacs.samples.torso.trees import grow, scattered

_AXIS, _FALL = -40.0, -16.0  # the heart's long axis: to the left, the front and down
LV = Ellipsoid((50, -24, 30), (35, 19, 22), _AXIS, _FALL)
RV = Ellipsoid((16, -47, 36), (40, 13, 28), _AXIS + 4, _FALL)
RA = Ellipsoid((-22, -20, 42), (21, 25, 31), -20)
LA = Ellipsoid((8, 12, 62), (33, 17, 21), 8)
PERICARDIUM = Ellipsoid((24, -20, 38), (66, 41, 48), _AXIS, _FALL)

AORTA = tubes(
    [
        (16, -20, 58, 14),
        (4, -30, 84, 16),
        (-6, -30, 106, 15.5),
        (-4, -20, 124, 14.5),
        (6, -4, 133, 14),
        (17, 13, 131, 13.5),
        (25, 27, 121, 13),
        (28, 33, 104, 12.5),
        (27, 35, 60, 12),
        (24, 33, 20, 11.5),
        (16, 26, -20, 11),
        (9, 16, -60, 10.5),
        (6, 11, -120, 9.5),
        (4, 8, -180, 8.6),
        (3, 8, -202, 8.4),
    ],
    [(3, 8, -202, 8), (18, 5, -226, 6.5), (34, 8, -262, 6)],
    [(3, 8, -202, 8), (-14, 5, -226, 6.5), (-32, 8, -262, 6)],
)
_ARCH_BRANCHES = tubes(
    [(-4, -16, 132, 6.5), (-14, -8, 160, 6), (-26, -4, 185, 4.5), (-24, 4, 250, 4)],
    [(4, -6, 136, 4), (12, 0, 165, 3.6), (21, 4, 250, 3.6)],
    [(14, 8, 136, 5), (26, 8, 165, 4.6), (60, 6, 190, 4), (112, 10, 201, 4)],
    [(-26, -4, 185, 4.2), (-60, 6, 192, 4), (-112, 10, 201, 4)],
)
_VEINS = tubes(
    [
        (-26, -20, 60, 9),
        (-30, -20, 100, 9),
        (-28, -23, 130, 9),
        (-26, -27, 150, 7),
        (-44, -18, 178, 6.5),
        (-36, 0, 250, 6),
    ],
    [(-26, -29, 148, 7), (8, -36, 155, 6), (38, -18, 178, 6.5), (34, 0, 250, 6)],
    [
        (-22, -4, 34, 11),
        (-24, 4, 8, 11.5),
        (-22, 11, -30, 11),
        (-20, 12, -90, 10.5),
        (-16, 13, -180, 9.6),
        (-14, 14, -208, 9.6),
    ],
    [(-14, 14, -208, 8), (-30, 14, -262, 7)],
    [(-14, 14, -208, 8), (26, 15, -262, 7)],
    [(-9, 36, -40, 3), (-9, 41, 30, 3.5), (-9, 42, 100, 4), (-20, 20, 112, 4), (-28, -14, 112, 4)],
)
_PULMONARY = tubes(
    [(16, -48, 60, 13), (16, -40, 80, 13.5), (20, -22, 96, 13)],
    [(18, -18, 97, 11), (-8, -5, 97, 10), (-34, 4, 92, 9)],
    [(22, -16, 100, 11), (34, 4, 104, 10), (42, 16, 96, 9)],
    [(26, 14, 70, 6), (46, 8, 74, 5)],
    [(30, 18, 56, 6), (48, 18, 52, 5)],
    [(-14, 12, 68, 6), (-40, 2, 74, 5)],
    [(-16, 18, 56, 6), (-40, 18, 52, 5)],
)
WINDPIPE = tubes(
    [(0, 4, 290, 8.5), (0, 10, 210, 8.5), (1, 18, 160, 8.5), (2, 22, 116, 9)],
    [(2, 22, 116, 7), (-18, 20, 98, 6.5), (-36, 14, 88, 5.5)],
    [(2, 22, 116, 6.5), (22, 22, 99, 6), (42, 19, 88, 5)],
)
GULLET = tubes(
    [
        (2, 30, 250, 6),
        (7, 35, 160, 6.5),
        (9, 36, 100, 6.5),
        (10, 27, 50, 6.5),
        (18, 12, 14, 7),
        (32, 0, -8, 8),
    ]
)
_THYROID = [Ellipsoid((side * 20, 2, 232), (8, 11, 24)) for side in (-1, 1)]


def diaphragm_z(patch: Patch, wobble: Array) -> Array:
    """Height of the diaphragm over each point, two domes (z, mm)."""
    domes = []
    for middle_x, top in ((-60.0, 20.0), (60.0, 7.0)):
        across = (patch.x - np.float32(middle_x)) * np.float32(np.sign(middle_x))
        across = np.where(across > 0, across / 72, across / 118)
        back = (patch.y + np.float32(6)) / np.where(patch.y > -6, np.float32(88), np.float32(104))
        domes.append(np.float32(top) - 96 * (across**2 + back**2) ** np.float32(1.35))
    return np.asarray(np.maximum(*domes) + wobble * np.float32(2.5), np.float32)


def lungs_inside(patch: Patch, ribs: Array, wobble: Array) -> Array:
    """How deep inside a lung, in mm. ribs: depth inside the ribs' outline."""
    z = patch.z
    if z < -90 or z > 205:
        return np.full(ribs.shape, -9, np.float32)
    inside = np.minimum(
        ribs - np.float32(6.5), (np.float32(z) - diaphragm_z(patch, wobble)) * np.float32(0.6)
    )
    for apart in (_mediastinum(patch, wobble), PERICARDIUM.inside(patch) + wobble * 2, _around_spine(patch)):
        inside = np.minimum(inside, -apart)
    near = AORTA.crossing(z, 4).chosen(AORTA.crossing(z, 4).starts[:, 1] > 8)
    return np.asarray(np.minimum(inside, -near.grown(1.5).inside(patch)), np.float32)


def _mediastinum(patch: Patch, wobble: Array) -> Array:
    """Between the lungs: narrow behind the breastbone, wide around the vessels."""
    width = along(
        patch.z, (-80, 30), (0, 24), (60, 25), (100, 29), (130, 31), (160, 26), (185, 25), (205, 38)
    )
    front, back = (1 / (1 + np.exp(-each)) for each in ((patch.y + 54) / 9, (np.float32(56) - patch.y) / 12))
    narrow = (np.float32(0.1) + front * np.float32(0.92)) * (np.float32(0.55) + back * np.float32(0.45))
    middle = along(patch.z, (0, 8), (100, 2), (160, 0))
    return np.asarray(
        np.float32(width) * narrow - np.abs(patch.x - np.float32(middle)) + wobble * np.float32(2.2),
        np.float32,
    )


def _around_spine(patch: Patch) -> Array:
    width = along(patch.z, (-90, 26), (60, 19), (200, 17))
    return ellipse(patch, (0, spine_y(patch.z) + 6), (width, 24))


@cache
def lung_points(side: int, count: int) -> Array:
    """(n, 3) points spread through the right (-1) or left (1) lung."""
    found = []
    for z in range(-60, 200, 10):
        patch = blank_patch(64, 48, 5.5, z, 0)
        flat = np.zeros((48, 64), np.float32)
        ribs, _, _ = rib_outline(z).inside(patch)
        inside = np.where(patch.x * side > 0, lungs_inside(patch, ribs, flat), np.float32(-9))
        share = int(count * float((inside > 2).sum()) / 9000)
        found.append(scattered(inside - 2, patch.x, patch.y, z, share, sample_seed("lung", side, z, count)))
    return np.concatenate(found)


@cache
def lung_vessels() -> Tubes:
    """Arteries and veins of both lungs."""
    trees = []
    for side, artery, vein in (
        (-1, (-34.0, 4.0, 92.0), (-38.0, 8.0, 66.0)),
        (1, (42.0, 16.0, 96.0), (46.0, 10.0, 66.0)),
    ):
        aside = (artery[0] + side * 10, artery[1] + 2, artery[2] - 8)
        trees.append(grow(lung_points(side, 1500), artery, aside, 7.2, sample_seed("artery", side)))
        below = (vein[0] + side * 8, vein[1] + 4, vein[2] - 2)
        trees.append(grow(lung_points(side, 1100), vein, below, 5.6, sample_seed("vein", side)))
    return joined(*trees)


@cache
def bronchi() -> Tubes:
    """The airways beside the larger arteries."""
    branches = []
    for side, root in ((-1, (-36.0, 13.0, 88.0)), (1, (42.0, 18.0, 88.0))):
        aside = (root[0] + side * 9, root[1] + 3, root[2] - 10)
        branches.append(grow(lung_points(side, 260), root, aside, 5.0, sample_seed("bronchus", side)))
    tree = joined(*branches)
    return tree.chosen(tree.radii > 0.95)


def paint_lungs(patch: Patch, lungs: Array, grain: Array, nodule: Nodule | None) -> None:
    """Parenchyma, denser where it lies lower, with fissures, vessels, airways and perhaps a nodule."""
    if not (lungs > 0).any():
        return
    patch.paint(lungs + np.float32(0.9), TISSUE_HU["muscle"], 0.6)  # pleura
    density = TISSUE_HU["lung"] + patch.y * np.float32(0.32) + grain * np.float32(14)
    patch.paint(lungs, np.asarray(density, np.float32))
    _paint_fissures(patch, lungs, grain)
    airways = bronchi()
    airways.grown(1.0).paint(patch, TISSUE_HU["airway wall"])
    lung_vessels().paint(patch, TISSUE_HU["blood"])
    airways.paint(patch, TISSUE_HU["airway"])
    if nodule is not None:
        _paint_nodule(patch, nodule, grain)


def _paint_fissures(patch: Patch, lungs: Array, grain: Array) -> None:
    for side, lean in ((-1, 1.05), (1, 1.15)):
        plane = (
            np.float32(patch.z - 66) - np.float32(lean) * (patch.y - 8) + grain * np.float32(1.2)
        ) / np.float32(1.5)
        thin = np.float32(0.32) - np.abs(plane)
        here = np.minimum(thin, np.minimum(lungs - 1, patch.x * side))
        patch.paint(here, -620, 0.7)


def _paint_nodule(patch: Patch, nodule: Nodule, grain: Array) -> None:
    ball = Ellipsoid((nodule.x, nodule.y, nodule.z), (nodule.radius_mm,) * 3)
    near = ball.part_of(patch, 8)
    if near is None:
        return
    ball.grown(1.6).paint(patch, -700)
    angle = np.arctan2(near.y - np.float32(nodule.y), near.x - np.float32(nodule.x))
    spikes = np.maximum(np.sin(angle * 7 + np.float32(patch.z)), 0) ** 3 * np.float32(nodule.radius_mm * 0.22)
    near.paint(np.asarray(ball.inside(near) + spikes, np.float32), TISSUE_HU["nodule"])


def paint_heart_and_vessels(patch: Patch) -> None:
    """Chambers in their muscle, great vessels, windpipe, gullet and thyroid."""
    blood, muscle = TISSUE_HU["blood"], TISSUE_HU["heart muscle"]
    chambers = ((RA, 2.0), (LA, 2.0), (RV, 3.5), (LV, 10.0))
    vessels = (_VEINS, _PULMONARY, AORTA, _ARCH_BRANCHES)
    for wall in vessels:
        wall.grown(0.8).paint(patch, TISSUE_HU["muscle"])
    for chamber, wall_mm in chambers:
        chamber.grown(wall_mm).paint(patch, muscle)
    for chamber, _ in chambers:
        chamber.paint(patch, blood)
    for vessel in vessels:
        vessel.paint(patch, blood)
    GULLET.paint(patch, TISSUE_HU["muscle"])
    GULLET.grown(-4.6).paint(patch, TISSUE_HU["gas"] * 0.5)
    for lobe in _THYROID:
        lobe.paint(patch, 150)
    WINDPIPE.grown(1.5).paint(patch, TISSUE_HU["muscle"] + 20)
    WINDPIPE.paint(patch, TISSUE_HU["airway"])
