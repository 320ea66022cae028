"""python -m bench [FAMILY]… — all of them without a name. The families are those below."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench import (
    first_load,
    lighthouse,
    links,
    lists,
    load,
    mobile,
    ohif,
    pixels,
    policy,
    receiving,
    retrieving,
    streams,
    transport,
)
from bench.bars import Figure, at_most, row, table
from bench.servers import lightbox, orthanc, settle
from bench.slices import ct_series

SLICES = 500
COMPRESSED = 240  # more than two clients decode while they are measured
MEMORY = at_most("memory (RSS) of the server's process after all this", "MB", 400, 250)
WITH_IMAGES = frozenset(("receiving", "pixels", "retrieving", "metadata"))
ALONE = {
    "streams": streams.measure,
    "lists": lists.measure_study_list,
    "first_load": first_load.measure,
    "lighthouse": lighthouse.measure,
    "mobile": mobile.measure,
    "links": links.measure,
    "ohif": ohif.measure,
    "transport": transport.measure,
    "policy": policy.measure,
}
FAMILIES = WITH_IMAGES | ALONE.keys()
# Makes a million rows in each of two databases: by its name only.
BY_NAME = frozenset(("policy",))


def main() -> None:
    """Measure, and print the table."""
    asked = set(sys.argv[1:]) or set(FAMILIES - BY_NAME)
    if asked - FAMILIES:
        sys.exit(
            f"There is no {', '.join(sorted(asked - FAMILIES))}; there are: {', '.join(sorted(FAMILIES))}"
        )
    began = time.monotonic()
    busy = os.getloadavg()[0]
    figures = list(_measure(asked))
    took = f"{time.monotonic() - began:.0f} s"
    print(f"\n{_machine()}; load average {busy:.1f} before; requests by {load.tool()}; {took}.\n")
    print(table(figures))


def _measure(asked: set[str]) -> Iterator[Figure]:
    if asked & WITH_IMAGES:
        yield from _told(_with_images(asked))
    for name, measure in ALONE.items():
        if name in asked:
            yield from _told(measure())


def _with_images(asked: set[str]) -> Iterator[Figure]:
    """The families that need slices in a server; what is received for the first is shown in the second."""
    slices, compressed = list(ct_series(SLICES)), list(ct_series(COMPRESSED, compressed=True))
    # What came compressed is to be decoded by the requests that ask for it: nothing is to be kept of it ahead.
    with lightbox(LIGHTBOX_STREAM_DISK_MB="1") as ours, orthanc() as peer:
        yield from receiving.measure(ours, peer, slices)
        receiving.send(ours, compressed)
        settle(ours)
        if "pixels" in asked:
            yield from pixels.measure(ours, peer, slices, compressed)
        if "retrieving" in asked:
            yield from retrieving.measure(ours, peer, slices)
        if "metadata" in asked:
            yield from lists.measure_metadata(ours, peer, slices)
        told = f"; Orthanc {peer.memory_mb():.0f} MB" if peer else ""
        yield MEMORY.figure(ours.memory_mb(), f"its caches full{told}")


def _told(figures: Iterator[Figure]) -> Iterator[Figure]:
    """Each figure's row as it comes, on stderr: the whole takes half an hour, and what ends it early loses nothing."""
    for figure in figures:
        print(row(figure), file=sys.stderr, flush=True)
        yield figure


def _machine() -> str:
    """The machine in words."""
    names = [line.partition(":")[2].strip() for line in _cpuinfo() if line.startswith("model name")]
    cpu = names[0] if names else platform.machine()
    return f"{cpu}, {os.cpu_count()} CPUs, {platform.system()}, Python {platform.python_version()}"


def _cpuinfo() -> list[str]:
    file = Path("/proc/cpuinfo")
    return file.read_text().splitlines() if file.exists() else []


if __name__ == "__main__":
    main()
