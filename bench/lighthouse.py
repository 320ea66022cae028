"""Lighthouse on a phone's terms (slow 4G, a fourth of the processor): sign-in, studies and viewer."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench.bars import Figure, at_least
from bench.reader import make_account, sign_in
from bench.receiving import send
from bench.servers import Running, free_port, lightbox
from bench.slices import ct_series
from tests.e2e.chromium import ARGUMENTS, find_chromium

PACKAGE = "lighthouse@12.2.3"  # fetched for the run, no part of the project
CATEGORIES = ("performance", "accessibility", "best-practices")
SLICES = 60
LONGEST_RUN_S = 240
TRIES = 3  # the best counts: what else the machine does at the time is not the app's
# Lighthouse takes the processor for four times as quick as the phone it means. Its docs (throttling.md, "Calibrating
# the CPU slowdown") say that this is so from a BenchmarkIndex of 1,500 to 2,000 on, and ask for less on less.
SLOWDOWN = 4.0
INDEX_OF_SLOWDOWN = 1750.0


def measure() -> Iterator[Figure]:
    """The lowest of the three categories, for each page; the last two as a clinician who has signed in."""
    chromium = find_chromium() if shutil.which("npx") else None
    with lightbox(role="administrator") as server:
        study = _sent(server)
        if chromium is None:
            yield _bar("every page", "").none("needs Chromium, and Node on the path")
            return
        with _browser(chromium, server) as (page, port):
            yield from _figures("sign-in", "/signin", server, port)
            sign_in(page)
            yield from _figures("studies", "/studies", server, port)
            yield from _figures("viewer", f"/study/{study}", server, port)


def _bar(page: str, slowed: str) -> Any:
    return at_least(f"Lighthouse, mobile: {page}, the lowest of three categories{slowed}", "", 0.95, 1)


def _figures(name: str, path: str, server: Running, port: int) -> Iterator[Figure]:
    tries = [_scores(f"http://127.0.0.1:{server.port}{path}", port) for _ in range(TRIES)]
    for which, slowed in enumerate(("", ", slowed as this machine asks for")):
        best = max((one[which] for one in tries), key=lambda scores: min(scores.of.values()))
        told = ", ".join(f"{category} {score:.2f}" for category, score in best.of.items())
        told += f"; {best.slowdown:.1f} times slower, BenchmarkIndex {best.index:,.0f}"
        figure: Figure = _bar(name, slowed).figure(min(best.of.values()), told)
        yield figure


def _sent(server: Running) -> str:
    """The UID of a study that is there, beside an account that may see it."""
    slices = list(ct_series(SLICES))
    send(server, slices)
    make_account(server)
    return slices[0].study


@contextmanager
def _browser(chromium: str, server: Running) -> Iterator[tuple[Page, int]]:
    """A Chromium that keeps its cookies while Lighthouse drives it through the port beside us."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="lightbox-bench-") as folder, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            folder,
            executable_path=chromium,
            args=[*ARGUMENTS, f"--remote-debugging-port={port}"],
            base_url=f"http://127.0.0.1:{server.port}",
        )
        yield context.pages[0], port
        context.close()


@dataclass(frozen=True)
class Scores:
    """Of one load: each category, with the processor taken to be so much quicker than the phone's."""

    of: dict[str, float]
    slowdown: float
    index: float


def _scores(address: str, port: int) -> tuple[Scores, Scores]:
    """One load, judged twice: as if the processor were a quick one, and as what it was found to be meanwhile."""
    with tempfile.TemporaryDirectory(prefix="lightbox-bench-") as folder:
        _lighthouse(
            # Its wiping of storage between runs would sign out; the HTTP cache is cleared all the same.
            *(address, f"--port={port}", f"--gather-mode={folder}", "--disable-storage-reset"),
            *("--form-factor=mobile", f"--only-categories={','.join(CATEGORIES)}"),
        )
        report = _judged(address, folder, SLOWDOWN)
        if report["finalDisplayedUrl"] != address:
            raise SystemExit(f"{address} led to {report['finalDisplayedUrl']}")
        _say_what_cost(report)
        index = float(report["environment"]["benchmarkIndex"])
        slowdown = min(SLOWDOWN, SLOWDOWN * index / INDEX_OF_SLOWDOWN)
        return _read(report, SLOWDOWN), _read(_judged(address, folder, slowdown), slowdown)


def _judged(address: str, folder: str, slowdown: float) -> dict[str, Any]:
    """What it says of the load that was kept. It judges only by the settings that were kept with that."""
    file = Path(folder) / "artifacts.json"
    kept = json.loads(file.read_text())
    kept["settings"]["throttling"]["cpuSlowdownMultiplier"] = slowdown
    file.write_text(json.dumps(kept))
    report: dict[str, Any] = json.loads(
        _lighthouse(
            *(address, f"--audit-mode={folder}", "--disable-storage-reset", "--output=json"),
            *("--form-factor=mobile", f"--only-categories={','.join(CATEGORIES)}"),
            f"--throttling.cpuSlowdownMultiplier={slowdown}",
        )
    )
    return report


def _read(report: dict[str, Any], slowdown: float) -> Scores:
    of = {category: float(report["categories"][category]["score"] or 0) for category in CATEGORIES}
    return Scores(of, slowdown, float(report["environment"]["benchmarkIndex"]))


def _lighthouse(*arguments: str) -> str:
    told = subprocess.run(
        ["npx", "--yes", PACKAGE, "--quiet", *arguments],
        capture_output=True,
        text=True,
        timeout=LONGEST_RUN_S,
    )
    if told.returncode != 0:
        raise SystemExit(f"Lighthouse could not measure:\n{told.stderr[-2000:]}")
    return told.stdout


def _say_what_cost(report: dict[str, Any]) -> None:
    for category in CATEGORIES:
        for ref in report["categories"][category]["auditRefs"]:
            audit = report["audits"][ref["id"]]
            if ref["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                print(f"    {category}: {audit['title']} {audit.get('displayValue', '')}", file=sys.stderr)
