"""What a presentation state says, read from its header, and where its graphics come to lie; without a server."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageDraw
from pydicom import dcmread

from pacs.catalog.header_json import header_json
from tests import builders
from tests.builders import item_of
from viewer.imaging.types import Lut, Rescale, Window
from viewer.states.colours import srgb_of
from viewer.states.drawing import draw_graphic, shuttered
from viewer.states.geometry import Display, cut, natural_size, turned
from viewer.states.reading import read_state
from viewer.states.state import Area, Graphic, NotSupported, Shutter, State

IMAGE = builders.ct_slice(4, 6)


def state_of(**attributes: Any) -> State:
    file = builders.state(IMAGE, **attributes)
    header = json.loads(header_json(dcmread(BytesIO(file))))
    return read_state(header, lambda address: pytest.fail(address), has_palette=False)


def area(**attributes: Any) -> Any:
    told = {
        "DisplayedAreaTopLeftHandCorner": [1, 1],
        "DisplayedAreaBottomRightHandCorner": [6, 4],
        "PresentationSizeMode": "SCALE TO FIT",
        "PresentationPixelAspectRatio": [1, 1],
    }
    return item_of(**{**told, **attributes})


def graphic(**attributes: Any) -> Any:
    told = {
        "GraphicAnnotationUnits": "PIXEL",
        "GraphicDimensions": 2,
        "NumberOfGraphicPoints": 2,
        "GraphicData": [1, 2, 3, 4],
        "GraphicType": "POLYLINE",
        "GraphicFilled": "N",
    }
    item = item_of(**{**told, **attributes})
    return item_of(GraphicLayer="A", GraphicObjectSequence=[item])


def test_the_whole_of_a_state() -> None:
    table = item_of(LUTDescriptor=[4, 0, 8], LUTData=b"\0\x55\xaa\xff")
    state = state_of(
        RescaleSlope=2, RescaleIntercept=-10,
        SoftcopyVOILUTSequence=[
            item_of(WindowCenter=40, WindowWidth=80, VOILUTFunction="SIGMOID"), item_of(VOILUTSequence=[table]),
        ],
        PresentationLUTShape="INVERSE", ImageRotation=90, ImageHorizontalFlip="Y",
        DisplayedAreaSelectionSequence=[area(PresentationSizeMode="MAGNIFY", PresentationPixelMagnificationRatio=2)],
        GraphicLayerSequence=[
            item_of(GraphicLayer="B", GraphicLayerOrder=2, GraphicLayerRecommendedDisplayGrayscaleValue=0),
            item_of(GraphicLayer="A", GraphicLayerOrder=1, GraphicLayerRecommendedDisplayCIELabValue=[0, 0, 0]),
        ],
        GraphicAnnotationSequence=[graphic()],
    )  # fmt: skip
    (target,) = state.targets
    assert target.sop_instance_uid == str(dcmread(BytesIO(IMAGE)).SOPInstanceUID)
    assert state.modality == Rescale(2, -10)
    first, second = (one.by for one in state.vois)
    assert first == Window(40, 80, "SIGMOID")
    assert isinstance(second, Lut)
    assert (second.first, second.bits, second.entries.tolist()) == (0, 8, [0, 85, 170, 255])
    assert (state.is_inverse, state.turns, state.is_flipped) == (True, 1, True)
    assert state.areas == (Area((), 0, 0, 6, 4, 1.0, 2.0),)
    assert [name for name, _ in state.layers] == ["A", "B"]
    (annotation,) = state.annotations
    assert annotation.graphics == (Graphic("POLYLINE", "PIXEL", ((1, 2), (3, 4)), False),)


DASHED = item_of(LineDashingStyle="DASHED")


@pytest.mark.parametrize(
    ("what", "attributes"),
    [
        ("state_mask", {"MaskSubtractionSequence": [item_of(MaskOperation="AVG_SUB")]}),
        ("state_rotation", {"ImageRotation": 45}),
        ("state_shutter", {"ShutterShape": "BITMAP", "ShutterOverlayGroup": 0x6000}),
        ("state_shutter", {"ShutterShape": "CIRCULAR"}),
        ("state_area", {"DisplayedAreaSelectionSequence": [area(PresentationSizeMode="HUGE")]}),
        ("state_area", {"DisplayedAreaSelectionSequence": [area(DisplayedAreaBottomRightHandCorner=[2**30, 4])]}),
        ("state_graphic", {"GraphicAnnotationSequence": [graphic(GraphicType="ARROW")]}),
        ("state_graphic", {"GraphicAnnotationSequence": [graphic(GraphicType="CIRCLE", GraphicData=[1, 2])]}),
        ("state_units", {"GraphicAnnotationSequence": [graphic(GraphicAnnotationUnits="MATRIX")]}),
        ("state_style", {"GraphicAnnotationSequence": [graphic(LineStyleSequence=[DASHED])]}),
        ("state_table", {"SoftcopyVOILUTSequence": [item_of(WindowCenter=1, WindowWidth=0)]}),
        ("state_table", {"ModalityLUTSequence": [item_of(LUTDescriptor=[9, 0, 8], LUTData=b"12")]}),
        (
            "state_text",
            {"GraphicAnnotationSequence": [
                item_of(GraphicLayer="A", TextObjectSequence=[item_of(UnformattedTextValue="x")])
            ]},
        ),
    ],
)  # fmt: skip
def test_what_is_not_done_is_refused_by_name(what: str, attributes: dict[str, Any]) -> None:
    with pytest.raises(NotSupported) as refused:
        state_of(**attributes)
    assert refused.value.what == what


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("is_flipped", [False, True])
def test_a_place_goes_where_its_pixel_goes(turns: int, is_flipped: bool) -> None:
    """Each pixel's middle, by the map for annotations, and by the turning of the picture: two ways, one place."""
    picture = np.arange(24, dtype=np.uint8).reshape(4, 6)
    shown = Area((), 1, 1, 5, 4, 1.0)
    lying = turned(cut(picture, shown), turns, is_flipped=is_flipped)
    display = Display(shown, turns, is_flipped, (lying.shape[1], lying.shape[0]))
    for row in range(1, 4):
        for column in range(1, 5):
            x, y = display.place((column + 0.5, row + 0.5), "PIXEL")
            assert lying[int(y), int(x)] == picture[row, column]


