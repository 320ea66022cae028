"""From values of interest to what a screen shows (PS3.3 C.11.6, C.7.6.3.1.2)."""

from __future__ import annotations

from viewer.imaging import header_rules
from viewer.imaging.types import Grey, ImageDescription


def to_display(greys: Grey, description: ImageDescription, invert: bool) -> Grey:
    """Greys from 0 black to 255 white."""
    is_inverse = header_rules.is_inverse(description.photometric_interpretation, description.is_inverse)
    return 255 - greys if is_inverse != invert else greys
