"""Whose study it is: one row for each person as an issuer names them (PS3.3 C.7.1.1)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, fields
from typing import Any

from pacs.catalog.identity import Header, PatientFacts
from pacs.catalog.models import OWN_INSTITUTION, Patient, SaidOtherwise
from pacs.catalog.names import LONGEST_NAME_KEY, family_keys, name_key
from pacs.catalog.statements import fetch, update
from pacs.catalog.values import LONGEST_INDEXED_BYTES, cut_bytes, said_anew

LONGEST_ID = 64
LONGEST_PLAIN_KEY = 200
TOLD_OF_CHANGE = ("name_key", "birth_date", "sex")  # in the trail; a name in other letters is the same
COLUMNS = ("id", "identity_key", "name_key", *(one.name for one in fields(PatientFacts)))
SEPARATOR = "\x1f"  # cannot occur in a cleaned value
PERSON = f"{SEPARATOR}person{SEPARATOR}"
INSTITUTION = f"{SEPARATOR}institution{SEPARATOR}"
_APART = re.compile(f"^{INSTITUTION}-?[0-9]+{SEPARATOR}")


def identity_key(patient: PatientFacts, study_instance_uid: str) -> str:
    """Issuer and ID together; without an ID the study stands in, so that two nameless patients stay two.

    Made of the whole ID, even where the column holds its beginning only.
    """
    if not patient.patient_id:
        return f"{SEPARATOR}study{SEPARATOR}{study_instance_uid}"
    key = f"{patient.issuer_of_patient_id}{SEPARATOR}{patient.patient_id}"
    if len(key) <= LONGEST_PLAIN_KEY:
        return key
    return f"{SEPARATOR}long{SEPARATOR}{hashlib.sha256(key.encode()).hexdigest()}"


def said_digest(said: PatientFacts) -> str:
    """What a file says of its patient, as one word: of two that say the same it is the same."""
    told = (said.patient_id, said.issuer_of_patient_id, name_key(said.name), str(said.birth_date))
    return hashlib.sha256(SEPARATOR.join(told).encode()).hexdigest()


def meant_patient(header: Header) -> Patient | None:
    """The patient whom somebody said to be meant by what this file says (SaidOtherwise), if anybody did."""
    word = SaidOtherwise.objects.filter(
        study_instance_uid=header.study_instance_uid, said=said_digest(header.patient)
    ).first()
    return None if word is None else fetch(Patient, COLUMNS, identity_key=word.identity_key)


def patient_of(header: Header, institution: int = OWN_INSTITUTION) -> Patient:
    """The patient of a new study; made when unknown. An ID that was given to two people is two patients.

    Where no issuer is told, the institution stands for it: two houses count their patients each for themselves.
    """
    meant = meant_patient(header)
    return meant if meant is not None else _patient_as_said(header, institution)


def _patient_as_said(header: Header, institution: int) -> Patient:
    key = _apart(header.patient, institution) + identity_key(header.patient, header.study_instance_uid)
    first = fetch(Patient, COLUMNS, identity_key=key)
    if first is None or not _is_another_person(first, header.patient):
        return first or Patient.objects.create(identity_key=key, **_columns(header.patient))
    return _namesake_in_id(key, header.patient)


def _apart(patient: PatientFacts, institution: int) -> str:
    if institution == OWN_INSTITUTION or patient.issuer_of_patient_id:
        return ""
    return f"{INSTITUTION}{institution}{SEPARATOR}"


def _namesake_in_id(key: str, said: PatientFacts) -> Patient:
    """Another person than the first of this ID: known already, or made. See decision 11."""
    columns = _columns(said)
    same_id = {name: columns[name] for name in ("patient_id", "issuer_of_patient_id")}
    for known in Patient.objects.filter(**same_id).order_by("pk"):
        if known.identity_key.startswith(key + PERSON) and not _is_another_person(known, said):
            return known
    person = SEPARATOR.join([*sorted(family_keys(said.name)), str(said.birth_date)])
    own_key = f"{key}{PERSON}{hashlib.sha256(person.encode()).hexdigest()[:32]}"
    return fetch(Patient, COLUMNS, identity_key=own_key) or Patient.objects.create(
        identity_key=own_key, **columns
    )


def _is_another_person(patient: Patient, said: PatientFacts) -> bool:
    """Whether family name and birth date are both others: one alone is a marriage, or a slip of the hand."""
    return _is_other_birth_date(patient, said) and _is_other_name(patient, said)


def _is_other_name(patient: Patient, said: PatientFacts) -> bool:
    if patient.name == said.name:  # what most files say: nothing has to be folded
        return False
    known, told = family_keys(patient.name), family_keys(said.name)
    return bool(known and told) and known.isdisjoint(told)


def _is_other_birth_date(patient: Patient, said: PatientFacts) -> bool:
    return None not in (patient.birth_date, said.birth_date) and patient.birth_date != said.birth_date


def may_be_of(patient: Patient, header: Header) -> bool:
    """Whether a file of a known study may be of the study's patient: it names no other ID, issuer or person.

    Where the file or the study leaves ID or issuer out, nothing else may speak against it either.
    """
    said = header.patient
    if said.patient_id and _is_same_id(patient, header):
        return not _is_another_person(patient, said)
    if patient.patient_id and said.patient_id:
        has_two_issuers = patient.issuer_of_patient_id and said.issuer_of_patient_id
        if has_two_issuers or patient.patient_id != said.patient_id:
            return False
    return not _is_other_name(patient, said) and not _is_other_birth_date(patient, said)


def _is_same_id(patient: Patient, header: Header) -> bool:
    id_alone = _APART.sub("", patient.identity_key.split(PERSON)[0], count=1)
    return id_alone == identity_key(header.patient, header.study_instance_uid)


@dataclass(frozen=True)
class PatientChange:
    """What a file changed of its patient: whether other words find them now, and what it said otherwise than before."""

    is_renamed: bool = False
    otherwise: tuple[str, ...] = ()


NO_CHANGE = PatientChange()


def update_patient(patient: Patient, header: Header) -> PatientChange:
    """Take what this file says newly of the patient: the last file wins, in what it does say.

    A file that does not give this very ID and issuer changes nothing: it may be of the patient, no more.
    """
    if not said_anew(vars(header.patient), patient) or not _is_same_id(patient, header):
        return NO_CHANGE
    changes = said_anew(_columns(header.patient), patient)
    if not changes:
        return NO_CHANGE
    otherwise = tuple(name for name in TOLD_OF_CHANGE if name in changes and getattr(patient, name))
    update(patient, **changes)
    return PatientChange("name_key" in changes, tuple(column.removesuffix("_key") for column in otherwise))


def _columns(patient: PatientFacts) -> dict[str, Any]:
    return {
        **vars(patient),
        "patient_id": patient.patient_id[:LONGEST_ID],
        "issuer_of_patient_id": patient.issuer_of_patient_id[:LONGEST_ID],
        "name_key": cut_bytes(name_key(patient.name), LONGEST_INDEXED_BYTES)[:LONGEST_NAME_KEY],
    }
