"""Opening and closing studies to accounts: ties of patients, grants to referrers."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pacs.access import audit
from pacs.access.actors import Actor
from pacs.access.models import Grant, PatientTie, Role, User
from pacs.catalog.models import Patient, Study
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


def grant_study(user: User, study: Study, *, actor: Actor, expires_at: datetime | None = None) -> Grant:
    """Open one study to a referrer, until a moment or for good; a second grant replaces the end of the first.

    Raises BadRequest for other roles.
    """
    if user.role != Role.REFERRER:
        raise BadRequest(parameter="username", reason="Studies are granted to referrers.")
    with transaction.atomic():
        grant, _ = Grant.objects.update_or_create(
            user=user, study=study, defaults={"expires_at": expires_at, "made_by_id": actor.user_id}
        )
        until = expires_at.isoformat() if expires_at else None
        audit.record(actor, "study granted", study=study, account=user.username, until=until)
    return grant


def revoke_grant(user: User, study: Study, *, actor: Actor) -> None:
    """Close one study to a referrer, from the next request on. Raises NotFound."""
    with transaction.atomic():
        removed, _ = Grant.objects.filter(user=user, study=study).delete()
        if not removed:
            raise NotFound
        audit.record(actor, "grant revoked", study=study, account=user.username)


def patient_identified(patient_id: str, issuer: str | None = None) -> Patient:
    """The patient of this ID (and issuer, where several issuers gave it). Raises NotFound, BadRequest."""
    found = Patient.objects.filter(patient_id=patient_id)
    if issuer is not None:
        found = found.filter(issuer_of_patient_id=issuer)
    patients = list(found[:2])
    if not patient_id or not patients:
        raise NotFound
    if len(patients) > 1:
        raise BadRequest(parameter="issuer", reason="Several issuers gave this ID: say which.")
    return patients[0]
