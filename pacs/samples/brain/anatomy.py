"""The head put together, from the skin inwards."""

from __future__ import annotations

from functools import cache

import numpy as np

from pacs.samples.brain.canvas import Canvas
from pacs.samples.brain.contrast import Contrast
from pacs.samples.fields import Waves
from pacs.samples.identifiers import sample_seed
from pacs.samples.shapes import Array, Point

CORTEX_MM = 2.3
SULCI_APART_MM = 16.5
_CEREBRUM: tuple[Point, Point] = ((0, 2, 12), (66, 83, 60))
_LESIONS = (
    (24, -34, 24, 3.0),
    (-28, 12, 30, 2.6),
    (31, 20, 26, 3.4),
    (-22, -18, 34, 2.2),
    (-34, 30, 18, 2.8),
)


def paint_head(canvas: Canvas, contrast: Contrast) -> None:
    """Paint everything into a canvas of air."""
    _paint_face_and_neck(canvas, contrast)
    cerebrum = _cerebrum(canvas)
    _paint_skull(canvas, contrast, _brain_space(canvas, cerebrum))
    _paint_eyes(canvas, contrast)
    canvas.paint(_brain_space(canvas, cerebrum), contrast.of("fluid"))
    _paint_cerebellum(canvas, contrast)
    _paint_cerebrum(canvas, contrast, cerebrum)
    _paint_brainstem(canvas, contrast)
    _paint_deep_grey(canvas, contrast)
    _paint_ventricles(canvas, contrast)
    _paint_vessels(canvas, contrast)
    for x, y, z, radius in _LESIONS:
        canvas.paint(canvas.ball((x, y, z), (radius, radius * 1.3, radius)), contrast.of("lesion"), 0.8)


@cache
def _sagittal_sinus() -> tuple[tuple[float, float, float, float], ...]:
    angles = np.radians(np.arange(-65, 96, 12))
    return tuple(
        (0.0, 2 + 86 * float(np.sin(angle)), 12 + 62.5 * float(np.cos(angle)), 1.6 + float(angle + 1.2) * 0.7)
        for angle in angles
    )


@cache
def _folds(wavelength: float) -> Waves:
    return Waves(sample_seed("brain", "folds", int(wavelength * 10)), wavelength, 40)


def _cranium(canvas: Canvas) -> Array:
    """How deep inside the outer face of the skull."""
    top = canvas.ball((0, 4, 10), (76, 94, 72))
    base = canvas.ball((0, 14, -34), (60, 74, 42))
    return np.asarray(np.maximum(top, base), np.float32)


def _paint_face_and_neck(canvas: Canvas, contrast: Contrast) -> None:
    head = canvas.ball((0, 4, 12), (83, 101, 79))
    face = canvas.ball((0, -34, -62), (60, 64, 74))
    jaw = canvas.ball((0, -58, -104), (42, 40, 36))
    nose = canvas.ball((0, -97, -46), (12, 14, 20), 24)
    neck = canvas.tube((0, 26, -60, 58), (0, 24, -190, 57))
    nape = canvas.ball((0, 40, -52), (62, 62, 56))
    skin = np.maximum.reduce([head, face, jaw, nose, neck, nape])
    bumps = _folds(34).at(canvas.x, canvas.y, canvas.z)
    skin = skin + bumps * np.float32(0.45)
    canvas.paint(skin, contrast.of("skin"))
    canvas.paint(skin - 1.6, contrast.of("fat"))
    lean = np.maximum.reduce([face - 9, neck - 7, nape - 12, jaw - 8])
    grain = _folds(9).at(canvas.x, canvas.y, canvas.z * np.float32(0.5))
    strands = np.minimum(lean, np.abs(grain + bumps * np.float32(0.6)) * 4 - np.float32(0.7))
    canvas.paint(strands, contrast.of("muscle"), 0.9)
    canvas.paint(lean, contrast.of("muscle"), 0.45)
    canvas.paint(canvas.pair((62, -22, -14), (8, 26, 34)), contrast.of("muscle"))
    canvas.paint(canvas.ball((0, -64, -74), (30, 34, 15)), contrast.of("muscle"))  # tongue
    canvas.paint(canvas.ball((0, -64, -57), (27, 36, 3)), contrast.of("bone"))  # palate
    for z in (-84, -102, -120, -138):
        canvas.paint(canvas.ball((0, 14, z), (12, 10, 7.5)), contrast.of("marrow"), 0.85)
        canvas.paint(canvas.ball((0, 62, z - 6), (4, 14, 5), -20), contrast.of("marrow"), 0.8)
    canvas.paint(canvas.tube((0, -16, -50, 9), (0, -2, -80, 8), (0, -8, -190, 8.5)), contrast.of("air"))
    canvas.paint(canvas.pair((24, -62, -42), (14, 17, 15)), contrast.of("air"))
    canvas.paint(canvas.pair((5, -72, -38), (3.4, 26, 18)), contrast.of("air"))
    canvas.paint(canvas.pair((9, -88, 10), (12, 5, 11)), contrast.of("air"))
    canvas.paint(canvas.ball((0, -34, -27), (12, 12, 9)), contrast.of("air"))


