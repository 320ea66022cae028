"""Where every frame of a series lies in the patient, as the digest tells it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import TYPE_CHECKING, Any

from pacs.catalog.positions import Point, Run, points_of, runs_of

if TYPE_CHECKING:
    from pacs.catalog.models import Instance

AXES = 3


def places_of(instances: Iterable[Instance]) -> list[Run] | None:
    """Centres of first pixels, frame by frame in display order, as runs; None where none is known."""
    points = [point for instance in instances for point in _points(instance)]
    return runs_of(points) if any(points) else None


def _points(instance: Instance) -> Iterator[Point | None]:
    if instance.number_of_frames == 1:
        yield _point(instance.display.get("ImagePositionPatient"))
        return
    # The one position of such an object is its first frame's.
    points = list(points_of(instance.display.get("FramePositions") or ()))
    yield from points if len(points) == instance.number_of_frames else repeat(None, instance.number_of_frames)


def _point(position: Any) -> Point | None:
    if not isinstance(position, list) or len(position) != AXES or None in position:
        return None
    x, y, z = position
    return float(x), float(y), float(z)
