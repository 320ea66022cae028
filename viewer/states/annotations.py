"""Layers, graphics and texts of a presentation state (PS3.3 C.10.5, C.10.7). Pure."""

from __future__ import annotations

from collections.abc import Iterator

from viewer.documents.elements import Dataset, first_item, items_of, number_of, numbers_of, text_of
from viewer.states.colours import grey_of, srgb_of
from viewer.states.state import WHITE, Annotation, Colour, Graphic, NotSupported, Point, Text, Units
from viewer.states.targets import targets_of

POINTS = {
    "POINT": (1, 1),
    "POLYLINE": (2, None),
    "INTERPOLATED": (2, None),
    "CIRCLE": (2, 2),
    "ELLIPSE": (4, 4),
}
MOST_POINTS = 100_000  # of one state
MOST_LETTERS = 4096
THICKEST = 64.0


def layers_of(header: Dataset) -> tuple[tuple[str, Colour], ...]:
    """The names of the layers in the order in which they are drawn, with the colour that is recommended for each."""
    items = sorted(
        items_of(header, "GraphicLayerSequence"), key=lambda item: number_of(item, "GraphicLayerOrder") or 0.0
    )
    return tuple((text_of(item, "GraphicLayer"), _layer_colour(item)) for item in items)


def _layer_colour(item: Dataset) -> Colour:
    lab = numbers_of(item, "GraphicLayerRecommendedDisplayCIELabValue")
    if len(lab) == 3:
        return srgb_of(lab)
    grey = number_of(item, "GraphicLayerRecommendedDisplayGrayscaleValue")
    return WHITE if grey is None else grey_of(grey)


def annotations_of(header: Dataset) -> Iterator[Annotation]:
    """The items of the Graphic Annotation Sequence. Raises NotSupported.

    Compound graphics are there a second time as plain ones, for those who do not draw them (C.10.5): these are drawn.
    """
    left = MOST_POINTS
    for item in items_of(header, "GraphicAnnotationSequence"):
        graphics = tuple(map(_graphic, items_of(item, "GraphicObjectSequence")))
        left -= sum(len(one.points) for one in graphics)
        if left < 0:
            raise NotSupported("state_graphic")
        texts = tuple(map(_text, items_of(item, "TextObjectSequence")))
        yield Annotation(tuple(targets_of(item)), text_of(item, "GraphicLayer"), graphics, texts)


def _graphic(item: Dataset) -> Graphic:
    kind = text_of(item, "GraphicType").upper()
    told = numbers_of(item, "GraphicData")
    fewest, most = POINTS.get(kind, (0, 0))
    points = tuple(zip(told[::2], told[1::2], strict=False))
    if kind not in POINTS or len(told) % 2 or not fewest <= len(points) <= (most or MOST_POINTS):
        raise NotSupported("state_graphic")
    if number_of(item, "GraphicDimensions") not in (None, 2.0):
        raise NotSupported("state_graphic")
    colour, thickness = _line_style(item)
    is_filled = text_of(item, "GraphicFilled").upper() == "Y"
    return Graphic(kind, _units(item, "GraphicAnnotationUnits"), points, is_filled, colour, thickness)


def _line_style(item: Dataset) -> tuple[Colour | None, float]:
    """Colour and thickness of a Line Style Sequence. Raises NotSupported for dashes, shadows and fill patterns."""
    style = first_item(item, "LineStyleSequence")
    is_plain = text_of(style, "LineDashingStyle").upper() in ("", "SOLID") and text_of(
        style, "ShadowStyle"
    ).upper() in ("", "OFF")
    fill = first_item(item, "FillStyleSequence")
    if not is_plain or text_of(fill, "FillMode").upper() not in ("", "SOLID"):
        raise NotSupported("state_style")
    lab = numbers_of(style, "PatternOnColorCIELabValue")
    thickness = number_of(style, "LineThickness") or 1.0
    return (srgb_of(lab) if len(lab) == 3 else None), min(max(thickness, 1.0), THICKEST)


def _text(item: Dataset) -> Text:
    box = _corners(item)
    anchor = numbers_of(item, "AnchorPoint")
    if box is None and len(anchor) != 2:
        raise NotSupported("state_text")
    return Text(
        text=text_of(item, "UnformattedTextValue")[:MOST_LETTERS],
        box_units=_units(item, "BoundingBoxAnnotationUnits") if box else "PIXEL",
        box=box,
        justification=text_of(item, "BoundingBoxTextHorizontalJustification").upper() or "LEFT",
        anchor_units=_units(item, "AnchorPointAnnotationUnits") if len(anchor) == 2 else "PIXEL",
        anchor=(anchor[0], anchor[1]) if len(anchor) == 2 else None,
        is_anchor_visible=text_of(item, "AnchorPointVisibility").upper() == "Y",
    )


def _corners(item: Dataset) -> tuple[Point, Point] | None:
    first = numbers_of(item, "BoundingBoxTopLeftHandCorner")
    last = numbers_of(item, "BoundingBoxBottomRightHandCorner")
    return ((first[0], first[1]), (last[0], last[1])) if len(first) == 2 and len(last) == 2 else None


def _units(item: Dataset, keyword: str) -> Units:
    """Of the image's pixels, or of the displayed area; those of a whole slide's matrix are not known here."""
    told = text_of(item, keyword).upper()
    if told == "PIXEL":
        return "PIXEL"
    if told == "DISPLAY":
        return "DISPLAY"
    raise NotSupported("state_units")
