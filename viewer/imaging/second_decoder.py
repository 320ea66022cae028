"""The second opinion: pydicom's plug-ins (pylibjpeg, Pillow, and its own), for what the first decoder refuses."""

from __future__ import annotations

from typing import Any

from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID

from viewer.imaging.errors import DECODE_FAILED, CannotShow
from viewer.imaging.types import Array, ImageDescription


def decode_with_plugin(description: ImageDescription, data: bytes) -> Array:
    """The stored values. Raises CannotShow."""
    options: dict[str, Any] = {
        "rows": description.rows,
        "columns": description.columns,
        "number_of_frames": 1,
        "samples_per_pixel": description.samples_per_pixel,
        "photometric_interpretation": description.photometric_interpretation,
        "bits_allocated": description.bits_allocated,
        "bits_stored": description.bits_stored,
        "pixel_representation": int(description.is_signed),
        "pixel_keyword": "PixelData",
    }
    if description.samples_per_pixel > 1:
        options["planar_configuration"] = description.planar_configuration
    try:
        decoder = get_decoder(UID(description.transfer_syntax_uid))
        stored, _ = decoder.as_array(encapsulate([data], has_bot=False), index=0, raw=True, **options)
    except (MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a plug-in written in Rust panics with something that is no Exception
        raise CannotShow(DECODE_FAILED) from None
    return stored
