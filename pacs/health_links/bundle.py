"""What a SMART Health Link hands out, as FHIR R4: whose images they are, which, and the way to the viewer."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from pacs.catalog.names import name_groups

if TYPE_CHECKING:
    from pacs.access.health_links import ShownSeries
    from pacs.catalog.models import Patient, Study

Json = dict[str, Any]

FHIR_VERSION = "4.0.1"
DCM = "http://dicom.nema.org/resources/ontology/DCM"
DICOM_UID = "urn:dicom:uid"
SOP_CLASSES = "urn:ietf:rfc:3986"
IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203"
# The guide's profile shl-endpoint: somewhere a person goes, rather than a program.
CONNECTION = "http://hl7.org/fhir/uv/smart-health-cards-and-links/CodeSystem/temporary-shl-endpoint-type"
PAYLOAD = "http://terminology.hl7.org/CodeSystem/endpoint-payload-type"
GENDERS = {"M": "male", "F": "female", "O": "other"}  # Patient's Sex, PS3.3 C.7.1.1


def bundle_of(study: Study, shown: Sequence[ShownSeries], viewer: str) -> Json:
    """A collection of ImagingStudy, Patient and Endpoint. `viewer` is the address at which people see the images."""
    patient, endpoint = _urn(), _urn()
    entries = (
        (_urn(), _imaging_study(study, shown, patient, endpoint)),
        (patient, _patient(study.patient)),
        (endpoint, _endpoint(viewer)),
    )
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": url, "resource": resource} for url, resource in entries],
    }


def _urn() -> str:
    return f"urn:uuid:{uuid.uuid4()}"


def _imaging_study(study: Study, shown: Sequence[ShownSeries], patient: str, endpoint: str) -> Json:
    modalities = sorted({one.series.modality for one in shown if one.series.modality})
    return _without_empty(
        {
            "resourceType": "ImagingStudy",
            "identifier": [{"system": DICOM_UID, "value": f"urn:oid:{study.study_instance_uid}"}],
            "status": "available",
            "modality": [_modality(one) for one in modalities],
            "subject": {"reference": patient},
            "started": _date(study.study_date),
            "description": study.study_description,
            "numberOfSeries": len(shown),
            "numberOfInstances": sum(one.number_of_instances for one in shown),
            "endpoint": [{"reference": endpoint}],
            "series": [_series(one) for one in shown],
        }
    )


def _series(shown: ShownSeries) -> Json:
    series = shown.series
    return _without_empty(
        {
            "uid": series.series_instance_uid,
            "number": _unsigned(series.series_number),
            "modality": _modality(series.modality or "OT"),
            "description": series.series_description,
            "numberOfInstances": shown.number_of_instances,
            "instance": [
                _without_empty(
                    {
                        "uid": one.sop_instance_uid,
                        "sopClass": {"system": SOP_CLASSES, "code": f"urn:oid:{one.sop_class_uid}"},
                        "number": _unsigned(one.instance_number),
                    }
                )
                for one in shown.instances
            ],
        }
    )


def _patient(patient: Patient) -> Json:
    identifier = _without_empty(
        {
            "type": {"coding": [{"system": IDENTIFIER_TYPE, "code": "MR"}]},
            "value": patient.patient_id,
            "assigner": _without_empty({"display": patient.issuer_of_patient_id}),
        }
    )
    return _without_empty(
        {
            "resourceType": "Patient",
            "identifier": [identifier] if patient.patient_id else [],
            "name": _names(patient.name),
            "gender": GENDERS.get(patient.sex),
            "birthDate": _date(patient.birth_date),
        }
    )


def _names(name: str) -> list[Json]:
    """Each way in which the name is written; the five components of PN (PS3.5 6.2.1)."""
    found = []
    for group in name_groups(name).values():
        family, given, middle, prefix, suffix, *_ = [*(part.strip() for part in group.split("^")), *[""] * 5]
        parts = {
            "text": " ".join(part for part in (prefix, given, middle, family, suffix) if part),
            "family": family,
            "given": [part for part in (given, middle) if part],
            "prefix": [prefix] if prefix else [],
            "suffix": [suffix] if suffix else [],
        }
        if parts["text"]:
            found.append(_without_empty(parts))
    return found


def _endpoint(viewer: str) -> Json:
    return {
        "resourceType": "Endpoint",
        "status": "active",
        "connectionType": {"system": CONNECTION, "code": "shl-interactive-experience"},
        "name": "See the images in the viewer, with the passcode of this link",
        "payloadType": [{"coding": [{"system": PAYLOAD, "code": "none"}]}],
        "address": viewer,
    }


def _modality(code: str) -> Json:
    return {"system": DCM, "code": code}


def _date(told: date | None) -> str | None:
    return told.isoformat() if told else None


def _unsigned(number: int | None) -> int | None:
    """unsignedInt of FHIR R4: what DICOM counts below zero has no place there."""
    return number if number is not None and 0 <= number < 1 << 31 else None


def _without_empty(told: Json) -> Json:
    """FHIR has no empty values: what is not known is not there."""
    return {name: value for name, value in told.items() if value not in (None, "", [], {})}
