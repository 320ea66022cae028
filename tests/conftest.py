"""What every test may ask for: a place of its own to keep files in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from django.db.backends.base.operations import BaseDatabaseOperations
from pytest_django import Settings

from pacs.processors import let_go
from tests.tampering import unguarded

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


@pytest.fixture(autouse=True)
def storage_roots(settings: Settings, tmp_path: Path) -> Path:
    """Every area of the store lies under this test's own folder, so that no test sees another's files."""
    root = tmp_path / "lightbox"
    settings.BLOB_ROOT = root / "blobs"
    settings.STAGING_ROOT = root / "staging"
    settings.DERIVED_ROOT = root / "derived"
    settings.QUARANTINE_ROOT = root / "quarantine"
    settings.BIN_ROOT = root / "bin"
    settings.MIN_FREE_BYTES = 1 << 20
    return root


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real DICOM files with known truths; they are not part of the project."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data, which is not part of the project")
    return folder


@pytest.fixture(autouse=True)
def threads_let_go() -> Iterator[None]:
    """No test, and nothing that it starts, is kept on the processor of the event loop of one before."""
    yield
    let_go()


@pytest.fixture(scope="session", autouse=True)
def emptied_between_tests() -> Iterator[None]:
    """What a transactional test left is removed after it: its trail too, which the database lets nobody remove."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_unguarded(operations: BaseDatabaseOperations, statements: Sequence[str]) -> None:
        with unguarded():
            flush(operations, statements)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(BaseDatabaseOperations, "execute_sql_flush", flush_unguarded)
        yield


@pytest.fixture(scope="session", autouse=True)
def nothing_in_the_background() -> Iterator[None]:
    """No thread makes thumbnails of what a test received when that test's database is gone already.

    For the session: what is received for a whole module of tests is received outside of each.
    """
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("viewer.rendering.prefetch.settling.hear", lambda name: None)
        yield
