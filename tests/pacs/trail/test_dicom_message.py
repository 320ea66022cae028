"""Audit messages of PS3.15 A.5, held against its schema (A.5.1) and its tables (A.5.3)."""

from __future__ import annotations

import base64
from xml.etree import ElementTree

from pacs.access.models import AuditEvent
from pacs.access.trail import Names, names_in
from pacs.trail.dicom_message import to_xml

# The schema of A.5.1: attributes that must be there, others that may, children in their order.
CODED = ({"csd-code", "codeSystemName", "originalText"}, {"displayName"}, ())
SCHEMA: dict[str, tuple[set[str], set[str], tuple[str, ...]]] = {
    "AuditMessage": (
        set(),
        set(),
        (
            "EventIdentification",
            "ActiveParticipant",
            "AuditSourceIdentification",
            "ParticipantObjectIdentification",
        ),
    ),
    "EventIdentification": (
        {"EventDateTime", "EventOutcomeIndicator"},
        {"EventActionCode"},
        ("EventID", "EventTypeCode", "EventOutcomeDescription"),
    ),
    "EventID": CODED,
    "EventTypeCode": CODED,
    "EventOutcomeDescription": (set(), set(), ()),
    "ActiveParticipant": (
        {"UserID", "UserIsRequestor"},
        {"AlternativeUserID", "UserName", "NetworkAccessPointID", "NetworkAccessPointTypeCode"},
        ("RoleIDCode",),
    ),
    "RoleIDCode": CODED,
    "AuditSourceIdentification": ({"AuditSourceID"}, {"AuditEnterpriseSiteID"}, ("AuditSourceTypeCode",)),
    "AuditSourceTypeCode": ({"code"}, set(), ()),
    "ParticipantObjectIdentification": (
        {"ParticipantObjectID"},
        {"ParticipantObjectTypeCode", "ParticipantObjectTypeCodeRole"},
        (
            "ParticipantObjectIDTypeCode",
            "ParticipantObjectName",
            "ParticipantObjectQuery",
            "ParticipantObjectDetail",
        ),
    ),
    "ParticipantObjectIDTypeCode": CODED,
    "ParticipantObjectName": (set(), set(), ()),
    "ParticipantObjectQuery": (set(), set(), ()),
    "ParticipantObjectDetail": ({"type", "value"}, set(), ()),
}


def complaints(element: ElementTree.Element) -> list[str]:
    needed, allowed, children = SCHEMA[element.tag]
    found = []
    if not needed <= set(element.keys()) <= needed | allowed:
        found.append(f"{element.tag} has {sorted(element.keys())}")
    places = [children.index(child.tag) if child.tag in children else -1 for child in element]
    if -1 in places or places != sorted(places):
        found.append(f"{element.tag} holds {[child.tag for child in element]}")
    return found + [complaint for child in element for complaint in complaints(child)]


def message(event: AuditEvent) -> ElementTree.Element:
    return ElementTree.fromstring(to_xml(event, names_in([event])))  # noqa: S314  # our own


def test_every_kind_of_event_keeps_to_the_schema(every_kind: list[AuditEvent]) -> None:
    names = names_in(every_kind)
    for event in every_kind:
        for known in (names, Names()):
            told = ElementTree.fromstring(to_xml(event, known))  # noqa: S314
            assert complaints(told) == [], event.action
            assert "\n" not in to_xml(event, known)


def test_the_look_at_the_schema_would_notice() -> None:
    told = ElementTree.Element("AuditMessage")
    ElementTree.SubElement(told, "EventID", {"csd-code": "1"})
    assert len(complaints(told)) == 2


def find(events: list[AuditEvent], action: str) -> ElementTree.Element:
    return message(next(event for event in events if event.action == action))


def test_a_study_opened_is_instances_accessed(every_kind: list[AuditEvent]) -> None:
    """A.5.3.6: a study and its patient, and who."""
    told = find(every_kind, "study opened")
    event = told.find("EventIdentification")
    assert event is not None
    assert (event.get("EventActionCode"), event.get("EventOutcomeIndicator")) == ("R", "0")
    assert told.find("EventIdentification/EventID").get("csd-code") == "110103"  # type: ignore[union-attr]
    objects = told.findall("ParticipantObjectIdentification")
    kinds = [
        (one.get("ParticipantObjectTypeCode"), one.get("ParticipantObjectTypeCodeRole")) for one in objects
    ]
    assert kinds == [("1", "1"), ("2", "3")]
    assert [one.get("ParticipantObjectID") for one in objects] == ["P-1", "1.2.1"]
    person = told.find("ActiveParticipant")
    assert person is not None
    assert (person.get("UserID"), person.get("UserName"), person.get("NetworkAccessPointID")) == (
        "alice",
        "Dr Alice",
        "192.0.2.7",
    )


def test_a_search_says_by_what(every_kind: list[AuditEvent]) -> None:
    """A.5.3.10."""
    told = find(every_kind, "studies searched")
    query = told.findtext("ParticipantObjectIdentification/ParticipantObjectQuery") or ""
    assert base64.b64decode(query) == b"studies searched by: modality"


def test_a_failed_sign_in_names_no_account_that_is_none(every_kind: list[AuditEvent]) -> None:
    """A.5.3.12: the person is needed, and so is a network access point."""
    told = message(next(e for e in every_kind if e.action == "sign-in failed" and e.outcome == "refused"))
    person = told.find("ActiveParticipant")
    assert person is not None
    assert (person.get("UserID"), person.get("NetworkAccessPointTypeCode")) == ("unknown", "2")
    assert told.find("EventIdentification").get("EventOutcomeIndicator") == "4"  # type: ignore[union-attr]


def test_reading_the_trail_is_audit_log_used(every_kind: list[AuditEvent]) -> None:
    """A.5.3.2."""
    told = find(every_kind, "audit searched")
    log = told.find("ParticipantObjectIdentification")
    assert log is not None
    assert (log.get("ParticipantObjectTypeCode"), log.get("ParticipantObjectTypeCodeRole")) == ("2", "13")
    assert log.findtext("ParticipantObjectName") == "Security Audit Log"


def test_text_stays_text(db: None) -> None:
    from pacs.access import audit
    from pacs.access.actors import system_actor

    event = audit.record(system_actor('<b>"&'), "refused", outcome="refused", note="]]><x/>")
    assert message(event).find("ActiveParticipant").get("UserID") == '<b>"&'  # type: ignore[union-attr]


def test_no_name_of_a_patient_is_told(every_kind: list[AuditEvent]) -> None:
    names = names_in(every_kind)
    assert "CANARY" not in "".join(to_xml(event, names) for event in every_kind)
