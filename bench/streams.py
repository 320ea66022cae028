"""Streams: what came as JPEG 2000 and is shown from our own codestream, and how soon a large film is seen."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import imagecodecs
import numpy as np
from pydicom.uid import JPEG2000Lossless, generate_uid

from bench.bars import Figure, at_least, at_most
from bench.load import Target, in_turns
from bench.receiving import send
from bench.servers import Running, lightbox, orthanc
from bench.slices import WINDOW, Slice, ct_series
from pacs.samples.objects import compressed_file, grey_header
from pacs.samples.studies import CHEST_VIEWS
from pacs.sandbox.confine import BEHIND_THE_SERVER

SECONDS = 2
SLICES = 240  # more than the memory for frames holds: every request decodes
RENDERED = f"rendered?window={WINDOW[0]},{WINDOW[1]},linear"
JPEG = {"Accept": "image/jpeg"}
ROWS, COLUMNS = 2500, 2048
FILMS = 5
BARE_DECODING = f"""
import imagecodecs, os, sys, time
os.nice({BEHIND_THE_SERVER})
codestream = sys.stdin.buffer.read()
imagecodecs.jpeg2k_encode  # loads the library
began = time.perf_counter()
imagecodecs.jpeg2k_decode(codestream)
print((time.perf_counter() - began) * 1000)
"""
WARM_REQUESTS = 50
MADE_WITHIN_S = 900
THUMBNAILS_MADE_S = 5

RENDERED_VS_PEER = at_least(
    "rendered CT frame that came as JPEG 2000, from its stream, 8 connections, vs Orthanc", "x", 8, 15
)
FIRST_BYTES = at_most("first visible image of a 2500 x 2048 film, share of its lossless bytes", "%", 10, 7)
FIRST_WARM = at_most("... by HTTP, p50, its stream made", "ms", 10, 3)
FIRST_COLD = at_most("... by HTTP, seen the first time, JPEG 2000, vs one bare decoding", "x", 1.3, 1.15)


def measure() -> Iterator[Figure]:
    """All bars of streams, with servers of their own."""
    slices = list(ct_series(SLICES, compressed=True))
    with TemporaryDirectory(prefix="lightbox-bench-") as folder, lightbox(Path(folder)) as ours:
        yield from _films(ours)
        send(ours, slices)
        _wait_until_made(Path(folder))
        with orthanc(has_jpeg_2000=True) as peer:
            yield _rendered(ours, peer, slices)


def _rendered(ours: Running, peer: Running | None, slices: Sequence[Slice]) -> Figure:
    paths = [f"{each.path}/{RENDERED}" for each in slices]
    if peer is None:
        return RENDERED_VS_PEER.none("Orthanc is not installed")
    send(peer, slices)
    targets = [Target(each.port, paths, {**each.headers, **JPEG}) for each in (ours, peer)]
    ours_seen, peer_seen = in_turns(targets, 8, SECONDS)
    errors = ours_seen.errors + peer_seen.errors
    told = (
        f"{ours_seen.per_s:,.0f}/s; Orthanc {peer_seen.per_s:,.0f}/s{f'; {errors} ERRORS' if errors else ''}"
    )
    return RENDERED_VS_PEER.figure(ours_seen.per_s / peer_seen.per_s, told)


def _films(ours: Running) -> Iterator[Figure]:
    films = [_film(number) for number in range(FILMS)]
    seen = []
    for film in films:
        before_ms = _decoding_ms(film)
        send(ours, [film])
        cold_ms = _get_ms(ours, film, 0)[0]
        bare_ms = (before_ms + _decoding_ms(film)) / 2  # the machine may be busier after than before
        seen.append((cold_ms / bare_ms, cold_ms, bare_ms))
        time.sleep(THUMBNAILS_MADE_S)  # of this one, so that the next finds nobody at work
    warm_ms = median(_get_ms(ours, films[-1], 0)[0] for _ in range(WARM_REQUESTS))
    sizes = _level_sizes(_get_ms(ours, films[-1], 0)[1])
    share = 100 * sizes[0] / sum(sizes)
    told = ", ".join(f"{size / 1000:,.0f}" for size in sizes)
    yield FIRST_BYTES.figure(share, f"its levels are {told} kB")
    yield FIRST_WARM.figure(warm_ms, f"{sizes[0] / 1000:.0f} kB")
    ratio, cold, bare = sorted(seen)[len(seen) // 2]
    yield FIRST_COLD.figure(ratio, f"{cold:.0f} ms; bare {bare:.0f} ms")


def _film(number: int) -> Slice:
    stored = np.roll(CHEST_VIEWS[0].stored()[:ROWS, :COLUMNS], number * 16, 0)
    view = CHEST_VIEWS[0].series
    study, series, instance = (str(generate_uid()) for _ in range(3))
    header: dict[str, Any] = {
        **view.header(1),
        "PatientID": "BENCH",
        "PatientName": "Bench^Mark",
        "StudyInstanceUID": study,
        "SeriesInstanceUID": series,
        "SOPInstanceUID": instance,
        **grey_header(stored, CHEST_VIEWS[0].bits_stored),
    }
    codestream = bytes(imagecodecs.jpeg2k_encode(stored, level=0, reversible=True, codecformat="J2K"))
    made = compressed_file("film", header, [codestream], JPEG2000Lossless)
    return Slice(made.data, study, series, instance, stored)


def _decoding_ms(film: Slice) -> float:
    """One decoding of its codestream, in a process that gives way as the server's children do."""
    codestream = film.file[film.file.find(b"\xff\x4f\xff\x51") :]
    told = subprocess.run(
        [sys.executable, "-c", BARE_DECODING], input=codestream, capture_output=True, check=True
    )
    return float(told.stdout)


def _get_ms(server: Running, film: Slice, level: int) -> tuple[float, bytes]:
    """How long a level of it took, and what came."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.connect()
    began = time.perf_counter()
    connection.request(
        "GET", f"/view/instances/{film.instance}/frames/1/levels/{level}", headers=server.headers
    )
    answer = connection.getresponse()
    body = answer.read()
    took_ms = (time.perf_counter() - began) * 1000
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"a level was answered with {answer.status}")
    return took_ms, body


def _level_sizes(envelope: bytes) -> list[int]:
    header = json.loads(envelope[4 : 4 + int.from_bytes(envelope[:4], "little")])
    return [one["bytes"] for one in header["stream"]["levels"]]


def _wait_until_made(data: Path) -> None:
    """Streams are made in the background once a series has settled."""
    ends_at = time.monotonic() + MADE_WITHIN_S
    while any(path.is_file() for path in (data / "derived" / "pending").rglob("*")):
        if time.monotonic() > ends_at:
            raise SystemExit("streams were not made in time")
        time.sleep(0.5)  # often enough for work of a minute
