"""The trail in the app: for administrators all of it, for a patient who saw what is theirs (promise P17)."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client

from pacs.access import audit, searches
from pacs.access.grants import tie_patient
from pacs.access.models import AuditEvent
from pacs.access.opened import forget, note_opened
from pacs.access.whence import asked_from
from pacs.catalog.models import Patient
from tests.pacs.access.conftest import Kept, keep
from tests.people import TESTS, actor, ada, alice, bob, paul, pia, signed_in
from tests.tampering import unguarded


@pytest.fixture(autouse=True)
def clean_memory() -> None:
    """No test sees another's searches and openings."""
    searches.forget()
    forget()


@pytest.fixture
def pias(db: None) -> Kept:
    """Pia's study."""
    return keep(1, Patient.objects.create(identity_key="pia", patient_id="P-1", name="Muster^Pia"))


@pytest.fixture
def pauls(db: None) -> Kept:
    """Paul's."""
    return keep(2, Patient.objects.create(identity_key="paul", patient_id="P-2", name="Muster^Paul"))


@pytest.fixture
def client(db: None) -> Client:
    """The administrator's."""
    return signed_in(ada())


def events(client: Client, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"/api/audit?{query}")
    assert answer.status_code == 200, answer.content
    return list(answer.json()["events"])


def test_an_administrator_reads_who_did_what_when_and_from_where(client: Client, pias: Kept) -> None:
    with asked_from({"client": ("192.0.2.7", 5)}):
        note_opened(actor(alice()), pias.study)
    event = events(client, "action=study opened")[0]
    assert (event["account"], event["name"], event["role"]) == ("alice", "Dr Alice", "clinician")
    assert (event["address"], event["action"], event["outcome"]) == ("192.0.2.7", "study opened", "ok")
    assert event["study"]["uid"] == "1.2.1"
    assert event["patient"] == {
        "id": "P-1",
        "name": {"alphabetic": "Muster^Pia", "ideographic": "", "phonetic": ""},
    }


@pytest.mark.parametrize(
    ("query", "acts"),
    [
        ("person=alice", ["study opened"]),
        ("person=bob", ["refused"]),
        ("patient=P-1", ["refused", "study opened"]),
        ("patient=nobody", []),
        ("study=1.2.1", ["refused", "study opened"]),
        ("outcome=refused", ["refused"]),
        ("from=2000-01-01&to=2000-01-02", []),
    ],
)
def test_filters_narrow(client: Client, pias: Kept, query: str, acts: list[str]) -> None:
    note_opened(actor(alice()), pias.study)
    audit.record(actor(bob()), "refused", study=pias.study, outcome="refused")
    assert [event["action"] for event in events(client, query)] == acts


@pytest.mark.parametrize(
    "query", ["from=x", "to=2026-13-01", "outcome=maybe", "study=x", "cursor=x", "limit=x"]
)
def test_nonsense_is_told(client: Client, query: str) -> None:
    assert client.get(f"/api/audit?{query}").status_code == 400


def test_pages_lead_on(client: Client) -> None:
    for number in range(7):
        audit.record(TESTS, "act", number=number)
    first = client.get("/api/audit?action=act&limit=5").json()
    second = client.get(f"/api/audit?action=act&limit=5&cursor={first['next']}").json()
    told = [event["details"]["number"] for event in first["events"] + second["events"]]
    assert told == ["6", "5", "4", "3", "2", "1", "0"]
    assert second["next"] is None


@pytest.mark.django_db(transaction=True)
def test_the_chain_is_checked_on_demand_and_a_break_is_named() -> None:
    client = signed_in(ada())
    assert client.get("/api/audit/check").json() == {"under_way": None, "last": None}
    assert client.post("/api/audit/check").status_code == 202
    told = checked(client)
    assert (told["is_whole"], told["is_guarded"], told["breaks"]) == (True, True, [])
    assert told["events"] == AuditEvent.objects.count()
    broken = audit.record(TESTS, "act").pk
    with unguarded():
        AuditEvent.objects.filter(pk=broken).update(action="nothing")
    client.post("/api/audit/check")
    told = checked(client, after=told["checked_at"])
    assert (told["is_whole"], told["breaks"]) == (False, [{"event": broken, "what": "changed"}])


def checked(client: Client, after: str = "") -> dict[str, Any]:
    """The last check, once it is newer than this."""
    for _ in range(600):
        told = client.get("/api/audit/check").json()
        if told["under_way"] is None and told["last"] and told["last"]["checked_at"] > after:
            return dict(told["last"])
        time.sleep(0.05)
    raise AssertionError("it was not checked")


def test_p17_a_patient_sees_who_looked_and_nothing_of_others(pias: Kept, pauls: Kept) -> None:
    for user, patient in ((pia(), pias.patient), (paul(), pauls.patient)):
        tie_patient(user, patient, actor=TESTS)
    with asked_from({"client": ("192.0.2.7", 5)}):
        note_opened(actor(alice()), pias.study, pauls.study)
    note_opened(actor(pia()), pias.study)
    audit.record(actor(bob()), "refused", study=pias.study, outcome="refused")
    audit.record(actor(bob()), "study granted", study=pias.study)
    told = signed_in(pia()).get("/api/my-images/seen").json()
    assert [
        (event["name"], event["role"], event["action"], event["is_self"]) for event in told["events"]
    ] == [
        ("Pia", "patient", "study opened", True),
        ("Dr Alice", "clinician", "study opened", False),
    ]
    assert {event["study"]["uid"] for event in told["events"]} == {"1.2.1"}
    assert "192.0.2.7" not in str(told)
    assert "alice" not in str(told)  # an account's name is half of a sign-in


def test_p17_what_was_another_patients_by_mistake_tells_nothing_of_them(pias: Kept, pauls: Kept) -> None:
    tie_patient(pia(), pias.patient, actor=TESTS)
    tie_patient(paul(), pauls.patient, actor=TESTS)
    note_opened(actor(alice()), pias.study)
    pias.study.patient = pauls.patient
    pias.study.save(update_fields=["patient"])
    assert signed_in(pia()).get("/api/my-images/seen").json()["events"] == []
    assert len(signed_in(paul()).get("/api/my-images/seen").json()["events"]) == 1


def test_whoever_has_no_images_of_their_own_is_told_nothing(pias: Kept) -> None:
    note_opened(actor(alice()), pias.study)
    for user in (alice(), ada(), bob(), pia()):
        assert signed_in(user).get("/api/my-images/seen").json() == {"events": [], "next": None}
