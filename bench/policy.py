"""What the policy costs a request where there is much to decide by: 1,000,000 instances, 100,000 grants."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.bars import Figure, at_most
from bench.lists import big_catalog
from bench.servers import lightbox_environment

POSTGRES = os.environ.get("POSTGRES_FOR_TESTS", "postgres://postgres@127.0.0.1:5432")
DATABASE = "lightbox_bench_policy"
COSTS = {
    who: at_most(f"policy: {told}, p95 of what it adds to a request", "ms", 2, 1)
    for who, told in {
        "sqlite image": "an image asked for by its UID (SQLite)",
        "sqlite list": "the study list (SQLite)",
        "postgresql image": "an image asked for by its UID (PostgreSQL)",
        "postgresql list": "the study list (PostgreSQL)",
    }.items()
}


def measure() -> Iterator[Figure]:
    """Both databases; PostgreSQL where one listens."""
    data = big_catalog()
    yield from _figures("sqlite", _measured(_copied(data)))
    environment = {**lightbox_environment(data, "127.0.0.1:8000"), "DATABASE_URL": f"{POSTGRES}/{DATABASE}"}
    if _made_anew():
        yield from _figures("postgresql", _measured(environment, is_new=True))
    else:
        for what in ("image", "list"):
            yield COSTS[f"postgresql {what}"].none("no PostgreSQL listens that lets us make a database")


def _copied(data: Path) -> dict[str, str]:
    """A copy of the large catalogue, which other benches measure without grants."""
    copy = data.with_name(f"{data.name}-grants")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(data, copy)
    return lightbox_environment(copy, "127.0.0.1:8000")


def _measured(environment: dict[str, str], *, is_new: bool = False) -> dict[str, Any]:
    if is_new:
        _run("bench.big_catalog", "fill", environment)
    _run("bench.policy_catalog", "fill", environment)
    return dict(json.loads(_run("bench.policy_catalog", "measure", environment)))


def _run(module: str, command: str, environment: dict[str, str]) -> bytes:
    done = subprocess.run(
        [sys.executable, "-m", module, command], env=environment, stdout=subprocess.PIPE, check=True
    )
    return done.stdout


def _made_anew() -> bool:
    import psycopg

    try:
        with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True, connect_timeout=2) as server:
            server.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
            server.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg.Error:
        return False
    return True


def _figures(vendor: str, told: dict[str, Any]) -> Iterator[Figure]:
    """Requests of people at random; whoever holds a tenth of all grants is told beside."""
    for what in ("image", "list"):
        anybody, busiest = (
            next(times for name, times in told.items() if name.startswith(who) and name.endswith(what))
            for who in ("anybody", "the busiest")
        )
        words = f"{told['grants']:,} grants; {_told(anybody)}; who holds 10,000 of them: {_told(busiest)}"
        yield COSTS[f"{vendor} {what}"].figure(_at(anybody, 0.95), words)


def _told(times: list[float]) -> str:
    return f"p50 {_at(times, 0.5):.2f} ms, p95 {_at(times, 0.95):.2f} ms"


def _at(times: list[float], part: float) -> float:
    return times[min(len(times) - 1, int(len(times) * part))]
