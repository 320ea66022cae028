"""Overlay planes of groups 60xx (PS3.3 C.9): drawn where they lie, cut where they leave the image."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from viewer.imaging.types import Array, Grey, Overlay

DRAWN = 255


def burn(picture: Grey, overlays: Iterable[Overlay], frame_index: int) -> Grey:
    """The picture with every plane that lies over this frame drawn in white."""
    burnt = picture.copy()
    for overlay in overlays:
        plane = _plane_of(overlay, frame_index)
        if plane is not None:
            _draw(burnt, plane, overlay.top, overlay.left)
    return burnt


def embedded_overlays(words: Array, overlays: Iterable[Overlay]) -> Array | None:
    """Where a plane is drawn that stands in the unused bits of the stored words (retired, PS3.5 8.1.2)."""
    drawn: Array | None = None
    for overlay in overlays:
        if not overlay.bits and 0 < overlay.bit_position < words.dtype.itemsize * 8:
            plane = (words >> overlay.bit_position) & 1 == 1
            drawn = plane if drawn is None else drawn | plane
    return drawn


def _plane_of(overlay: Overlay, frame_index: int) -> Array | None:
    """The plane's pixels for this frame of the image, (rows, columns), true where it draws."""
    place = 0
    if overlay.first_frame is not None:
        place = frame_index - overlay.first_frame
        if not 0 <= place < overlay.number_of_frames:
            return None
    pixels = overlay.rows * overlay.columns
    first = place * pixels
    data = overlay.bits[first // 8 : -(-(first + pixels) // 8)]
    if len(data) * 8 < first % 8 + pixels:
        return None
    bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[first % 8 :][:pixels]
    return bits.reshape(overlay.rows, overlay.columns)


def _draw(picture: Grey, plane: Array, top: int, left: int) -> None:
    rows, columns = picture.shape[:2]
    seen = plane[max(0, -top) : max(0, rows - top), max(0, -left) : max(0, columns - left)]
    if seen.size:
        first_row, first_column = max(0, top), max(0, left)
        under = picture[first_row : first_row + seen.shape[0], first_column : first_column + seen.shape[1]]
        under[seen == 1] = DRAWN
