"""Opening and closing studies: ties of patients to accounts; grants to people, groups and institutions' staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from pacs.access import audit
from pacs.access.actors import Actor
from pacs.access.models import Grant, PatientTie, PeopleGroup, Role, User
from pacs.access.reach import GRANTED_TO, breadth_of
from pacs.catalog.institutions import institution_numbered
from pacs.catalog.models import NOBODYS, Institution, Patient, Study
from pacs.catalog.names import referring_physician_key
from pacs.errors import BadRequest, NotFound


def tie_patient(user: User, patient: Patient, *, actor: Actor) -> PatientTie:
    """This account is this patient, or cares for them: their studies open. Raises BadRequest for other roles."""
    if user.role != Role.PATIENT:
        raise BadRequest(parameter="username", reason="Only a patient's account is tied to a patient.")
    with transaction.atomic():
        tie, made = PatientTie.objects.get_or_create(
            user=user, patient=patient, defaults={"made_by_id": actor.user_id}
        )
        if made:
            audit.record(actor, "patient tied", patient=patient, account=user.username)
    return tie


def untie_patient(user: User, patient: Patient, *, actor: Actor) -> None:
    """Close this patient's studies to the account. Raises NotFound."""
    with transaction.atomic():
        removed, _ = PatientTie.objects.filter(user=user, patient=patient).delete()
        if not removed:
            raise NotFound
        audit.record(actor, "patient untied", patient=patient, account=user.username)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """To whom studies are opened: one of these. Of an institution, to its staff."""

    user: User | None = None
    group: PeopleGroup | None = None
    to_institution: Institution | None = None


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What is opened: one of these, of today and of times to come."""

    study: Study | None = None
    patient: Patient | None = None
    referring_physician: str = ""  # PN (PS3.3 (0008,0090)): every study that names them
    institution: Institution | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """As a grant keeps it."""
        return {
            "study": self.study,
            "patient": self.patient,
            "referring_physician_key": referring_physician_key(self.referring_physician) or None,
            "institution": self.institution,
        }


def grant(holder: Holder, opened: Opened, *, actor: Actor, expires_at: datetime | None = None) -> Grant:
    """Open studies until a moment or for good; a second grant of the same replaces the end of the first.

    Raises BadRequest for what is not one holder and one thing, and for accounts that nothing is granted to.
    """
    told = [value for value in opened.columns.values() if value is not None]
    if len(told) != 1:
        raise BadRequest(parameter="study", reason="Of study, patient, referrer and institution, tell one.")
    if [value is not None for value in vars(holder).values()].count(True) != 1:
        raise BadRequest(parameter="username", reason="Of person, group and institution, tell one.")
    if holder.user is not None and breadth_of(holder.user) not in GRANTED_TO:
        raise BadRequest(parameter="username", reason="Studies are granted to referrers and to staff.")
    with transaction.atomic():
        made, _ = Grant.objects.update_or_create(
            **vars(holder),
            **opened.columns,
            defaults={"expires_at": expires_at, "made_by_id": actor.user_id},
        )
        until = expires_at.isoformat() if expires_at else None
        audit.record(actor, _action(made), **_told(made), until=until)
    return made


def revoke(made: Grant, *, actor: Actor) -> None:
    """Close it, from the next request on. Raises NotFound for one that is gone already."""
    told = _told(made)
    with transaction.atomic():
        removed, _ = Grant.objects.filter(pk=made.pk).delete()
        if not removed:
            raise NotFound
        audit.record(actor, "grant revoked", **told)


def _action(made: Grant) -> str:
    return "study granted" if made.study_id is not None else "studies granted"


def _told(made: Grant) -> dict[str, Any]:
    """What the trail says of a grant: numbers, and names of accounts only."""
    told: dict[str, Any] = {"study": made.study, "patient": made.patient}
    if made.user is not None:
        told["account"] = made.user.username
    numbers = {
        "group": made.group_id,
        "to_institution": made.to_institution_id,
        "of_institution": made.institution_id,
        "grant": made.pk if made.referring_physician_key is not None else None,
    }
    return told | {name: number for name, number in numbers.items() if number is not None}


def grant_study(user: User, study: Study, *, actor: Actor, expires_at: datetime | None = None) -> Grant:
    """Open one study to one account. Raises as grant."""
    return grant(Holder(user=user), Opened(study=study), actor=actor, expires_at=expires_at)


def revoke_grant(user: User, study: Study, *, actor: Actor) -> None:
    """Close one study to one account, from the next request on. Raises NotFound."""
    made = Grant.objects.filter(user=user, study=study).first()
    if made is None:
        raise NotFound
    revoke(made, actor=actor)


def to_told(made: Grant) -> dict[str, Any]:
    """A grant as administrators are told it, JSON-able."""
    patient = made.patient
    return {
        "number": made.pk,
        "person": made.user.username if made.user else None,
        "group": _numbered(made.group),
        "to_institution": _institution(made.to_institution_id),
        "study": made.study.study_instance_uid if made.study else None,
        "patient": {"patient_id": patient.patient_id, "issuer": patient.issuer_of_patient_id}
        if patient
        else None,
        "referring_physician": made.referring_physician_key,
        "institution": _institution(made.institution_id),
        "expires_at": made.expires_at.isoformat() if made.expires_at else None,
        "made_by": made.made_by.username if made.made_by else None,
        "made_at": made.made_at.isoformat(),
    }


def _numbered(named: PeopleGroup | Institution | None) -> dict[str, Any] | None:
    return {"number": named.pk, "name": named.name} if named is not None else None


def _institution(number: int | None) -> dict[str, Any] | None:
    """By its number: the own one has a row from the first time on that somebody asks for it."""
    return _numbered(institution_numbered(number)) if number is not None else None


def grants() -> QuerySet[Grant]:
    """All of them, with what they name; the newest first. For administrators: ask permit.require first."""
    return Grant.objects.select_related("user", "group", "study", "patient", "made_by").order_by("-pk")


def grant_numbered(number: int) -> Grant:
    """The grant of this number. Raises NotFound."""
    found = grants().filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def patient_identified(patient_id: str, issuer: str | None = None) -> Patient:
    """The patient of this ID (and issuer, where several issuers gave it). Raises NotFound, BadRequest."""
    found = Patient.objects.filter(patient_id=patient_id).exclude(studies__institution_id=NOBODYS)
    if issuer is not None:
        found = found.filter(issuer_of_patient_id=issuer)
    patients = list(found[:2])
    if not patient_id or not patients:
        raise NotFound
    if len(patients) > 1:
        raise BadRequest(parameter="issuer", reason="Several issuers gave this ID: say which.")
    return patients[0]
