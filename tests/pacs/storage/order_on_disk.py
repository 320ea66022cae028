"""What is asked of the file system, in its order (promise P1)."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest


def order_on_disk(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list that grows from here on: "file" or "folder" for what is synced, "name" for what is renamed."""
    done: list[str] = []
    fsync, rename = os.fsync, os.rename

    def syncing(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    def renaming(path: Path, target: str) -> None:
        done.append("name")
        rename(path, target)

    monkeypatch.setattr(os, "fsync", syncing)
    monkeypatch.setattr(os, "rename", renaming)
    return done
