"""Lists: the study list of a large catalogue, and the metadata of a long series."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from bench.bars import Figure, at_most
from bench.load import Load, Target, in_turns, press
from bench.servers import ROOT, Running, lightbox, lightbox_environment
from bench.slices import Slice

SECONDS = 3
STUDY_LIST = at_most(
    "study list, 50 of 20,000 studies (1,000,000 instances), p50 over the query alone", "ms", 15, 5
)
STUDY_SEARCH = at_most("... searched as one types, p50 over the query of the list", "ms", 15, 5)
QIDO = at_most(
    "QIDO: 50 of 20,000 studies with the exact number of the rest, p50 over the query of the list",
    "ms",
    15,
    5,
)
QIDO_SEARCH = at_most(
    "... searched by names, IDs, dates and modalities, p50 over the query of the list", "ms", 15, 5
)
METADATA = at_most("metadata of a long series, p50 vs Orthanc", "x", 0.2, 0.05)
KEPT = ROOT / ".make" / "bench"
TYPED = ("muller", "dvorak anna", "p01234", "goncalves ct")
SEARCHED = (
    "PatientName=muller*",
    "PatientName=anna%20dvo&fuzzymatching=true",
    "PatientID=P012345",
    "AccessionNumber=A0012345",
    "StudyDate=20200101-20200131",
    "StudyDate=20200101-20241231&ModalitiesInStudy=CT",
    "StudyDescription=*chest*&PatientName=brown*",
)
SHAPED_BY = (
    "pacs/catalog/models.py",
    "pacs/catalog/names.py",
    "pacs/access/triggers.py",
    "bench/big_catalog.py",
)


def measure_study_list() -> Iterator[Figure]:
    """The list of 20,000 studies of 1,000,000 instances, and searches in it, by a server of its own."""
    data = big_catalog()
    environment = lightbox_environment(data, "127.0.0.1:8000")
    query_ms = float(
        subprocess.run(_command("query"), env=environment, capture_output=True, check=True).stdout
    )
    with lightbox(data) as server:
        newest = _timed(server, ["/api/studies?limit=50"])
        searches = _timed(server, [f"/api/studies?limit=50&search={quote(text)}" for text in _as_typed()])
        qido = _timed(server, ["/dicom-web/studies?limit=50"])
        by_keys = _timed(server, [f"/dicom-web/studies?limit=50&{keys}" for keys in SEARCHED])
    told = f"p50 {newest.p50_ms:.2f} ms, p95 {newest.p95_ms:.2f} ms; the query {query_ms:.2f} ms{_errors(newest)}"
    yield STUDY_LIST.figure(newest.p50_ms - query_ms, told)
    told = f"p50 {searches.p50_ms:.2f} ms, p95 {searches.p95_ms:.2f} ms{_errors(searches)}"
    yield STUDY_SEARCH.figure(searches.p50_ms - query_ms, told)
    yield QIDO.figure(
        qido.p50_ms - query_ms, f"p50 {qido.p50_ms:.2f} ms, p95 {qido.p95_ms:.2f} ms{_errors(qido)}"
    )
    told = f"p50 {by_keys.p50_ms:.2f} ms, p95 {by_keys.p95_ms:.2f} ms{_errors(by_keys)}"
    yield QIDO_SEARCH.figure(by_keys.p50_ms - query_ms, told)


def measure_metadata(ours: Running, peer: Running | None, slices: Sequence[Slice]) -> Iterator[Figure]:
    """All headers of one series, as viewers of others ask for them (PS3.18 10.4.1.1.2)."""
    path = slices[0].path.rpartition("/instances/")[0] + "/metadata"
    targets = [
        Target(server.port, [path], {**server.headers, "Accept": "application/dicom+json"})
        for server in (ours, peer)
        if server
    ]
    loads = in_turns(targets, 1, SECONDS)
    if loads[0].errors:
        yield METADATA.none("the route is not there yet")
    elif peer is None:
        yield METADATA.none(f"{loads[0].p50_ms:.1f} ms; Orthanc is not installed")
    else:
        told = f"{len(slices)} instances: {loads[0].p50_ms:.1f} ms; Orthanc {loads[1].p50_ms:.0f} ms"
        yield METADATA.figure(loads[0].p50_ms / loads[1].p50_ms, told)


def _as_typed() -> list[str]:
    """Each search as it grows letter by letter, which the list answers at each."""
    return [text[:length] for text in TYPED for length in range(2, len(text) + 1)]


def _timed(server: Running, paths: Sequence[str]) -> Load:
    target = Target(server.port, paths, server.headers)
    press(target, 1, 1)
    return press(target, 1, SECONDS)


def big_catalog() -> Path:
    """The data folder of the large catalogue; kept between runs until what shapes it changes."""
    shape = hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in SHAPED_BY)).hexdigest()[:16]
    data = KEPT / shape
    if not (data / "whole").exists():
        shutil.rmtree(KEPT, ignore_errors=True)
        data.mkdir(parents=True)
        print("Making a catalogue of 1,000,000 instances (kept for the next run)...", file=sys.stderr)
        subprocess.run(_command("fill"), env=lightbox_environment(data, "127.0.0.1:8000"), check=True)
        (data / "whole").touch()
    return data


def _command(what: str) -> list[str]:
    return [sys.executable, "-m", "bench.big_catalog", what]


def _errors(load: Load) -> str:
    return f"; {load.errors} ERRORS" if load.errors else ""
