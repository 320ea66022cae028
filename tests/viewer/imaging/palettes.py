"""The well-known palettes of PS3.6 annex B as pydicom brings them, by which the app's own are held to the standard.

frontend/tests/contracts/palettes.json holds them. It is written anew by `python -m tests.viewer.imaging.palettes`;
a test says when that is due.
"""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import dcmread
from pydicom.data import get_palette_files

FILE = Path(__file__).parents[3] / "frontend" / "tests" / "contracts" / "palettes.json"
NAMES = {"hotIron": "hotiron", "pet": "pet", "hotMetalBlue": "hotmetalblue", "pet20Step": "pet20step"}
SAMPLED = (0, 40, 85, 128, 191, 240, 255)


def written() -> str:
    """The file's text."""
    files = {Path(str(path)).stem: path for path in get_palette_files()}
    return json.dumps({name: _told(files[stem]) for name, stem in NAMES.items()}) + "\n"


def _told(path: Any) -> dict[str, Any]:
    dataset = dcmread(path, force=True)
    channels = [
        np.frombuffer(dataset[f"{name}PaletteColorLookupTableData"].value, np.uint8)
        for name in ("Red", "Green", "Blue")
    ]
    colours = np.stack([*channels, np.full(256, 255, np.uint8)], axis=1)
    return {"samples": colours[list(SAMPLED), :3].tolist(), "crc32": zlib.crc32(colours.tobytes())}


if __name__ == "__main__":
    FILE.write_text(written())
