"""From greys to the well-known colour palettes, as PET and nuclear medicine are read by (PS3.6 Annex B.1)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from pydicom import dcmread
from pydicom.data import get_palette_files

from viewer.imaging.types import Array, Grey

GREYS = 256
CHANNELS = ("Red", "Green", "Blue")
# By the name that a request gives: the file in which pydicom brings the palette of the standard.
FILES = {
    "hot-iron": "hotiron.dcm",  # 1.2.840.10008.1.5.1
    "pet": "pet.dcm",  # 1.2.840.10008.1.5.2
    "hot-metal-blue": "hotmetalblue.dcm",  # 1.2.840.10008.1.5.3
    "pet-20-step": "pet20step.dcm",  # 1.2.840.10008.1.5.4
}


@lru_cache(maxsize=len(FILES))
def palette(name: str) -> Array:
    """Its colours: uint8, (256, 3), the lowest grey first. Raises KeyError for a name that is not in FILES."""
    (path,) = get_palette_files(FILES[name])
    dataset = dcmread(Path(path))
    channels = [dataset[f"{channel}PaletteColorLookupTableData"].value for channel in CHANNELS]
    colours = np.stack([np.frombuffer(channel, np.uint8)[:GREYS] for channel in channels], axis=1)
    colours.flags.writeable = False
    return colours


def to_palette(greys: Grey, name: str) -> Grey:
    """(rows, columns, 3) sRGB, from (rows, columns) greys as they would be displayed (PS3.4 N.2.1.2)."""
    return palette(name).take(greys, axis=0)
