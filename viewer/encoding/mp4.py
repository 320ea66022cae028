"""The program that writes an MP4 (H.264): `python -m viewer.encoding.mp4 FILE`, a process of its own.

It reads one line of JSON from its standard input and then raw frames, 8 bits of red, green and blue each:
{"width", "height", "quality", "durations": [1/90,000 of a second for each frame]}. Sides are even. It knows nothing
else of Lightbox, and Lightbox nothing of the encoder but this pipe (docs/decisions/0023): so a frame that upsets the
encoder takes nobody else down, and it can be ended at any time.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, BinaryIO

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

TICKS = 90_000
MOST_MEMORY_BYTES = 2 << 30
BEHIND_THE_SERVER = 5
BEST_CRF, WORST_CRF = 15, 40
BT709 = 1  # ITU-T H.273: primaries, transfer and matrix of what is told to players


def main(path: str, incoming: BinaryIO) -> None:
    """Write the file at this path. Raises EOFError where frames end too early."""
    os.nice(BEHIND_THE_SERVER)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    told = json.loads(incoming.readline())
    size = told["width"] * told["height"] * 3
    # What a player needs first stands first: it begins before the whole file is there.
    with av.open(path, "w", format="mp4", options={"movflags": "+faststart"}) as film:
        stream = _stream(film, told)
        untold = iter(told["durations"])  # of packets, which come in the order of their frames, some later
        at = 0
        for duration in told["durations"]:
            data = incoming.read(size)
            if len(data) != size:
                raise EOFError
            _mux(film, stream.encode(_frame(data, told, at, duration)), untold)
            at += duration
        _mux(film, stream.encode(None), untold)


def _mux(film: Any, packets: list[Any], durations: Iterator[int]) -> None:
    for packet in packets:
        packet.duration = next(durations)
        film.mux(packet)


def _stream(film: Any, told: dict[str, Any]) -> Any:
    steady = TICKS * len(told["durations"]) / sum(told["durations"])
    stream = film.add_stream("libx264", rate=Fraction(steady).limit_denominator(1001))
    stream.width, stream.height, stream.pix_fmt = told["width"], told["height"], "yuv420p"
    stream.time_base = Fraction(1, TICKS)
    context = stream.codec_context
    context.time_base = Fraction(1, TICKS)
    context.thread_count = 1
    context.color_range = ColorRange.MPEG
    context.colorspace = context.color_primaries = context.color_trc = BT709
    crf = WORST_CRF - (WORST_CRF - BEST_CRF) * told["quality"] / 100
    context.options = {"profile": "baseline", "preset": "veryfast", "crf": f"{crf:.1f}"}
    return stream


def _frame(data: bytes, told: dict[str, Any], at: int, duration: int) -> Any:
    pixels = np.frombuffer(data, np.uint8).reshape(told["height"], told["width"], 3)
    frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(
        format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
    )
    frame.pts, frame.time_base, frame.duration = at, Fraction(1, TICKS), duration
    return frame


if __name__ == "__main__":
    main(sys.argv[1], sys.stdin.buffer)
