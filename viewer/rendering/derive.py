"""A frame's stream made: decoded once, coded by us, held against what was decoded, kept (docs/life-of-a-frame.md)."""

from __future__ import annotations

import logging
import threading
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np

from viewer.imaging import htj2k
from viewer.imaging.errors import FLOAT, LARGE, NOT_EXACT, WIDE, NoStream
from viewer.imaging.stream_levels import StreamLevel, levels_of
from viewer.imaging.types import Array, ImageDescription
from viewer.rendering.descriptions import Described, described
from viewer.rendering.kept_streams import HTJ2K, JPEG, keep
from viewer.rendering.stored_frame import FrameAddress, StoredFrame, read_stored
from viewer.rendering.stream_file import StreamIndex, pack
from viewer.rendering.stream_header import told_of
from viewer.rendering.values import to_values

WIDEST_BYTES = 2  # of a grey
MOST_SAMPLES = 1 << 26  # no client holds more, and here it takes three times its bytes
# Mammograms are made one after another (P22): each takes a hundred megabytes and more for a moment.
SAMPLES_OF_A_FILM = 1 << 23
ROWS_COMPARED = 256  # at once: what is compared takes memory as well

log = logging.getLogger(__name__)
_film = threading.Lock()


@dataclass(frozen=True)
class Derived:
    """A frame's stream: as it was kept, and its whole codestream."""

    index: StreamIndex
    codestream: bytes


@dataclass(frozen=True)
class _Coded:
    codec: str
    number: str
    data: bytes
    levels: tuple[StreamLevel, ...]


def require_streamable(description: ImageDescription) -> None:
    """Raises NoStream for a frame whose numbers no codestream of ours holds."""
    if description.number_kind == "float":
        raise NoStream(FLOAT)
    if description.is_monochrome and description.dtype().itemsize > WIDEST_BYTES:
        raise NoStream(WIDE)
    if _samples(description) > MOST_SAMPLES:
        raise NoStream(LARGE)


def derive(address: FrameAddress) -> Derived:
    """Make and keep the frame's stream. Raises NoStream, CannotShow, Overloaded. May take as long as the sandbox."""
    known = described(address.source)
    require_streamable(known.description)
    with _one_film_at_a_time(known.description):
        return derive_of(address, known, read_stored(address, known))


def derive_of(address: FrameAddress, known: Described, stored: StoredFrame) -> Derived:
    """The same of stored values that somebody read already."""
    frame = to_values(stored, known.description, address.frame_index)
    told = told_of(frame)
    colours = frame.level(0).colours
    del frame  # it may be as large as the stored values
    # Greys as they are stored, whatever is made of them later; colours as they are shown.
    shown = stored.values if colours is None else colours
    coded = _as_it_came(stored.jpeg, shown) if stored.jpeg else _without_loss(shown)
    told = {
        **told,
        "number": coded.number,
        "codec": coded.codec,
        "levels": [
            {"columns": one.columns, "rows": one.rows, "bytes": one.end - one.start} for one in coded.levels
        ],
    }
    index = keep(address, pack(told, coded.data, [level.end for level in coded.levels]))
    return Derived(index, coded.data)


def _as_it_came(jpeg: bytes, shown: Array) -> _Coded:
    whole = StreamLevel(shown.shape[0], shown.shape[1], 0, len(jpeg))
    return _Coded(JPEG, np.dtype(np.uint8).name, jpeg, (whole,))


def _without_loss(shown: Array) -> _Coded:
    numbers = htj2k.to_coded(shown)
    stream = htj2k.encode(numbers)
    if not _is_same(htj2k.decode(stream.data), shown):
        log.error("a codestream of ours did not decode to what went into it")
        raise NoStream(NOT_EXACT)
    rows, columns = numbers.shape[:2]
    return _Coded(HTJ2K, numbers.dtype.name, stream.data, levels_of(rows, columns, stream))


def _is_same(decoded: Array, shown: Array) -> bool:
    return decoded.shape == shown.shape and all(
        np.array_equal(decoded[row : row + ROWS_COMPARED], shown[row : row + ROWS_COMPARED])
        for row in range(0, len(shown), ROWS_COMPARED)
    )


def _samples(description: ImageDescription) -> int:
    return description.rows * description.columns * (1 if description.is_monochrome else 3)


def _one_film_at_a_time(description: ImageDescription) -> AbstractContextManager[object]:
    return _film if _samples(description) >= SAMPLES_OF_A_FILM else nullcontext()
