"""Which frame of a series tells most: a look at a few of its middle ones, kept until the series changes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pacs.errors import LightboxError
from pacs.storage.derived import derived_store
from pacs.storage.keys import derived_key, name_digest
from viewer.imaging.errors import CannotShow
from viewer.rendering.display_order import instances_to_show
from viewer.rendering.frame_values import address_frame, frame_values
from viewer.rendering.render import look_at
from viewer.rendering.request import Look

if TYPE_CHECKING:
    from pacs.catalog.models import Instance, Series

KIND = "choice"
FORM = 1
MOST_LOOKED_AT = 7
# The ends of a stack are air, table and scouts; what it was made for lies between.
FIRST_QUARTER, LAST_QUARTER = 0.25, 0.75
LOOK_SIDE = 128  # pixels: enough to tell an empty slice from a full one
GREY_LEVELS = 64


@dataclass(frozen=True)
class Choice:
    """The chosen frame."""

    sop_instance_uid: str
    frame_index: int


def series_key(series: Series, *distinguishing: str | int) -> str:
    """The key of what is derived from a series as it stands: another when an instance comes or goes."""
    return derived_key(name_digest(series.series_instance_uid), series.arrival, *distinguishing)


def known_choice(series: Series) -> Choice | None:
    """The choice if it was made already, of the series as it stands."""
    kept = derived_store().get(KIND, series_key(series, FORM))
    if kept is None:
        return None
    try:
        told = json.loads(kept)
        return Choice(str(told["sop_instance_uid"]), int(told["frame_index"]))
    except (ValueError, KeyError, TypeError):
        return None


def choose_frame(series: Series) -> Choice:
    """The frame that tells most; decodes up to seven where it is not known. Raises CannotShow."""
    known = known_choice(series)
    if known is not None:
        return known
    choice = _choose(series)
    derived_store().put(KIND, series_key(series, FORM), json.dumps(asdict(choice)).encode())
    return choice


def _choose(series: Series) -> Choice:
    rows = instances_to_show(series, "number_of_frames")
    frames = [(row.pk, frame_index) for row in rows for frame_index in range(row.number_of_frames)]
    if not frames:
        raise CannotShow("no_pixels")
    best: tuple[float, Choice] | None = None
    failure = CannotShow("no_pixels")
    for pk, frame_index in (frames[place] for place in places_to_look_at(len(frames))):
        instance = series.instances.get(pk=pk)
        try:
            told = _information_of(instance, frame_index)
        except CannotShow as error:
            failure = error
            continue
        if best is None or told > best[0]:
            best = (told, Choice(instance.sop_instance_uid, frame_index))
    if best is None:
        raise failure
    return best[1]


def places_to_look_at(count: int) -> list[int]:
    """Up to seven places between a quarter and three quarters of `count`, the middle one first.

    The first of equals is chosen, and that should be the middle.
    """
    spread = np.linspace(FIRST_QUARTER, LAST_QUARTER, MOST_LOOKED_AT) * (count - 1)
    places = sorted({round(float(place)) for place in spread})
    return sorted(places, key=lambda place: (abs(place - (count - 1) / 2), place))


def _information_of(instance: Instance, frame_index: int) -> float:
    try:
        frame = frame_values(address_frame(instance, frame_index))
    except LightboxError:
        raise CannotShow("decode_failed") from None
    return information(look_at(frame, Look(), LOOK_SIDE))


def information(picture: np.ndarray[Any, Any]) -> float:
    """Bits a pixel of the greys as a viewer sees them (Shannon), 0 for an empty picture; uint8, colour or grey."""
    greys = picture.mean(axis=-1) if picture.ndim == 3 else picture
    counts = np.histogram(greys, bins=GREY_LEVELS, range=(0, 256))[0]
    shares = counts[counts > 0] / greys.size
    return float(-(shares * np.log2(shares)).sum())
