"""How a study's images hang side by side, as its digest tells it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from viewer.hanging.match import View, hang

MOST_IMAGES = 64  # no rule hangs more; a study of thousands of slices is not looked through


def hanging_of(series: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The hanging of these series of a digest, or None where no rule knows better than their order."""
    hanging = hang([view for place, one in enumerate(series) for view in _views(place, one)])
    if hanging is None:
        return None
    return {"name": hanging.name, "rows": [[asdict(hung) for hung in row] for row in hanging.rows]}


def _views(place: int, series: dict[str, Any]) -> Iterator[View]:
    for number, (_, frames, kind, *_rest) in enumerate(series["instances"][:MOST_IMAGES]):
        told = series["formats"][kind]["view"] or {"position": "", "laterality": ""}
        yield View(
            series=place,
            instance=number,
            modality=series["modality"],
            body_part=series["body_part"].upper(),
            position=told["position"].upper(),
            laterality=told["laterality"] or series["laterality"],
            number_of_frames=frames,
        )
