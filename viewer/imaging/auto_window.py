"""A window by the values themselves, for pictures whose own window shows too little."""

from __future__ import annotations

import numpy as np

from viewer.imaging.types import Array, Window
from viewer.imaging.voi import spanning

# What is darker and brighter than nearly all becomes black and white: a few hot pixels, or a lead letter, must not
# take the contrast from everything else.
SHARE_BEYOND = 0.005
MOST_VALUES = 1 << 20  # so many tell the shares to far below a grey


def auto_window(values: Array) -> Window | None:
    """The window from the darkest to the brightest 0.5 % of these modality values; None where there are none.

    `values` has any shape and kind, and no padding. Integers have a LINEAR window whose ends are two of the values,
    floats a LINEAR_EXACT one.
    """
    flat = values.ravel()
    if flat.size == 0:
        return None
    flat = flat[:: -(-flat.size // MOST_VALUES)]
    beyond = int(flat.size * SHARE_BEYOND)
    places = (beyond, flat.size - 1 - beyond)
    low, high = (float(one) for one in np.partition(flat, places)[list(places)])
    if values.dtype.kind == "f":
        return Window((low + high) / 2, (high - low) or 1.0, "LINEAR_EXACT")
    return spanning(int(low), int(high))
