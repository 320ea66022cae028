"""Colours of a presentation state as a screen shows them: P-Values, and CIELab of D50 (PS3.3 C.10.7.1.1). Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from viewer.states.state import Colour

D50 = np.array([0.9642, 1.0, 0.8249])
# From XYZ of D50 to linear sRGB, the Bradford adaptation to D65 in it (IEC 61966-2-1, ICC.1 Annex E).
TO_SRGB = np.array(
    [
        [3.1338561, -1.6168667, -0.4906146],
        [-0.9787684, 1.9161415, 0.0334540],
        [0.0719453, -0.2289914, 1.4052427],
    ]
)
EPSILON, KAPPA = 216 / 24389, 24389 / 27


def grey_of(p_value: float) -> Colour:
    """A P-Value of 16 bits: 0 is the darkest and 65,535 the brightest."""
    grey = round(min(max(p_value, 0.0), 65535.0) * 255 / 65535)
    return grey, grey, grey


def srgb_of(lab: Sequence[float]) -> Colour:
    """CIELab as it is coded: L* 0 to 100, a* and b* -128 to 127, each over 0 to 65,535. What sRGB lacks is clipped."""
    lightness, a, b = (
        lab[0] * 100 / 65535,
        lab[1] * 255 / 65535 - 128,
        lab[2] * 255 / 65535 - 128,
    )
    fy = (lightness + 16) / 116
    xyz = np.array([_undone(fy + a / 500), _undone(fy), _undone(fy - b / 200)]) * D50
    linear = np.clip(TO_SRGB @ xyz, 0, 1)
    coded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    red, green, blue = (round(float(one) * 255) for one in coded)
    return red, green, blue


def _undone(share: float) -> float:
    cube = share**3
    return cube if cube > EPSILON else (116 * share - 16) / KAPPA
