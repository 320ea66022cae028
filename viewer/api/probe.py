"""What a frame's values are: at a pixel, which window suits a part of them, and which looks the file brings.

GET /view/instances/{instance}/frames/{frame}/value?x=&y=, …/auto-window?part=x0,y0,x1,y1 and …/looks
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pacs.http.headers import NO_STORE
from pacs.http.requests import DoorRequest
from viewer.api.answers import VARY, Answer, Later
from viewer.api.params import parse_frame_index, parse_part, parse_pixel
from viewer.api.pictures import visible_instance, with_frame
from viewer.rendering.formats import unit_of
from viewer.rendering.frame_values import FrameValues, address_frame
from viewer.rendering.probe import looks_of, value_at, window_of_part, window_told

if TYPE_CHECKING:
    from pacs.catalog.models import Instance

Outcome = Answer | Later[FrameValues]
JSON = "application/json"


def get_value(request: DoorRequest) -> Outcome:
    """The value at a pixel, with its unit."""
    instance = visible_instance(request)
    column, row = parse_pixel(request.parameters())
    unit = unit_of(instance.display, instance.series.modality)
    return _told(request, instance, lambda frame: {**value_at(frame, column, row), "unit": unit})


def get_auto_window(request: DoorRequest) -> Outcome:
    """The window that suits the part of the frame that is looked at."""
    instance = visible_instance(request)
    part = parse_part(request.parameters())
    return _told(request, instance, lambda frame: window_told(window_of_part(frame, part)))


def get_looks(request: DoorRequest) -> Outcome:
    """The windows and VOI LUTs among which a reader may choose."""
    return _told(request, visible_instance(request), looks_of)


def _told(request: DoorRequest, instance: Instance, tell: Callable[[FrameValues], dict[str, Any]]) -> Outcome:
    def answer(frame: FrameValues) -> Answer:
        body = json.dumps(tell(frame), separators=(",", ":"), allow_nan=False).encode()
        return Answer(200, body, JSON, (NO_STORE, (b"vary", VARY.encode())))

    return with_frame(address_frame(instance, parse_frame_index(request.arguments["frame"])), answer)
