"""The derived store: whole or not at all, droppable, named by digests (P10)."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from pytest_django import Settings

from pacs.storage.derived import derived_store
from pacs.storage.keys import derived_key
from tests.builders import blob_key_of

KEY = derived_key(blob_key_of(b"a"), 1)


def test_what_was_put_is_got_until_it_is_dropped() -> None:
    store = derived_store()
    assert store.get("thumbnail", KEY) is None
    store.put("thumbnail", KEY, b"jpeg")
    store.put("description", KEY, b"json")
    store.put("thumbnail", KEY, b"better")
    assert store.get("thumbnail", KEY) == b"better"
    store.drop("thumbnail")
    assert store.get("thumbnail", KEY) is None
    assert store.get("description", KEY) == b"json"
    store.drop()
    assert store.get("description", KEY) is None


@pytest.mark.parametrize(
    ("kind", "key"),
    [("../x", KEY), ("", KEY), ("thumbnail", "../" * 8), ("thumbnail", "JANE DOE"), ("a/b", KEY)],
)
def test_p10_only_a_kind_and_a_digest_name_a_file(kind: str, key: str, storage_roots: Path) -> None:
    store = derived_store()
    with pytest.raises(ValueError):
        store.put(kind, key, b"")
    with pytest.raises(ValueError):
        store.get(kind, key)
    assert not storage_roots.exists()


def test_p10_dropping_stays_inside_the_root() -> None:
    with pytest.raises(ValueError):
        derived_store().drop("..")


def test_p6_a_full_disk_is_no_error_here(settings: Settings) -> None:
    settings.MIN_FREE_BYTES = 1 << 60
    derived_store().put("thumbnail", KEY, b"jpeg")
    assert derived_store().get("thumbnail", KEY) is None


def keys_of(count: int) -> list[str]:
    return [derived_key(blob_key_of(b"a"), number) for number in range(count)]


def test_a_part_is_read_and_one_alone_dropped() -> None:
    store = derived_store()
    store.put("stream", KEY, b"0123456789")
    assert store.read_range("stream", KEY, 2, 3) == b"234"
    assert store.read_range("stream", KEY, 8, 99) == b"89"
    assert list(store.keys("stream")) == [KEY]
    store.drop_one("stream", KEY)
    assert (store.read_range("stream", KEY, 0, 1), store.has("stream", KEY)) == (None, False)
    assert list(store.keys("stream")) == []


def test_a_kind_with_a_budget_stays_within_it_and_a_little(settings: Settings, storage_roots: Path) -> None:
    settings.STREAM_DISK_BYTES = 10_000
    for key in keys_of(100):
        derived_store().put("stream", key, bytes(300))
        derived_store().put("thumbnail", key, bytes(300))
    sizes = [
        path.stat().st_size for path in (storage_roots / "derived" / "stream").rglob("*") if path.is_file()
    ]
    assert 8_000 < sum(sizes) <= 10_000 + 10_000 / 32 + 300
    assert all(derived_store().has("thumbnail", key) for key in keys_of(100))


def test_what_was_used_stays_and_what_was_not_goes(settings: Settings, storage_roots: Path) -> None:
    first, second, third = keys_of(3)
    for key in (first, second, third):
        derived_store().put("stream", key, bytes(1000))
    long_ago = time.time() - 86400
    for path in (storage_roots / "derived" / "stream").rglob("*"):
        if path.is_file():
            os.utime(path, (long_ago, long_ago))
    derived_store().read_range("stream", second, 0, 1)
    settings.STREAM_DISK_BYTES = 1500
    derived_store().trim("stream")
    assert [derived_store().has("stream", key) for key in (first, second, third)] == [False, True, False]
