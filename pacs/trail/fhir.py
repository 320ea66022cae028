"""An event of the trail as a FHIR R4 AuditEvent, by IHE Basic Audit Log Patterns (BALP) where they have a pattern.

A profile is named only where all that it asks for is known: of an event without an address or a patient it is not.
Nobody's name is told but that of accounts; a patient is a number of ours and the Patient ID.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Any

from pacs.trail.meanings import Code, Meaning, Pattern, meaning_of
from pacs.trail.source import NAME, site_address, site_host

if TYPE_CHECKING:
    from pacs.access.models import AuditEvent
    from pacs.access.trail import Names

Json = dict[str, Any]

DCM = "http://dicom.nema.org/resources/ontology/DCM"
EVENT_TYPE = "http://terminology.hl7.org/CodeSystem/audit-event-type"
INTERACTION = "http://hl7.org/fhir/restful-interaction"
LIFECYCLE = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle"
PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
ENTITY_TYPE = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
OBJECT_ROLE = "http://terminology.hl7.org/CodeSystem/object-role"
SOURCE_TYPE = "http://terminology.hl7.org/CodeSystem/security-source-type"
IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203"
DICOM_UID = "urn:dicom:uid"
PROFILE = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."
SUCCESS, MINOR_FAILURE = "0", "4"
OUTCOMES = {SUCCESS: "ok", MINOR_FAILURE: "refused"}

SOURCE_ROLE = Code("110153", "Source Role ID")
DESTINATION_ROLE = Code("110152", "Destination Role ID")
# By which way what was asked for went: a query and what is created come from the client.
FROM_CLIENT = (Pattern.QUERY, Pattern.CREATE)


def to_fhir(event: AuditEvent, names: Names) -> Json:
    """The resource. `names` knows who is in the event (access.trail.names_in)."""
    meaning = meaning_of(event.action)
    resource: Json = {
        "resourceType": "AuditEvent",
        "id": str(event.pk),
        **_kind(meaning),
        "action": meaning.action,
        "recorded": event.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "outcome": outcome_of(event),
        "outcomeDesc": f"{event.action}: {event.outcome}",
        "agent": _agents(event, meaning, names),
        "source": {
            "site": site_host(),
            "observer": _server(),
            "type": [_coding(SOURCE_TYPE, "4", "Application Server")],
        },
        "entity": _entities(event, meaning, names),
    }
    profile = _profile(event, meaning)
    return resource | ({"meta": {"profile": [PROFILE + profile]}} if profile else {})


def outcome_of(event: AuditEvent) -> str:
    """0 for success, 4 for what was refused or did not work."""
    return SUCCESS if event.outcome == OUTCOMES[SUCCESS] else MINOR_FAILURE


def _profile(event: AuditEvent, meaning: Meaning) -> str:
    """The name of the profile that the event fulfils; empty where there is none."""
    if outcome_of(event) != SUCCESS or not event.address:
        return ""
    has_patient = event.patient_pk is not None and bool(event.study_instance_uid)
    if meaning.pattern is Pattern.QUERY:
        return "PatientQuery" if event.patient_pk is not None else "Query"
    of_patients = {
        Pattern.READ: "PatientRead",
        Pattern.CREATE: "PatientCreate",
        Pattern.EXPORT: "PrivacyDisclosure.Source",
    }
    return of_patients.get(meaning.pattern, "") if has_patient else ""


def _kind(meaning: Meaning) -> Json:
    more = [_dcm(one) for one in meaning.types]
    if meaning.pattern is Pattern.EXPORT:
        return {
            "type": _dcm(meaning.event),
            "subtype": [_coding(LIFECYCLE, "disclose", "Disclose Record Lifecycle Event")],
        }
    if meaning.pattern is not Pattern.NONE:
        how = _coding(INTERACTION, meaning.pattern, meaning.pattern)
        return {
            "type": _coding(EVENT_TYPE, "rest", "RESTful Operation"),
            "subtype": [how, _dcm(meaning.event)],
        }
    return {"type": _dcm(meaning.event), **({"subtype": more} if more else {})}


def _agents(event: AuditEvent, meaning: Meaning, names: Names) -> list[Json]:
    of_client, of_server = SOURCE_ROLE, DESTINATION_ROLE
    if meaning.pattern not in FROM_CLIENT:
        of_client, of_server = of_server, of_client
    account = event.actor_label or str(event.details.get("account") or "")
    is_person = event.actor_kind != "system" and bool(account)
    client: Json = {
        "type": {"coding": [_dcm(of_client)]},
        "who": {"display": _client_words(event)},
        "requestor": not is_person,
    }
    if event.address:
        client["network"] = {"address": event.address, "type": "2"}
    server: Json = {
        "type": {"coding": [_dcm(of_server)]},
        "who": _server(),
        "requestor": False,
        "network": {"address": site_address(), "type": "5"},
    }
    return [client, server, *([_user(event, meaning, account, names)] if is_person else [])]


def _client_words(event: AuditEvent) -> str:
    if event.actor_kind == "system":
        return f"{NAME}: {event.actor_label}"
    return f"API key {event.api_key}" if event.api_key is not None else event.means or "client"


def _user(event: AuditEvent, meaning: Meaning, account: str, names: Names) -> Json:
    is_author = meaning.pattern is Pattern.CREATE
    type_ = ("AUT", "author (originator)") if is_author else ("IRCP", "information recipient")
    name = names.people.get(event.actor_user_id or 0, account)
    user: Json = {
        "type": {"coding": [_coding(PARTICIPATION, *type_)]},
        "who": {"identifier": {"system": f"{site_address()}/accounts", "value": account}, "display": name},
        "altId": account,
        "name": name,
        "requestor": True,
    }
    if event.actor_role:
        user["role"] = [{"text": event.actor_role}]
    return user


def _server() -> Json:
    return {"identifier": {"system": "urn:ietf:rfc:3986", "value": site_address()}, "display": NAME}


def _entities(event: AuditEvent, meaning: Meaning, names: Names) -> list[Json]:
    patient = [_patient(event.patient_pk, names)] if event.patient_pk is not None else []
    study = [_study(event)] if event.study_instance_uid else []
    if meaning.pattern is Pattern.QUERY:
        return [*patient, _query(event)]
    return [*patient, *study] or [_what_else(event)]


def _patient(number: int, names: Names) -> Json:
    what: Json = {"reference": f"Patient/{number}", "type": "Patient"}
    patient = names.patients.get(number)
    if patient is not None and patient.patient_id:
        identifier: Json = {
            "type": {"coding": [_coding(IDENTIFIER_TYPE, "MR", "Medical record number")]},
            "value": patient.patient_id,
        }
        if patient.issuer_of_patient_id:
            identifier["assigner"] = {"display": patient.issuer_of_patient_id}
        what["identifier"] = identifier
    return {
        "what": what,
        "type": _coding(ENTITY_TYPE, "1", "Person"),
        "role": _coding(OBJECT_ROLE, "1", "Patient"),
    }


def _study(event: AuditEvent) -> Json:
    uid = event.study_instance_uid
    entity: Json = {
        "what": {"type": "ImagingStudy", "identifier": {"system": DICOM_UID, "value": f"urn:oid:{uid}"}},
        "type": _coding(ENTITY_TYPE, "2", "System Object"),
        "role": _coding(OBJECT_ROLE, "4", "Domain Resource"),
    }
    return entity | _details(event.details)


def _query(event: AuditEvent) -> Json:
    """By what was searched; for whom is nowhere (decision 8)."""
    asked = query_words(event)
    return {
        "type": _coding(ENTITY_TYPE, "2", "System Object"),
        "role": _coding(OBJECT_ROLE, "24", "Query"),
        "description": asked,
        "query": base64.b64encode(asked.encode()).decode(),
    }


def query_words(event: AuditEvent) -> str:
    """What a search was for, as far as the trail knows: the keys that were given."""
    by = str(event.details.get("by") or "")
    return f"{event.action} by: {by}" if by else event.action


def _what_else(event: AuditEvent) -> Json:
    """Neither a patient nor a study: an account, a key, the trail itself."""
    return {
        "what": {"identifier": {"value": str(event.details.get("account") or event.action)}},
        "type": _coding(ENTITY_TYPE, "2", "System Object"),
        "role": _coding(OBJECT_ROLE, "13", "Security Resource"),
    } | _details(event.details)


def _details(details: Mapping[str, Any]) -> Json:
    told = [
        {"type": name, "valueString": str(value)}
        for name, value in details.items()
        if value not in (None, "")
    ]
    return {"detail": told} if told else {}


def _coding(system: str, code: str, display: str) -> Json:
    return {"system": system, "code": str(code), "display": str(display)}


def _dcm(code: Code) -> Json:
    return _coding(DCM, code.code, code.meaning)
