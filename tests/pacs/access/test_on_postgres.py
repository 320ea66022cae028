"""The same promises on PostgreSQL: its own triggers, its own way to queue for the chain, its own restarts."""

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
    "test_standing.py",
    "test_audit.py",
    "test_append_only.py",
    "test_policy.py",
    "test_one_predicate.py",
    "test_listing.py",
    "test_grants.py",
    "test_explaining.py",
    "test_idle.py",
    "test_breaking_glass.py",
    "test_link_opening.py",
    "postgres_only.py",
    "postgres_functions.py",
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
def test_access_keeps_its_promises_on_postgres(server: str, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": f"{server}/lightbox_access",
        "LIGHTBOX_DATA": str(tmp_path / "data"),
    }
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--create-db", "--no-migrations"]
        + [str(HERE / name) for name in REPEATED],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
