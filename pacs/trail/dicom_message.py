"""An event of the trail as an audit message of DICOM (PS3.15 A.5), which repositories of IHE ATNA read."""

from __future__ import annotations

import base64
from datetime import UTC
from typing import TYPE_CHECKING
from xml.etree import ElementTree  # only written here: nothing of others is parsed

from pacs.trail.fhir import DESTINATION_ROLE, FROM_CLIENT, SOURCE_ROLE, outcome_of, query_words
from pacs.trail.meanings import LOG_USED, Code, Meaning, Pattern, meaning_of
from pacs.trail.source import NAME, site_address, site_host

if TYPE_CHECKING:
    from pacs.access.models import AuditEvent
    from pacs.access.trail import Names

Element = ElementTree.Element
# PS3.15 A.5.1.2.4 and PS3.16 CID 404
STUDY_UID = Code("110180", "Study Instance UID")
PATIENT_ID = ("2", "RFC-3881", "Patient Number")
URI = ("12", "RFC-3881", "URI")
USER_ID = ("11", "RFC-3881", "User Identifier")
SEARCH = ("10", "RFC-3881", "Search Criteria")
TRUE, FALSE = "true", "false"


def to_xml(event: AuditEvent, names: Names) -> str:
    """The message, on one line."""
    meaning = meaning_of(event.action)
    message = Element("AuditMessage")
    _identify(message, event, meaning)
    _participants(message, event, meaning, names)
    by = {"AuditEnterpriseSiteID": site_host(), "AuditSourceID": NAME}
    source = ElementTree.SubElement(message, "AuditSourceIdentification", by)
    ElementTree.SubElement(source, "AuditSourceTypeCode", code="4")
    _objects(message, event, meaning, names)
    return ElementTree.tostring(message, encoding="unicode")


def _identify(message: Element, event: AuditEvent, meaning: Meaning) -> None:
    told = ElementTree.SubElement(
        message,
        "EventIdentification",
        EventActionCode=meaning.action,
        EventDateTime=event.at.astimezone(UTC).isoformat(timespec="milliseconds"),
        EventOutcomeIndicator=outcome_of(event),
    )
    _coded(told, "EventID", meaning.event)
    for one in meaning.types:
        _coded(told, "EventTypeCode", one)
    ElementTree.SubElement(told, "EventOutcomeDescription").text = f"{event.action}: {event.outcome}"


def _participants(message: Element, event: AuditEvent, meaning: Meaning, names: Names) -> None:
    of_client, of_server = SOURCE_ROLE, DESTINATION_ROLE
    if meaning.pattern not in FROM_CLIENT:
        of_client, of_server = of_server, of_client
    account = event.actor_label or str(event.details.get("account") or "") or "unknown"
    person = {
        "UserID": account,
        "UserName": names.people.get(event.actor_user_id or 0, account),
        "UserIsRequestor": TRUE,
        # A.5.3.12 wants it of whoever signs in, even where nobody knows it.
        "NetworkAccessPointID": event.address or site_host(),
        "NetworkAccessPointTypeCode": "2" if event.address else "1",
    }
    _coded(ElementTree.SubElement(message, "ActiveParticipant", person), "RoleIDCode", of_client)
    server = {
        "UserID": site_address(),
        "UserName": NAME,
        "UserIsRequestor": FALSE,
        "NetworkAccessPointID": site_host(),
        "NetworkAccessPointTypeCode": "1",
    }
    _coded(ElementTree.SubElement(message, "ActiveParticipant", server), "RoleIDCode", of_server)


def _objects(message: Element, event: AuditEvent, meaning: Meaning, names: Names) -> None:
    if event.patient_pk is not None:
        _patient(message, event.patient_pk, names)
    if meaning.pattern is Pattern.QUERY:
        found = _object(message, SEARCH, site_address(), ("2", "24"))
        ElementTree.SubElement(found, "ParticipantObjectQuery").text = _base64(query_words(event))
    elif event.study_instance_uid:
        code = (STUDY_UID.code, "DCM", STUDY_UID.meaning)
        study = _object(message, code, event.study_instance_uid, ("2", "3"))
        ElementTree.SubElement(study, "ParticipantObjectName").text = event.action
        _details(study, event)
    else:
        _what_else(message, event, meaning)


def _patient(message: Element, number: int, names: Names) -> None:
    patient = names.patients.get(number)
    known = patient.patient_id if patient is not None else ""
    told = _object(message, PATIENT_ID, known or f"Patient/{number}", ("1", "1"))
    ElementTree.SubElement(told, "ParticipantObjectName").text = f"Patient/{number}"  # a name stays here


def _what_else(message: Element, event: AuditEvent, meaning: Meaning) -> None:
    account = str(event.details.get("account") or "")
    if meaning.event == LOG_USED:
        told = _object(message, URI, f"{site_address()}/fhir/AuditEvent", ("2", "13"))
        ElementTree.SubElement(told, "ParticipantObjectName").text = "Security Audit Log"
    elif account:
        told = _object(message, USER_ID, account, ("1", "11"))
        ElementTree.SubElement(told, "ParticipantObjectName").text = account
    else:
        told = _object(message, URI, site_address(), ("2", "13"))
        ElementTree.SubElement(told, "ParticipantObjectName").text = event.action
    _details(told, event)


def _object(
    message: Element, id_type: tuple[str, str, str], number: str, type_and_role: tuple[str, str]
) -> Element:
    kind, role = type_and_role
    told = ElementTree.SubElement(
        message,
        "ParticipantObjectIdentification",
        ParticipantObjectID=number,
        ParticipantObjectTypeCode=kind,
        ParticipantObjectTypeCodeRole=role,
    )
    code, system, meaning = id_type
    attributes = {"csd-code": code, "codeSystemName": system, "originalText": meaning}
    ElementTree.SubElement(told, "ParticipantObjectIDTypeCode", attributes)
    return told


def _details(told: Element, event: AuditEvent) -> None:
    said = {"Alert Description": f"{event.action}: {event.outcome}"} | {
        name: str(value) for name, value in event.details.items() if value not in (None, "")
    }
    for name, value in said.items():
        ElementTree.SubElement(told, "ParticipantObjectDetail", type=name, value=_base64(value))


def _coded(parent: Element, tag: str, code: Code) -> None:
    attributes = {"csd-code": code.code, "codeSystemName": "DCM", "originalText": code.meaning}
    ElementTree.SubElement(parent, tag, attributes)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
