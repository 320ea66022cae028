"""From the header of a presentation state, as DICOM JSON, to its values (PS3.3 A.33.1, A.33.3). Pure.

What would change the picture and is not done here is named and refused: a state is shown as it was meant, or not.
"""

from __future__ import annotations

from collections.abc import Iterator

from viewer.documents.elements import (
    Dataset,
    items_of,
    number_of,
    numbers_of,
    text_of,
    values_of,
)
from viewer.imaging.header_rules import FUNCTIONS, is_applicable
from viewer.imaging.types import Lut, Rescale, Window
from viewer.states.annotations import annotations_of, layers_of
from viewer.states.colours import grey_of, srgb_of
from viewer.states.state import Area, NotSupported, Point, Shutter, State, Target, Voi
from viewer.states.tables import Bulk, lut_of, palette_of
from viewer.states.targets import targets_of

MOST_ASPECT = 64.0
ROTATIONS = {0: 0, 90: 1, 180: 2, 270: 3}
OVERLAY_GROUPS = range(0x6000, 0x6020, 2)
MODES = ("SCALE TO FIT", "TRUE SIZE", "MAGNIFY")
FARTHEST = 1 << 20  # pixels that a displayed area may reach beyond its image


def read_state(header: Dataset, bulk: Bulk, *, has_palette: bool) -> State:
    """The state. `bulk` reads values that the header leaves out. Raises NotSupported."""
    _refuse_what_is_not_done(header)
    spatial = number_of(header, "ImageRotation") or 0.0
    if spatial not in ROTATIONS:
        raise NotSupported("state_rotation")
    inverse, presentation = _presentation(header, bulk)
    return State(
        targets=tuple(_relations(header)),
        modality=_modality(header, bulk),
        vois=tuple(_vois(header, bulk)),
        is_inverse=inverse,
        presentation=presentation,
        palette=palette_of(header, bulk) if has_palette else None,
        shutter=_shutter(header),
        areas=tuple(map(_area, items_of(header, "DisplayedAreaSelectionSequence"))),
        turns=ROTATIONS[int(spatial)],
        is_flipped=text_of(header, "ImageHorizontalFlip") == "Y",
        layers=layers_of(header),
        annotations=tuple(annotations_of(header)),
    )


def _refuse_what_is_not_done(header: Dataset) -> None:
    if values_of(header, "MaskSubtractionSequence"):
        raise NotSupported("state_mask")
    for group in OVERLAY_GROUPS:
        activated = header.get(f"{group:04X}1001")
        if isinstance(activated, dict) and any(activated.get("Value") or ()):
            raise NotSupported("state_overlay")


def _relations(header: Dataset) -> Iterator[Target]:
    """All images that the state is for (C.11.11)."""
    for series in items_of(header, "ReferencedSeriesSequence"):
        yield from targets_of(series)


def _modality(header: Dataset, bulk: Bulk) -> Rescale | Lut:
    """That of the state, else identity: that of the image is not used (PS3.4 N.2.1.1)."""
    items = list(items_of(header, "ModalityLUTSequence"))
    if items:
        return lut_of(items[0], bulk)
    slope, intercept = number_of(header, "RescaleSlope"), number_of(header, "RescaleIntercept")
    return Rescale(1.0 if slope is None else slope, intercept or 0.0)


def _vois(header: Dataset, bulk: Bulk) -> Iterator[Voi]:
    """Windows before tables, where an item brings both: either may be chosen (C.11.2.1)."""
    for item in items_of(header, "SoftcopyVOILUTSequence"):
        targets = tuple(targets_of(item))
        window = _window(item)
        tables = list(items_of(item, "VOILUTSequence"))
        if window is not None:
            yield Voi(targets, window)
        elif tables:
            yield Voi(targets, lut_of(tables[0], bulk))


def _window(item: Dataset) -> Window | None:
    center, width = number_of(item, "WindowCenter"), number_of(item, "WindowWidth")
    if center is None or width is None:
        return None
    function = FUNCTIONS.get(text_of(item, "VOILUTFunction").upper(), "LINEAR")
    if not is_applicable(width, function):
        raise NotSupported("state_table")
    return Window(center, width, function)


