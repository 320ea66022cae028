"""P11: no extractall; caps on entries, total and ratio; overlaps, links and archives within are refused."""

from __future__ import annotations

import resource
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from pacs.ingest import archives
from pacs.ingest.archives import is_archive, members
from pacs.ingest.receipts import Reason
from pacs.ingest.refusal import Refused
from tests import builders
from tests.builders import blob_key_of
from tests.pacs.ingest import zips

IMAGE = builders.ct_slice()
MOST_MEMORY_KB = 200 << 10


def read_all(path: Path) -> dict[str, str | Reason]:
    """What each member is: its digest, or why it is refused; the archive's own refusal under ''."""
    found: dict[str, str | Reason] = {}
    try:
        for member in members(path):
            try:
                staged = member.stage()
            except Refused as refused:
                found[member.name] = refused.reason
            else:
                found[member.name] = staged.blob
                staged.discard()
    except Refused as refused:
        found[""] = refused.reason
    return found


@pytest.fixture
def archive(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(data: bytes) -> Path:
        path = tmp_path / "upload"
        path.write_bytes(data)
        return path

    return write


def test_members_come_out_as_they_went_in(archive: Callable[[bytes], Path]) -> None:
    path = archive(zips.zipped(("a/1.dcm", IMAGE), ("a/b/", b""), ("Röntgen.dcm", b"2"), ("empty", b"")))
    assert is_archive(path)
    assert read_all(path) == {
        "a/1.dcm": blob_key_of(IMAGE),
        "Röntgen.dcm": blob_key_of(b"2"),
        "empty": blob_key_of(b""),
    }


def test_a_dicom_file_with_a_zip_behind_it_is_no_archive(archive: Callable[[bytes], Path]) -> None:
    assert not is_archive(archive(IMAGE + zips.zipped(("a", b"1"))))
    assert is_archive(archive(zips.zipped()))


def test_an_archive_larger_than_its_32_bits_is_read(
    archive: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 1)
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 10)
    data = zips.zipped(("a", b"1" * 20), ("b", b"2" * 20))
    assert b"PK\x06\x06" in data
    monkeypatch.undo()
    assert read_all(archive(data)) == {"a": blob_key_of(b"1" * 20), "b": blob_key_of(b"2" * 20)}


HOSTILE: dict[str, tuple[Callable[[], bytes], dict[str, str | Reason]]] = {
    "overlapping entries": (zips.overlapping, {"": Reason.ARCHIVE_UNSAFE}),
    "entries that quote each other": (zips.overlapping_by_quotation, {"": Reason.ARCHIVE_UNSAFE}),
    "an entry that reaches into the directory": (zips.into_the_directory, {"": Reason.ARCHIVE_UNSAFE}),
    "a bomb": (lambda: zips.bomb(archives.ALWAYS_ALLOWED_BYTES + 1), {"": Reason.ARCHIVE_TOO_BIG}),
    "too many entries by count": (lambda: zip64_claiming(1 << 40, 46), {"": Reason.ARCHIVE_TOO_BIG}),
    "too long a directory": (lambda: zips.claiming(2, 0xFFFFFFF0), {"": Reason.ARCHIVE_TOO_BIG}),
    "a symbolic link": (lambda: zips.with_mode(zips.LINK_MODE), {"innocent.dcm": Reason.ARCHIVE_UNSAFE}),
    "a device": (lambda: zips.with_mode(zips.DEVICE_MODE), {"innocent.dcm": Reason.ARCHIVE_UNSAFE}),
    "an archive within": (
        lambda: zips.zipped(("inner.zip", zips.zipped(("1.dcm", IMAGE)))),
        {"inner.zip": Reason.ARCHIVE_IN_ARCHIVE},
    ),
    # As much comes out as it says, and no more.
    "a size that lies": (lambda: zips.understated(IMAGE), {"small.dcm": blob_key_of(IMAGE[:10])}),
    "a password": (zips.encrypted, {"e.dcm": Reason.ENCRYPTED}),
    "a method that allocates what it is told": (
        lambda: zips.zipped(("1.dcm", IMAGE), method=zipfile.ZIP_LZMA),
        {"1.dcm": Reason.ARCHIVE_UNSAFE},
    ),
    "an end without a directory": (lambda: zips.claiming(2), {"": Reason.ARCHIVE_DAMAGED}),
    "nothing but a beginning": (lambda: b"PK\x03\x04" + b"\0" * 100, {"": Reason.ARCHIVE_DAMAGED}),
}


def zip64_claiming(entries: int, directory_bytes: int) -> bytes:
    record = (
        b"PK\x06\x06" + b"\0" * 28 + entries.to_bytes(8, "little") + directory_bytes.to_bytes(8, "little")
    )
    return zips.claiming(2, 0xFFFFFFFF)[:30] + record + b"\0" * 8 + zips.claiming(2, 0xFFFFFFFF)[30:]


@pytest.mark.parametrize("kind", HOSTILE)
def test_p11_a_hostile_archive_is_refused_and_leaves_nothing(
    kind: str, archive: Callable[[bytes], Path], storage_roots: Path
) -> None:
    make, expected = HOSTILE[kind]
    path = archive(make())
    before_kb, started_s = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    assert read_all(path) == expected
    assert time.monotonic() - started_s < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < MOST_MEMORY_KB
    assert [each for each in storage_roots.rglob("*") if each.is_file()] == []


@pytest.mark.parametrize("name", ["../../../evil.dcm", "/etc/cron.d/evil", "C:\\evil.dcm", "a\0b", "é" * 300])
def test_p11_p10_a_members_name_is_never_a_path(
    name: str, archive: Callable[[bytes], Path], storage_roots: Path, tmp_path: Path
) -> None:
    path = archive(zips.zipped((name, IMAGE)))
    (staged,) = [member.stage() for member in members(path)]
    assert staged.path.parent == storage_roots / "staging"
    assert {each for each in tmp_path.rglob("*") if each.is_file()} == {path, staged.path}


def test_p11_one_refused_member_does_not_cost_the_others(archive: Callable[[bytes], Path]) -> None:
    path = archive(zips.zipped(("viewer.zip", zips.zipped(("x", b"1"))), ("1.dcm", IMAGE)))
    assert read_all(path) == {"viewer.zip": Reason.ARCHIVE_IN_ARCHIVE, "1.dcm": blob_key_of(IMAGE)}


def test_p11_a_member_above_the_largest_upload_is_refused(
    archive: Callable[[bytes], Path], settings: Settings
) -> None:
    settings.MAX_UPLOAD_BYTES = len(IMAGE) - 1
    assert read_all(archive(zips.zipped(("1.dcm", IMAGE)))) == {"": Reason.ARCHIVE_TOO_BIG}


def test_a_damaged_member_is_told(archive: Callable[[bytes], Path]) -> None:
    data = bytearray(zips.zipped(("1.dcm", IMAGE)))
    data[60:70] = b"\xff" * 10
    assert read_all(archive(bytes(data))) == {"1.dcm": Reason.ARCHIVE_DAMAGED}
