"""Descriptions made by hand, for tests that need no file."""

from __future__ import annotations

from typing import Any

import numpy as np

from viewer.imaging.types import ImageDescription

BIG_ENDIAN = "1.2.840.10008.1.2.2"
LITTLE_ENDIAN = "1.2.840.10008.1.2.1"


def description(**facts: Any) -> ImageDescription:
    """A MONOCHROME2 image of 4 x 6 unsigned 16-bit values, but for what is given."""
    usual: dict[str, Any] = {
        "rows": 4,
        "columns": 6,
        "number_of_frames": 1,
        "samples_per_pixel": 1,
        "photometric_interpretation": "MONOCHROME2",
        "planar_configuration": 0,
        "bits_allocated": 16,
        "bits_stored": facts.get("bits_allocated", 16),
        "high_bit": facts.get("bits_stored", facts.get("bits_allocated", 16)) - 1,
        "is_signed": False,
        "number_kind": "integer",
        "transfer_syntax_uid": LITTLE_ENDIAN,
        "is_word_swapped": False,
        "pixel_aspect": 1.0,
        "is_inverse": False,
        "is_segmentation": False,
    }
    return ImageDescription(**{**usual, **facts})


def wire(**facts: Any) -> dict[str, Any]:
    """What describe_header would answer of such an image, but for what is given."""
    usual: dict[str, Any] = {
        "rows": 4,
        "columns": 6,
        "number_of_frames": 1,
        "samples_per_pixel": 1,
        "photometric_interpretation": "MONOCHROME2",
        "planar_configuration": 0,
        "bits_allocated": 16,
        "bits_stored": 16,
        "high_bit": 15,
        "is_signed": False,
        "is_float": False,
        "transfer_syntax_uid": LITTLE_ENDIAN,
        "is_word_swapped": False,
        "pixel_aspect": 1.0,
        "is_inverse": False,
        "is_segmentation": False,
        "padding": None,
        "palette": None,
        "modality_lut": None,
        "voi_luts": [],
        "voi_lut_lists": [[]],
        "voi_lut_places": [0],
        "overlays": [],
        "rescales": np.array([[1.0, 0.0]]),
        "windows": [[]],
        "window_places": [0],
        "planes": np.full((1, 11), np.nan),
        "suv_factor": None,
    }
    return {**usual, **facts}
