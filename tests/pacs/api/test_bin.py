"""The bin over HTTP: what the app's screen asks, and DICOMweb's DELETE."""

from __future__ import annotations

import time

import pytest
from django.test import Client

from pacs.bin.models import Deletion
from tests import people
from tests.browser import Browser
from tests.pacs.bin.binning import blobs_kept, received, studies, study_of

pytestmark = pytest.mark.django_db(transaction=True)  # what is restored, is restored by threads
JSON = "application/json"


def as_administrator() -> tuple[Client, dict[str, str]]:
    return Client(), people.bearer(people.ada())


def test_what_is_deleted_is_listed_and_brought_back() -> None:
    received(*study_of(2, PatientName="Doe^Jane", PatientID="7", StudyDescription="Thorax"))
    client, shown = as_administrator()
    made = client.post("/api/bin", {"study": "1.2.3"}, content_type=JSON, headers=shown)
    assert made.status_code == 201
    listed = client.get("/api/bin", headers=shown).json()
    assert (listed["days"], listed["next"], listed["entries"]) == (30, None, [made.json()])
    entry = listed["entries"][0]
    told = {
        name: entry[name]
        for name in ("level", "study", "description", "left", "deleted_by", "state", "problem")
    }
    assert told == {
        "level": "study", "study": "1.2.3", "description": "Thorax", "left": 2, "deleted_by": "ada",
        "state": "binned", "problem": None,
    }  # fmt: skip
    assert (entry["patient"]["name"]["alphabetic"], entry["patient"]["id"]) == ("Doe^Jane", "7")
    place = f"/api/bin/{entry['id']}"
    assert client.post(f"{place}/restore", headers=shown).status_code == 202
    ends_at = time.monotonic() + 300
    while client.get(place, headers=shown).status_code == 200 and time.monotonic() < ends_at:
        time.sleep(0.1)
    assert (client.get(place, headers=shown).status_code, studies()) == (404, [("1.2.3", 1, 2)])
    assert client.post(f"{place}/restore", headers=shown).status_code == 404


def test_pages_of_the_bin_join() -> None:
    client, shown = as_administrator()
    for number in range(3):
        uid = f"1.2.{number}"
        received(*study_of(1, uid, f"{uid}.1", PatientID=str(number)))
        assert client.delete(f"/dicom-web/studies/{uid}", headers=shown).status_code == 204
    first = client.get("/api/bin?limit=2", headers=shown).json()
    second = client.get(f"/api/bin?limit=2&cursor={first['next']}", headers=shown).json()
    assert [one["study"] for one in first["entries"] + second["entries"]] == ["1.2.2", "1.2.1", "1.2.0"]
    assert second["next"] is None
    assert client.get("/api/bin?limit=0", headers=shown).status_code == 400


def test_dicomweb_deletes_series_and_instances_too_and_says_not_found_afterwards() -> None:
    received(*study_of(1), *study_of(1, series="1.2.3.5"))
    client, shown = as_administrator()
    for path in ("/dicom-web/studies/1.2.3/series/1.2.3.5", "/dicom-web/studies/1.2.3"):
        assert client.delete(path, headers=shown).status_code == 204
        again = client.delete(path, headers=shown)
        assert (again.status_code, again.json()["error"]["code"]) == (404, "not_found")
    assert studies() == []


def test_another_page_cannot_delete_with_somebodys_cookie() -> None:
    received(*study_of(1))
    client = people.signed_in(people.ada(), check_csrf=True)
    assert client.delete("/dicom-web/studies/1.2.3").status_code == 403
    assert client.post("/api/bin", {"study": "1.2.3"}, content_type=JSON).status_code == 403
    assert len(studies()) == 1


def test_for_good_is_asked_of_whoever_showed_lately_who_they_are() -> None:
    received(*study_of(1))
    people.give_password(people.ada())
    browser = Browser()
    browser.sign_in("ada")
    number = browser.send("POST", "/api/bin", {"study": "1.2.3"})[1]["id"]
    status, told = people.signed_in(people.ada()).delete(f"/api/bin/{number}"), Deletion.objects.count()
    assert (status.status_code, status.json()["error"]["code"], told) == (403, "not_fresh", 1)
    assert browser.send("DELETE", f"/api/bin/{number}")[0] == 204
    assert (Deletion.objects.count(), blobs_kept()) == (0, set())
