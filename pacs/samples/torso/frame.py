"""The frame of the torso: its outline, wall, ribs, breastbone, spine and pelvis."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pacs.samples.shapes import Array, Ellipsoid, Patch, Tubes, along, ellipse, tubes
from pacs.samples.torso.tissues import TISSUE_HU

LAST_RIB = 12
RIB_GAP_MM = 23.0
FIRST_RIB_Z_MM = 190.0
VERTEBRA_TOP_Z_MM = 214.0  # a disc lies here, and below it one after each vertebra


@dataclass(frozen=True)
class Outline:
    """An oval in the plane: half width, half depth, middle; squareness pushes its corners out."""

    half_width: float
    half_depth: float
    middle_y: float
    squareness: float

    def inside(self, patch: Patch) -> tuple[Array, Array, Array]:
        """(depth in mm, u, v): u, v are x, y in units of the half axes."""
        u = patch.x / np.float32(self.half_width)
        v = (patch.y - np.float32(self.middle_y)) / np.float32(self.half_depth)
        square = u * u + v * v
        radius = np.sqrt(square) * (
            1 - np.float32(self.squareness) * 4 * (u * v) ** 2 / (square * square + 1e-6)
        )
        reach = np.hypot(patch.x, patch.y - np.float32(self.middle_y))
        return reach * (1 / (radius + np.float32(1e-4)) - 1), u, v


def skin_outline(z: float) -> Outline:
    """The skin at this height; arms are raised, so the shoulders taper."""
    width = along(
        z,
        (-240, 170),
        (-190, 171),
        (-130, 156),
        (-80, 154),
        (-20, 160),
        (60, 167),
        (130, 173),
        (170, 181),
        (200, 170),
        (222, 128),
        (246, 72),
        (290, 62),
    )
    depth = along(
        z,
        (-240, 106),
        (-190, 105),
        (-130, 103),
        (-60, 108),
        (0, 113),
        (70, 115),
        (120, 110),
        (165, 98),
        (195, 86),
        (222, 72),
        (246, 62),
        (290, 60),
    )
    return Outline(width, depth, along(z, (-240, 2), (60, 0), (160, 8), (220, 16), (290, 14)), 0.05)


def rib_outline(z: float) -> Outline:
    """The middle of the ribs' thickness, and below them of the wall of the belly."""
    width = along(
        z,
        (-240, 131),
        (-180, 132),
        (-120, 132),
        (-70, 136),
        (0, 139),
        (50, 137),
        (100, 126),
        (140, 108),
        (172, 83),
        (196, 54),
        (214, 30),
    )
    depth = along(
        z,
        (-240, 76),
        (-180, 77),
        (-120, 84),
        (-60, 91),
        (0, 94),
        (60, 93),
        (110, 84),
        (150, 68),
        (180, 52),
        (200, 38),
        (214, 28),
    )
    return Outline(width, depth, along(z, (-240, -6), (-60, -6), (60, -4), (130, 4), (200, 18)), 0.04)


def spine_y(z: float) -> float:
    """The middle of the vertebral bodies: hollow at the loins, round at the chest (y, mm)."""
    return along(z, (-240, 44), (-170, 34), (-90, 40), (-20, 47), (60, 56), (130, 57), (200, 42), (260, 30))


@dataclass(frozen=True)
class Skin:
    """The surface of the trunk over a patch: depth in mm with and without the breasts, u and v of its outline."""

    body: Array
    trunk: Array
    u: Array
    v: Array


def paint_wall(patch: Patch, skin: Skin, wobble: Array, grain: Array) -> None:
    """Skin, fat and the muscles of the wall into an empty patch."""
    u, v = skin.u, skin.v
    patch.paint(skin.body, TISSUE_HU["skin"])
    patch.paint(skin.body - np.float32(1.8), TISSUE_HU["fat"])
    belly = np.float32(along(patch.z, (-220, 1.0), (-80, 0.8), (30, 0.25), (150, 0.1)))
    front = np.clip(-v, 0, 1) ** 2
    side = np.clip(np.abs(u), 0, 1) ** 3
    fat_mm = 8 + belly * (13 * front + 11 * side + 4 * np.clip(v, 0, 1)) + wobble * np.float32(1.3)
    muscle = skin.trunk - fat_mm
    patch.paint(muscle, TISSUE_HU["muscle"])
    _paint_layers_of_flank(patch, muscle, u, v, wobble)
    _paint_fat_among_muscles(patch, muscle, v, grain)


