"""FHIR AuditEvent: searched, read, paged, streamed; valid by a validator that is not ours."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.operationoutcome import OperationOutcome

from pacs.access import audit, searches
from pacs.access.models import AuditEvent
from pacs.catalog.models import Patient
from pacs.fhir.asked import parse_search
from tests.pacs.access.conftest import Kept, keep
from tests.people import actor, ada, alice, bearer, bob, signed_in
from tests.running import running_application
from tests.tampering import unguarded

SEARCH = "/fhir/AuditEvent"
DAY = timedelta(days=1)
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def client(db: None) -> Client:
    """The administrator's."""
    searches.forget()
    return signed_in(ada())


@pytest.fixture
def kept(client: Client) -> Kept:
    """A study, opened by two and refused to one, on three days; what made the accounts is in the trail too."""
    patient = Patient.objects.create(identity_key="pia", patient_id="P-1", name="CANARY^Pia")
    kept = keep(1, patient)
    events = [
        audit.record(actor(alice()), "study opened", study=kept.study),
        audit.record(actor(bob()), "studies searched", by="modality"),
        audit.record(actor(bob()), "refused", study=kept.study, outcome="refused"),
    ]
    with unguarded():
        for days, event in enumerate(events):
            AuditEvent.objects.filter(pk=event.pk).update(at=NOON + days * DAY)
    return kept


def found(client: Client, query: str = "") -> list[str]:
    """What was done, of the events that are found."""
    return [each["resource"]["outcomeDesc"].partition(":")[0] for each in bundle(client, query)["entry"]]


def bundle(client: Client, query: str = "") -> dict[str, Any]:
    answer = client.get(f"{SEARCH}?{query}")
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/fhir+json"
    told: dict[str, Any] = answer.json()
    Bundle.model_validate_json(answer.content)
    return told


@pytest.mark.parametrize(
    ("query", "acts"),
    [
        ("date=2026-03-10", ["study opened"]),
        ("date=2026-03", ["refused", "studies searched", "study opened"]),
        ("date=ge2026-03-11&date=lt2026-03-12", ["studies searched"]),
        ("date=gt2026-03-11&date=lt2026-04", ["refused"]),
        ("date=2026-03-10T12:00Z", ["study opened"]),
        ("date=2026-03-10T13:00:00.000%2B01:00", ["study opened"]),
        ("date=le2026-03-10&date=sa2026-03-09", ["study opened"]),
        ("date=eb2026-03-11&date=ge2026", ["study opened"]),
        ("agent=alice", ["study opened"]),
        ("agent:identifier=http://x/accounts|ALICE", ["study opened"]),
        ("altid=bob", ["refused", "studies searched"]),
        ("entity=urn:oid:1.2.1", ["refused", "study opened"]),
        ("entity:identifier=urn:dicom:uid|urn:oid:1.2.1", ["refused", "study opened"]),
        ("action=R&agent=alice", ["study opened"]),
        ("action=R,C&agent=alice", ["study opened"]),
        ("agent=bob&action=E", ["refused", "studies searched"]),
        ("outcome=4", ["refused"]),
        ("outcome=8", []),
        ("patient.identifier=P-1", ["refused", "study opened"]),
        ("patient.identifier=P-2", []),
        ("agent=bob&_sort=date", ["studies searched", "refused"]),
        ("agent=bob&nonsense=1", ["refused", "studies searched"]),
    ],
)
def test_what_is_asked_for_is_found(client: Client, kept: Kept, query: str, acts: list[str]) -> None:
    assert found(client, query) == acts


def test_a_patient_is_found_by_our_number_of_them(client: Client, kept: Kept) -> None:
    for reference in (f"Patient/{kept.patient.pk}", str(kept.patient.pk)):
        assert found(client, f"patient={reference}") == ["refused", "study opened"]


@pytest.mark.parametrize(
    "query",
    [
        "date=yesterday",
        "date=2026-13",
        "date=ap2026",
        "action=X",
        "outcome=ok",
        "patient=Pia",
        "entity=study",
        "_count=many",
        "_sort=agent",
        "agent=a&agent=b",
        "_after=-1",
    ],
)
def test_what_cannot_be_understood_is_told(client: Client, query: str) -> None:
    answer = client.get(f"{SEARCH}?{query}")
    assert answer.status_code == 400
    outcome = OperationOutcome.model_validate_json(answer.content)
    assert query.partition("=")[0] in str(outcome.issue[0].diagnostics)


def test_an_unknown_parameter_is_refused_to_who_is_strict(client: Client) -> None:
    answer = client.get(f"{SEARCH}?nonsense=1", headers={"Prefer": "handling=strict"})
    assert answer.status_code == 400


