"""A bar is what must be reached and what is good; a figure is what was measured against it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Direction = Literal["at least", "at most"]


@dataclass(frozen=True)
class Bar:
    """Two thresholds for one figure; unit "x" is a ratio."""

    name: str
    unit: str
    direction: Direction
    must: float
    good: float

    def figure(self, value: float, told: str) -> Figure:
        """What was measured; `told` is what stands behind it, in words."""
        return Figure(self, value, told)

    def none(self, why: str) -> Figure:
        """It could not be measured."""
        return Figure(self, None, why)

    def reached_by(self, value: float, threshold: float) -> bool:
        """Whether the value is on the right side of a threshold."""
        return value >= threshold if self.direction == "at least" else value <= threshold


@dataclass(frozen=True)
class Figure:
    """A measured value, or none and the reason."""

    bar: Bar
    value: float | None
    told: str

    @property
    def verdict(self) -> str:
        """good, met, MISSED, or a dash where nothing was measured."""
        if self.value is None:
            return "-"
        if self.bar.reached_by(self.value, self.bar.good):
            return "good"
        return "met" if self.bar.reached_by(self.value, self.bar.must) else "MISSED"


def at_least(name: str, unit: str, must: float, good: float) -> Bar:
    """More is better."""
    return Bar(name, unit, "at least", must, good)


def at_most(name: str, unit: str, must: float, good: float) -> Bar:
    """Less is better."""
    return Bar(name, unit, "at most", must, good)


def table(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    head = [("bar", "here", "must", "good", "", "behind the figure"), ("---",) * 6]
    return "\n".join((*map(_line, head), *map(row, figures)))


def row(figure: Figure) -> str:
    """One of its rows."""
    bar, sign = figure.bar, ">=" if figure.bar.direction == "at least" else "<="
    here = "-" if figure.value is None else _number(figure.value, bar.unit)
    thresholds = [f"{sign} {_number(threshold, bar.unit)}" for threshold in (bar.must, bar.good)]
    return _line((bar.name, here, *thresholds, figure.verdict, figure.told))


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _number(value: float, unit: str) -> str:
    text = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    return f"{text}{unit}" if unit == "x" else f"{text} {unit}"
