"""Events as FHIR R4 AuditEvent: valid, and what BALP asks for where it is claimed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fhir.resources.R4B.auditevent import AuditEvent as FhirAuditEvent

from pacs.access import audit
from pacs.access.actors import actor_for_user
from pacs.access.models import AuditEvent
from pacs.access.trail import Names, names_in
from pacs.access.whence import asked_from
from pacs.trail.fhir import DCM, PROFILE, to_fhir
from pacs.trail.meanings import MEANINGS, actions_of
from tests.pacs.access.conftest import Kept
from tests.pacs.trail.conftest import CLIENT
from tests.people import alice

SOURCE, DESTINATION, RECIPIENT = "110153", "110152", "IRCP"


def resources(events: list[AuditEvent]) -> list[dict[str, Any]]:
    names = names_in(events)
    return [to_fhir(event, names) for event in events]


def test_every_kind_of_event_is_a_valid_resource(every_kind: list[AuditEvent]) -> None:
    """R4B, whose AuditEvent is that of R4 to the letter."""
    for resource in resources(every_kind):
        FhirAuditEvent.model_validate_json(json.dumps(resource))


def test_the_validator_would_notice(every_kind: list[AuditEvent]) -> None:
    for change in ({"agent": "alice"}, {"action": ["R"]}, {"recorded": "yesterday"}, {"unknown": 1}):
        with pytest.raises(ValueError):
            FhirAuditEvent.model_validate_json(json.dumps(resources(every_kind)[0] | change))


def test_an_event_from_an_empty_world_is_valid_too(every_kind: list[AuditEvent]) -> None:
    """Accounts and patients that are not there any more."""
    for event in every_kind:
        FhirAuditEvent.model_validate_json(json.dumps(to_fhir(event, Names())))


def one(action: str, kept: Kept, **details: Any) -> dict[str, Any]:
    with asked_from(CLIENT):
        event = audit.record(
            actor_for_user(alice(), session_key="secret"),
            action,
            study=None if "searched" in action else kept.study,
            **details,
        )
    return resources([event])[0]


def agent(resource: dict[str, Any], code: str) -> dict[str, Any]:
    found = [each for each in resource["agent"] if each["type"]["coding"][0]["code"] == code]
    assert len(found) == 1
    return dict(found[0])


def entity(resource: dict[str, Any], type_code: str, role: str) -> dict[str, Any]:
    found = [
        each
        for each in resource["entity"]
        if (each["type"]["code"], each["role"]["code"]) == (type_code, role)
    ]
    assert len(found) == 1
    return dict(found[0])


def codes(resource: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["system"], each["code"]) for each in resource["subtype"]]


def test_a_study_opened_is_a_patient_read_of_balp(kept: Kept) -> None:
    """IHE.BasicAudit.PatientRead: its fixed values and its slices."""
    told = one("study opened", kept)
    assert told["meta"]["profile"] == [PROFILE + "PatientRead"]
    assert (told["type"]["system"], told["type"]["code"]) == (
        "http://terminology.hl7.org/CodeSystem/audit-event-type",
        "rest",
    )
    assert codes(told) == [("http://hl7.org/fhir/restful-interaction", "read"), (DCM, "110103")]
    assert (told["action"], told["outcome"]) == ("R", "0")
    client, server, user = agent(told, DESTINATION), agent(told, SOURCE), agent(told, RECIPIENT)
    assert client["network"] == {"address": "192.0.2.7", "type": "2"}
    assert client["who"] == {"display": "session"}
    assert server["network"]["type"] == "5"
    assert server["who"] == told["source"]["observer"]
    assert (user["requestor"], user["name"], user["who"]["identifier"]["value"]) == (
        True,
        "Dr Alice",
        "alice",
    )
    assert user["role"] == [{"text": "clinician"}]
    assert "network" not in user
    patient = entity(told, "1", "1")["what"]
    assert patient["reference"] == f"Patient/{kept.patient.pk}"
    assert (patient["identifier"]["value"], patient["identifier"]["assigner"]) == (
        "P-1",
        {"display": "HOSPITAL"},
    )
    assert entity(told, "2", "4")["what"]["identifier"]["value"] == "urn:oid:1.2.1"


def test_a_search_is_a_query_of_balp(kept: Kept) -> None:
    """IHE.BasicAudit.Query. What goes to the server comes from the client: the roles change sides."""
    told = one("studies searched", kept, by="modality, text")
    assert told["meta"]["profile"] == [PROFILE + "Query"]
    assert codes(told) == [("http://hl7.org/fhir/restful-interaction", "search"), (DCM, "110112")]
    assert told["action"] == "E"
    assert agent(told, SOURCE)["network"]["address"] == "192.0.2.7"
    assert agent(told, DESTINATION)["who"] == told["source"]["observer"]
    query = entity(told, "2", "24")
    assert query["query"] == "c3R1ZGllcyBzZWFyY2hlZCBieTogbW9kYWxpdHksIHRleHQ="
    assert query["description"] == "studies searched by: modality, text"
    assert not {"what", "lifecycle", "detail"} & query.keys()


def test_an_export_is_a_privacy_disclosure_of_balp(kept: Kept) -> None:
    """IHE.BasicAudit.PrivacyDisclosure.Source."""
    told = one("objects exported", kept)
    assert told["meta"]["profile"] == [PROFILE + "PrivacyDisclosure.Source"]
    assert (told["type"]["system"], told["type"]["code"]) == (DCM, "110106")
    assert codes(told) == [("http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle", "disclose")]
    assert (told["action"], len(told["entity"])) == ("R", 2)
    assert agent(told, SOURCE)["who"] == told["source"]["observer"]
    assert agent(told, DESTINATION)["network"]["address"] == "192.0.2.7"


def test_a_receipt_is_a_patient_create_of_balp(kept: Kept) -> None:
    """IHE.BasicAudit.PatientCreate: the user is one of its DataSources."""
    told = one("object stored", kept)
    assert told["meta"]["profile"] == [PROFILE + "PatientCreate"]
    assert codes(told) == [("http://hl7.org/fhir/restful-interaction", "create"), (DCM, "110104")]
    assert (told["action"], agent(told, "AUT")["requestor"]) == ("C", True)


@pytest.mark.parametrize(
    ("action", "outcome", "type_code"),
    [("signed in", "ok", "110122"), ("signed out", "ok", "110123"), ("sign-in failed", "refused", "110122")],
)
def test_signing_in_is_user_authentication(db: None, action: str, outcome: str, type_code: str) -> None:
    """PS3.15 A.5.3.12: BALP has no pattern of its own for it."""
    event = audit.record(actor_for_user(alice()), action, outcome=outcome)
    told = resources([event])[0]
    assert (told["type"]["code"], told["subtype"][0]["code"]) == ("110114", type_code)
    assert (told["action"], told["outcome"]) == ("E", "0" if outcome == "ok" else "4")
    assert "meta" not in told


def test_no_profile_is_claimed_of_what_is_not_known(kept: Kept) -> None:
    who = actor_for_user(alice())
    nowhere = audit.record(who, "study opened", study=kept.study)
    with asked_from(CLIENT):
        refused = audit.record(who, "study opened", study=kept.study, outcome="refused")
        nameless = audit.record(who, "study opened", study="9.9.9")
    assert [told.get("meta") for told in resources([nowhere, refused, nameless])] == [None] * 3


def test_no_name_of_a_patient_is_told(every_kind: list[AuditEvent]) -> None:
    assert "CANARY" not in json.dumps(resources(every_kind))


def test_every_action_has_a_letter() -> None:
    assert frozenset().union(*(actions_of(letter) for letter in "CRUDE")) == MEANINGS.keys()
