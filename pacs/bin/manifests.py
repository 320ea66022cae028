"""What is in the bin, in files of its own: the truth of it, should the database be lost (promise P5).

A manifest is BIN_ROOT/<key>.jsonl. Its first line says what was deleted, when and by whom; each other line names a
blob, or says that one has left the bin. It is on the disk before the rows leave the catalogue, and lines are only
ever added; so whenever the process ends, either the rows are there or the manifest says where they went.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from pacs.bin.models import BinnedObject, Deletion
from pacs.storage import disk
from pacs.storage.keys import BlobKey, is_digest

log = logging.getLogger(__name__)

SUFFIX = ".jsonl"
PART = ".part"
MODE = 0o640
SAID = ("level", "study_instance_uid", "series_instance_uid", "sop_instance_uid", "told", "deleted_by_label")
OF_AN_OBJECT = ("blob", "size_bytes", "series_instance_uid", "sop_instance_uid")


@dataclass(frozen=True)
class Manifest:
    """One that was read: its first line by the names of Deletion, and the objects that are still in the bin."""

    key: UUID
    said: dict[str, Any]
    objects: list[dict[str, Any]]


def write_manifest(deletion: Deletion, objects: Iterable[BinnedObject]) -> None:
    """Put it on the disk, whole or not at all. Raises StorageFull."""
    head = {name: getattr(deletion, name) for name in SAID} | {"deleted_at": deletion.deleted_at.isoformat()}
    lines = [head, *({name: getattr(one, name) for name in OF_AN_OBJECT} for one in objects)]
    path = _path_of(deletion.key)
    beside = path.with_suffix(PART)
    with disk.telling_full():
        disk.make_folder(path.parent)
        try:
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE), "w") as file:
                file.writelines(f"{json.dumps(line)}\n" for line in lines)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        disk.sync_folder(path.parent)


def strike_out(key: UUID, blob: BlobKey) -> None:
    """Add that this blob has left the bin."""
    try:
        descriptor = os.open(_path_of(key), os.O_WRONLY | os.O_APPEND)
    except FileNotFoundError:
        return
    try:
        os.write(descriptor, f"{json.dumps({'gone': blob})}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def unlink_manifest(key: UUID) -> None:
    """There is nothing of it in the bin any more."""
    _path_of(key).unlink(missing_ok=True)


def manifests() -> Iterator[Manifest]:
    """All that can be read."""
    for path in sorted(Path(settings.BIN_ROOT).glob(f"*{SUFFIX}")):
        try:
            yield _read(path)
        except (ValueError, KeyError, TypeError):
            log.error("a manifest of the bin cannot be read: %s", path.name)


def manifest_exists(key: UUID) -> bool:
    """Whether it has a manifest."""
    return _path_of(key).is_file()


def _path_of(key: UUID) -> Path:
    return Path(settings.BIN_ROOT) / f"{key}{SUFFIX}"


def _read(path: Path) -> Manifest:
    lines = path.read_text(encoding="utf-8").splitlines()
    head = json.loads(lines[0])
    said = {name: head[name] for name in SAID} | {"deleted_at": datetime.fromisoformat(head["deleted_at"])}
    objects: dict[str, dict[str, Any]] = {}
    for line in lines[1:]:
        try:
            told = json.loads(line)
        except ValueError:
            continue  # an addition that a crash cut short
        if "gone" in told:
            objects.pop(told["gone"], None)
        elif is_digest(told["blob"]):
            objects[told["blob"]] = {name: told[name] for name in OF_AN_OBJECT}
    return Manifest(UUID(path.stem), said, list(objects.values()))
