"""A multi-frame instance as one film: all frames alike, each for as long as the file says, in the memory of one.

It is written into the derived area while it is made, so that a player may ask for any part of it, and nobody has it
made twice.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from django.conf import settings

from pacs.errors import TooLarge
from pacs.storage.derived import derived_store
from pacs.storage.keys import BlobKey, derived_key
from viewer.imaging.errors import DECODE_FAILED, CannotShow
from viewer.imaging.gif import FEWEST_CS, TRAILER, gif_frame, gif_head
from viewer.rendering.alike import look_of_all
from viewer.rendering.annotation import Texts, annotated
from viewer.rendering.formats import frame_rate_of, frame_times_of
from viewer.rendering.frame_values import address_frame, frame_values
from viewer.rendering.render import Picture, drawn, fitted_size
from viewer.rendering.request import RECIPE, PictureRequest

if TYPE_CHECKING:
    from pacs.catalog.models import Instance

FilmType = Literal["image/gif", "video/mp4"]
GIF: FilmType = "image/gif"
MP4: FilmType = "video/mp4"
KIND, FORM = "film", 1
UNSAID_MS = 100.0  # for how long a frame is shown of which nothing is said
MOST_FRAMES = 2048
MOST_PIXELS: dict[FilmType, int] = {GIF: 128 << 20, MP4: 512 << 20}  # of all its frames together
LONGEST_SIDE: dict[FilmType, int] = {GIF: 4096, MP4: 2048}
MOST_SECONDS = 120.0
TICKS_IN_MS = 90


class FilmTooLarge(TooLarge):
    """It would take more than one film may. Fields: most_frames, most_pixels, longest_side or most_seconds."""

    code: ClassVar[str] = "film_too_large"


@dataclass(frozen=True)
class Film:
    """Which film of which instance. `asked` is asked of every frame; its media type is not looked at."""

    instance: Instance
    asked: PictureRequest
    texts: Texts
    media_type: FilmType

    @property
    def key(self) -> str:
        """Under which it is kept: another where anything that decides its bytes is another."""
        told = (FORM, RECIPE, self.media_type, repr(replace(self.asked, frame_index=0)), repr(self.texts))
        return derived_key(BlobKey(self.instance.blob), KIND, *told)


def film_types() -> tuple[FilmType, ...]:
    """Those that can be made here: an MP4 where its encoder is installed."""
    return (GIF, MP4) if importlib.util.find_spec("av") is not None else (GIF,)


def film_size(film: Film) -> int | None:
    """The bytes of a film that was made before; else None."""
    return derived_store().size(KIND, film.key)


def make_film(film: Film) -> int:
    """Have it made, and kept; its size in bytes. Takes up to MOST_SECONDS.

    Raises CannotShow where a frame has no picture, FilmTooLarge, BadRequest, NotFound, Overloaded, StorageFull.
    """
    kept = film_size(film)
    if kept is not None:
        return kept
    writer, pixels = WRITERS[film.media_type], _pixels_of(film)
    times = frame_times_ms(film.instance.display, film.instance.number_of_frames)
    return derived_store().write(KIND, film.key, lambda path: writer(path, film, times), pixels)


def frame_times_ms(display: dict[str, Any], number_of_frames: int) -> list[float]:
    """For how long each frame is shown (PS3.3 C.7.6.5): by Frame Time Vector, Frame Time, Cine Rate or Recommended
    Display Frame Rate, whichever is there first."""
    told = frame_times_of(display, number_of_frames)
    if told is not None:
        return told
    rate = frame_rate_of(display)
    return [1000 / rate if rate else UNSAID_MS] * number_of_frames


def delays_cs(times_ms: Sequence[float]) -> list[int]:
    """Hundredths of a second for each frame, whose sum keeps to the time that has gone by; none below FEWEST_CS."""
    delays, gone, shown = [], 0.0, 0
    for one in times_ms:
        gone += one / 10
        delay = max(FEWEST_CS, min(0xFFFF, round(gone) - shown))
        delays.append(delay)
        shown += delay
    return delays


def _pixels_of(film: Film) -> int:
    """Of all frames together. Raises FilmTooLarge."""
    frames = film.instance.number_of_frames
    if frames > MOST_FRAMES:
        raise FilmTooLarge(most_frames=MOST_FRAMES)
    first = frame_values(address_frame(film.instance, 0))
    width, height = fitted_size(first, film.asked.viewport, film.asked.region)
    if max(width, height) > LONGEST_SIDE[film.media_type]:
        raise FilmTooLarge(longest_side=LONGEST_SIDE[film.media_type])
    if width * height * frames > MOST_PIXELS[film.media_type]:
        raise FilmTooLarge(most_pixels=MOST_PIXELS[film.media_type])
    return width * height * frames


def _pictures(film: Film) -> Iterator[Picture]:
    """Its frames one after another, windowed alike. Raises FilmTooLarge when it has taken too long."""
    ends_at = time.monotonic() + MOST_SECONDS
    asked = replace(film.asked, look=look_of_all(film.instance, film.asked.look))
    for frame_index in range(film.instance.number_of_frames):
        if time.monotonic() > ends_at:
            raise FilmTooLarge(most_seconds=MOST_SECONDS)
        frame = frame_values(address_frame(film.instance, frame_index))
        yield annotated(drawn(frame, asked), film.texts)


def _write_gif(path: Path, film: Film, times_ms: Sequence[float]) -> None:
    with path.open("wb") as file:
        for picture, delay in zip(_pictures(film), delays_cs(times_ms), strict=True):
            if file.tell() == 0:
                file.write(gif_head(picture.shape[1], picture.shape[0]))
            file.write(gif_frame(picture, delay))
        file.write(TRAILER)


def _write_mp4(path: Path, film: Film, times_ms: Sequence[float]) -> None:
    pictures = map(_to_even_colours, _pictures(film))
    first = next(pictures)
    told = {
        "width": first.shape[1],
        "height": first.shape[0],
        "quality": film.asked.quality,
        "durations": [max(1, round(one * TICKS_IN_MS)) for one in times_ms],
    }
    program = _start(path)
    try:
        assert program.stdin is not None  # noqa: S101  # it was asked for
        with program.stdin as pipe:
            pipe.write(json.dumps(told).encode() + b"\n")
            pipe.write(first.tobytes())
            for picture in pictures:
                pipe.write(picture.tobytes())
        if program.wait(MOST_SECONDS) != 0:
            raise CannotShow(DECODE_FAILED)
    except (BrokenPipeError, subprocess.TimeoutExpired):
        raise CannotShow(DECODE_FAILED) from None
    finally:
        program.kill()
        program.wait()


def _start(path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  # our own interpreter and module, and a path of ours
        [sys.executable, "-m", "viewer.encoding.mp4", str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=settings.ROOT,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(settings.ROOT), "OMP_NUM_THREADS": "1"},
    )


def _to_even_colours(picture: Picture) -> Picture:
    """In red, green and blue, with even sides, as the encoder wants it: the last row or column is there twice then."""
    rows, columns = picture.shape[:2]
    edges = ((0, rows % 2), (0, columns % 2), *(((0, 0),) if picture.ndim == 3 else ()))
    even = np.pad(picture, edges, mode="edge") if rows % 2 or columns % 2 else picture
    return even if even.ndim == 3 else np.repeat(even[..., None], 3, axis=2)


WRITERS: dict[FilmType, Callable[[Path, Film, Sequence[float]], None]] = {GIF: _write_gif, MP4: _write_mp4}
