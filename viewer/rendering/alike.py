"""One way to show all frames of an instance: what moves in a film must be the image, and not its window."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from viewer.imaging.types import Window
from viewer.rendering.frame_values import FrameValues, address_frame, frame_values
from viewer.rendering.request import Look

if TYPE_CHECKING:
    from pacs.catalog.models import Instance

MOST_LOOKED_AT = 9


def look_of_all(instance: Instance, asked: Look) -> Look:
    """What was asked for, else the first frame's own window or VOI LUT, else all values that its frames have.

    Where a file brings no window, some frames, evenly spread, tell those values. Raises as frame_values.
    """
    first = frame_values(address_frame(instance, 0))
    description = first.description
    if asked.window is not None or asked.voi_lut_index is not None or not description.is_monochrome:
        return asked
    own = description.window_of(0)
    if own is not None:
        return replace(asked, window=own)
    if description.voi_lut_of(0) is not None:
        return replace(asked, voi_lut_index=0)
    last = instance.number_of_frames - 1
    places = {round(last * step / (MOST_LOOKED_AT - 1)) for step in range(MOST_LOOKED_AT)}
    windows = [_window_of(frame_values(address_frame(instance, place))) for place in sorted(places)]
    return replace(asked, window=_around(windows))


def _window_of(frame: FrameValues) -> Window:
    own = frame.own_look
    assert isinstance(own, Window)  # noqa: S101  # there is no VOI LUT
    return own


def _around(windows: list[Window]) -> Window:
    """The window that reaches as far as all of these, which have one function."""
    low = min(one.center - one.width / 2 for one in windows)
    high = max(one.center + one.width / 2 for one in windows)
    return Window((low + high) / 2, high - low, windows[0].function)
