"""What nobody comes back for does not pile up while a server runs."""

from __future__ import annotations

import os
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from pytest_django import Settings

from pacs.ingest.models import Upload
from pacs.ingest.uploads import receiving
from pacs.operations import tidying
from tests import people

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def staging(settings: Settings, tmp_path: Path) -> Path:
    """A folder of its own."""
    settings.STAGING_ROOT = tmp_path
    return tmp_path


def session(key: str, ends: timedelta) -> None:
    Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + ends)


def sessions() -> set[str]:
    return set(Session.objects.values_list("session_key", flat=True))


def test_what_is_over_is_cleared_and_what_is_not_stays(staging: Path) -> None:
    session("ended", -DAY)
    session("open", DAY)
    old, young = (staging / f"{name}.staged" for name in ("old", "young"))
    for path in (old, young):
        path.write_bytes(b"x")
    os.utime(old, (time.time() - 2 * 86_400,) * 2)
    tess = people.actor(people.tess())
    abandoned, fresh = (receiving.begin_upload(name, 10, actor=tess) for name in ("a", "b"))
    Upload.objects.filter(pk=abandoned.pk).update(touched_at=timezone.now() - 8 * DAY)
    tidying.tidy()
    assert sessions() == {"open"}
    assert (old.exists(), young.exists()) == (False, True)
    assert list(Upload.objects.values_list("pk", flat=True)) == [fresh.pk]
    assert not receiving.path_of(abandoned).exists()
    assert receiving.path_of(fresh).exists()


def test_an_upload_that_begins_meanwhile_keeps_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    tess = people.actor(people.tess())
    begun: list[Upload] = []
    path_of = receiving.path_of

    def begin_in_the_midst(upload: Upload) -> Path:
        if len(begun) == 1:  # while the first one's path is looked up
            begun.append(Upload())
            begun[1] = receiving.begin_upload("second", 10, actor=tess)
        return path_of(upload)

    begun.append(receiving.begin_upload("first", 10, actor=tess))
    monkeypatch.setattr(receiving, "path_of", begin_in_the_midst)
    receiving.clear_abandoned_uploads()
    assert [path_of(upload).exists() for upload in begun] == [True, True]


def test_it_goes_on_every_hour_until_the_server_stops(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    words, rounds, thrice = "Doe^Jane", [0], threading.Event()

    def faulty(*_: Any) -> None:
        rounds[0] += 1
        if rounds[0] == 3:
            thrice.set()
        raise ValueError(words)

    monkeypatch.setattr(tidying, "CHORES", (faulty,))
    monkeypatch.setattr(tidying, "EVERY_S", 0.01)
    with tidying.tidying():
        assert thrice.wait(10)
    ended_at = rounds[0]
    time.sleep(0.05)
    assert rounds[0] == ended_at
    assert "ValueError" in caplog.text
    assert words not in caplog.text