def _presentation(header: Dataset, bulk: Bulk) -> tuple[bool, Lut | None]:
    """Whether the shape is INVERSE, and the table instead of a shape (C.11.6)."""
    items = list(items_of(header, "PresentationLUTSequence"))
    if items:
        return False, lut_of(items[0], bulk)
    shape = text_of(header, "PresentationLUTShape").upper()
    if shape not in ("", "IDENTITY", "INVERSE"):
        raise NotSupported("state_table")
    return shape == "INVERSE", None


def _shutter(header: Dataset) -> Shutter | None:
    """C.7.6.11, with its grey of C.7.6.15 or its colour."""
    shapes = [str(one).upper() for one in values_of(header, "ShutterShape")]
    if not shapes:
        return None
    if not set(shapes) <= {"RECTANGULAR", "CIRCULAR", "POLYGONAL"}:
        raise NotSupported("state_shutter")
    lab, grey = (
        numbers_of(header, "ShutterPresentationColorCIELabValue"),
        number_of(header, "ShutterPresentationValue"),
    )
    return Shutter(
        _rectangle(header) if "RECTANGULAR" in shapes else None,
        _circle(header) if "CIRCULAR" in shapes else None,
        tuple(_polygon(header)) if "POLYGONAL" in shapes else (),
        srgb_of(lab) if len(lab) == 3 else grey_of(grey or 0.0),
    )


def _rectangle(header: Dataset) -> tuple[float, float, float, float]:
    """Columns and rows are numbered from 1, and those of the edges are seen."""
    names = ("LeftVertical", "UpperHorizontal", "RightVertical", "LowerHorizontal")
    edges = [number_of(header, f"Shutter{name}Edge") for name in names]
    if None in edges:
        raise NotSupported("state_shutter")
    left, top, right, bottom = (edge or 0.0 for edge in edges)
    return left - 1, top - 1, right, bottom


def _circle(header: Dataset) -> tuple[Point, float]:
    centre, radius = (
        numbers_of(header, "CenterOfCircularShutter"),
        number_of(header, "RadiusOfCircularShutter"),
    )
    if len(centre) != 2 or radius is None:
        raise NotSupported("state_shutter")
    return (centre[1] - 0.5, centre[0] - 0.5), radius


def _polygon(header: Dataset) -> Iterator[Point]:
    told = numbers_of(header, "VerticesOfThePolygonalShutter")
    if len(told) < 6 or len(told) % 2:
        raise NotSupported("state_shutter")
    yield from ((column - 0.5, row - 0.5) for row, column in zip(told[::2], told[1::2], strict=True))


def _area(item: Dataset) -> Area:
    """Corners are numbered from 1 and both are seen; which is which depends on how the image is turned (C.10.4)."""
    first = numbers_of(item, "DisplayedAreaTopLeftHandCorner")
    last = numbers_of(item, "DisplayedAreaBottomRightHandCorner")
    mode = text_of(item, "PresentationSizeMode").upper()
    if len(first) != 2 or len(last) != 2 or mode not in MODES or max(map(abs, first + last)) > FARTHEST:
        raise NotSupported("state_area")
    (x0, x1), (y0, y1) = sorted((first[0], last[0])), sorted((first[1], last[1]))
    ratio = number_of(item, "PresentationPixelMagnificationRatio")
    if mode == "MAGNIFY" and not (ratio and 0 < ratio <= FARTHEST):
        raise NotSupported("state_area")
    return Area(
        tuple(targets_of(item)),
        int(x0) - 1,
        int(y0) - 1,
        int(x1),
        int(y1),
        _aspect(item),
        ratio if mode == "MAGNIFY" else None,
    )


def _aspect(item: Dataset) -> float:
    for keyword in ("PresentationPixelSpacing", "PresentationPixelAspectRatio"):
        told = [float(one) for one in values_of(item, keyword) if isinstance(one, int | float)]
        if len(told) == 2 and min(told) > 0 and 1 / MOST_ASPECT <= told[0] / told[1] <= MOST_ASPECT:
            return told[0] / told[1]
    return 1.0
