"""Which part of a frame a picture is made of, and how it is turned over (PS3.18 8.3.5.1.3, and 9 for WADO-URI)."""

from __future__ import annotations

from dataclasses import dataclass

from pacs.errors import BadRequest


@dataclass(frozen=True)
class Box:
    """Edges in pixels of the frame, from its top left corner; they may lie within a pixel."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def size(self) -> tuple[float, float]:
        """(columns, rows)."""
        return self.right - self.left, self.bottom - self.top

    def halved(self, halvings: int) -> Box:
        """The same of the frame at 1 / 2**halvings of its size."""
        part = 2.0**-halvings
        return Box(self.left * part, self.top * part, self.right * part, self.bottom * part)


@dataclass(frozen=True)
class Region:
    """A part of the frame, in its stored pixels or, where `is_relative`, in fractions of its sides.

    Without a width or height it reaches to the edge. `turns_left_right` and `turns_top_bottom`: the picture is the
    mirror image of what the region shows.
    """

    left: float = 0.0
    top: float = 0.0
    width: float | None = None
    height: float | None = None
    turns_left_right: bool = False
    turns_top_bottom: bool = False
    is_relative: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether it is all of any frame."""
        return (self.left, self.top, self.width, self.height) == (0, 0, None, None)

    def of_frame(self, rows: int, columns: int) -> Box:
        """Its edges in a frame of this size; what reaches beyond the frame is cut off.

        Raises BadRequest where none of it, or less than a pixel, lies in the frame.
        """
        across, down = (columns, rows) if self.is_relative else (1, 1)
        left, right = _span(self.left, self.width, across, columns)
        top, bottom = _span(self.top, self.height, down, rows)
        if right - left < 1 or bottom - top < 1:
            raise BadRequest(parameter="viewport", reason=f"the region lies in {columns} x {rows} pixels")
        return Box(left, top, right, bottom)


def _span(start: float, length: float | None, unit: int, edge: int) -> tuple[float, float]:
    end = float(edge) if length is None else min(float(edge), (start + length) * unit)
    return start * unit, end


WHOLE = Region()
