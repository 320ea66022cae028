"""Functions that do in a child what hostile bytes make a decoder do."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
import time
from typing import Any

import numpy as np


class Refusal(Exception):
    reason = "no_pixels"


def give_back(value: Any) -> Any:
    return value


def gradient(rows: int, columns: int) -> np.ndarray[Any, Any]:
    return np.arange(rows * columns, dtype="<u2").reshape(rows, columns)


def process_number() -> int:
    return os.getpid()


def has_imported(module: str) -> bool:
    return module in sys.modules


def processors() -> list[int]:
    return sorted(os.sched_getaffinity(0))


def rest(seconds: float) -> None:
    time.sleep(seconds)  # a child that is at work so long


def niceness() -> int:
    return os.nice(0)


def refuse() -> None:
    raise Refusal("JANE DOE 1970-01-01")


def take_forever() -> None:
    time.sleep(3600)


def crash() -> None:
    ctypes.string_at(0)


def eat_memory() -> int:
    return len(bytearray(64 << 30))


def write_file(path: str) -> None:
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(b"x" * 10)
        file.flush()


def connect(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), timeout=1).close()


def speak(raw: bytes) -> int:
    """Send these bytes before the answer, as a child would that was taken over."""
    return os.write(int(sys.argv[1]), raw)
