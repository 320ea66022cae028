"""The same searches and the same writers on PostgreSQL: its LIKE, its row locks, its plans."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).resolve().parent
SERVER = os.environ.get("POSTGRES_FOR_TESTS", "postgres://postgres@127.0.0.1:5432")
REPEATED = (
    "catalog/test_identity.py",
    "catalog/test_patients.py",
    "catalog/test_register.py",
    "catalog/test_listed.py",
    "catalog/test_search.py",
    "catalog/test_statements.py",
    "catalog/test_turn.py",
    "api/test_studies.py",
    "dicomweb/test_qido.py",
    "dicomweb/test_qido_access.py",
    "dicomweb/test_qido_headers.py",
    "dicomweb/test_wado_metadata.py",
    "dicomweb/test_changes.py",
    "ingest/test_together.py",
    "ingest/test_entered_together.py",
    "bin/test_deleting.py",
    "bin/test_emptying.py",
)


@pytest.fixture(scope="module")
def server() -> str:
    """Where a PostgreSQL listens that lets us make a database."""
    try:
        psycopg.connect(f"{SERVER}/postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        pytest.skip("needs a PostgreSQL server at 127.0.0.1:5432 that trusts the user postgres")
    return SERVER


@pytest.mark.postgres
@pytest.mark.slow
def test_the_catalogue_answers_alike_on_postgres(server: str, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": f"{server}/lightbox_catalog",
        "LIGHTBOX_DATA": str(tmp_path / "data"),
    }
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--create-db", "--no-migrations"]
        + [str(HERE.parent / name) for name in REPEATED],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
