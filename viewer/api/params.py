"""From query text to a frozen request: all parsing of the pixel routes is here, and frame numbers end here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from pacs.errors import BadRequest
from viewer.api.media import OFFERED, choose
from viewer.api.viewport import parse_viewport
from viewer.imaging.colour_spaces import SPACES, ColourSpace
from viewer.imaging.header_rules import is_applicable
from viewer.imaging.palettes import FILES as PALETTES
from viewer.imaging.types import Window, WindowFunction
from viewer.rendering.annotation import PATIENT, TECHNIQUE
from viewer.rendering.region import WHOLE
from viewer.rendering.request import Look, MediaType, PictureRequest, TileRequest

TILE_SIZES = {"256": 256, "512": 512}
# WebP costs 16 to 50 times the time of JPEG: it is for pictures that are small, and sure to be.
LONGEST_WEBP = 512
WITHOUT_WEBP: tuple[MediaType, ...] = ("image/jpeg", "image/png", "image/gif")
ANNOTATIONS = frozenset((PATIENT, TECHNIQUE))
WITH_PROFILE: tuple[MediaType, ...] = ("image/jpeg", "image/png", "image/webp")
LARGEST_WINDOW = 1e12
THUMBNAIL_SIDE = 256
_KEYWORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})(?:[eE][+-]?\d{1,2})?", re.ASCII)
# As PS3.18 8.3.5.1.4 writes them, and as PS3.3 C.11.2.1.3 does.
FUNCTIONS: dict[str, WindowFunction] = {
    "linear": "LINEAR",
    "linear-exact": "LINEAR_EXACT",
    "linear_exact": "LINEAR_EXACT",
    "sigmoid": "SIGMOID",
}
PRESETS = {
    "lung": Window(-600, 1500),
    "bone": Window(300, 1500),
    "brain": Window(40, 80),
    "abdomen": Window(40, 400),
    "mediastinum": Window(50, 350),
}


def parse_tile_request(path: Mapping[str, str], query: Mapping[str, str]) -> TileRequest:
    """The tile that the path and query ask for. Raises BadRequest."""
    size = query.get("size", "256")
    if size not in TILE_SIZES:
        raise BadRequest(parameter="size", reason="256 or 512")
    return TileRequest(
        frame_index=parse_frame_index(path["frame"]),
        tile_size=TILE_SIZES[size],
        z=int(path["z"]),
        x=int(path["x"]),
        y=int(path["y"]),
        look=parse_tile_look(query),
    )


def parse_picture_request(
    path: Mapping[str, str], query: Mapping[str, str], accept: str, thumbnail: bool
) -> PictureRequest:
    """The rendered frame that the path, query and Accept ask for (PS3.18 8.3.5.1). Raises BadRequest, NotAcceptable.

    Without a frame number it is the first frame.
    """
    viewport, region = parse_viewport(query["viewport"]) if "viewport" in query else (None, WHOLE)
    if thumbnail and query.get("viewport", "").count(",") > 1:  # 8.3.5.1.3
        raise BadRequest(parameter="viewport", reason="of a thumbnail: vw,vh")
    if thumbnail and viewport is None:
        viewport = (THUMBNAIL_SIDE, THUMBNAIL_SIDE)
    media_type = choose(query.get("accept", accept), _offered(viewport))
    # A thumbnail names nobody, and knows neither of these parameters (10.4.1.1.4, Table 8.3.5-2).
    told = {} if thumbnail else query
    return PictureRequest(
        frame_index=parse_frame_index(path.get("frame") or "1"),
        look=parse_look(query),
        viewport=viewport,
        region=region,
        annotation=parse_annotation(told["annotation"]) if "annotation" in told else (),
        quality=parse_quality(query.get("quality", "90")),
        media_type=media_type,
        colour_space=parse_colour_space(told, media_type),
    )


def parse_colour_space(query: Mapping[str, str], media_type: str) -> ColourSpace:
    """Which ICC profile the picture holds (PS3.18 8.3.5.1.5). Raises BadRequest."""
    name = query.get("iccprofile", "no")
    if name not in SPACES:
        raise BadRequest(parameter="iccprofile", reason=f"one of {', '.join(SPACES)}")
    if name != "no" and media_type not in WITH_PROFILE:
        raise BadRequest(
            parameter="iccprofile", reason=f"no: {media_type} holds no profile; {', '.join(WITH_PROFILE)} do"
        )
    return SPACES[name]


def parse_charset(query: Mapping[str, str]) -> None:
    """Raises BadRequest where UTF-8, in which all texts are given, is not among what is taken (PS3.18 8.3.3.2)."""
    taken = {one.partition(";")[0].strip().lower() for one in query.get("charset", "utf-8").split(",")}
    if not taken & {"utf-8", "*"}:
        raise BadRequest(parameter="charset", reason="UTF-8")


def _offered(viewport: tuple[int, int] | None) -> tuple[MediaType, ...]:
    return OFFERED if viewport is not None and max(viewport) <= LONGEST_WEBP else WITHOUT_WEBP


def parse_frame_index(number: str) -> int:
    """DICOM counts frames from 1, arrays from 0: this is the one place where one becomes the other."""
    if int(number) < 1:
        raise BadRequest(parameter="frame", reason="frames are numbered from 1")
    return int(number) - 1


def parse_look(query: Mapping[str, str]) -> Look:
    """The window and inversion asked for. Raises BadRequest."""
    invert = query.get("invert", "0")
    if invert not in ("0", "1"):
        raise BadRequest(parameter="invert", reason="0 or 1")
    return Look(_asked_window(query), invert == "1")


def parse_tile_look(query: Mapping[str, str]) -> Look:
    """The same, and what PS3.18 has no word for: one of the file's VOI LUTs, and a palette. Raises BadRequest."""
    look = parse_look(query)
    palette = query.get("palette")
    if palette is not None and palette not in PALETTES:
        raise BadRequest(parameter="palette", reason=f"one of {', '.join(PALETTES)}")
    return replace(look, voi_lut_index=_voi_lut_index(query), palette=palette)


