"""Objects in parts, as a sender of metadata and bulkdata makes them (PS3.18 10.5.1.4)."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pydicom

from tests.pacs.dicomweb.stow_client import Bulk

PIXELS = "7FE00010"
Metadata = dict[str, Any]


def in_parts(file: bytes, location: str = "pixels") -> tuple[Metadata, Bulk]:
    """A Part 10 file with native pixels as metadata, by the library's own writer, and its pixels as a part."""
    dataset = pydicom.dcmread(BytesIO(file))
    pixels = dataset.PixelData
    vr = dataset["PixelData"].VR
    del dataset.PixelData
    metadata: Metadata = dataset.to_json_dict()
    metadata[PIXELS] = {"vr": vr, "BulkDataURI": location}
    return metadata, Bulk(location, pixels)


def coded(encode: Callable[..., bytes | bytearray], values: np.ndarray[Any, Any], **options: Any) -> bytes:
    """The values as a codestream of this encoder."""
    return bytes(encode(values, **options))


def without_pixel_description(metadata: Metadata) -> Metadata:
    """The same where the Image Pixel Description Macro is left to the codestream, as 10.5.1.4 allows."""
    return {tag: element for tag, element in metadata.items() if tag[:6] not in ("002800", "002801")}