def _brain_space(canvas: Canvas, cerebrum: Array) -> Array:
    """How deep inside the dura."""
    return np.asarray(np.maximum(cerebrum + np.float32(2.4), _hindbrain_space(canvas)), np.float32)


def _paint_skull(canvas: Canvas, contrast: Contrast, brain_space: Array) -> None:
    cranium = np.minimum(_cranium(canvas), brain_space + np.float32(7.5))
    canvas.paint(cranium, contrast.of("bone"))
    diploe = np.minimum(cranium - np.float32(2.0), -brain_space - np.float32(1.5))
    canvas.paint(np.minimum(diploe, canvas.z + 34), contrast.of("marrow"), 0.9)
    canvas.paint(canvas.ball((0, 2, -44), (10, 18, 12), 40), contrast.of("marrow"), 0.9)  # clivus


def _paint_eyes(canvas: Canvas, contrast: Contrast) -> None:
    canvas.paint(canvas.pair((31, -58, -24), (17, 28, 15), 0, -18), contrast.of("fat"))
    for muscle in (
        canvas.pair((42, -56, -24), (2.4, 20, 4), 0, -18),
        canvas.pair((21, -56, -24), (2, 20, 4)),
    ):
        canvas.paint(muscle, contrast.of("muscle"))
    canvas.paint(canvas.tubes_of_both_sides((30, -72, -24, 2.6), (8, -30, -16, 2.6)), contrast.of("white"))
    canvas.paint(canvas.pair((32, -74, -24), (12.6, 12.6, 12.6)), contrast.of("bone"))
    canvas.paint(canvas.pair((32, -74, -24), (11.6, 11.6, 11.6)), contrast.of("fluid"))
    canvas.paint(canvas.pair((32.5, -83, -24), (4.6, 2.2, 4.6)), contrast.of("lens"))


def _cerebrum(canvas: Canvas) -> Array:
    """How deep inside the hemispheres, folds not counted."""
    whole = canvas.ball(*_CEREBRUM)
    floor = canvas.z + np.float32(16) - np.clip(canvas.y + 20, 0, 80) * np.float32(0.10)
    frontal = canvas.pair((24, -40, 0), (32, 40, 27))
    temporal = canvas.pair((44, -8, -22), (22, 42, 20), 8, -8)
    occipital = canvas.pair((26, 58, -4), (30, 28, 22))
    return np.asarray(np.maximum.reduce([np.minimum(whole, floor), frontal, temporal, occipital]), np.float32)


def _hindbrain_space(canvas: Canvas) -> Array:
    cerebellum = canvas.ball((0, 50, -40), (55, 36, 31))
    stem = canvas.tube(
        (0, 14, -8, 20), (0, 20, -36, 19), (0, 32, -66, 12), (0, 38, -100, 10), (0, 38, -190, 9)
    )
    return np.maximum(cerebellum, stem)