def _voi_lut_index(query: Mapping[str, str]) -> int | None:
    number = query.get("voi-lut")
    if number is None:
        return None
    if "window" in query or "preset" in query:
        raise BadRequest(parameter="voi-lut", reason="a window and a table cannot both be applied")
    if not re.fullmatch(r"[0-9]{1,3}", number) or int(number) < 1:
        raise BadRequest(parameter="voi-lut", reason="the number of one of the file's VOI LUTs, from 1")
    return int(number) - 1


def parse_pixel(query: Mapping[str, str]) -> tuple[int, int]:
    """(column, row) of a pixel, from 0. Raises BadRequest."""
    column, row = (_whole(query, name) for name in ("x", "y"))
    return column, row


def _whole(query: Mapping[str, str], name: str) -> int:
    text = query.get(name, "")
    if not re.fullmatch(r"[0-9]{1,5}", text):
        raise BadRequest(parameter=name, reason="a pixel of the image, from 0")
    return int(text)


def parse_part(query: Mapping[str, str]) -> tuple[slice, slice]:
    """(rows, columns) of a part of an image, by part=x0,y0,x1,y1 in pixels, the ends not included; else all of it.

    Raises BadRequest.
    """
    if "part" not in query:
        return slice(None), slice(None)
    found = re.fullmatch(r"([0-9]{1,5}),([0-9]{1,5}),([0-9]{1,5}),([0-9]{1,5})", query["part"])
    x0, y0, x1, y1 = (int(text) for text in found.groups()) if found else (0, 0, 0, 0)
    if not (x0 < x1 and y0 < y1):
        raise BadRequest(parameter="part", reason="x0,y0,x1,y1 in pixels, the second corner beyond the first")
    return slice(y0, y1), slice(x0, x1)


def _asked_window(query: Mapping[str, str]) -> Window | None:
    if "window" in query:
        return parse_window(query["window"])
    preset = query.get("preset")
    if preset is None:
        return None
    if preset not in PRESETS:
        raise BadRequest(parameter="preset", reason=f"one of {', '.join(PRESETS)}")
    return PRESETS[preset]


def parse_window(text: str) -> Window:
    """center,width[,function]. Raises BadRequest; PS3.3 C.11.2.1.2: a linear width is at least 1, others above 0."""
    parts = text.split(",")
    if len(parts) not in (2, 3):
        raise BadRequest(parameter="window", reason="center,width or center,width,function")
    center, width = _number(parts[0]), _number(parts[1])
    function = FUNCTIONS.get(parts[2].lower()) if len(parts) == 3 else "LINEAR"
    if function is None:
        raise BadRequest(parameter="window", reason="the function is linear, linear-exact or sigmoid")
    if not is_applicable(width, function):
        raise BadRequest(
            parameter="window", reason="the width is at least 1, or above 0 for linear-exact and sigmoid"
        )
    return Window(center, width, function)


def _number(text: str) -> float:
    if _NUMBER.fullmatch(text) is None or abs(float(text)) > LARGEST_WINDOW:
        raise BadRequest(parameter="window", reason="center and width are decimal numbers")
    return float(text)


def parse_annotation(text: str) -> tuple[str, ...]:
    """What is to be written into the picture; keywords that are not known are left out. Raises BadRequest."""
    return tuple(sorted(_keywords(text) & ANNOTATIONS))


def unknown_annotations(text: str) -> tuple[str, ...]:
    """The keywords that are not known: they are ignored, and the client is warned (8.3.5.1.1). Raises BadRequest."""
    return tuple(sorted(_keywords(text) - ANNOTATIONS))


def _keywords(text: str) -> frozenset[str]:
    keywords = text.split(",")
    if not all(map(_KEYWORD.fullmatch, keywords)):
        raise BadRequest(
            parameter="annotation", reason=f"{PATIENT}, {TECHNIQUE} or both, with a comma between"
        )
    return frozenset(keywords)


def parse_quality(text: str) -> int:
    """1 to 100 (PS3.18 8.3.5.1.2). Raises BadRequest."""
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= 100:
        raise BadRequest(parameter="quality", reason="1 to 100")
    return int(text)
