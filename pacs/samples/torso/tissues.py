"""What each tissue measures, and where it surely lies: what tests hold against the pixels."""

from __future__ import annotations

from typing import NamedTuple

TISSUE_HU = {
    "air": -1000.0,
    "table": -120.0,
    "skin": 35.0,
    "fat": -104.0,
    "muscle": 58.0,
    "cartilage": 98.0,
    "cortical bone": 760.0,
    "marrow": 190.0,
    "disc": 84.0,
    "spinal canal": 28.0,
    "lung": -852.0,
    "airway": -995.0,
    "airway wall": -60.0,
    "heart muscle": 108.0,
    "blood": 172.0,
    "nodule": 42.0,
    "liver": 112.0,
    "liver vein": 176.0,
    "bile": 6.0,
    "spleen": 128.0,
    "kidney": 188.0,
    "renal medulla": 158.0,
    "renal sinus": -62.0,
    "pancreas": 96.0,
    "bowel wall": 92.0,
    "bowel content": 22.0,
    "stool": -40.0,
    "gas": -940.0,
}


class Probe(NamedTuple):
    """A place (LPS, mm) with nothing but this tissue within 3 mm."""

    tissue: str
    x: float
    y: float
    z: float


PROBES = (
    Probe("blood", 23, 33, 20),
    Probe("blood", 50, -24, 28),
    Probe("liver", -88, -34, -36),
    Probe("spleen", 95, 17, -44),
    Probe("kidney", 47, 45, -110),
    Probe("bile", -44, -44, -84),
    Probe("muscle", 36, 88, -60),
    Probe("muscle", 105, -41, 150),
    Probe("fat", -6, -93, -150),
    Probe("disc", 0, 46, -34),
    Probe("marrow", 0, 54, 30),
    Probe("gas", 64, -43, -44),
    Probe("bowel content", 58, -2, -36),
    Probe("airway", 1, 19, 150),
    Probe("air", 0, -165, 0),
)


class Nodule(NamedTuple):
    """A round nodule of the right upper lobe (LPS, mm)."""

    x: float
    y: float
    z: float
    radius_mm: float


NODULE_NOW = Nodule(-68, 22, 122, 7.0)
NODULE_BEFORE = Nodule(-68, 22, 122, 4.0)  # in the prior