def _paint_layers_of_flank(patch: Patch, muscle: Array, u: Array, v: Array, wobble: Array) -> None:
    """The three muscles of the flank, with fat between them."""
    if patch.z > -75:
        return
    flank = (np.abs(u) - np.float32(0.62)) * 60 - np.clip(v - np.float32(0.35), 0, 1) * 90
    for depth_mm in (4.0, 8.5):
        layer = np.float32(0.5) - np.abs(muscle - np.float32(depth_mm) + wobble)
        patch.paint(np.minimum(layer, flank), TISSUE_HU["fat"], 0.6)


def _paint_fat_among_muscles(patch: Patch, muscle: Array, v: Array, grain: Array) -> None:
    """Streaks of fat along the muscles of back and shoulders, and the fat of the armpits."""
    back = np.minimum(muscle - np.float32(4), (v - np.float32(0.45)) * 60)
    patch.paint(np.minimum(np.float32(0.35) - np.abs(grain) * 5, back), -30, 0.55)
    if patch.z > 40:
        for depth_mm, face in ((17.0, -v), (12.0, v)):
            plane = np.float32(0.55) - np.abs(muscle - np.float32(depth_mm) + grain * np.float32(1.4))
            patch.paint(np.minimum(plane, (face - np.float32(0.3)) * 40), TISSUE_HU["fat"], 0.6)
    if 70 < patch.z < 205:
        size = along(patch.z, (70, 4), (110, 15), (150, 21), (180, 19), (205, 6))
        x = along(patch.z, (70, 132), (120, 136), (150, 128), (180, 116), (205, 104))
        for side in (-1, 1):
            hollow = ellipse(patch, (side * x, -2), (size, size * 1.25), side * 22) + grain * np.float32(1.6)
            patch.paint(np.minimum(hollow, muscle - np.float32(3)), TISSUE_HU["fat"])
            patch.paint(
                ellipse(patch, (side * (x - 4), -6), (3.4, 3.4)), TISSUE_HU["blood"] - 40, min(size / 16, 1)
            )


def paint_ribs(patch: Patch, depth: Array, u: Array, v: Array) -> None:
    """Ribs and their cartilage. depth is that inside the ribs' own outline."""
    if patch.z < -130:
        return
    theta = np.arctan2(np.abs(u), v)  # 0 at the spine, pi at the breastbone
    turning = np.float32(2.25)  # where the ribs begin to rise again towards the breastbone
    fall = np.float32(0.5) * (1 - np.cos(np.minimum(theta, turning)))
    fall = np.asarray(fall - np.float32(0.34) * np.maximum(theta - turning, 0), np.float32)
    number = _rib_number(np.float32((FIRST_RIB_Z_MM - patch.z) / RIB_GAP_MM), fall)
    nearest = np.round(number)
    away = (number - nearest) * (np.float32(RIB_GAP_MM) + 8 * fall) * np.float32(0.93)
    end = np.where(nearest > 8.5, 2.2 - 0.42 * (nearest - 8.5), 2.46).astype(np.float32)
    radius = np.sqrt((away / np.float32(6.6)) ** 2 + (depth / np.float32(4.0)) ** 2)
    exists = (nearest > -0.5) & (nearest < LAST_RIB - 0.5) & (theta > 0.3)
    bone = np.minimum((1 - radius) * 4, (end - theta) * 90)
    patch.paint(np.where(exists, bone, np.float32(-9)), TISSUE_HU["cortical bone"])
    patch.paint(
        np.where(exists, np.minimum((np.float32(0.62) - radius) * 4, (end - theta) * 90 - 1), np.float32(-9)),
        TISSUE_HU["marrow"],
    )
    cartilage = np.minimum((1 - radius) * 4, (theta - end) * 90)
    reaches = exists & (nearest < 9.5) & (theta < 3.0 - 0.1 * np.maximum(nearest - 6, 0))
    patch.paint(np.where(reaches, cartilage, np.float32(-9)), TISSUE_HU["cartilage"])


