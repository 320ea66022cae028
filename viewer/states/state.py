"""A softcopy presentation state as values (PS3.3 A.33, C.11): how the images that it is for are shown. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from viewer.imaging.types import Lut, Palette, Rescale, Window

Units = Literal["PIXEL", "DISPLAY"]
Colour = tuple[int, int, int]  # sRGB, 8 bits each
Point = tuple[
    float, float
]  # column and row, or shares of the displayed area; 0, 0 is the outer corner of the first
WHITE: Colour = (255, 255, 255)


class NotSupported(Exception):
    """The state asks for what is not done here. `what` is a code of ours: see viewer.rendering.cannot_show."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True)
class Target:
    """An image that the state is for; of several frames those named, from 1, or all where none is."""

    sop_instance_uid: str
    frames: tuple[int, ...] = ()

    def covers(self, uid: str, frame: int) -> bool:
        """Whether this frame of this image is meant."""
        return self.sop_instance_uid == uid and (not self.frames or frame in self.frames)


@dataclass(frozen=True)
class ForSome:
    """What holds for some of the images; for all of them where `targets` is empty."""

    targets: tuple[Target, ...]

    def is_for(self, uid: str, frame: int) -> bool:
        """Whether it holds for this frame."""
        return not self.targets or any(one.covers(uid, frame) for one in self.targets)


@dataclass(frozen=True)
class Voi(ForSome):
    """A window or a table of the Softcopy VOI LUT Sequence (C.11.8)."""

    by: Window | Lut


@dataclass(frozen=True)
class Area(ForSome):
    """The displayed area (C.10.4): edges in pixels of the image before any turn, and the shape of a pixel.

    `right` and `bottom` are not included. `aspect` is the height of a pixel over its width. `magnification` is that
    of Presentation Size Mode MAGNIFY.
    """

    left: int
    top: int
    right: int
    bottom: int
    aspect: float
    magnification: float | None = None


@dataclass(frozen=True)
class Graphic:
    """A graphic object (C.10.5.1.2)."""

    kind: str
    units: Units
    points: tuple[Point, ...]
    is_filled: bool
    colour: Colour | None = None
    thickness: float = 1.0


@dataclass(frozen=True)
class Text:
    """A text object (C.10.5.1.1): in its box, or beside its anchor, or both."""

    text: str
    box_units: Units = "PIXEL"
    box: tuple[Point, Point] | None = None
    justification: str = "LEFT"
    anchor_units: Units = "PIXEL"
    anchor: Point | None = None
    is_anchor_visible: bool = False


@dataclass(frozen=True)
class Annotation(ForSome):
    """Graphics and texts of one layer."""

    layer: str
    graphics: tuple[Graphic, ...]
    texts: tuple[Text, ...]


@dataclass(frozen=True)
class Shutter:
    """What of the image is seen (C.7.6.11): inside all of the shapes, in pixels of it; the rest has the `colour`.

    The radius is in pixels along a row: where they are not square, a circle is as high as it is wide on the screen.
    """

    rectangle: tuple[float, float, float, float] | None = None  # left, top, right, bottom
    circle: tuple[Point, float] | None = None
    polygon: tuple[Point, ...] = ()
    colour: Colour = (0, 0, 0)


@dataclass(frozen=True)
class State:
    """The whole state. `layers` are in the order in which they are drawn, with their colours."""

    targets: tuple[Target, ...]
    modality: Rescale | Lut = field(default_factory=Rescale)
    vois: tuple[Voi, ...] = ()
    is_inverse: bool = False
    presentation: Lut | None = None
    palette: Palette | None = None
    shutter: Shutter | None = None
    areas: tuple[Area, ...] = ()
    turns: int = 0  # quarters, clockwise
    is_flipped: bool = False  # from left to right, after the turns
    layers: tuple[tuple[str, Colour], ...] = ()
    annotations: tuple[Annotation, ...] = ()
