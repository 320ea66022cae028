"""P20: the embedded database never answers "database is locked", however many write and read at once."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

import pytest
from django.db import connection, connections

from pacs.access.permit import visible_studies
from pacs.access.standing import read_epoch
from pacs.catalog.models import Instance, Study
from pacs.ingest import checks
from pacs.ingest.arrival import arrival_from_import
from pacs.ingest.pipeline import ingest
from pacs.ingest.receipts import Stored
from pacs.storage.staging import stage_bytes
from tests import builders, people

P20_SECONDS = float(os.environ.get("P20_SECONDS", "6"))
WRITERS, READERS = 8, 50


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="is about the embedded database")
def test_p20_the_embedded_database_is_never_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    """P20_SECONDS=60 for the longer run."""
    # What is asked here is how the database bears it: the sandbox would let two in at a time.
    monkeypatch.setattr(checks, "run", lambda function, *args, **_: function(*args))
    actor = people.actor(people.alice())
    ends_at, done, failures = time.monotonic() + P20_SECONDS, Counter[str](), list[str]()
    series = builders.fresh_uids()

    def write() -> None:
        data = builders.ct_slice(**{**series, "SOPInstanceUID": builders.new_uid()})
        assert isinstance(ingest(arrival_from_import(stage_bytes(data))), Stored)

    def read() -> None:
        read_epoch()
        study = visible_studies(actor).filter(study_instance_uid=series["StudyInstanceUID"]).first()
        assert study is None or study.number_of_instances > 0

    def over_and_over(kind: str, work: Callable[[], None]) -> None:
        try:
            while time.monotonic() < ends_at:
                work()
                done[kind] += 1
        except Exception as error:
            failures.append(f"{kind}: {error!r}")
        finally:
            connections.close_all()

    all_at_once(
        [partial(over_and_over, "write", write)] * WRITERS + [partial(over_and_over, "read", read)] * READERS
    )
    assert failures == []
    assert done["write"] > WRITERS
    assert done["read"] > READERS
    assert Instance.objects.count() == Study.objects.get().number_of_instances >= done["write"]
    assert connection.vendor == "sqlite"


def all_at_once(work: Sequence[Callable[[], None]]) -> None:
    crowd = [threading.Thread(target=each) for each in work]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
