"""Codestreams of our own: HTJ2K, lossless, that serve every size of a frame (ISO 15444-15, ISO 15444-1).

Reversible, resolutions before all else (RPCL), a tile-part for each of them and a TLM marker that tells their
lengths. Cut behind a tile-part, what is left decodes to exactly the smaller resolution; cut anywhere else it decodes
to wrong numbers without a word, so nobody cuts but by `Codestream.ends`.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import imagecodecs
import numpy as np

from viewer.imaging.errors import FLOAT, WIDE, NoStream
from viewer.imaging.types import Array

CODER = f"imagecodecs-{imagecodecs.__version__}"  # another one may write other bytes for the same numbers
MOST_HALVINGS = 5
LEAST_SIDE = 8  # a smallest resolution below this saves nothing
SOC, START_OF_TILE_PART, END_OF_CODESTREAM = b"\xff\x4f", b"\xff\x90", b"\xff\xd9"
PART_LENGTH = 6  # from the marker: Lsot, Isot, then Psot, the length of the tile-part from its marker on
HIGHEST = (1 << 15) - 1


@dataclass(frozen=True)
class Codestream:
    """A codestream, and where each of its resolutions ends; the smallest is first, the last is the whole."""

    data: bytes
    ends: tuple[int, ...]


def to_coded(stored: Array) -> Array:
    """The same numbers as they are coded: (rows, columns) of int16 or uint16, or (rows, columns, 3) of uint8.

    Greys that fit are int16 even where none is below zero: a smaller resolution swings a little beyond the range
    of the numbers, and unsigned ones would begin again at the other end. Raises NoStream for floats and for
    numbers of more bits.
    """
    if stored.dtype.kind == "f":
        raise NoStream(FLOAT)
    if stored.dtype.itemsize > (2 if stored.ndim == 2 else 1):
        raise NoStream(WIDE)
    if stored.ndim == 3:
        return np.ascontiguousarray(stored)
    if stored.dtype.itemsize == 1:
        return stored.astype(np.int16)
    stored = np.ascontiguousarray(stored, stored.dtype.newbyteorder("="))
    is_narrow = stored.dtype.kind == "i" or int(stored.max()) <= HIGHEST
    return stored.view(np.int16) if is_narrow else stored


def encode(coded: Array) -> Codestream:
    """The codestream of numbers that to_coded gave. Releases the GIL."""
    resolutions = _halvings(coded.shape[0], coded.shape[1])
    options: dict[str, Any] = {"rgb": True} if coded.ndim == 3 else {}
    data = bytes(
        imagecodecs.htj2k_encode(
            coded,
            resolutions=resolutions,
            reversible=True,
            tlm=True,
            tilepart=imagecodecs.HTJ2K.TILEPART.RESOLUTIONS,
            **options,
        )
    )
    ends = part_ends(data)
    if len(ends) != resolutions + 1:
        raise ValueError("not a tile-part for each resolution")
    return Codestream(data, (*ends[:-1], len(data)))


def decode(data: bytes) -> Array:
    """The numbers of a whole codestream that `encode` made. Releases the GIL."""
    decoded: Array = imagecodecs.htj2k_decode(data)
    return decoded


def part_ends(data: bytes) -> tuple[int, ...]:
    """Where each tile-part ends (ISO 15444-1 A.4.2). Raises ValueError for what is no codestream of ours."""
    if not data.startswith(SOC):
        raise ValueError("no codestream")
    at, ends = len(SOC), []
    while at < len(data) and data[at : at + 2] != END_OF_CODESTREAM:
        if data[at : at + 2] == START_OF_TILE_PART:
            length = _number(">I", data, at + PART_LENGTH)
            at += max(length, len(START_OF_TILE_PART))
            ends.append(at)
        else:
            at += 2 + _number(">H", data, at + 2)
    if not ends or ends[-1] > len(data):
        raise ValueError("a tile-part that ends behind the codestream")
    return tuple(ends)


def _halvings(rows: int, columns: int) -> int:
    halvings = 0
    while halvings < MOST_HALVINGS and max(rows, columns) >> (halvings + 1) >= LEAST_SIDE:
        halvings += 1
    return max(1, halvings)


def _number(form: str, data: bytes, at: int) -> int:
    if at + struct.calcsize(form) > len(data):
        raise ValueError("a codestream cut short")
    number: int = struct.unpack_from(form, data, at)[0]
    return number
