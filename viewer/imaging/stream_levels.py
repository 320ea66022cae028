"""Which sizes of a frame are sent one after another: from the smallest that is of use to the whole, doubling."""

from __future__ import annotations

from dataclasses import dataclass

from viewer.imaging.htj2k import Codestream

LEAST_SIDE = 64  # below it nothing can be told
MOST_HALVINGS = 3  # an eighth of the sides: a fiftieth of the bytes
FIRST_LONGEST = 512  # the first size of a film is made smaller still, until it is no longer than this


@dataclass(frozen=True)
class StreamLevel:
    """One size, and the bytes of the codestream that it adds to those of the level before."""

    rows: int
    columns: int
    start: int
    end: int


def levels_of(rows: int, columns: int, stream: Codestream) -> tuple[StreamLevel, ...]:
    """The levels of a codestream of this many rows and columns, the smallest first, the last exact."""
    most = len(stream.ends) - 1
    halvings = min(most, first_halvings(rows, columns))
    levels, start = [], 0
    for halved in range(halvings, -1, -1):
        end = stream.ends[most - halved]
        step = 1 << halved
        levels.append(StreamLevel(-(-rows // step), -(-columns // step), start, end))
        start = end
    return tuple(levels)


def first_halvings(rows: int, columns: int) -> int:
    """How often the sides of the first level are halved."""
    halvings = 0
    while min(rows, columns) >> (halvings + 1) >= LEAST_SIDE and (
        halvings < MOST_HALVINGS or max(rows, columns) >> halvings > FIRST_LONGEST
    ):
        halvings += 1
    return halvings
