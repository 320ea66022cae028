"""Where slices lie, in few numbers: most stacks are steps of one length (PS3.3 C.7.6.2.1.1). Pure.

Points are centres of first pixels, LPS millimetres. A run stands for neighbours in order:
[count, x, y, z, dx, dy, dz] goes on by one step, [1, x, y, z] is one alone, [count] are some whose place is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Point = tuple[float, float, float]
Run = list[float]

TOLERANCE_MM = 0.005  # how far a run may be from what it stands for
DIGITS, STEP_DIGITS = 3, 6


def runs_of(points: Sequence[Point | None]) -> list[Run]:
    """As few runs as stand for the points, each within 0.01 mm."""
    runs: list[Run] = []
    at = 0
    while at < len(points):
        run = _run_from(points, at)
        runs.append(run)
        at += int(run[0])
    return runs


def points_of(runs: Sequence[Run]) -> Iterator[Point | None]:
    """The points that the runs stand for."""
    for run in runs:
        start, step = run[1:4], run[4:7] or [0.0, 0.0, 0.0]
        for place in range(int(run[0])):
            if not start:
                yield None
            else:
                x, y, z = (from_ + place * by for from_, by in zip(start, step, strict=True))
                yield x, y, z


def _run_from(points: Sequence[Point | None], at: int) -> Run:
    start = points[at]
    if start is None:
        return [_count_unknown(points, at)]
    # Along each axis the steps that fit all points so far: what is left of them when one does not fit ends the run.
    least, most = [float("-inf")] * 3, [float("inf")] * 3
    count = 1
    for point in points[at + 1 :]:
        if point is None:
            break
        away = [one - other for one, other in zip(point, start, strict=True)]
        lower = [max(low, (far - TOLERANCE_MM) / count) for low, far in zip(least, away, strict=True)]
        upper = [min(high, (far + TOLERANCE_MM) / count) for high, far in zip(most, away, strict=True)]
        if any(low > high for low, high in zip(lower, upper, strict=True)):
            break
        least, most = lower, upper
        count += 1
    told = [round(one, DIGITS) + 0.0 for one in start]
    if count == 1:
        return [1, *told]
    steps = [round((low + high) / 2, STEP_DIGITS) + 0.0 for low, high in zip(least, most, strict=True)]
    return [count, *told, *steps]


def _count_unknown(points: Sequence[Point | None], at: int) -> int:
    count = 0
    for point in points[at:]:
        if point is not None:
            break
        count += 1
    return count
