"""A frame as it is shown from: modality values or colours in every size, made of its stored values."""

from __future__ import annotations

from functools import cached_property

from viewer.imaging.colour import to_rgb
from viewer.imaging.modality import to_modality_values
from viewer.imaging.types import Array, ImageDescription, Lut, Window
from viewer.imaging.voi import default_window
from viewer.rendering.levels import Level, colour_level, grey_level, join_overlays, smaller_level
from viewer.rendering.stored_frame import StoredFrame


class FrameValues:
    """A decoded frame, in full size and, as they are asked for, in its smaller levels. Safe in threads."""

    def __init__(self, description: ImageDescription, frame_index: int, full: Level) -> None:
        self.description = description
        self.frame_index = frame_index
        self._levels = {0: full}

    def level(self, halvings: int) -> Level:
        """The frame at 1 / 2**halvings of its size."""
        level = self._levels.get(halvings)
        if level is None:
            # Two threads may both make it: the same, and one is kept.
            level = self._levels[halvings] = smaller_level(self._levels[0], halvings)
        return level

    @cached_property
    def own_look(self) -> Window | Lut:
        """How it is shown when nobody says otherwise: the file's own window or LUT, or all of its values."""
        full = self._levels[0]
        assert full.values is not None  # noqa: S101  # colours have no window
        shown = full.values if full.padding is None else full.values[~full.padding]
        return default_window(shown, self.description, self.frame_index)

    @property
    def size_bytes(self) -> int:
        """What it takes of the cache's budget once all its levels are made: a quarter each of the one before."""
        return self._levels[0].size_bytes * 4 // 3


def to_values(stored: StoredFrame, description: ImageDescription, frame_index: int) -> FrameValues:
    """Stored values as FrameValues. Raises CannotShow for colours that cannot be read."""
    overlay = join_overlays(stored.drawn, description, frame_index)
    if description.is_monochrome:
        grey = to_modality_values(stored.values, description, frame_index)
        full = grey_level(grey.values, grey.padding_mask, overlay)
    else:
        full = colour_level(to_rgb(stored.values, description, stored.colour_space), overlay)
    return FrameValues(description, frame_index, full)


def to_values_of_coded(coded: Array, description: ImageDescription, frame_index: int) -> FrameValues:
    """The same of the numbers of the frame's own stream: stored values, or colours as they are shown."""
    if description.is_monochrome:
        return to_values(StoredFrame(coded.astype(description.dtype())), description, frame_index)
    overlay = join_overlays(None, description, frame_index)
    return FrameValues(description, frame_index, colour_level(coded, overlay))
