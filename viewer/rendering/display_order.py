"""In which order a series is scrolled: along the body where positions tell, else as its numbers say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from pacs.catalog.pixel_source import Layout

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from pacs.catalog.models import Instance, Series

NOT_SHOWN = (Layout.NONE, Layout.VIDEO)
COSINE_TOLERANCE = 1e-3
LAST = 1 << 62  # what has no number comes after what has one


def instances_to_show(series: Series, *fields: str) -> list[Instance]:
    """The series's instances that can be shown, in display order; `fields` are loaded beside those of the order."""
    rows: QuerySet[Instance, Any] = series.instances.filter(number_of_frames__gt=0)
    rows = rows.exclude(pixel_layout__in=NOT_SHOWN)
    return in_display_order(
        rows.only("series", "sop_instance_uid", "instance_number", "position_mm", "display", *fields)
    )


def in_display_order(instances: Iterable[Instance]) -> list[Instance]:
    """Along the slice normal when every instance has a position of its own, in the direction in which the numbers run.

    Where positions repeat (phases, echoes, views), or lie along several normals (the planes of a localizer), by
    Instance Number (PS3.3 C.7.6.1), which is how the maker laid them out.
    """
    by_number = sorted(instances, key=_number)
    positions = [instance.position_mm for instance in by_number]
    if None in positions or len(set(positions)) < len(positions) or not _are_parallel(by_number):
        return by_number
    by_position = sorted(by_number, key=lambda instance: instance.position_mm or 0.0)
    if _runs_down([instance.position_mm or 0.0 for instance in by_number]):
        by_position.reverse()
    return by_position


def _number(instance: Instance) -> tuple[int, str]:
    number = instance.instance_number
    return (LAST if number is None else number, instance.sop_instance_uid)


def _are_parallel(instances: Sequence[Instance]) -> bool:
    """Whether all lie in one plane's direction, within what makers round."""
    orientations = [_orientation(instance) for instance in instances]
    return all(
        abs(cosine - other) <= COSINE_TOLERANCE
        for orientation in orientations
        for cosine, other in zip(orientation, orientations[0], strict=False)
    )


def _orientation(instance: Instance) -> tuple[float, ...]:
    """Its direction cosines. Who has a position has them: it was measured along their normal."""
    return tuple(cosine or 0.0 for cosine in instance.display.get("ImageOrientationPatient") or ())


def _runs_down(positions_by_number: Sequence[float]) -> bool:
    """Whether the numbers run against the normal. Single files out of line do not turn a series round."""
    half = len(positions_by_number) // 2
    if half == 0:
        return False
    return sum(positions_by_number[:half]) / half > sum(positions_by_number[-half:]) / half
