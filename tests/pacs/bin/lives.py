"""A process that deletes, restores or erases and is killed between two steps, for test_crashes: run as a script.

LIGHTBOX_DATA names a new folder. `prepare` makes the database, `all` kills at each of STEPS and says what was found
after the next start, by step.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from django.conf import settings

# What is under way, and the function before or after whose nth call the process is killed.
STEPS = (
    ("delete", "pacs.bin.throwing_away.set_aside", "before", 1),
    ("delete", "pacs.bin.throwing_away.unregister", "after", 1),
    ("delete", "pacs.bin.manifests.disk.sync_folder", "before", 1),
    ("delete", "pacs.bin.throwing_away.write_manifest", "after", 1),
    ("delete", "pacs.bin.throwing_away.record", "after", 1),
    ("delete", "pacs.bin.throwing_away.delete", "after", 1),
    ("restore", "pacs.ingest.restoring.ingest", "before", 1),
    ("restore", "pacs.ingest.enter.let_go", "after", 2),
    ("restore", "pacs.bin.holding.strike_out", "before", 2),
    ("restore", "pacs.ingest.restoring.ingest", "after", 2),
    ("restore", "pacs.ingest.restoring.bring_back", "before", 1),
    ("restore", "pacs.ingest.restoring.record", "after", 1),
    ("restore", "pacs.ingest.restoring.unlink_manifest", "before", 1),
    ("restore", "pacs.ingest.restoring.unlink_manifest", "after", 1),
    ("erase", "pacs.bin.emptying.record", "after", 1),
    ("erase", "pacs.bin.emptying._erase_derived", "before", 1),
    ("erase", "pacs.bin.emptying.BlobKey", "after", 2),
    ("erase", "pacs.bin.emptying._erase_files", "after", 1),
    ("erase", "pacs.bin.emptying._forget_names", "before", 1),
    ("erase", "pacs.bin.emptying.unlink_manifest", "before", 1),
    ("erase", "pacs.bin.emptying.unlink_manifest", "after", 1),
)
COUNT = 3


def main() -> None:
    django.setup()
    if sys.argv[1] == "prepare":
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
    else:
        print(json.dumps([life(number, *step) for number, step in enumerate(STEPS, 1)]))  # noqa: T201  # the answer


def life(number: int, act: str, function: str, moment: str, call: int) -> dict[str, Any]:
    """Receive a study, begin the act in a child that is killed, start anew, and see."""
    from django.db import connections

    read_in_process()
    study = f"1.2.{number}"
    blobs = receive(study)
    if act != "delete":
        delete(study)
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        kill_at(function, moment, call)
        {"delete": delete, "restore": restore, "erase": erase}[act](study)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    start_anew()
    return {
        "step": f"{act}: {moment} {function}",
        "killed": os.WIFSIGNALED(status),
        **seen(study, blobs, act),
    }


def read_in_process() -> None:
    """Without a sandbox, whose processes would outlive their parent, nor the thread that makes thumbnails.

    What a thread holds in the moment of a fork, SQLite's own locks among it, the child waits for forever.
    """
    from pacs.ingest import checks
    from viewer.rendering.prefetch import Settling

    setattr(Settling, "hear", lambda *_: None)  # noqa: B010  # a method is not to be assigned to
    setattr(checks, "run", lambda function, *args, **_: function(*args))  # noqa: B010  # not a name that it offers


def receive(study: str) -> set[str]:
    from tests.builders import blob_key_of
    from tests.pacs.bin.binning import received, study_of

    files = study_of(COUNT, uid=study, series=f"{study}.1", PatientID=study)
    received(*files)
    return {blob_key_of(file) for file in files}


def delete(study: str) -> None:
    from pacs.access.actors import system_actor
    from pacs.bin import throwing_away
    from pacs.catalog.unregister import Scope

    throwing_away.delete(Scope(study), actor=system_actor("tests"))


def restore(study: str) -> None:
    from pacs.bin.models import Deletion
    from pacs.ingest import restoring

    row = Deletion.objects.get(study_instance_uid=study)
    Deletion.objects.filter(pk=row.pk).update(state=Deletion.State.RESTORING)
    restoring._restore(row.pk)


def erase(study: str) -> None:
    from pacs.access.actors import system_actor
    from pacs.bin import emptying
    from pacs.bin.models import Deletion

    emptying.erase(Deletion.objects.get(study_instance_uid=study), actor=system_actor("tests"))


def kill_at(name: str, moment: str, call: int) -> None:
    """Have this process end by SIGKILL there: nothing is cleared up, nothing is caught."""
    place, _, function = name.rpartition(".")
    owner = find(place)
    real: Callable[..., Any] = getattr(owner, function)
    calls = [0]

    def deadly(*args: Any, **kwargs: Any) -> Any:
        calls[0] += 1
        if moment == "before" and calls[0] == call:
            os.kill(os.getpid(), signal.SIGKILL)
        made = real(*args, **kwargs)
        if moment == "after" and calls[0] == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return made

    setattr(owner, function, deadly)


def find(place: str) -> Any:
    try:
        return import_module(place)
    except ModuleNotFoundError:
        above, _, name = place.rpartition(".")
        return getattr(import_module(above), name)


def start_anew() -> None:
    """What a start and the first tidying do."""
    from pacs.bin.emptying import empty_bin
    from pacs.bin.models import Deletion
    from pacs.ingest import restoring
    from pacs.ingest.reindex import reindex_orphans

    reindex_orphans()
    empty_bin()
    for number in Deletion.objects.filter(state="restoring").values_list("pk", flat=True):
        restoring._restore(number)


def seen(study: str, blobs: set[str], act: str) -> dict[str, Any]:
    """Where the objects are, and whether what is in the bin still comes back."""
    from pacs.bin.models import BinnedObject, Deletion
    from pacs.catalog.models import Instance

    here = set(Instance.objects.filter(blob__in=blobs).values_list("blob", flat=True))
    held = set(BinnedObject.objects.filter(blob__in=blobs).values_list("blob", flat=True))
    found = {
        "here": len(here),
        "binned": len(held),
        "on_disk": sum((Path(settings.BLOB_ROOT) / blob[:2] / blob).is_file() for blob in blobs),
        "both": len(here & held),
        "manifests": len(list(Path(settings.BIN_ROOT).glob("*.jsonl"))),
        "entries": Deletion.objects.count(),
    }
    if held and act == "delete":
        restore(study)
        found["restored"] = Instance.objects.filter(blob__in=blobs).count()
    return found


if __name__ == "__main__":
    main()
