"""What tissues are to MR, and how bright a sequence makes them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple


class Relaxation(NamedTuple):
    """Proton density (water: 1), T1 and T2 in ms, at about 3 T."""

    density: float
    t1_ms: float
    t2_ms: float


TISSUES = {
    "air": Relaxation(0.0, 1000, 10),
    "bone": Relaxation(0.06, 400, 20),
    "marrow": Relaxation(0.5, 420, 60),
    "fat": Relaxation(0.85, 330, 110),
    "skin": Relaxation(0.7, 900, 40),
    "muscle": Relaxation(0.72, 1250, 38),
    "flow": Relaxation(0.04, 1600, 60),
    "fluid": Relaxation(1.0, 4200, 1600),
    "grey": Relaxation(0.84, 1350, 96),
    "deep grey": Relaxation(0.82, 1200, 84),
    "pallidum": Relaxation(0.76, 1050, 62),
    "white": Relaxation(0.7, 830, 74),
    "lesion": Relaxation(0.88, 1450, 190),
    "lens": Relaxation(0.7, 1000, 30),
}


@dataclass(frozen=True)
class Contrast:
    """A spin echo, with an inversion before it where ti_ms is not 0."""

    tr_ms: float
    te_ms: float
    ti_ms: float = 0

    def of(self, tissue: str) -> float:
        """The signal of a tissue, 0..1."""
        density, t1_ms, t2_ms = TISSUES[tissue]
        recovered = 1 - math.exp(-self.tr_ms / t1_ms)
        if self.ti_ms:
            recovered = abs(1 - 2 * math.exp(-self.ti_ms / t1_ms) + math.exp(-self.tr_ms / t1_ms))
        return density * recovered * math.exp(-self.te_ms / t2_ms)