def test_a_quarter_goes_clockwise_and_the_flip_comes_after() -> None:
    picture = np.array([[1, 2], [3, 4]], np.uint8)
    assert turned(picture, 1, is_flipped=False).tolist() == [[3, 1], [4, 2]]
    assert turned(picture, 1, is_flipped=True).tolist() == [[1, 3], [2, 4]]


def test_an_area_beyond_the_image_is_black_there() -> None:
    picture = np.full((2, 2), 9, np.uint8)
    assert cut(picture, Area((), -1, -1, 3, 1, 1.0)).tolist() == [[0, 0, 0, 0], [0, 9, 9, 0]]
    assert not cut(picture, Area((), 5, 5, 7, 7, 1.0)).any()


@pytest.mark.parametrize(
    ("aspect", "turns", "size"), [(2, 0, (6, 8)), (0.5, 0, (12, 4)), (2, 1, (8, 6)), (1, 3, (4, 6))]
)
def test_pixels_come_out_square(aspect: float, turns: int, size: tuple[float, float]) -> None:
    assert natural_size(Area((), 0, 0, 6, 4, aspect), turns) == size


def test_shutters_leave_what_lies_in_all_of_them() -> None:
    picture = np.full((8, 8, 3), 200, np.uint8)
    seen = shuttered(picture, Shutter(rectangle=(1, 2, 7, 6), colour=(9, 9, 9)))[..., 0]
    assert (seen[2:6, 1:7] == 200).all()
    assert [int(np.count_nonzero(seen == one)) for one in (200, 9)] == [24, 40]
    circle = shuttered(picture, Shutter(circle=((4.0, 4.0), 2.0)))[..., 0] == 200
    rows, columns = np.indices((8, 8)) + 0.5
    assert np.array_equal(circle, (rows - 4) ** 2 + (columns - 4) ** 2 <= 4)
    flat = shuttered(picture, Shutter(circle=((4.0, 4.0), 3.0)), 2.0)[..., 0] == 200
    assert np.array_equal(flat, ((rows - 4) * 2) ** 2 + (columns - 4) ** 2 <= 9)
    corner = shuttered(picture, Shutter(polygon=((0.5, 0.5), (5.5, 0.5), (0.5, 5.5))))[..., 0] == 200
    assert corner[0, :6].all()
    assert not corner[4, 4]


