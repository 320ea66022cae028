"""What the machine can do in one thread without a server: the limit that our routes are compared with."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import imagecodecs
import numpy as np
import numpy.typing as npt

from bench.slices import BITS_STORED, SIDE, WINDOW, Slice

PICTURE_QUALITY = 90
TILE_QUALITY = 88
TILE = 256
CALLS = 300
Lut = npt.NDArray[np.uint8]


def window_lut() -> Lut:
    """Stored value to grey for the window (PS3.3 C.11.2.1.2.1), of a CT whose values lie 1024 above HU."""
    centre, width = WINDOW
    values = np.arange(1 << BITS_STORED, dtype=np.float64) - 1024
    return np.clip(((values - (centre - 0.5)) / (width - 1) + 0.5) * 255, 0, 255).round().astype(np.uint8)


def rendering_ms(slices: Sequence[Slice]) -> float:
    """Read a frame's bytes from its file, look each value up, encode: the least that a rendered frame costs."""
    lut = window_lut()
    with TemporaryDirectory(prefix="lightbox-bench-") as folder:
        files = []
        for number, each in enumerate(slices[:50]):
            files.append(Path(folder) / str(number))
            files[-1].write_bytes(each.file)

        def render(call: int) -> None:
            with files[call % len(files)].open("rb") as file:
                file.seek(-SIDE * SIDE * 2, 2)  # native pixels end the file
                stored = np.frombuffer(file.read(), "<u2").reshape(SIDE, SIDE)
            imagecodecs.jpeg8_encode(lut.take(stored), level=PICTURE_QUALITY)

        return median_ms(render)


def tile_ms(slices: Sequence[Slice]) -> float:
    """Cut a tile of a frame in memory, look each value up, encode."""
    lut = window_lut()

    def cut(call: int) -> None:
        stored = slices[call % len(slices)].stored
        top, left = TILE * (call % 2), TILE * (call // 2 % 2)
        imagecodecs.jpeg8_encode(lut.take(stored[top : top + TILE, left : left + TILE]), level=TILE_QUALITY)

    return median_ms(cut)


def median_ms(work: Callable[[int], None]) -> float:
    """The median time of a call; the first tenth warms up."""
    times = []
    for call in range(CALLS):
        began = time.perf_counter()
        work(call)
        times.append(time.perf_counter() - began)
    return median(times[CALLS // 10 :]) * 1000
