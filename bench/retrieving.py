"""How fast frames, objects and single bytes are handed on as they are kept, beside Orthanc."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.bars import Figure, at_least
from bench.load import Load, Target, in_turns
from bench.servers import Running
from bench.slices import Slice

SECONDS = 3
OHIF = {"Accept": "multipart/related; type=application/octet-stream; transfer-syntax=*"}
ANY_DICOM = {"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=*'}
FRAMES = at_least("raw frame of 512 kB, 8 connections, against Orthanc", "x", 2, 4)
INSTANCES = at_least("whole instance, 8 connections, against Orthanc", "x", 1, 2)


def measure(ours: Running, peer: Running | None, slices: Sequence[Slice]) -> Iterator[Figure]:
    """The figures, one after another."""
    frames = [f"{each.path}/frames/1" for each in slices]
    for bar, paths, wish in ((FRAMES, frames, OHIF), (INSTANCES, [each.path for each in slices], ANY_DICOM)):
        if peer is None:
            yield bar.none("Orthanc is not installed")
            continue
        targets = [Target(each.port, paths, {**each.headers, **wish}) for each in (ours, peer)]
        our, their = in_turns(targets, 8, SECONDS)
        yield bar.figure(our.per_s / their.per_s, f"{_rate(our)}; Orthanc {_rate(their)}")


def _rate(load: Load) -> str:
    errors = f", {load.errors} ERRORS" if load.errors else ""
    return f"{load.per_s:,.0f}/s (p50 {load.p50_ms:.2f}, p99 {load.p99_ms:.1f} ms{errors})"
