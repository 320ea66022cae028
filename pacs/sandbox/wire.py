"""How a child answers: JSON and raw buffers, read as data and never unpickled, for a child may be taken over.

A message is: uint32 LE length of the JSON, the JSON, then the buffers one after another. In the JSON every
container that is not a list is tagged, so that nothing in the data can pose as a tag:
{"d": {...}} a dict, {"b": n} n bytes, {"a": [dtype, shape]} an array, in the order of the buffers.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

Wire: TypeAlias = (
    "bool | int | float | str | bytes | np.ndarray[Any, Any] | list[Wire] | dict[str, Wire] | None"
)
ReadExactly = Callable[[int], bytearray]

MOST_JSON_BYTES = 32 << 20  # as objects it takes many times as much; what is large travels in buffers
DTYPES = frozenset(("|b1", "|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f4", "<f8"))
HEAD_BYTES = 4


class BadWire(Exception):
    """The message has not the shape of an answer."""


def pack(value: Wire) -> list[bytes | memoryview]:
    """The value as pieces to send in order. Raises TypeError for a kind the wire does not carry."""
    buffers: list[bytes | memoryview] = []
    text = json.dumps(_tag(value, buffers), separators=(",", ":")).encode()
    return [len(text).to_bytes(HEAD_BYTES, "little"), text, *buffers]


def unpack(read_exactly: ReadExactly, most_bytes: int) -> Wire:
    """The value that read_exactly(n) delivers. Raises BadWire; RecursionError for one nested beyond reason.

    Sizes are checked before anything is allocated: all together take no more than `most_bytes`.
    """
    left = most_bytes

    def read_allowed(size: int) -> bytearray:
        nonlocal left
        if not 0 <= size <= left:
            raise BadWire("an answer too long")
        left -= size
        return read_exactly(size)

    length = int.from_bytes(read_allowed(HEAD_BYTES), "little")
    if length > MOST_JSON_BYTES:
        raise BadWire("an answer too long")
    try:
        tagged = json.loads(str(read_allowed(length), "utf-8"))
    except ValueError as error:
        raise BadWire("not JSON") from error
    return _untag(tagged, read_allowed)


def _tag(value: Wire, buffers: list[bytes | memoryview]) -> Any:
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, bytes):
        buffers.append(value)
        return {"b": len(value)}
    if isinstance(value, np.ndarray):
        array = np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("<"))
        buffers.append(array.reshape(-1).view(np.uint8).data)
        return {"a": [array.dtype.str, list(value.shape)]}
    if isinstance(value, list):
        return [_tag(item, buffers) for item in value]
    if isinstance(value, dict):
        return {"d": {str(name): _tag(item, buffers) for name, item in value.items()}}
    raise TypeError(f"{type(value).__name__} does not travel from a child")


def _untag(tagged: Any, read_exactly: ReadExactly) -> Wire:
    if isinstance(tagged, list):
        return [_untag(item, read_exactly) for item in tagged]
    if not isinstance(tagged, dict):
        return tagged  # type: ignore[no-any-return]  # JSON leaves are exactly Wire's scalars
    if len(tagged) != 1:
        raise BadWire("an untagged container")
    ((tag, held),) = tagged.items()
    if tag == "d" and isinstance(held, dict):
        return {name: _untag(item, read_exactly) for name, item in held.items()}
    if tag == "b" and isinstance(held, int):
        return bytes(read_exactly(held))
    if tag == "a" and isinstance(held, list) and len(held) == 2:
        return _array(held[0], held[1], read_exactly)
    raise BadWire("an unknown tag")


def _array(dtype: Any, shape: Any, read_exactly: ReadExactly) -> np.ndarray[Any, Any]:
    if (
        not isinstance(dtype, str)
        or dtype not in DTYPES
        or not isinstance(shape, list)
        or not all(type(n) is int and n >= 0 for n in shape)
    ):
        raise BadWire("an array of a kind that does not travel")
    buffer = read_exactly(math.prod(shape) * np.dtype(dtype).itemsize)
    try:
        return np.frombuffer(buffer, dtype=dtype).reshape(shape)
    except (ValueError, OverflowError) as error:
        raise BadWire("an array of an impossible shape") from error
