"""P2: bytes in = bytes out. P10: no text from a file becomes a path. P6: a full disk is told, and passes."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from pytest_django import Settings

from pacs.errors import NotFound, StorageFull
from pacs.storage import disk, staging
from pacs.storage.blobs import BlobStore, blob_store
from pacs.storage.keys import BlobKey, derived_key, is_digest
from pacs.storage.staging import Staged, stage, stage_bytes, stage_stream
from tests.builders import blob_key_of
from tests.pacs.storage.memory_store import MemoryStore
from tests.pacs.storage.order_on_disk import order_on_disk

BYTES = bytes(range(256)) * 40
ESCAPES = (
    "../../etc/passwd",
    "/etc/passwd",
    "..",
    "",
    "a" * 64 + "/..",
    "A" * 64,
    "\0" * 64,
    "ab\n",
    "é" * 64,
)


@pytest.fixture(params=[blob_store, MemoryStore], ids=["file", "memory"])
def store(request: pytest.FixtureRequest, storage_roots: Path) -> BlobStore:
    make: Callable[[], BlobStore] = request.param
    return make()


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_p2_the_bytes_that_come_out_are_those_that_went_in(store: BlobStore) -> None:
    staged = stage_bytes(BYTES)
    assert staged.blob == blob_key_of(BYTES)
    store.put(staged)
    with store.open(staged.blob) as file:
        assert file.read() == BYTES
    assert store.size(staged.blob) == len(BYTES)
    assert store.exists(staged.blob)
    assert list(store.keys()) == [staged.blob]
    assert list(store.keys(staged.blob[:2])) == [staged.blob]


def test_a_range_is_exact_or_an_error(store: BlobStore) -> None:
    staged = stage_bytes(BYTES)
    store.put(staged)
    assert store.read_range(staged.blob, 100, 50) == BYTES[100:150]
    assert store.read_range(staged.blob, len(BYTES), 0) == b""
    for offset, length in ((len(BYTES) - 1, 2), (-1, 1), (0, -1), (1 << 40, 1)):
        with pytest.raises(ValueError):
            store.read_range(staged.blob, offset, length)


def test_the_same_bytes_twice_are_one_blob(store: BlobStore, storage_roots: Path) -> None:
    for _ in range(2):
        store.put(stage_bytes(BYTES))
    assert len(list(store.keys())) == 1
    assert files_below(storage_roots / "staging") == []


def test_what_was_never_kept_is_not_found(store: BlobStore) -> None:
    missing = blob_key_of(b"never")
    assert not store.exists(missing)
    store.delete(missing)
    for ask in (store.open, store.size, lambda key: store.read_range(key, 0, 1)):
        with pytest.raises(NotFound):
            ask(missing)


def test_p2_what_is_kept_cannot_be_written_by_accident(storage_roots: Path) -> None:
    staged = stage_bytes(BYTES)
    blob_store().put(staged)
    (kept,) = files_below(storage_roots / "blobs")
    assert kept.stat().st_mode & 0o222 == 0


@pytest.mark.parametrize("text", ESCAPES)
def test_p10_no_text_that_is_not_a_digest_becomes_a_path(text: str, storage_roots: Path) -> None:
    store = blob_store()
    assert not store.exists(BlobKey(text))
    for ask in (store.open, store.size, store.delete, lambda key: store.read_range(key, 0, 1)):
        with pytest.raises(NotFound):
            ask(BlobKey(text))


def test_p10_names_on_disk_are_digests_whatever_was_written(storage_roots: Path) -> None:
    staged = stage_bytes(b"../../../evil")
    blob_store().put(staged)
    assert [path.name for path in files_below(storage_roots)] == [staged.blob]


def test_a_file_given_up_half_way_leaves_nothing(storage_roots: Path) -> None:
    with contextlib.suppress(KeyError), stage() as writer:
        writer.write(BYTES)
        raise KeyError
    with stage() as writer:
        writer.write(BYTES)
    assert files_below(storage_roots) == []


def test_p6_below_the_free_space_that_must_stay_nothing_is_taken(settings: Settings) -> None:
    settings.MIN_FREE_BYTES = 1 << 60
    with pytest.raises(StorageFull):
        stage()
    settings.MIN_FREE_BYTES = 0
    with pytest.raises(StorageFull):
        stage(coming_bytes=1 << 60)
    stage().discard()  # recovers by itself


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("call", ["fsync", "rename", "write"])
def test_p6_a_disk_that_fills_up_on_the_way_is_told_and_leaves_nothing(
    number: int, call: str, monkeypatch: pytest.MonkeyPatch, storage_roots: Path
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    place = {
        "fsync": (os, "fsync"),
        "rename": (os, "rename"),
        "write": (staging.StagedWriter, "_write_all"),
    }[call]
    blob_store().put(stage_bytes(b"first"))
    with monkeypatch.context() as patch:
        patch.setattr(*place, refuse)
        with pytest.raises(StorageFull):
            keep_or_discard(BYTES)
    assert [path.name for path in files_below(storage_roots)] == [blob_key_of(b"first")]
    keep_or_discard(BYTES)
    assert blob_store().exists(blob_key_of(BYTES))


def test_p1_of_several_no_name_is_given_before_the_bytes_are_down_and_no_folder_synced_before_its_names(
    monkeypatch: pytest.MonkeyPatch, storage_roots: Path
) -> None:
    several = [stage_bytes(bytes([number])) for number in range(5)]
    for staged in several:
        disk.make_folder(storage_roots / "blobs" / staged.blob[:2])
    done = order_on_disk(monkeypatch)
    assert put_each(several) == [None] * 5
    assert done == ["file"] * 5 + ["name"] * 5 + ["folder"] * len({one.blob[:2] for one in several})
    assert all(blob_store().exists(one.blob) for one in several)


def test_p1_a_folder_is_no_ones_before_it_is_on_the_disk(
    monkeypatch: pytest.MonkeyPatch, storage_roots: Path
) -> None:
    folder = storage_roots / "blobs" / "ab"
    sync, is_syncing, may_sync = disk.sync_folder, threading.Event(), threading.Event()

    def slowly(parent: Path | str) -> None:
        if Path(parent) == folder.parent:
            is_syncing.set()
            assert may_sync.wait(10)
        sync(parent)

    monkeypatch.setattr(disk, "sync_folder", slowly)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(disk.make_folder, folder)
        assert is_syncing.wait(10)
        second = threads.submit(disk.make_folder, folder)
        assert folder.is_dir()
        assert wait([second], timeout=0.2).not_done == {second}
        may_sync.set()
        assert [first.result(10), second.result(10)] == [None, None]


def test_p1_a_folder_of_a_process_that_was_killed_is_synced_by_the_next(
    monkeypatch: pytest.MonkeyPatch, storage_roots: Path
) -> None:
    folder = storage_roots / "blobs" / "ab"
    folder.mkdir(parents=True)
    synced: list[Path] = []
    monkeypatch.setattr(disk, "sync_folder", lambda parent: synced.append(Path(parent)))
    for _ in range(2):
        disk.make_folder(folder)
    assert synced == [folder.parent]
    folder.rmdir()
    disk.make_folder(str(folder))
    assert folder.is_dir()
    assert synced == [folder.parent] * 2


def test_p1_the_folders_of_a_store_are_made_and_synced_together(
    monkeypatch: pytest.MonkeyPatch, storage_roots: Path
) -> None:
    """The first objects of a new store do not each wait for a folder's sync."""
    root = storage_roots / "blobs"
    several = [stage_bytes(bytes([number])) for number in range(5)]
    assert len({one.blob[:2] for one in several}) == 5
    there: list[int] = []
    sync = disk.sync_folder

    def syncing(folder: Path | str) -> None:
        if Path(folder) == root:
            there.append(len(list(root.iterdir())))
        sync(folder)

    monkeypatch.setattr(disk, "sync_folder", syncing)
    assert put_each(several) == [None] * 5
    assert there == [256]
    (root / several[0].blob[:2] / several[0].blob).unlink()
    (root / several[0].blob[:2]).rmdir()
    blob_store().put(stage_bytes(bytes([0])))  # made anew
    assert there == [256, 256]


