"""Why a frame has no picture: the one place where the sandbox's verdicts become reasons, and where they are remembered.

A frame whose decoding was killed twice is not tried again by this process (promise P8): each try would hold
a child for as long as it may run, and keep it from the frames of others.
"""

from __future__ import annotations

from collections.abc import Callable

from pacs.errors import SandboxKilled, SandboxRefused
from pacs.sandbox import pool
from pacs.sandbox.kills import KILLS_ALLOWED, Kills
from viewer.imaging.errors import CannotShow

KILLED = "decoding_killed"
FAILED = "decode_failed"

# What the app and API clients are told, by the reason's code.
WORDS = {
    "no_pixels": "This object holds no image.",
    "video": "This is a video. It is kept and can be downloaded; showing it is not possible yet.",
    "unsupported_transfer_syntax": "This image is compressed in a way that cannot be read here.",
    "unsupported_photometric": "The colours of this image are coded in a way that cannot be read here.",
    "size_mismatch": "The image data does not have the size that the file states.",
    "too_large": "This image is larger than can be shown.",
    "state_kind": "This kind of presentation state is not applied here.",
    "state_table": "A table of this presentation state cannot be applied.",
    "state_mask": "This presentation state subtracts a mask, which is not done here.",
    "state_overlay": "This presentation state shows overlays, which is not done here.",
    "state_shutter": "The shutter of this presentation state cannot be applied.",
    "state_area": "The displayed area of this presentation state cannot be shown.",
    "state_rotation": "This presentation state turns its image by no quarter.",
    "state_graphic": "A graphic of this presentation state cannot be drawn.",
    "state_style": "A graphic of this presentation state has a style that is not drawn here.",
    "state_text": "A text of this presentation state has no place.",
    "state_units": "An annotation of this presentation state has a place that is not known here.",
    "state_colour": "This presentation state is for grey images, and this one is in colours.",
    KILLED: "Reading this image took too much time or memory and was stopped.",
    FAILED: "The image data is damaged and cannot be read.",
}


def words_for(reason: str) -> str:
    """Plain words for a reason code."""
    return WORDS.get(reason, WORDS[FAILED])


kills = Kills()


def run_guarded(
    thing: str, function: Callable[..., pool.Wire], *args: object, deadline_s: float | None = None
) -> pool.Wire:
    """`function(*args)` in the sandbox, tried again once when its child was killed.

    Raises CannotShow with what the function gave as its reason, or because this thing was killed twice;
    Overloaded as pool.run does.
    """
    while kills.count(thing) < KILLS_ALLOWED:
        try:
            return pool.run(function, *args, deadline_s=deadline_s)
        except SandboxKilled:
            kills.add(thing)
        except SandboxRefused as refused:
            is_reason = refused.fields.get("error") == CannotShow.__name__
            reason = str(refused.fields.get("reason")) if is_reason else FAILED
            raise CannotShow(reason) from None
    raise CannotShow(KILLED)