def _sulci(canvas: Canvas, depth: Array) -> Array:
    """mm to the nearest sulcus: sheets that stand on the surface and end some way down."""
    (cx, cy, cz), (a, b, c) = _CEREBRUM
    x, y, z = canvas.x - np.float32(cx), canvas.y - np.float32(cy), canvas.z - np.float32(cz)
    radius = np.sqrt((x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2) + np.float32(0.05)
    out = (np.float32(0.5) + np.float32(0.5) / radius).astype(np.float32)
    folds = _folds(SULCI_APART_MM).at(x * out, y * out, z * out)
    fine = _folds(9).at(canvas.x, canvas.y, canvas.z)
    away = np.abs(folds) * np.float32(SULCI_APART_MM / (2 * np.pi)) + fine * np.float32(0.35)
    bottom = np.float32(19) + fine * 4
    return np.asarray(away + np.maximum(depth - bottom, 0) * np.float32(0.9), np.float32)


def _paint_cerebrum(canvas: Canvas, contrast: Contrast, depth: Array) -> None:
    apart = np.abs(canvas.x + _folds(34).at(canvas.x * 0, canvas.y, canvas.z) * np.float32(0.8))
    callosum = _callosum(canvas)
    apart = (
        apart + np.maximum(callosum + 6, 0) * 2 + np.maximum(np.float32(-4) - canvas.z, 0) * np.float32(0.3)
    )
    sylvian = -canvas.pair((58, -14, -3), (20, 28, 1.1), 18)
    sulci = np.minimum.reduce([_sulci(canvas, depth), apart + np.float32(0.4), sylvian + np.float32(0.6)])
    tissue = np.minimum(depth, sulci - np.float32(0.55))
    canvas.paint(tissue, contrast.of("grey"))
    ripple = _folds(9).at(canvas.x, canvas.y, canvas.z) * np.float32(0.3)
    canvas.paint(tissue - np.float32(CORTEX_MM) + ripple, contrast.of("white"))
    canvas.paint(callosum, contrast.of("white"))


def _callosum(canvas: Canvas) -> Array:
    arch = (
        (0, -22, 3, 2.4), (0, -32, 8, 3.4), (0, -34, 17, 3.6), (0, -26, 25, 3.2), (0, -6, 29, 2.8),
        (0, 16, 28, 2.8), (0, 32, 22, 3.4), (0, 37, 14, 4.2),
    )  # fmt: skip
    return canvas.tube(*arch, width=5)


def _paint_cerebellum(canvas: Canvas, contrast: Contrast) -> None:
    halves = canvas.pair((24, 48, -42), (28, 31, 24))
    worm = canvas.ball((0, 50, -36), (13, 26, 23))
    depth = np.maximum(halves, worm)
    dy, dz = canvas.y - np.float32(28), canvas.z + np.float32(38)
    around = np.arctan2(dz, dy) * 26 + _folds(34).at(canvas.x, canvas.y, canvas.z) * np.float32(1.5)
    leaves = np.cos(around * np.float32(2 * np.pi / 4.6) + np.abs(canvas.x) * np.float32(0.12))
    canvas.paint(
        np.minimum(depth, np.float32(2.0) + leaves * 2 + np.maximum(depth - 9, 0)), contrast.of("grey")
    )
    branches = np.minimum(depth - 3, np.maximum(leaves * 2 - np.float32(1.1), depth - 13))
    canvas.paint(branches, contrast.of("white"))
    canvas.paint(canvas.pair((14, 42, -40), (6, 8, 5)), contrast.of("deep grey"))


def _paint_brainstem(canvas: Canvas, contrast: Contrast) -> None:
    parts = [
        canvas.ball((0, 18, -36), (18, 13, 16)),
        canvas.ball((0, 15, -14), (14, 11, 13)),
        canvas.pair((12, 4, -12), (7, 8, 11), 30),
        canvas.tube((0, 24, -46, 9.5), (0, 31, -66, 7), (0, 38, -100, 5.6), (0, 38, -190, 5.4)),
        canvas.pair((22, 32, -38), (16, 9, 7), 0, 30),
    ]
    canvas.paint(np.maximum.reduce(parts), contrast.of("white") * 0.97 + contrast.of("grey") * 0.03)
    canvas.paint(canvas.ball((0, 22, -18), (9, 4, 9)), contrast.of("deep grey"), 0.6)
    canvas.paint(canvas.pair((6, 11, -14), (3.5, 3, 3.5)), contrast.of("pallidum"), 0.7)
    canvas.paint(canvas.ball((0, -22, -22), (5.5, 5, 3.5)), contrast.of("grey"))  # pituitary
    canvas.paint(canvas.tube((0, -18, -8, 1.4), (0, -21, -20, 1.2)), contrast.of("grey"))


def _paint_deep_grey(canvas: Canvas, contrast: Contrast) -> None:
    canvas.paint(canvas.pair((11, 9, 8), (9, 16, 10), 0, 22), contrast.of("deep grey"))
    canvas.paint(canvas.pair((13.5, -24, 11), (5.2, 10, 9.5), 0, 12), contrast.of("deep grey"))
    canvas.paint(
        canvas.tubes_of_both_sides((15, -18, 20, 3.4), (19, 4, 25, 2.4), (25, 24, 18, 1.8)),
        contrast.of("deep grey"),
    )
    canvas.paint(canvas.pair((27, -6, 5), (5.4, 18, 10.5), 0, 14), contrast.of("deep grey"))
    canvas.paint(canvas.pair((19.5, -3, 4), (4.6, 10, 7.5), 0, 26), contrast.of("pallidum"))
    canvas.paint(canvas.pair((28, 10, -17), (5, 17, 5.5), 0, 4), contrast.of("grey"))  # hippocampus
    claustrum = canvas.pair((34.5, -6, 6), (1.0, 16, 10), 0, 12)
    canvas.paint(claustrum, contrast.of("grey"), 0.8)


def _paint_ventricles(canvas: Canvas, contrast: Contrast) -> None:
    horns = canvas.tubes_of_both_sides(
        (8, -36, 6, 2.2), (8.5, -28, 14, 5.0), (8.5, -8, 21, 4.6), (12, 14, 21, 5.0), (21, 30, 14, 6.8),
        (27, 34, 4, 5.4), (32, 20, -12, 2.6), (32, -4, -20, 2.0),
    )  # fmt: skip
    behind = canvas.tubes_of_both_sides((23, 32, 10, 5), (22, 56, 6, 2))
    septum = np.abs(canvas.x) - np.float32(0.9)
    canvas.paint(np.minimum(np.maximum(horns, behind), septum), contrast.of("fluid"))
    canvas.paint(canvas.ball((0, 2, 2), (2.1, 19, 11), -16), contrast.of("fluid"))
    canvas.paint(canvas.ball((0, 4, 6), (5, 4, 3.5)), contrast.of("deep grey"))  # between the thalami
    canvas.paint(canvas.tube((0, 20, -2, 1.2), (0, 29, -24, 1.2)), contrast.of("fluid"))
    canvas.paint(canvas.ball((0, 35, -36), (8, 5.5, 11), 14), contrast.of("fluid"))
    canvas.paint(canvas.pair((20, 35, 6), (2.2, 4, 2.6)), contrast.of("lesion"), 0.7)  # choroid plexus


def _paint_vessels(canvas: Canvas, contrast: Contrast) -> None:
    flow = contrast.of("flow")
    lines = (
        canvas.tubes_of_both_sides(
            (16, -8, -60, 2.6), (14, -14, -34, 2.5), (12, -26, -22, 2.3), (9, -22, -12, 2)
        ),
        canvas.tubes_of_both_sides((9, -22, -12, 1.7), (26, -22, -10, 1.5), (44, -18, -4, 1.1)),
        canvas.tubes_of_both_sides(
            (9, -22, -12, 1.3), (2, -34, -4, 1.2), (1.5, -42, 12, 1.1), (1.5, -30, 34, 0.9)
        ),
        canvas.tube((0, 8, -50, 1.8), (0, 2, -26, 1.8), (0, 6, -16, 1.6)),
        canvas.tube(*_sagittal_sinus()),
        canvas.tube((0, 40, 20, 1.8), (0, 62, 4, 2.0), (0, 86, 6, 2.6)),
        canvas.tubes_of_both_sides((4, 86, 2, 3.4), (42, 66, -14, 3.4), (56, 38, -24, 3.2)),
    )
    canvas.paint(np.maximum.reduce(list(lines)), flow, 0.9)
