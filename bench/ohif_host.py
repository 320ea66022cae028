"""OHIF's built app on a port of its own, as a good host would serve it, with our DICOMweb behind the same origin.

The app is the package @ohif/app of npm, some 200 MB: its folder `dist` is named in LIGHTBOX_TEST_OHIF, or it is fetched
once into the folder for temporary files. It is no part of the project.
"""

from __future__ import annotations

import gzip
import http.client
import mimetypes
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

VERSION = "3.12.10"
NAMED_IN = "LIGHTBOX_TEST_OHIF"
DICOMWEB = "/dicom-web"
PIECE_BYTES = 64 << 10
LONGEST_FETCH_S = 300
# Its volumes and codecs need a page that is isolated (SharedArrayBuffer).
ISOLATED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TEXT = (".js", ".css", ".html", ".json", ".svg", ".wasm")
HOP_BY_HOP = {"connection", "transfer-encoding", "keep-alive", "host", "authorization"}
CONFIG = """
window.config = {
  routerBasename: null,
  extensions: [],
  modes: [],
  showStudyList: true,
  maxNumberOfWebWorkers: 3,
  showWarningMessageForCrossOrigin: false,
  showCPUFallbackMessage: false,
  showLoadingIndicator: true,
  strictZSpacingForVolumeViewport: true,
  investigationalUseDialog: { option: 'never' },
  defaultDataSourceName: 'dicomweb',
  dataSources: [
    {
      namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
      sourceName: 'dicomweb',
      configuration: {
        friendlyName: 'Lightbox',
        name: 'lightbox',
        qidoRoot: '/dicom-web',
        wadoRoot: '/dicom-web',
        qidoSupportsIncludeField: true,
        supportsFuzzyMatching: true,
        supportsWildcard: true,
        imageRendering: 'wadors',
        thumbnailRendering: 'wadors',
        enableStudyLazyLoad: true,
        omitQuotationForMultipartRequest: true,
        bulkDataURI: { enabled: true },
      },
    },
  ],
};
"""


class NotToBeHad(Exception):
    """Why OHIF is not here."""


def named_dist() -> Path | None:
    """The folder that the environment names."""
    named = os.environ.get(NAMED_IN)
    return Path(named) if named and (Path(named) / "index.html").exists() else None


def fetched_dist() -> Path:
    """The folder that is named, or one that is fetched by npm and kept for the next run. Raises NotToBeHad."""
    named = named_dist()
    if named is not None:
        return named
    folder = Path(tempfile.gettempdir()) / f"lightbox-ohif-{VERSION}"
    dist = folder / "package" / "dist"
    if not (dist / "index.html").exists():
        _fetch(folder)
    return dist


def _fetch(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise NotToBeHad("needs npm on the path, or its dist named in " + NAMED_IN)
    folder.mkdir(exist_ok=True)
    try:
        packed = [npm, "pack", "--silent", f"@ohif/app@{VERSION}"]
        subprocess.run(packed, cwd=folder, check=True, capture_output=True, timeout=LONGEST_FETCH_S)
        archive = next(folder.glob("*.tgz"))
        subprocess.run(
            ["tar", "xzf", archive.name, "package/dist"], cwd=folder, check=True, timeout=LONGEST_FETCH_S
        )
    except (OSError, subprocess.SubprocessError, StopIteration) as error:
        raise NotToBeHad(f"@ohif/app could not be fetched ({type(error).__name__})") from None
    archive.unlink()


@contextmanager
def ohif(dist: Path, port: int, headers: Mapping[str, str]) -> Iterator[str]:
    """OHIF before the server on this port, which is asked with these headers: its address."""

    class Handler(_Handler):
        folder = dist
        behind = port
        shown = dict(headers)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@cache
def _zipped(file: Path) -> bytes:
    """As a host keeps it ready: nobody waits for this while a figure is taken but at the very first visit."""
    return gzip.compress(file.read_bytes(), 6)


class _Handler(BaseHTTPRequestHandler):
    folder: ClassVar[Path]
    behind: ClassVar[int]
    shown: ClassVar[dict[str, str]]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith(DICOMWEB):
            self._pass_on()
        elif path == "/app-config.js":
            self._send(CONFIG.encode(), "text/javascript", {})
        else:
            self._send_file(path)

    def _send_file(self, path: str) -> None:
        file = (self.folder / path.lstrip("/")).resolve()
        if not file.is_relative_to(self.folder.resolve()) or not file.is_file():
            file = self.folder / "index.html"
        media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        takes_gzip = "gzip" in self.headers.get("Accept-Encoding", "")
        if file.suffix in TEXT and takes_gzip:
            self._send(_zipped(file), media_type, {"Content-Encoding": "gzip"})
        else:
            self._send(file.read_bytes(), media_type, {})

    def _send(self, body: bytes, media_type: str, more: Mapping[str, str]) -> None:
        self.send_response(200)
        told = {"Content-Type": media_type, "Content-Length": str(len(body)), "Cache-Control": "max-age=3600"}
        for name, value in {**told, **ISOLATED, **more}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _pass_on(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.behind, timeout=60)
        asked = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        connection.request("GET", self.path, headers={**asked, **self.shown})
        answer = connection.getresponse()
        body = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP | {"content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
