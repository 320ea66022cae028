"""The browser the tests drive: found on the machine, else installed where that works, else said plainly."""

from __future__ import annotations

import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    # A machine without a graphics card puts pages together by the processor, either by SwiftShader as if it were a
    # card or plainly: plainly took a quarter less time to a first picture. WebGL is SwiftShader's in both cases.
    "--disable-gpu-compositing",
]
MISSING = (
    "The browser tests need Chromium and found none. Install it (Debian: apt-get install chromium) "
    "or name one in CHROMIUM, or leave these tests out: make unit"
)


def find_chromium() -> str | None:
    """The path of a Chromium, installing Debian's where this user may."""
    return _on_the_machine() or (_on_the_machine() if _install() else None)


def _on_the_machine() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def _install() -> bool:
    if not shutil.which("apt-get"):
        return False
    asked = [] if os.geteuid() == 0 else ["sudo", "-n"]  # -n: never ask for a password
    if asked and not shutil.which("sudo"):
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        done = subprocess.run([*asked, "apt-get", *arguments], env=environment, capture_output=True)
        if done.returncode != 0:
            return False
    return True
