"""P2: bytes in are bytes out, by every way in."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.core.management import call_command

from pacs.ingest.quarantine import quarantine_store
from pacs.storage.blobs import BlobStore, blob_store
from tests import people
from tests.pacs.api.test_uploads import upload_whole
from tests.pacs.dicomweb.stow_client import multipart, store
from tests.pacs.ingest.zips import zipped

pytestmark = pytest.mark.django_db(transaction=True)  # every way in works in threads


def by_import(paths: list[Path]) -> None:
    try:
        call_command("import_dicom", *paths, quiet=True, stdout=io.StringIO(), stderr=io.StringIO())
    except SystemExit as ended:
        if ended.code != 1:  # some are rejected
            raise


def by_upload(paths: list[Path]) -> None:
    client = people.signed_in(people.tess())
    for number, some in enumerate(parcels(paths)):
        contents = [(f"{place}/{path.name}", path.read_bytes()) for place, path in enumerate(some)]
        upload = upload_whole(client, f"parcel {number}.zip", zipped(*contents, method=0))
        assert (upload["state"], upload["verdict_count"]) == ("done", len(some))


def by_stow(paths: list[Path]) -> None:
    for some in parcels(paths):
        answer = async_to_sync(store)(multipart(*(path.read_bytes() for path in some)))
        assert answer.status in (200, 202, 409), answer.body


def parcels(paths: list[Path]) -> Iterator[list[Path]]:
    """The files in lots of at most some megabytes."""
    lot, size = list[Path](), 0
    for path in paths:
        if lot and size + path.stat().st_size > 7 << 20:
            yield lot
            lot, size = [], 0
        lot.append(path)
        size += path.stat().st_size
    yield lot


@pytest.mark.slow
@pytest.mark.parametrize("way", [by_import, by_upload, by_stow])
def test_p2_every_way_in_keeps_the_very_bytes(way: Callable[[list[Path]], None], shared_data: Path) -> None:
    with (shared_data / "MANIFEST.tsv").open(encoding="utf-8") as manifest:
        rows = list(csv.DictReader(manifest, delimiter="\t", quoting=csv.QUOTE_NONE))
    readable = {row["sha256"] for row in rows if row["px_sha256"] and row["part10"] == "y"}
    assert len(readable) > 700
    way([shared_data / row["path"] for row in rows])
    # Of two files with one UID the second is kept beside.
    assert readable <= set(true_digests(blob_store())) | set(true_digests(quarantine_store()))


def true_digests(blobs: BlobStore) -> Iterator[str]:
    """The SHA-256 of each kept file, which must be its name."""
    for key in blobs.keys():  # noqa: SIM118  # no dict
        with blobs.open(key) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
        assert digest == key
        yield digest
