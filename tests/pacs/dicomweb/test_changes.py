"""The change feed: in one order, without a gap, and only of what is open to whoever asks."""

from __future__ import annotations

import hashlib
import threading
from typing import Any

import pytest
import requests
from django.db import connection

from pacs.bin.emptying import erase
from pacs.catalog.models import Arrival, Instance, Study
from tests import builders, people
from tests.pacs.bin.binning import binned, received, restored, study_of
from tests.running import running_application

in_threads = pytest.mark.django_db(transaction=True)
pytestmark = pytest.mark.django_db
AS_IT_CAME = {"Accept": "application/dicom; transfer-syntax=*"}


def changes(user: Any, since: str = "", **query: Any) -> dict[str, Any]:
    answer = people.signed_in(user).get("/dicom-web/changes", {"since": since, **query})
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


def told(user: Any, since: str = "") -> list[tuple[str, str, str]]:
    return [(one["kind"], one["level"], one["study"]) for one in changes(user, since)["changes"]]


@in_threads
def test_what_came_and_went_is_told_in_order_from_the_cursor_on() -> None:
    files = study_of(2)
    received(*files)
    first = changes(people.alice())
    assert [one["sha256"] for one in first["changes"]] == [builders.blob_key_of(file) for file in files]
    assert first["changes"][0]["series"] == "1.2.3.4"
    assert first["changes"][0]["size_bytes"] == len(files[0])
    assert changes(people.alice(), first["next"]) == {"changes": [], "next": first["next"], "more": False}
    deletion = binned()
    assert told(people.alice(), first["next"]) == [("deleted", "study", "1.2.3")]
    restored(deletion)
    expected = [
        ("deleted", "study", "1.2.3"),
        *[("stored", "instance", "1.2.3")] * 2,
        ("restored", "study", "1.2.3"),
    ]
    assert told(people.alice(), first["next"]) == expected
    assert told(people.alice()) == expected, "what is not here any more is told by its deletion alone"


def test_pages_join_without_a_gap() -> None:
    received(*study_of(3))
    binned("1.2.3", "1.2.3.4", Instance.objects.order_by("pk")[1].sop_instance_uid)
    whole, since, joined, more = changes(people.ada())["changes"], "", [], True
    while more:
        page = changes(people.ada(), since, limit=1)
        since, more = page["next"], page["more"]
        joined += page["changes"]
    assert joined == whole
    assert [one["kind"] for one in whole] == ["stored", "stored", "deleted"]


def test_p13_everybody_hears_of_what_is_or_was_open_to_them_and_of_nothing_else() -> None:
    received(*study_of(1, PatientID="PIA"))
    received(*study_of(1, "1.2.9", "1.2.9.1", PatientID="PAUL", PatientName="Roe^Paul", PatientBirthDate=None,
                       ReferringPhysicianName="Else^Someone"))  # fmt: skip
    pia, paul = (Study.objects.get(study_instance_uid=uid) for uid in ("1.2.3", "1.2.9"))
    people.tied(people.pia(), pia.patient)
    people.tied(people.paul(), paul.patient)
    people.granted(people.charlie(), paul)
    for uid in ("1.2.3", "1.2.9"):
        binned(uid)
    own, others = [("deleted", "study", "1.2.3")], [("deleted", "study", "1.2.9")]
    assert told(people.pia()) == told(people.bob()) == own
    assert told(people.paul()) == told(people.charlie()) == others
    assert told(people.alice()) == own + others
    # Nor does the cursor tell that there was more.
    assert changes(people.pia())["next"] != changes(people.alice())["next"]


def test_an_erased_study_is_still_told_to_those_who_had_it() -> None:
    received(*study_of(1))
    people.granted(people.charlie(), Study.objects.get())
    erase(binned(), actor=people.actor(people.ada()))
    assert told(people.charlie()) == told(people.ada()) == [("deleted", "study", "1.2.3")]


@pytest.mark.parametrize("query", [{"since": "12"}, {"since": "x-1"}, {"limit": "0"}, {"limit": "many"}])
def test_a_question_that_cannot_be_understood_is_refused(query: dict[str, str]) -> None:
    answer = people.signed_in(people.alice()).get("/dicom-web/changes", query)
    assert answer.status_code == 400


def test_a_cursor_of_another_catalogue_says_that_one_has_to_begin_anew() -> None:
    received(*study_of(1))
    cursor = changes(people.alice())["next"]
    ahead = f"{cursor.partition('-')[0]}-99"
    Arrival.objects.update(archive="feed")
    for since in (cursor, ahead):
        answer = people.signed_in(people.alice()).get("/dicom-web/changes", {"since": since})
        assert (answer.status_code, answer.json()["error"]["code"]) == (410, "outdated")
    Arrival.objects.update(archive=cursor.partition("-")[0])
    assert people.signed_in(people.alice()).get("/dicom-web/changes", {"since": ahead}).status_code == 410


class Mirror:
    """An outside client that keeps what the feed says, by HTTP alone."""

    def __init__(self, address: str, key: str) -> None:
        self.address = f"{address}/dicom-web"
        self.client = requests.Session()
        self.client.headers["Authorization"] = f"Bearer {key}"
        self.since = ""
        self.kept: dict[tuple[str, ...], bytes] = {}

    def follow(self) -> None:
        """Take in all that is told now."""
        more = True
        while more:
            answer = self.client.get(f"{self.address}/changes", params={"since": self.since, "limit": "7"})
            answer.raise_for_status()
            page = answer.json()
            for change in page["changes"]:
                self.apply(change)
            self.since, more = page["next"], page["more"]

    def apply(self, change: dict[str, Any]) -> None:
        named = tuple(change[level] for level in ("study", "series", "instance") if change[level])
        if change["kind"] == "stored":
            path = "studies/{}/series/{}/instances/{}".format(*named)
            answer = self.client.get(f"{self.address}/{path}", headers=AS_IT_CAME)
            if answer.status_code == 404:
                return  # gone by now: its deletion follows
            assert hashlib.sha256(answer.content).hexdigest() == change["sha256"]
            self.kept[named] = answer.content
        elif change["kind"] == "deleted":
            self.kept = {key: file for key, file in self.kept.items() if key[: len(named)] != named}


@in_threads
def test_an_outside_client_mirrors_the_archive_while_it_changes() -> None:
    """Shown: with senders and deletions under way in several threads, whoever follows the feed ends with the same."""
    faults: list[BaseException] = []

    def change(number: int) -> None:
        try:
            for round_ in range(3):
                uid = f"1.2.{number}.{round_}"
                received(*study_of(2, uid, f"{uid}.1", PatientID=str(number)))
                if round_ == 1:
                    deletion = binned(f"1.2.{number}.0")
                    received(*study_of(1, uid, f"{uid}.2", PatientID=str(number)))
                    binned(uid, f"{uid}.1")
                    if number % 2:
                        restored(deletion)
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    with running_application() as address:
        mirror = Mirror(address, people.key_of(people.alice()))
        threads = [threading.Thread(target=change, args=(number,)) for number in range(3)]
        people.ada()
        for one in threads:
            one.start()
        while any(one.is_alive() for one in threads):
            mirror.follow()
        mirror.follow()
    assert faults == []
    here = Instance.objects.values_list(
        "series__study__study_instance_uid", "series__series_instance_uid", "sop_instance_uid", "blob"
    )
    mirrored = {(*uids, hashlib.sha256(file).hexdigest()) for uids, file in mirror.kept.items()}
    assert mirrored == set(here)
    assert len(mirrored) == 3 * (1 + 2) + 2
