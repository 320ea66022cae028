"""What is seen in the WAL index of an SQLite file, whoever commits; and that looking takes nobody's lock away."""

from __future__ import annotations

import gc
import multiprocessing
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from pacs.access.wal_index import WalIndex


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A database in WAL mode with one table, t."""
    name = str(tmp_path / "some.sqlite3")
    made = connect(name)
    made.execute("PRAGMA journal_mode=WAL")
    made.execute("CREATE TABLE t (n)")
    made.close()
    return name


def connect(name: str) -> sqlite3.Connection:
    return sqlite3.connect(name, timeout=0, isolation_level=None)


def in_another_process(work: Callable[[str], None], name: str) -> int | None:
    """How it ended: 0 where nothing was raised."""
    process = multiprocessing.get_context("spawn").Process(target=work, args=(name,))
    process.start()
    process.join()
    return process.exitcode


def commit(name: str) -> None:
    other = connect(name)
    other.execute("INSERT INTO t VALUES (1)")
    other.close()


def commit_and_die(name: str) -> None:
    connect(name).execute("INSERT INTO t VALUES (1)")


def begin_again(name: str) -> None:
    """Take all of the log over into the database: what is committed next begins it anew, with as many frames."""
    other = connect(name)
    assert other.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()[0] == 0
    other.execute("INSERT INTO t VALUES (1)")
    other.close()


def begin_again_from_nothing(name: str) -> None:
    other = connect(name)
    assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    other.execute("INSERT INTO t VALUES (1)")
    other.close()


@pytest.mark.parametrize("write", [commit, begin_again, begin_again_from_nothing])
def test_every_commit_is_seen(write: Callable[[str], None], file: str) -> None:
    index = WalIndex(file)
    seen = {index.headers()}
    for times in range(2, 6):
        write(file)
        seen.add(index.headers())
        assert len(seen) == times


@pytest.mark.parametrize("write", [commit, commit_and_die, begin_again])
def test_a_commit_of_another_process_is_seen(write: Callable[[str], None], file: str) -> None:
    index = WalIndex(file)
    before = index.headers()
    assert in_another_process(write, file) == 0
    assert index.headers() != before


def test_nothing_else_is_seen(file: str) -> None:
    index = WalIndex(file)
    commit(file)
    before = index.headers()
    other = connect(file)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO t VALUES (2)")
    assert index.headers() == before  # it is not committed
    other.execute("ROLLBACK")
    other.execute("SELECT * FROM t").fetchall()
    other.execute("PRAGMA wal_checkpoint(PASSIVE)")
    other.close()
    assert index.headers() == before


def test_the_index_outlives_every_other_connection(file: str) -> None:
    index = WalIndex(file)
    for _ in range(3):
        commit(file)  # the only other connection there is, each time
        before = index.headers()
        commit(file)
        assert index.headers() != before


def test_looking_leaves_a_writer_its_lock(file: str) -> None:
    writer = connect(file)
    writer.execute("BEGIN IMMEDIATE")
    WalIndex(file).headers()
    assert in_another_process(commit, file) == 1  # "database is locked"
    writer.execute("COMMIT")
    assert in_another_process(commit, file) == 0


def test_when_the_interpreter_ends_a_writer_has_its_lock_still(file: str) -> None:
    """All that holds what was opened goes then, while a thread may be in the midst of a commit."""
    writer = connect(file)
    writer.execute("BEGIN IMMEDIATE")
    index = WalIndex(file)
    vars(index).clear()
    gc.collect()
    assert in_another_process(commit, file) == 1  # "database is locked"
    writer.execute("ROLLBACK")


def test_a_file_without_a_log_has_none(tmp_path: Path) -> None:
    name = str(tmp_path / "plain.sqlite3")
    made = connect(name)
    made.execute("CREATE TABLE t (n)")
    with pytest.raises(OSError, match="shm"):
        WalIndex(name)


def test_an_index_of_another_kind_is_refused(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pacs.access.wal_index.VERSION", 3008000)
    with pytest.raises(ValueError, match="another kind"):
        WalIndex(file)
