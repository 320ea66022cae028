"""A process that ingests and is killed, for test_durability: run as a script, with LIGHTBOX_DATA set to a new folder.

`prepare` makes the database; `once` ingests one slice and says so; `lives N SEED` forks N lives one after another,
kills each with SIGKILL at a random moment and checks what it left behind; `reindex` enters what has no row.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import django
from django.conf import settings

FIRST_LIFE_S = 0.12
LONGEST_LIFE_S = 3.0
ROWS = "SELECT sop_instance_uid, blob, size_bytes FROM catalog_instance"


def main() -> None:
    django.setup()
    command, *rest = sys.argv[1:]
    if command == "prepare":
        prepare()
    elif command == "once":
        once()
    elif command == "lives":
        print(json.dumps(lives(int(rest[0]), int(rest[1]))))  # noqa: T201  # the answer to the test
    elif command == "reindex":
        from pacs.ingest.reindex import rebuild

        print(json.dumps(vars(rebuild())))  # noqa: T201


def prepare() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def once() -> None:
    from tests import builders

    receipt = take_in(builders.ct_slice())
    os.write(1, f"ACKNOWLEDGED {type(receipt).__name__}\n".encode())


def lives(count: int, seed: int) -> dict[str, int]:
    """What was seen: kills, acknowledged objects, lost ones, rows without their file, orphans left on the way."""
    make_ready()
    chance = random.Random(seed)
    acknowledgements = Path(settings.DATA) / "acknowledged"
    acknowledgements.touch()
    seen = {"kills": 0, "acknowledged": 0, "lost": 0, "rows_without_file": 0, "orphans": 0}
    longest_s = FIRST_LIFE_S
    for life in range(count):
        acknowledged = seen["acknowledged"]
        pid = os.fork()
        if pid == 0:
            live(acknowledgements, life)
        time.sleep(chance.uniform(0.01, longest_s))
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        seen["kills"] += os.WIFSIGNALED(status)
        check(acknowledgements, seen)
        # As long as the machine needs for an object or two, however busy it is.
        came_to = seen["acknowledged"] - acknowledged
        longest_s = min(longest_s * (1.2 if came_to == 0 else 0.85 if came_to > 1 else 1), LONGEST_LIFE_S)
    return seen


def make_ready() -> None:
    """Import everything and ingest once before the first fork: a life is shorter than an import."""
    from django.db import connections

    from pacs.ingest import checks
    from tests import builders

    def in_process(function: Any, *args: Any, meanwhile: Callable[[], object]) -> Any:
        meanwhile()
        return function(*args)

    # What is asked here is what this process leaves behind; a sandbox of its own would take longer to start than
    # this process lives.
    setattr(checks, "run", in_process)  # noqa: B010  # not a name that checks offers
    global _template  # made once, for all lives
    _template = builders.ct_slice(
        SOPInstanceUID=UID, StudyInstanceUID=f"{UID}.1", SeriesInstanceUID=f"{UID}.2"
    )
    take_in(_template)
    connections.close_all()


def live(acknowledgements: Path, life: int) -> None:
    """Ingest small slices until killed. Each is acknowledged by a line that says which."""
    from pacs.ingest.receipts import Stored

    log = os.open(acknowledgements, os.O_WRONLY | os.O_APPEND)
    try:
        for number in range(90_000):
            receipt = take_in(slice_number(life, number))
            if isinstance(receipt, Stored):
                os.write(log, f"{receipt.sop_instance_uid}\n".encode())
    finally:
        traceback.print_exc()
        os._exit(1)


def take_in(data: bytes) -> Any:
    from pacs.ingest.arrival import arrival_from_import
    from pacs.ingest.pipeline import ingest
    from pacs.storage.staging import stage_bytes

    return ingest(arrival_from_import(stage_bytes(data)))


def slice_number(life: int, number: int) -> bytes:
    """A small slice that no other life makes, of the same length as all of them."""
    return _template.replace(
        UID.encode() + b"\0", f"{UID[:-9]}{life + 1000}{number + 10000}".encode() + b"\0"
    )


UID = "1.2.3.4.5.6.7.8.100000000"  # of odd length: one zero byte pads it (PS3.5 9.1)
_template = b""


def check(acknowledgements: Path, seen: dict[str, int]) -> None:
    """Acknowledged objects are found, and every row has its file, whole."""
    acknowledged = acknowledgements.read_text().splitlines()
    with closing(sqlite3.connect(Path(settings.DATA) / "lightbox.sqlite3")) as database:
        rows = database.execute(ROWS).fetchall()
    found = {uid for uid, _, _ in rows}
    blobs = {blob for _, blob, _ in rows}
    seen["acknowledged"] = len(acknowledged)
    seen["lost"] += sum(uid not in found for uid in acknowledged)
    seen["rows_without_file"] += sum(not is_whole(blob, size) for _, blob, size in rows[-50:])
    seen["orphans"] = sum(path.name not in blobs for path in Path(settings.BLOB_ROOT).glob("*/*"))


def is_whole(blob: str, size: int) -> bool:
    path = Path(settings.BLOB_ROOT) / blob[:2] / blob
    if not path.exists():
        return False
    data = path.read_bytes()
    return len(data) == size and hashlib.sha256(data).hexdigest() == blob


if __name__ == "__main__":
    main()
