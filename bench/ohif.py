"""Side by side: OHIF and Lightbox open the same studies of one server, over one network, seen by the same eyes."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser
from pydicom import dcmread

from bench.bars import Figure, at_least
from bench.ohif_host import VERSION, NotToBeHad, fetched_dist, ohif
from bench.phone import NotSeen, chromium, open_viewer, profile
from bench.reader import make_account, signed_in_state
from bench.receiving import send_files
from bench.servers import Running, lightbox, settle
from bench.throttle import GOOD_4G, SLOW_4G, Network
from pacs.samples.makers import made_by_processes
from pacs.samples.studies import BODY_SCANS, CHEST_VIEWS, FILES_PER_BATCH, Batch
from tests.e2e.chromium import find_chromium
from tests.e2e.screens import DESKTOP

MAKERS = 2
EXACT_WITHIN_S = 60
MUST, GOOD = 10, 20
NETWORKS = (GOOD_4G, SLOW_4G)


@dataclass(frozen=True)
class Side:
    """One of the two viewers: where it is, how it opens a study, and whether somebody has to be signed in."""

    name: str
    address: str
    path: str
    state: Any


@dataclass(frozen=True)
class First:
    """What it took to see the first picture."""

    seconds: float
    sent_bytes: int
    more: str = ""


def measure() -> Iterator[Figure]:
    """Ratios for the CT and the radiograph of the samples, on a screen that OHIF is made for."""
    path = find_chromium()
    try:
        dist = fetched_dist()
    except NotToBeHad as why:
        yield _time_bar("CT", SLOW_4G).none(str(why))
        return
    if path is None:
        yield _time_bar("CT", SLOW_4G).none("needs Chromium")
        return
    with lightbox(role="administrator") as server, chromium(path) as browser:
        studies = _sent(server)
        make_account(server)
        settle(server)
        with ohif(dist, server.port, server.headers) as address:
            ours = Side(
                "Lightbox", f"http://127.0.0.1:{server.port}", "/study/", signed_in_state(browser, server)
            )
            theirs = Side(f"OHIF {VERSION}", address, "/viewer?StudyInstanceUIDs=", None)
            yield from _side_by_side(browser, ours, theirs, studies)


def _sent(server: Running) -> dict[str, str]:
    """The UIDs of the studies, by their kind."""
    scan = BODY_SCANS[0]
    firsts = range(1, scan.slices + 1, FILES_PER_BATCH)
    batches = [
        Batch(scan.file, range(first, min(first + FILES_PER_BATCH, scan.slices + 1))) for first in firsts
    ]
    batches += [Batch(view.file, range(1, 2)) for view in CHEST_VIEWS]
    files = [file.data for file in made_by_processes(batches, MAKERS)]
    send_files(server, files)
    return {"CT": _study_of(files[0]), "DX": _study_of(files[-1])}


def _study_of(file: bytes) -> str:
    return str(dcmread(io.BytesIO(file), stop_before_pixels=True).StudyInstanceUID)


def _side_by_side(browser: Browser, ours: Side, theirs: Side, studies: dict[str, str]) -> Iterator[Figure]:
    # A host has its files compressed, and a browser drew before: neither is what is measured.
    _first(browser, ours, studies["CT"], GOOD_4G)
    _first(browser, theirs, studies["CT"], GOOD_4G)
    for network in NETWORKS:
        for kind, study in studies.items():
            try:
                mine, other = (_first(browser, side, study, network) for side in (ours, theirs))
            except NotSeen as what:
                yield _time_bar(kind, network).none(f"never seen: {what}")
                continue
            told = f"OHIF {other.seconds:.1f} s, Lightbox {mine.seconds:.2f} s{mine.more}"
            yield _time_bar(kind, network).figure(other.seconds / mine.seconds, told)
            sizes = f"OHIF {other.sent_bytes / 1000:,.0f} kB, Lightbox {mine.sent_bytes / 1000:,.0f} kB"
            yield _bytes_bar(kind).figure(other.sent_bytes / mine.sent_bytes, sizes)


def _time_bar(kind: str, network: Network) -> Any:
    return at_least(
        f"first picture of the {kind}, cold, {network.name}: OHIF's time over ours", "x", MUST, GOOD
    )


def _bytes_bar(kind: str) -> Any:
    return at_least(f"... OHIF's bytes over ours until then ({kind})", "x", MUST, GOOD)


def _first(browser: Browser, side: Side, study: str, network: Network) -> First:
    """With a fresh profile. Raises NotSeen."""
    with profile(browser, side.address, side.state, DESKTOP) as context:
        opened = open_viewer(context, f"{side.path}{study}", network)
        first = First(opened.picture_s, opened.bytes_to_picture)
        if side.state is not None:
            # Theirs is the exact one at once; ours comes behind the first.
            try:
                first = First(
                    first.seconds,
                    first.sent_bytes,
                    f", exact {opened.until_word('Exact', EXACT_WITHIN_S):.1f} s",
                )
            except NotSeen:
                first = First(first.seconds, first.sent_bytes, ", not exact by then")
        print(f"    {side.name}, {network.name}: {first}", file=sys.stderr, flush=True)
        return first
