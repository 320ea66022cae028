"""Pictures as a browser takes them: uint8, (rows, columns) or (rows, columns, 3). The encoders release the GIL."""

from __future__ import annotations

import io

import imagecodecs
import numpy as np
from PIL import Image

from viewer.imaging.types import Grey

WEBP_METHOD = 2  # of 0 to 6: each step costs more time than it saves bytes on a thumbnail
PNG_LEVEL = 1


def to_jpeg(picture: Grey, quality: int) -> bytes:
    """Baseline JPEG. Colours keep their own resolution: thin coloured lines and letters are part of the image."""
    subsampling = "444" if picture.ndim == 3 else None
    data = imagecodecs.jpeg8_encode(np.ascontiguousarray(picture), level=quality, subsampling=subsampling)
    return bytes(data)


def to_webp(picture: Grey, quality: int) -> bytes:
    """WebP, lossy. It has no greys: they are stored as colours."""
    colours = picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)
    return bytes(
        imagecodecs.webp_encode(np.ascontiguousarray(colours), level=float(quality), method=WEBP_METHOD)
    )


def to_png(picture: Grey) -> bytes:
    """PNG, lossless."""
    return bytes(imagecodecs.png_encode(np.ascontiguousarray(picture), level=PNG_LEVEL))


def to_gif(picture: Grey) -> bytes:
    """GIF: greys as they are, of colours the 256 that come nearest."""
    written = io.BytesIO()
    image = Image.fromarray(np.ascontiguousarray(picture))
    (image.quantize(256) if picture.ndim == 3 else image).save(written, "GIF")
    return written.getvalue()


def to_profiled(picture: Grey, media_type: str, quality: int, profile: bytes) -> bytes:
    """Colours as JPEG, PNG or WebP with an ICC profile in it (PS3.18 8.3.5.1.5, Notes 4 to 6)."""
    written, image = io.BytesIO(), Image.fromarray(np.ascontiguousarray(picture))
    if media_type == "image/jpeg":
        image.save(written, "JPEG", quality=quality, subsampling=0, icc_profile=profile)
    elif media_type == "image/png":
        image.save(written, "PNG", compress_level=PNG_LEVEL, icc_profile=profile)
    else:
        image.save(written, "WEBP", quality=quality, method=WEBP_METHOD, icc_profile=profile)
    return written.getvalue()