def test_pages_lead_through_all_of_it_once(client: Client) -> None:
    for number in range(25):
        audit.record(actor(alice()), "act", number=number)
    seen: list[str] = []
    query = "_count=10&agent=alice"
    while query:
        told = bundle(client, query)
        links = {link["relation"]: link["url"] for link in told["link"]}
        assert parse_qs(urlsplit(links["self"]).query)["agent"] == ["alice"]
        assert len(told["entry"]) <= 10
        seen += [entry["resource"]["id"] for entry in told["entry"]]
        query = urlsplit(links["next"]).query if "next" in links else ""
    assert len(seen) == len(set(seen)) == 25
    assert seen == sorted(seen, key=int, reverse=True)


def test_the_whole_is_counted_where_it_is_on_one_page(client: Client, kept: Kept) -> None:
    assert bundle(client, "agent=bob")["total"] == 2
    assert "total" not in bundle(client, "agent=bob&_count=1")


def test_one_event_is_read(client: Client, kept: Kept) -> None:
    number = AuditEvent.objects.get(action="study opened").pk
    answer = client.get(f"{SEARCH}/{number}")
    assert (answer.status_code, answer.json()["id"]) == (200, str(number))
    for missing in ("999999", "0", "x", "9" * 40):
        answer = client.get(f"{SEARCH}/{missing}")
        assert answer.status_code == 404
        OperationOutcome.model_validate_json(answer.content)


def test_all_of_it_comes_as_lines(client: Client, kept: Kept) -> None:
    for answer in (
        client.get(f"{SEARCH}?date=2026-03&_format=application/fhir%2Bndjson"),
        client.get(f"{SEARCH}?date=2026-03", headers={"Accept": "application/fhir+ndjson"}),
    ):
        assert answer["Content-Type"] == "application/fhir+ndjson"
        lines = b"".join(iter(answer)).splitlines()
        assert [json.loads(line)["outcomeDesc"].partition(":")[0] for line in lines] == [
            "study opened",
            "studies searched",
            "refused",
        ]


@pytest.mark.django_db(transaction=True)
def test_lines_are_sent_while_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the real server, more than one batch."""
    import urllib.request

    monkeypatch.setattr("pacs.access.trail.AT_ONCE", 10)
    for number in range(35):
        audit.record(actor(alice()), "act", number=number)
    asked = urllib.request.Request("http://x", headers={**bearer(ada()), "Accept": "application/fhir+ndjson"})
    with running_application() as base:
        asked.full_url = f"{base}{SEARCH}?agent=alice"
        with urllib.request.urlopen(asked, timeout=60) as answer:
            assert answer.headers["Transfer-Encoding"] == "chunked"
            assert len(answer.read().splitlines()) == 35


def test_p16_a_patient_id_stands_in_no_address(client: Client, kept: Kept) -> None:
    form = "patient.identifier=P-1&_count=1"
    assert client.post(f"{SEARCH}/_search", form, "text/plain").status_code == 415
    answer = client.post(f"{SEARCH}/_search", form, "application/x-www-form-urlencoded")
    assert answer.status_code == 200
    links = json.dumps(answer.json()["link"])
    assert "next" in links
    assert "P-1" not in links
    assert f"patient={kept.patient.pk}" in links
    assert "CANARY" not in answer.content.decode()


def test_p17_reading_the_trail_is_in_the_trail(client: Client, kept: Kept) -> None:
    bundle(client, "agent=bob")
    bundle(client, "agent=bob&_after=999999")  # the next page of the same
    client.get(f"{SEARCH}/999999")
    client.get(f"{SEARCH}/{AuditEvent.objects.first().pk}")  # type: ignore[union-attr]
    client.get(f"{SEARCH}?_format=ndjson")
    made = AuditEvent.objects.filter(actor_label="ada", action__startswith="audit").order_by("pk")
    assert [(event.action, event.details.get("by")) for event in made] == [
        ("audit searched", "agent"),
        ("audit read", None),
        ("audit exported", ""),
    ]


def test_others_are_told_nothing(kept: Kept) -> None:
    for who, status in ((None, 401), (alice(), 403)):
        for path in (SEARCH, f"{SEARCH}/1", f"{SEARCH}?_format=ndjson"):
            answer = signed_in(who).get(path)
            assert answer.status_code == status
            OperationOutcome.model_validate_json(answer.content)


def test_the_door_says_what_it_can(client: Client) -> None:
    answer = client.get("/fhir/metadata")
    CapabilityStatement.model_validate_json(answer.content)
    told = answer.json()
    assert told["fhirVersion"] == "4.0.1"
    for parameter in told["rest"][0]["resource"][0]["searchParam"]:
        assert parse_search({parameter["name"]: [""]}, strictly=True)
