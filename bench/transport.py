"""Frames to a phone: HTTP/1.1, HTTP/2 and the viewing socket over the same narrow line, by the app's own sources.

HTTP/2 needs TLS; nginx gives it, before the one server, and gives the others TLS as well. The line carries all three
alike (bench.narrow_line): nothing is left to how a browser's own throttle treats each.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from bench.bars import Bar, Figure, at_least, at_most
from bench.narrow_line import Kind, narrow_line
from bench.reader import make_account, signed_in_state
from bench.receiving import send
from bench.servers import ROOT, Running, end, free_port, lightbox
from bench.slices import Slice, ct_series
from tests.e2e.chromium import ARGUMENTS, find_chromium

SLICES = 100
FEWER_SLICES = 24  # on lines that would take minutes for a hundred
LINES = (Kind(9, 170), Kind(1.6, 150), Kind(1, 300))
ROUNDS = 3
MADE_S = 60
TRANSPORTS = {"HTTP/1.1": "http", "HTTP/2": "http", "websocket": "socket"}
# "first": the socket stands, as in the app, which opens it while the first tiles come; "cold": it does not.
SCENARIOS = ("first", "cold", "jump", "scroll")
SIDES = 4  # bytes in flight that a server's kernel may hold, in times of what fills the line
LEAST_KERNEL_BYTES = 32 << 10


@dataclass(frozen=True)
class Ran:
    """One run of one scenario."""

    preview_ms: float
    exact_ms: float
    useful_bytes: int
    other_bytes: int
    carried_bytes: int

    @property
    def useful_share(self) -> float:
        """Of what the line carried."""
        return self.useful_bytes / max(1, self.carried_bytes)


def measure() -> Iterator[Figure]:
    """Each scenario on each line, the transports in turns; the socket against the better of the two others."""
    chromium, nginx = find_chromium(), shutil.which("nginx")
    if chromium is None or nginx is None:
        yield at_most("frames over a narrow line", "s", 1, 1).none("needs Chromium and nginx")
        return
    source = _driver()
    with lightbox(role="administrator") as server, sync_playwright() as playwright:
        slices = list(ct_series(SLICES))
        send(server, slices)
        make_account(server)
        browser = playwright.chromium.launch(
            executable_path=chromium, args=[*ARGUMENTS, "--ignore-certificate-errors"]
        )
        cookies = signed_in_state(browser, server)
        _make_all(server, slices)
        for kind in LINES:
            with _fronts(nginx, server, kind) as ports:
                bench = _Bench(browser, source, cookies, slices, ports)
                for scenario in SCENARIOS:
                    yield from _figures(kind, scenario, bench.turns(kind, scenario))
        browser.close()


def _figures(kind: Kind, scenario: str, ran: dict[str, list[Ran]]) -> Iterator[Figure]:
    socket, *others = (ran[name] for name in ("websocket", "HTTP/1.1", "HTTP/2"))
    best = min(_median(runs, "exact_ms") for runs in others)
    ratio = _median(socket, "exact_ms") / best
    told = "; ".join(f"{name} {_told(scenario, runs)}" for name, runs in ran.items())
    yield _bar(kind, scenario).figure(ratio, told)
    if scenario == "scroll":
        share = statistics.median(one.useful_share for one in socket)
        told = ", ".join(
            f"{name} {statistics.median(one.useful_share for one in runs):.0%}" for name, runs in ran.items()
        )
        yield at_least(f"useful share of a scroll by websocket ({kind})", "", 0.85, 0.95).figure(share, told)


def _bar(kind: Kind, scenario: str) -> Bar:
    what = {
        "first": "first exact frame",
        "cold": "first exact frame, socket not yet open",
        "jump": "exact frame after a jump",
        "scroll": "whole stack exact",
    }
    return at_most(f"{what[scenario]}: websocket / better HTTP ({kind})", "x", 1.1, 0.9)


def _told(scenario: str, runs: list[Ran]) -> str:
    exact = f"{_median(runs, 'exact_ms') / 1e3:.2f} s"
    if scenario == "scroll":
        return exact
    preview, other = _median(runs, "preview_ms") / 1e3, _median(runs, "other_bytes") / 1e3
    return f"{exact} (preview {preview:.2f} s, {other:.0f} kB of others before)"


def _median(runs: list[Ran], name: str) -> float:
    return float(statistics.median(getattr(one, name) for one in runs))


@dataclass(frozen=True)
class _Bench:
    browser: Browser
    source: str
    cookies: Any
    slices: list[Slice]
    ports: dict[str, int]  # of nginx, by transport

    def turns(self, kind: Kind, scenario: str) -> dict[str, list[Ran]]:
        """So many runs of each transport, in turns."""
        ran: dict[str, list[Ran]] = {name: [] for name in TRANSPORTS}
        for _ in range(1 if scenario == "scroll" else ROUNDS):
            for name in TRANSPORTS:
                ran[name].append(self._run(kind, name, scenario))
        return ran

    def _run(self, kind: Kind, name: str, scenario: str) -> Ran:
        few = scenario == "scroll" and kind.mbit_per_s < 5
        slices = self.slices[: FEWER_SLICES if few else SLICES]
        asked = {
            "transport": TRANSPORTS[name],
            "series": slices[0].series,
            "instances": [one.instance for one in slices],
            "scenario": "first" if scenario == "cold" else scenario,
            "isConnected": scenario != "cold",
        }
        with narrow_line(kind, self.ports[name]) as line:
            context = self.browser.new_context(ignore_https_errors=True, storage_state=self.cookies)
            page = context.new_page()
            page.goto(f"https://127.0.0.1:{line.port}/healthz")
            page.evaluate(self.source)
            before = line.carried_bytes
            told = page.evaluate("asked => measure(asked)", asked)
            carried = line.carried_bytes - before
            context.close()
        return _ran(told, carried)


def _ran(told: dict[str, float], carried: int) -> Ran:
    return Ran(told["previewMs"], told["exactMs"], int(told["usefulBytes"]), int(told["otherBytes"]), carried)


def _driver() -> str:
    """The app's own sources of frames, and what drives them, as one script."""
    with tempfile.TemporaryDirectory(prefix="lightbox-bench-") as folder:
        script = Path(folder) / "transport.js"
        rolldown = ["sh", "with-node", "npx", "rolldown", "tests/bench/transport.ts", "--format", "iife"]
        subprocess.run(
            [*rolldown, "--file", str(script)], cwd=ROOT / "frontend", check=True, capture_output=True
        )
        return script.read_text(encoding="utf-8")