@pytest.mark.parametrize(
    ("kind", "points", "on", "off"),
    [
        ("POLYLINE", ((2, 2), (12, 2)), [(2, 2), (7, 2), (11, 2)], [(7, 6)]),
        ("CIRCLE", ((8, 8), (12, 8)), [(12, 8), (4, 8), (8, 12), (8, 4)], [(8, 8), (12, 12)]),
        ("ELLIPSE", ((2, 8), (14, 8), (8, 5), (8, 11)), [(2, 8), (14, 8), (8, 5), (8, 11)], [(8, 8), (2, 3)]),
        ("INTERPOLATED", ((2, 8), (8, 3), (14, 8)), [(2, 8), (8, 3), (14, 8)], [(8, 8)]),
    ],
)
def test_each_kind_of_graphic(kind: str, points: Any, on: list[Any], off: list[Any]) -> None:
    image = Image.new("RGB", (16, 16))
    display = Display(Area((), 0, 0, 16, 16, 1.0), 0, False, (16, 16))
    draw_graphic(ImageDraw.Draw(image), Graphic(kind, "PIXEL", points, False), display, (255, 0, 0))
    drawn = np.asarray(image)[..., 0] > 0

    def near(x: int, y: int) -> bool:
        return bool(drawn[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2].any())

    assert all(near(*point) for point in on)
    assert not any(near(*point) for point in off)


def test_a_closed_figure_is_filled_where_it_says_so() -> None:
    image = Image.new("RGB", (16, 16))
    display = Display(Area((), 0, 0, 16, 16, 1.0), 0, False, (32, 32))
    square = Graphic(
        "POLYLINE", "DISPLAY", ((0.25, 0.25), (0.5, 0.25), (0.5, 0.5), (0.25, 0.25)), True, (0, 255, 0)
    )
    draw_graphic(ImageDraw.Draw(image), square, display, (255, 0, 0))
    assert image.getpixel((13, 10)) == (0, 255, 0)  # of its own colour, where it was scaled to


@pytest.mark.parametrize(
    "colour", [(255, 0, 0), (0, 128, 0), (20, 60, 250), (255, 255, 255), (0, 0, 0), (128, 128, 128)]
)
def test_cielab_as_littlecms_has_it(colour: tuple[int, int, int]) -> None:
    """Round through a Lab profile that is not ours."""
    to_lab = ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"),
        ImageCms.createProfile("LAB", 5000),
        "RGB",
        "LAB",
    )
    patch = ImageCms.applyTransform(Image.new("RGB", (1, 1), colour), to_lab)
    assert patch is not None
    lightness, a, b = np.frombuffer(patch.tobytes(), np.uint8)
    signed = [int(one) - 256 if one > 127 else int(one) for one in (a, b)]
    coded = [int(lightness) * 65535 / 255, *((one + 128) * 65535 / 255 for one in signed)]
    assert np.abs(np.array(srgb_of(coded)) - colour).max() <= 8  # eight bits of Lab tell no more
