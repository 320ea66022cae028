"""The viewport of a rendered picture as it is written in a query (PS3.18 8.3.5.1.3)."""

from __future__ import annotations

import re

from pacs.errors import BadRequest
from viewer.rendering.region import Region

LONGEST_SIDE = 8192  # of a viewport, in pixels
_SIDE = re.compile(r"[0-9]{1,5}", re.ASCII)
_OFFSET = re.compile(r"[+-]?(?:[0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})", re.ASCII)


def parse_viewport(text: str) -> tuple[tuple[int, int], Region]:
    """vw,vh[,[sx],[sy],[sw],[sh]]: width and height of the picture at most, and which region of the source is in it.

    Those of the region may be left empty, the last of them out. Its numbers are taken without their signs; a negative
    sw or sh says that the picture is flipped, from left to right or from top to bottom. Raises BadRequest.
    """
    parts = text.split(",")
    if not 2 <= len(parts) <= 6:
        raise BadRequest(parameter="viewport", reason="vw,vh or vw,vh,sx,sy or vw,vh,sx,sy,sw,sh, in pixels")
    sides = (_side(parts[0]), _side(parts[1]))
    left, top, width, height = [_offset(part) for part in (*parts[2:], "", "", "", "")[:4]]
    region = Region(
        left=abs(left or 0.0),
        top=abs(top or 0.0),
        width=_length(width),
        height=_length(height),
        turns_left_right=width is not None and width < 0,
        turns_top_bottom=height is not None and height < 0,
    )
    return sides, region


def _side(text: str) -> int:
    if not _SIDE.fullmatch(text) or not 0 < int(text) <= LONGEST_SIDE:
        raise BadRequest(parameter="viewport", reason=f"a width and a height of 1 to {LONGEST_SIDE} pixels")
    return int(text)


def _offset(text: str) -> float | None:
    if not text:
        return None
    if not _OFFSET.fullmatch(text):
        raise BadRequest(parameter="viewport", reason="a region is told in decimal numbers of pixels")
    return float(text)


def _length(signed: float | None) -> float | None:
    if signed is None:
        return None
    if abs(signed) < 1:
        raise BadRequest(parameter="viewport", reason="a region is at least one pixel wide and high")
    return abs(signed)