def _make_all(server: Running, slices: list[Slice]) -> None:
    """The transports are measured, not how long streams take to be made."""
    for one in slices:
        address = f"http://127.0.0.1:{server.port}/view/instances/{one.instance}/frames/1/levels/0?v=1"
        urllib.request.urlopen(urllib.request.Request(address, headers=server.headers), timeout=MADE_S).read()


@contextmanager
def _fronts(nginx: str, server: Running, kind: Kind) -> Iterator[dict[str, int]]:
    """nginx with TLS before the server: HTTP/2 at one port, HTTP/1.1 at another; the socket goes by the second."""
    with tempfile.TemporaryDirectory(prefix="lightbox-bench-") as folder:
        _certificate(Path(folder))
        ports = {"HTTP/1.1": free_port(), "HTTP/2": free_port()}
        file = Path(folder) / "nginx.conf"
        file.write_text(
            _settings(Path(folder), server.port, ports, max(LEAST_KERNEL_BYTES, SIDES * kind.fills_bytes))
        )
        with (Path(folder) / "log").open("wb") as log:
            process = subprocess.Popen([nginx, "-c", str(file), "-p", folder], stdout=log, stderr=log)
        try:
            time.sleep(1)  # nginx says nothing when it listens
            yield {**ports, "websocket": ports["HTTP/1.1"]}
        finally:
            end(process)


def _certificate(folder: Path) -> None:
    request = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    names = [
        "-days",
        "1",
        "-subj",
        "/CN=127.0.0.1",
        "-keyout",
        str(folder / "key"),
        "-out",
        str(folder / "certificate"),
    ]
    subprocess.run([*request, *names], check=True, capture_output=True)


def _settings(folder: Path, server_port: int, ports: dict[str, int], kernel_bytes: int) -> str:
    def front(port: int, kind: str) -> str:
        return f"""
  server {{
    listen 127.0.0.1:{port} ssl {kind} sndbuf={kernel_bytes};
    ssl_certificate {folder}/certificate; ssl_certificate_key {folder}/key; ssl_protocols TLSv1.3;
    location / {{
      proxy_pass http://lightbox; proxy_http_version 1.1; proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $upgrading; proxy_read_timeout 600s;
    }}
  }}"""

    return f"""
daemon off; worker_processes 1; pid {folder}/pid; error_log stderr error;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  map $http_upgrade $upgrading {{ default upgrade; '' ''; }}
  upstream lightbox {{ server 127.0.0.1:{server_port}; keepalive 32; }}
  {front(ports["HTTP/1.1"], "")}
  {front(ports["HTTP/2"], "http2")}
}}
"""
