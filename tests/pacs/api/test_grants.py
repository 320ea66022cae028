"""api/grants, api/groups and api/institutions: administrators open, share, and take back at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from pacs.access.models import AuditEvent, Grant, User
from pacs.access.permit import visible_studies
from pacs.catalog.models import Institution, Patient, Study
from tests.pacs.api.test_shares import fresh
from tests.people import actor as actor_of
from tests.people import ada, alice, bob, charlie, pia, signed_in, tess

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def adas() -> Client:
    return fresh(signed_in(ada()))


@pytest.fixture
def study() -> Study:
    patient = Patient.objects.create(identity_key="1", patient_id="P1", issuer_of_patient_id="A")
    return Study.objects.create(
        patient=patient, study_instance_uid="1.2.3", referring_physician_key="bob referrer"
    )


def told(answer: Any, status: int) -> Any:
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


def seen(user: User) -> set[str]:
    return {study.study_instance_uid for study in visible_studies(actor_of(user))}


@pytest.mark.parametrize(
    "opened",
    [
        {"study": "1.2.3"},
        {"patient_id": "P1"},
        {"patient_id": "P1", "issuer": "A"},
        {"referring_physician": "Bob^Referrer"},
        {"institution": 0},
    ],
)
def test_each_kind_is_opened_told_and_taken_back(opened: dict[str, Any], adas: Client, study: Study) -> None:
    charlie()
    made = told(adas.post("/api/grants", {"person": "charlie", **opened}, JSON), 201)
    assert made["person"] == "charlie"
    assert seen(charlie()) == {"1.2.3"}
    listed = told(adas.get("/api/grants"), 200)
    assert [one["number"] for one in listed["grants"]] == [made["number"]]
    told(adas.delete(f"/api/grants/{made['number']}"), 204)
    assert seen(charlie()) == set()
    told(adas.delete(f"/api/grants/{made['number']}"), 404)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"person": "charlie"}, 400),
        ({"study": "1.2.3"}, 400),
        ({"person": "charlie", "group": 1, "study": "1.2.3"}, 404),
        ({"person": "charlie", "to_institution": 0, "study": "1.2.3"}, 400),
        ({"person": "charlie", "study": "1.2.3", "patient_id": "P1"}, 400),
        ({"person": "charlie", "study": "1.2.9"}, 404),
        ({"person": "charlie", "patient_id": "P9"}, 404),
        ({"person": "charlie", "institution": 99}, 404),
        ({"person": "charlie", "referring_physician": "^"}, 400),
        ({"person": "nobody", "study": "1.2.3"}, 404),
        ({"person": "pia", "study": "1.2.3"}, 400),
    ],
)
def test_what_cannot_be_granted_is_not(body: dict[str, Any], status: int, adas: Client, study: Study) -> None:
    charlie()
    pia()
    told(adas.post("/api/grants", body, JSON), status)
    assert not Grant.objects.exists()


def test_a_group_is_made_filled_and_closed(adas: Client, study: Study) -> None:
    bob()
    charlie()
    group = told(adas.post("/api/groups", {"name": "Practice", "members": ["charlie"]}, JSON), 201)
    told(adas.post("/api/grants", {"group": group["number"], "patient_id": "P1"}, JSON), 201)
    assert seen(charlie()) == {"1.2.3"}
    told(adas.post("/api/groups", {"name": "Practice"}, JSON), 400)
    changed = told(adas.patch(f"/api/groups/{group['number']}", {"members": ["bob"]}, JSON), 200)
    assert changed["members"] == ["bob"]
    assert seen(charlie()) == set()
    told(adas.patch(f"/api/groups/{group['number']}", {"members": ["ada"]}, JSON), 400)
    told(adas.delete(f"/api/groups/{group['number']}"), 204)
    assert told(adas.get("/api/groups"), 200) == {"groups": []}
    assert not Grant.objects.exists()
    assert AuditEvent.objects.filter(action="group changed").count() == 3


def test_an_institution_is_made_its_staff_named_and_studies_moved_and_shared(
    adas: Client, study: Study
) -> None:
    alice()
    tess()
    made = told(adas.post("/api/institutions", {"name": "Elsewhere", "called": ["St. Else"]}, JSON), 201)
    listed = told(adas.get("/api/institutions"), 200)["institutions"]
    assert [(one["name"], one["called"]) for one in listed] == [
        ("This institution", []),
        ("Elsewhere", ["St. Else"]),
    ]
    person = told(adas.patch("/api/people/tess", {"institution": made["number"]}, JSON), 200)
    assert person["institution"] == made["number"]
    assert (seen(alice()), seen(tess())) == ({"1.2.3"}, set())
    told(adas.post(f"/api/institutions/{made['number']}/studies", {"study": "1.2.3"}, JSON), 204)
    assert (seen(alice()), seen(tess())) == (set(), {"1.2.3"})
    told(adas.post("/api/grants", {"to_institution": 0, "institution": made["number"]}, JSON), 201)
    assert seen(alice()) == {"1.2.3"}


def test_names_of_institutions_are_of_one(adas: Client) -> None:
    told(adas.post("/api/institutions", {"name": "Elsewhere", "called": ["St. Else"]}, JSON), 201)
    told(adas.post("/api/institutions", {"name": "Elsewhere"}, JSON), 400)
    told(adas.post("/api/institutions", {"name": "Else", "called": ["ST. ELSE"]}, JSON), 400)
    renamed = told(adas.patch("/api/institutions/0", {"name": "Our house", "called": ["Ours"]}, JSON), 200)
    assert renamed == {"number": 0, "name": "Our house", "called": ["Ours"]}
    told(adas.patch("/api/people/ada", {"institution": 99}, JSON), 404)
    assert Institution.objects.count() == 2
