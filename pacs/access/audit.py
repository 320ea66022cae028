"""The trail: who did what to which study, each event chained to the one before by its hash (promise P17).

A change to one event breaks its own hash; taking one out breaks the link of the next (access.chain tells). The
database refuses both (access.append_only).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC

from django.db import connection, transaction
from django.utils import timezone

from pacs.access.actors import Actor
from pacs.access.models import AuditEvent
from pacs.access.whence import address_now
from pacs.catalog.models import Patient, Study
from pacs.catalog.statements import ask, insert, new

FIRST_LINK = "0" * 64
# Any number, as long as nothing else in the database takes the same advisory lock.
CHAIN_LOCK = 0x4C425F4155444954
LAST_HASH = "SELECT hash FROM access_auditevent ORDER BY id DESC LIMIT 1"
Detail = str | int | bool | None


@dataclass
class EndOfTrail:
    """The hash of the last event, once it is known, for whoever writes several in one transaction.

    Nobody else writes an event meanwhile, on either database; who has it must not either, but by it.
    """

    hash: str | None = None


def record(
    actor: Actor,
    action: str,
    *,
    study: Study | str | None = None,
    patient: Patient | None = None,
    outcome: str = "ok",
    behind: EndOfTrail | None = None,
    **details: Detail,
) -> AuditEvent:
    """Write one event down, inside the caller's transaction when there is one.

    `study` is the row, or a UID that could not be turned into a row. Call it last in a transaction: on
    PostgreSQL it holds the chain until the transaction ends.
    """
    end = behind or EndOfTrail()
    with transaction.atomic(savepoint=False):
        event = new(
            AuditEvent,
            at=timezone.now(),
            actor_kind=actor.kind,
            actor_user_id=actor.user_id,
            actor_label=actor.label,
            actor_role=actor.role or "",
            means=_means_of(actor),
            api_key=actor.api_key,
            address=address_now(),
            action=action,
            outcome=outcome,
            study_instance_uid=study.study_instance_uid if isinstance(study, Study) else study or "",
            patient_pk=_patient_of(study, patient),
            details=details,
            previous_hash=end.hash or _last_hash(),
        )
        event.hash = hash_of(event)
        insert(event)
        end.hash = event.hash
        return event


def _patient_of(study: Study | str | None, patient: Patient | None) -> int | None:
    if patient is not None:
        return patient.pk
    return study.patient_id if isinstance(study, Study) else None


def _means_of(actor: Actor) -> str:
    """How the actor came; by which session is a secret that the trail must not hold."""
    if actor.kind in ("link", "system"):
        return "link" if actor.kind == "link" else "command"
    if actor.api_key is not None:
        return "key"
    return "session" if actor.session_key else ""


def _last_hash() -> str:
    # Two events must never follow the same one. SQLite's transactions are IMMEDIATE: being in one is
    # already being the only writer. PostgreSQL runs writers side by side, so they queue here; what is
    # read after the lock is what the one before has committed.
    if connection.vendor == "postgresql":
        ask("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
    last = ask(LAST_HASH)
    return str(last[0]) if last else FIRST_LINK


def hash_of(event: AuditEvent) -> str:
    """SHA-256 over everything the event says and the hash of the event before, as canonical JSON."""
    said = [
        event.previous_hash,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.actor_kind,
        event.actor_user_id,
        event.actor_label,
        event.action,
        event.outcome,
        event.study_instance_uid,
        event.patient_pk,
        event.details,
    ]
    how = [event.actor_role, event.means, event.api_key, event.address]
    if any(how):  # events of before these were kept have none: their hash stays what it was
        said.append(how)
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