def test_p1_the_folders_above_are_synced_once_too(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    settings.DATA = tmp_path / "data"
    folder = settings.DATA / "blobs" / "ab"
    folder.mkdir(parents=True)  # by a process that was killed before it could sync any of them
    synced: list[Path] = []

    def syncing(parent: Path | str) -> None:
        synced.append(Path(parent))
        if parent == tmp_path:
            raise PermissionError  # whose folder it is keeps what is above it from us

    monkeypatch.setattr(disk, "sync_folder", syncing)
    disk.make_folder(str(folder))
    assert synced == [tmp_path, settings.DATA, settings.DATA / "blobs"]
    disk.make_folder(folder.with_name("cd"))
    assert synced[3:] == [settings.DATA / "blobs"]


def test_p1_a_folder_that_could_not_be_synced_is_synced_by_the_next_try(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    settings.DATA = tmp_path
    fails = [OSError(errno.EIO, "no")]
    synced: list[Path] = []

    def syncing(parent: Path | str) -> None:
        if fails and parent == tmp_path:
            raise fails.pop()
        synced.append(Path(parent))

    monkeypatch.setattr(disk, "sync_folder", syncing)
    with pytest.raises(OSError, match="no"):
        disk.make_folder(tmp_path / "blobs" / "ab")
    disk.make_folder(tmp_path / "blobs" / "ab")
    assert synced[-2:] == [tmp_path, tmp_path / "blobs"]


def test_p1_bytes_that_somebody_erases_while_they_come_again_are_down_before_they_have_their_name(
    monkeypatch: pytest.MonkeyPatch, storage_roots: Path
) -> None:
    store = blob_store()
    store.put(stage_bytes(BYTES))
    again, neighbour = stage_bytes(BYTES), stage_bytes(b"neighbour")
    synced: list[int] = []
    fsync = os.fsync

    def syncing(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_ino)
        fsync(descriptor)
        if len(synced) == 1:
            store.delete(again.blob)

    number = again.path.stat().st_ino
    monkeypatch.setattr(os, "fsync", syncing)
    assert put_each([again, neighbour]) == [None, None]
    assert store.exists(again.blob)
    assert number in synced


def test_the_same_bytes_twice_among_several_are_one_blob(storage_roots: Path) -> None:
    assert put_each([stage_bytes(BYTES), stage_bytes(BYTES), stage_bytes(b"other")]) == [None] * 3
    assert len(list(blob_store().keys())) == 2
    assert files_below(storage_roots / "staging") == []


def test_p6_a_folder_that_cannot_be_synced_is_told_of_what_is_in_it(
    monkeypatch: pytest.MonkeyPatch, storage_roots: Path
) -> None:
    several = [stage_bytes(bytes([number])) for number in range(3)]
    sync = disk.sync_folder

    def full(folder: Path | str) -> None:
        if str(folder).endswith(several[1].blob[:2]):
            raise OSError(errno.ENOSPC, "no room")
        sync(folder)

    monkeypatch.setattr(disk, "sync_folder", full)
    assert [type(error) for error in put_each(several)] == [type(None), StorageFull, type(None)]


def put_each(several: list[Staged]) -> list[Exception | None]:
    """As the pipeline does it: one step for all, then the other for those that came through the first."""
    errors = blob_store().write_down_each(several)
    named = iter(
        blob_store().name_each([one for one, error in zip(several, errors, strict=True) if not error])
    )
    return [error or next(named) for error in errors]


def keep_or_discard(data: bytes) -> None:
    staged = stage_bytes(data)
    try:
        blob_store().put(staged)
    finally:
        staged.discard()


def test_p6_a_device_that_is_really_full_is_told() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full, which is Linux")
    with Path("/dev/full").open("wb", buffering=0) as full:
        writer = staging.StagedWriter(Path("/nonexistent/never"), full)
        with pytest.raises(StorageFull):
            writer.write(BYTES)


def test_a_folder_that_somebody_cleared_away_is_made_again(storage_roots: Path) -> None:
    stage_bytes(BYTES).discard()
    (storage_roots / "staging").rmdir()
    assert stage_bytes(BYTES).path.is_file()


def test_a_stream_is_staged_in_pieces(tmp_path: Path) -> None:
    big = os.urandom(3 << 20)
    (tmp_path / "big").write_bytes(big)
    with (tmp_path / "big").open("rb") as stream:
        staged = stage_stream(stream)
    assert (staged.blob, staged.size_bytes) == (blob_key_of(big), len(big))
    staged.discard()


def test_what_a_killed_process_left_is_cleared_after_a_day_and_not_before(storage_roots: Path) -> None:
    staged = stage_bytes(BYTES)
    made_s = staged.path.stat().st_mtime
    assert staging.clear_abandoned(now_s=made_s + 3600) == 0
    assert staging.clear_abandoned(now_s=made_s + 25 * 3600) == 1
    assert files_below(storage_roots) == []


def test_derived_keys_tell_frames_and_blobs_apart() -> None:
    one, other = blob_key_of(b"1"), blob_key_of(b"2")
    keys = {
        derived_key(one),
        derived_key(one, 1),
        derived_key(one, 1, 2),
        derived_key(one, 12),
        derived_key(other, 1),
    }
    assert len(keys) == 5
    assert all(is_digest(key) for key in keys)