def _rib_number(place: Array | np.float32, fall: Array) -> Array:
    """Which rib (from 0) passes here: the lower ones fall further towards the front."""
    upper = (place - fall * np.float32(36 / RIB_GAP_MM)) / (1 + fall * np.float32(8 / RIB_GAP_MM))
    lower = place - fall * np.float32(84 / RIB_GAP_MM)
    return np.asarray(np.where(upper < 6, upper, lower), np.float32)


def paint_breastbone(patch: Patch) -> None:
    """Manubrium and body of the sternum."""
    z = patch.z
    if not 22 < z < 172:
        return
    outline = rib_outline(z)
    front_y = outline.middle_y - outline.half_depth - 1
    half_width = along(z, (20, 7), (60, 17), (110, 15), (132, 15), (150, 26), (166, 28), (174, 20))
    joint = min(abs(z - 134) / 3, 1)  # manubrium and body meet in cartilage
    near = patch.part(0, front_y, 40, 16)
    if near is not None:
        near.paint(
            ellipse(near, (0, front_y), (half_width, 6.0)),
            TISSUE_HU["cortical bone"] * joint + 100 * (1 - joint),
        )
        near.paint(ellipse(near, (0, front_y), (half_width - 2, 4.2)), TISSUE_HU["marrow"] - 60)


def vertebra_height(z: float) -> tuple[float, float]:
    """(0..1 within the vertebra from its top to the next one's, height in mm of vertebra and disc)."""
    top = VERTEBRA_TOP_Z_MM
    while True:
        height = along(top, (-240, 36), (-120, 35), (-40, 29), (80, 24), (200, 19))
        if z > top - height:
            return (top - z) / height, height
        top -= height


def paint_spine(patch: Patch) -> None:
    """Bodies and discs, the canal, arches and processes."""
    z, y = patch.z, spine_y(patch.z)
    share, height = vertebra_height(z)
    width = along(z, (-240, 26), (-120, 23.5), (0, 18.5), (120, 15), (220, 13))
    depth = along(z, (-240, 18), (-120, 16.5), (0, 15.5), (120, 13), (220, 9))
    near = patch.part(0, y + 14, 62, 52)
    if near is None:
        return
    waist = 1 - 0.09 * np.sin(np.pi * min(share / 0.8, 1))
    body = ellipse(near, (0, y), (width * waist, depth * waist))
    _paint_processes(near, y + depth, share, z)
    _paint_body_or_disc(near, body, share, height)
    canal = ellipse(near, (0, y + depth + 7.0), (11.0, 8.6))
    near.paint(canal + 2.6, TISSUE_HU["cortical bone"], 0.9 if 0.25 < share < 0.75 else 0.25)
    near.paint(canal, TISSUE_HU["spinal canal"] - 18)
    if z > -70:
        near.paint(ellipse(near, (0, y + depth + 6.5), (5.4, 4.2)), TISSUE_HU["spinal canal"] + 12)


def _paint_body_or_disc(near: Patch, body: Array, share: float, height: float) -> None:
    edge_mm = min(share, 0.8 - share) * height  # from the end plates
    if share > 0.8:
        near.paint(body, TISSUE_HU["disc"])
        return
    near.paint(body, TISSUE_HU["cortical bone"] * 0.85)
    if edge_mm > 1.2:
        near.paint(body - np.float32(1.5), TISSUE_HU["marrow"])


