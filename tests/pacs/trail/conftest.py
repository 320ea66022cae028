"""A trail with one event of each kind of act, as the rooms write them."""

from __future__ import annotations

import pytest

from pacs.access import audit
from pacs.access.actors import NOBODY, actor_for_user, system_actor
from pacs.access.models import AuditEvent
from pacs.access.whence import asked_from
from pacs.catalog.models import Patient
from pacs.trail.meanings import MEANINGS
from tests.pacs.access.conftest import Kept, keep
from tests.people import alice

CLIENT = {"client": ("192.0.2.7", 5)}


@pytest.fixture
def kept(db: None) -> Kept:
    """A study of a patient whose ID an issuer gave."""
    patient = Patient.objects.create(
        identity_key="pia", patient_id="P-1", issuer_of_patient_id="HOSPITAL", name="CANARY^Pia"
    )
    return keep(1, patient)


@pytest.fixture
def every_kind(kept: Kept) -> list[AuditEvent]:
    """Every action there is: by a person at a browser, about a study where that makes sense."""
    who = actor_for_user(alice(), session_key="secret")
    with asked_from(CLIENT):
        events = [
            audit.record(
                who, action, study=kept.study if is_of_study(action) else None, account="bob", by="modality"
            )
            for action in MEANINGS
        ]
        events.append(audit.record(NOBODY, "sign-in failed", outcome="refused", account=None))
        events.append(audit.record(who, "refused", outcome="refused", study="9.9.9"))
    events.append(
        audit.record(system_actor("import_dicom"), "object stored", study=kept.study, origin="import")
    )
    events.append(audit.record(who, "done in a later version"))
    return events


def is_of_study(action: str) -> bool:
    """Whether the rooms write a study with it."""
    return action in (
        "study opened",
        "thumbnail seen",
        "objects exported",
        "object stored",
        "patient changed",
    )
