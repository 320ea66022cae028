"""Liver, spleen, kidneys, stomach, bowel and their vessels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from pacs.samples.fields import SmoothField
from pacs.samples.identifiers import sample_seed
from pacs.samples.shapes import Array, Ellipsoid, Patch, Tubes, along, blank_patch, ellipse, joined, tubes
from pacs.samples.torso.chest import diaphragm_z
from pacs.samples.torso.frame import rib_outline, spine_y
from pacs.samples.torso.tissues import TISSUE_HU
from pacs.samples.torso.trees import grow, scattered

_RIGHT_LOBE = Ellipsoid((-60, -4, -34), (88, 90, 92))
_LEFT_LOBE = Ellipsoid((20, -44, -16), (66, 36, 32), 8, -8)
_SPLEEN = Ellipsoid((102, 36, -44), (33, 56, 50), 24, 8)
_GALLBLADDER = Ellipsoid((-44, -44, -86), (15, 19, 28), 0, 14)
_FUNDUS = Ellipsoid((58, -18, -30), (42, 46, 44), 24, 28)
_STOMACH_WALL_MM = 4.5
_FLUID_LEVEL_Y, _FLUID_LEVEL_Z = -36.0, -30.0  # in the stomach
_GAS_LEVEL_Y, _GAS_LEVEL_Z = -54.0, -122.0  # in the colon
_ANTRUM = tubes([(50, -42, -62, 24), (34, -54, -86, 21), (8, -54, -94, 17), (-18, -44, -88, 13)])
_DUODENUM = tubes(
    [
        (-18, -44, -88, 12),
        (-38, -26, -92, 12.5),
        (-44, -10, -112, 12.5),
        (-34, -4, -136, 12),
        (0, -8, -142, 11),
        (26, -14, -130, 11),
    ]
)
_PANCREAS = tubes(
    [
        (-26, -10, -112, 12),
        (-14, -22, -94, 12),
        (8, -26, -86, 10),
        (36, -10, -76, 10.5),
        (64, 12, -64, 9.5),
        (78, 22, -58, 7),
    ]
)
KIDNEYS = (Ellipsoid((-60, 40, -108), (30, 25, 55), -38, 10), Ellipsoid((62, 38, -92), (30, 25, 56), 38, -10))
_COLON = tubes(
    [
        (-92, 12, -262, 22),
        (-98, 12, -215, 23),
        (-102, 6, -160, 21),
        (-96, -12, -124, 20),
        (-70, -48, -134, 18),
        (-30, -64, -146, 18),
        (10, -66, -150, 17),
        (56, -58, -134, 17),
        (94, -22, -98, 17),
        (106, 12, -88, 15),
        (110, 20, -140, 13.5),
        (108, 18, -200, 13),
        (92, 8, -262, 14),
    ],
)
_PORTAL = tubes(
    [(0, -12, -90, 7), (-18, -14, -68, 7), (-40, -12, -50, 7)],
    [(0, -10, -88, 5.2), (36, 3, -78, 4.8), (82, 26, -58, 4)],
    [(0, -12, -92, 6), (-3, -26, -140, 5.4), (-8, -30, -190, 4.6), (-20, -28, -232, 3)],
)
_ARTERIES = tubes(
    [(8, 8, -84, 4.2), (4, -12, -112, 4), (2, -22, -150, 3.6), (-6, -26, -200, 3)],
    [(8, 8, -72, 4), (6, -10, -72, 3.6), (-20, -18, -70, 2.6), (-38, -18, -60, 2)],
    [(8, 10, -98, 3.2), (38, 30, -94, 2.8), (52, 36, -92, 2.4)],
    [(4, 10, -100, 3.2), (-26, 24, -106, 2.8), (-48, 36, -108, 2.4)],
)
_RENAL_VEINS = tubes(
    [(-20, 12, -102, 5), (-46, 30, -106, 4.4)],
    [(-14, 6, -94, 5), (6, -2, -96, 4.6), (24, 12, -94, 4.8), (46, 30, -92, 4.4)],
)
_ADRENALS = tubes(
    [(36, 30, -44, 2.2), (42, 26, -56, 3), (50, 32, -62, 2.2)],
    [(42, 26, -56, 2.6), (38, 34, -64, 2)],
    [(-30, 26, -46, 2.2), (-36, 32, -62, 2.6)],
)


def paint_cavity(patch: Patch, cavity: Array, below: Array, wobble: Array) -> None:
    """The fat in which all organs lie, and the muscles along the spine. below: mm under the diaphragm."""
    patch.paint(cavity, TISSUE_HU["fat"] + 4)
    if patch.z < 30:
        patch.paint(np.minimum(cavity, 3 - np.abs(below - 2)), TISSUE_HU["muscle"])
    if patch.z < -55:
        size = along(patch.z, (-240, 25), (-160, 19), (-90, 9), (-55, 4))
        for side in (-1, 1):
            x, y = side * along(patch.z, (-240, 48), (-120, 37), (-55, 27)), spine_y(patch.z) + 3
            patch.paint(ellipse(patch, (x, y), (size, size * 1.15), side * -20) + wobble, TISSUE_HU["muscle"])
            patch.paint(ellipse(patch, (side * 64, 58), (19, 8), side * -14) + wobble, TISSUE_HU["muscle"])


def liver_inside(patch: Patch, cavity: Array, below: Array, wobble: Array) -> Array:
    """How deep inside the liver, in mm."""
    lowest = -128 + (patch.x + 118) * np.float32(0.5) + np.clip(patch.y, -90, 20) * np.float32(0.12)
    lobes = np.maximum(_RIGHT_LOBE.inside(patch), _LEFT_LOBE.inside(patch))
    inside = np.minimum(lobes, (np.float32(patch.z) - lowest) * np.float32(0.8)) + wobble * np.float32(2.0)
    return np.asarray(np.minimum(inside, np.minimum(cavity - 1, below - 3.5)), np.float32)


@dataclass(frozen=True)
class Belly:
    """Over a patch: mm inside the cavity and under the diaphragm, a gentle wobble, and which way is up."""

    cavity: Array
    below: Array
    wobble: Array
    is_standing: bool

    def above(self, patch: Patch, level_y: float, level_z: float) -> Array:
        """mm above a level of fluid: towards the front when lying, towards the head when standing."""
        if self.is_standing:
            return np.full(patch.values.shape, patch.z - level_z, np.float32)
        return np.float32(level_y) - patch.y


def paint_organs(patch: Patch, belly: Belly, grain: Array) -> None:
    """The upper organs."""
    if patch.z > 30:
        return
    cavity, below, wobble = belly.cavity, belly.below, belly.wobble
    liver = liver_inside(patch, cavity, below, wobble)
    patch.paint(liver, np.asarray(TISSUE_HU["liver"] + grain * 2, np.float32))
    liver_vessels().paint(patch, TISSUE_HU["liver vein"])
    _paint_falciform(patch, liver)
    _GALLBLADDER.grown(1.5).paint(patch, TISSUE_HU["bowel wall"])
    _GALLBLADDER.paint(patch, TISSUE_HU["bile"])
    spleen = np.minimum(_SPLEEN.inside(patch) + wobble * 2, np.minimum(cavity - 2, below - 4))
    patch.paint(spleen, TISSUE_HU["spleen"])
    _paint_stomach(patch, belly)
    for kidney in KIDNEYS:
        _paint_kidney(patch, kidney, cavity)
    _ADRENALS.paint(patch, 90)


def _paint_falciform(patch: Patch, liver: Array) -> None:
    cleft = np.minimum(ellipse(patch, (4, -74), (2.2, 26), 6), liver + 2)
    patch.paint(cleft, TISSUE_HU["fat"], along(patch.z, (-50, 0.9), (-20, 0.8), (0, 0)))


@cache
def liver_vessels() -> Tubes:
    """Hepatic and portal veins."""
    found = []
    for z in range(-110, 20, 9):
        patch = blank_patch(64, 48, 4.5, z, 0)
        flat = np.zeros((48, 64), np.float32)
        ribs, _, _ = rib_outline(z).inside(patch)
        inside = liver_inside(patch, ribs - 8, diaphragm_z(patch, flat) - np.float32(z), flat)
        found.append(scattered(inside - 7, patch.x, patch.y, z, 34, sample_seed("liver", z)))
    points = np.concatenate(found)
    veins = grow(points[::2], (-24, 3, 4), (-34, -6, -8), 7.5, sample_seed("hepatic veins"))
    portal = grow(points[1::2], (-40, -12, -50), (-48, -12, -46), 6.5, sample_seed("portal vein"))
    both = joined(veins, portal)
    return both.chosen(both.radii > 0.9)


def _paint_stomach(patch: Patch, belly: Belly) -> None:
    below, wobble = belly.below, belly.wobble
    sac = np.maximum(
        np.minimum(_FUNDUS.inside(patch), below - 5), _ANTRUM.inside(patch)
    ) + wobble * np.float32(1.5)
    if not (sac > 0).any():
        return
    patch.paint(sac, TISSUE_HU["bowel wall"])
    folds = np.sin(patch.x * np.float32(0.55) + wobble * 2) * np.sin(
        patch.y * np.float32(0.5) + np.float32(patch.z * 0.4)
    )
    hollow = sac - np.float32(_STOMACH_WALL_MM) - np.maximum(folds, 0) * 2
    patch.paint(hollow, TISSUE_HU["bowel content"])
    patch.paint(np.minimum(hollow, belly.above(patch, _FLUID_LEVEL_Y, _FLUID_LEVEL_Z)), TISSUE_HU["gas"])


def _paint_kidney(patch: Patch, kidney: Ellipsoid, cavity: Array) -> None:
    near = kidney.part_of(patch, 12)
    if near is None:
        return
    inside = kidney.inside(near)
    near.paint(inside + 7, TISSUE_HU["fat"])
    near.paint(inside, TISSUE_HU["kidney"])
    inward = -np.sign(kidney.centre[0])
    for step in range(-2, 3):
        for angle in (-70, 0, 70) if step % 2 else (-110, -35, 35, 110):
            turn = (
                np.radians(kidney.turn_degrees + angle)
                if inward < 0
                else np.radians(180 + kidney.turn_degrees + angle)
            )
            lean = step * 15 * np.tan(np.radians(-kidney.tilt_degrees))
            x, y = kidney.centre[0] + 14 * np.cos(turn) - lean, kidney.centre[1] + 13 * np.sin(turn)
            Ellipsoid((x, y, kidney.centre[2] + step * 15), (6, 6, 7)).paint(
                patch, TISSUE_HU["renal medulla"]
            )
    x, y, z = kidney.centre
    Ellipsoid((x + inward * 9, y - 7, z), (17, 8, 25), kidney.turn_degrees, kidney.tilt_degrees).paint(
        patch, TISSUE_HU["renal sinus"]
    )
    Ellipsoid((x + inward * 10, y - 8, z), (10, 4.5, 14), kidney.turn_degrees).paint(patch, 40)


@cache
def small_bowel() -> tuple[Tubes, ...]:
    """Loops that fill the middle of the belly, each a wandering tube."""
    random = np.random.default_rng(sample_seed("small bowel"))
    low, high = np.array([-80, -64, -245]), np.array([88, -2, -118])
    loops = []
    for _ in range(26):
        place, heading = random.uniform(low, high), random.standard_normal(3)
        line = []
        for _ in range(11):
            x, y, z = map(float, place)
            line.append((x, y, z, float(random.uniform(9, 12))))
            heading = heading * 0.72 + random.standard_normal(3) * 0.7
            place = place + 13 * heading / np.linalg.norm(heading)
            heading = np.where((place < low) | (place > high), -heading, heading)
            place = np.clip(place, low, high)
        loops.append(tubes(line))
    return tuple(loops)


@cache
def mesentery() -> Tubes:
    """The vessels in the fat of the middle."""
    random = np.random.default_rng(sample_seed("mesentery"))
    points = random.uniform([-88, -66, -240], [92, 4, -112], (420, 3)).astype(np.float32)
    tree = grow(points, (2, -20, -140), (2, -26, -152), 4.2, sample_seed("mesenteric tree"))
    return tree.chosen(tree.radii > 0.55)


def paint_bowel(patch: Patch, belly: Belly) -> None:
    """Pancreas, duodenum, small and large bowel with what they hold."""
    if patch.z > -40:
        return
    cavity, wobble = belly.cavity, belly.wobble
    mesentery().paint(patch, 120)
    for loop in small_bowel():
        _paint_gut(patch, loop, wobble, cavity, TISSUE_HU["bowel content"])
    _paint_gut(patch, _DUODENUM, wobble, cavity, TISSUE_HU["bowel content"])
    lobes = (
        _PANCREAS.inside(patch)
        + wobble * np.float32(1.6)
        + np.sin(patch.x * np.float32(0.9))
        * np.sin(patch.y * np.float32(0.8) + np.float32(patch.z))
        * np.float32(1.2)
    )
    patch.paint(lobes, TISSUE_HU["pancreas"])
    _paint_colon(patch, belly)


def _paint_gut(patch: Patch, gut: Tubes, wobble: Array, cavity: Array, content: float) -> None:
    if not len(gut.crossing(patch.z).radii):
        return
    inside = np.minimum(gut.inside(patch) + wobble, cavity - 2)
    patch.paint(inside, TISSUE_HU["bowel wall"])
    patch.paint(inside - np.float32(2.4), content)


@cache
def _stool() -> SmoothField:
    return SmoothField(sample_seed("stool"), 4.5)


def _paint_colon(patch: Patch, belly: Belly) -> None:
    wobble = belly.wobble
    inside = np.minimum(_COLON.inside(patch), belly.cavity - 2)
    if not (inside > 0).any():
        return
    pouches = np.sin(patch.x * np.float32(0.2) + np.float32(patch.z * 0.21)) * np.float32(1.8)
    inside = inside + pouches + wobble
    patch.paint(inside, TISSUE_HU["muscle"])
    lumen = inside - np.float32(2.2)
    clumps = np.minimum(_stool().on(patch) * np.float32(110), np.float32(90))
    patch.paint(lumen, np.asarray(TISSUE_HU["stool"] + clumps, np.float32))
    gas = belly.above(patch, _GAS_LEVEL_Y, _GAS_LEVEL_Z) + wobble * 3
    patch.paint(np.minimum(lumen - 1, gas), TISSUE_HU["gas"])


def paint_belly_vessels(patch: Patch) -> None:
    """The portal vein and its roots, the arteries to the organs, the renal veins."""
    if patch.z > 0:
        return
    for vessels in (_RENAL_VEINS, _PORTAL, _ARTERIES):
        vessels.paint(patch, TISSUE_HU["blood"])