def _paint_processes(near: Patch, back_y: float, share: float, z: float) -> None:
    """Pedicles, laminae, transverse and spinous processes: plates that come and go along each vertebra."""
    bone, marrow = TISSUE_HU["cortical bone"], TISSUE_HU["marrow"] + 60
    if 0.1 < share < 0.5:
        for side in (-1, 1):
            near.paint(ellipse(near, (side * 13.5, back_y + 4), (5.2, 10)), bone)
            near.paint(ellipse(near, (side * 13.5, back_y + 4), (3.0, 8)), marrow)
    rise = math.sqrt(max(1 - ((share - 0.27) / 0.17) ** 2, 0))  # round above and below
    if rise > 0.1:
        reach = along(z, (-200, 30), (-60, 22), (100, 19))
        for side in (-1, 1):
            turn = side * (-8 if z < -60 else 26)
            near.paint(
                ellipse(
                    near,
                    (side * (15 + reach / 2), back_y + 13),
                    (reach / 2 * (0.7 + 0.3 * rise) + 6, 4.2 * rise),
                    turn,
                ),
                bone,
            )
            near.paint(
                ellipse(
                    near,
                    (side * (15 + reach / 2), back_y + 13),
                    (reach / 2 * (0.7 + 0.3 * rise) + 3, 2.2 * rise),
                    turn,
                ),
                marrow,
            )
    for side in (-1, 1):
        near.paint(ellipse(near, (side * 11.5, back_y + 15.5), (10.5, 4.0), side * -32), bone, 0.9)
    lean = (share - 0.5) * 6
    near.paint(ellipse(near, (0, back_y + 27 + lean), (3.4, 12.5)), bone, 0.95 if share < 0.8 else 0.25)
    near.paint(ellipse(near, (0, back_y + 28 + lean), (1.7, 9.5)), marrow, 0.9 if share < 0.8 else 0.1)


def _mirrored(line: list[tuple[float, float, float, float]]) -> Tubes:
    return tubes(line, [(-x, y, z, radius) for x, y, z, radius in line])


CLAVICLES = _mirrored(
    [(17, -46, 168, 7.5), (45, -45, 176, 6), (85, -28, 190, 5.2), (125, 0, 200, 5.5), (150, 14, 203, 6)]
)
_ILIAC = [Ellipsoid((side * 92, 26, -262), (17, 60, 62), side * -24, side * -26) for side in (-1, 1)]
_SACRUM = Ellipsoid((0, 62, -262), (44, 26, 46))


def paint_girdles(patch: Patch, trunk: Array) -> None:
    """Collar bones, shoulder blades, and the crests of the pelvis."""
    bone, marrow = TISSUE_HU["cortical bone"], TISSUE_HU["marrow"]
    CLAVICLES.paint(patch, bone)
    CLAVICLES.grown(-2.0).paint(patch, marrow)
    if 62 < patch.z < 205:
        _paint_shoulder_blades(patch, trunk)
    for ilium in _ILIAC:
        near = ilium.part_of(patch)
        if near is not None:
            shell = np.minimum(ilium.inside(near), 11 - ilium.inside(near))
            near.paint(shell, bone)
            near.paint(shell - 2, marrow)
    _SACRUM.paint(patch, marrow)


def _paint_shoulder_blades(patch: Patch, trunk: Array) -> None:
    z = patch.z
    length = along(z, (62, 6), (90, 26), (140, 40), (180, 44), (205, 24))
    outline = rib_outline(z)
    x, y = (
        along(z, (62, 98), (120, 104), (170, 108), (205, 112)),
        outline.middle_y + outline.half_depth * 0.66 + along(z, (62, 4), (120, 6), (170, 10), (205, 8)),
    )
    for side in (-1, 1):
        near = patch.part(side * x, y, 62)
        if near is None:
            continue
        blade = ellipse(near, (side * x, y), (length, along(z, (62, 3), (150, 3.4), (200, 6))), side * -38)
        blade = np.minimum(blade, trunk[place_of(near, patch)] - 10)
        near.paint(blade, TISSUE_HU["cortical bone"] * 0.9)
        near.paint(blade - 1.6, TISSUE_HU["marrow"])


def place_of(part: Patch, whole: Patch) -> tuple[slice, slice]:
    """Where a part lies in the patch it was taken from: (rows, columns)."""
    row = int(np.searchsorted(whole.y[:, 0], part.y[0, 0]))
    column = int(np.searchsorted(whole.x[0], part.x[0, 0]))
    return slice(row, row + part.values.shape[0]), slice(column, column + part.values.shape[1])
