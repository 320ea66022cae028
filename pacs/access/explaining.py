"""Why somebody sees a study, or does not; and what they see, and why: told by the parts of the one condition itself.

For administrators: ask permit.require first. Nothing here decides: whether a study is open is asked of the policy,
and each reason of the ways that the policy is made of (access.ways).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pacs.access import grants
from pacs.access.actors import Actor, actor_for_user
from pacs.access.models import BreakGlass, Grant, PatientTie, User
from pacs.access.permit import Act, may, visible_studies
from pacs.access.policy import studies_open_to
from pacs.access.reach import Breadth
from pacs.access.ways import Reason, Way, ways_of
from pacs.catalog.models import Study

MOST_ROWS = 200

WORDS: Mapping[Reason, str] = {
    Reason.EVERYTHING: "everything in the archive is open to them",
    Reason.INSTITUTION: "it is of the institution they work for",
    Reason.NAMED: "it names them as its referring physician",
    Reason.TIED: "it is of a patient they are, or care for",
    Reason.BREAK_GLASS: "they opened it in an emergency, for a while",
    Reason.GRANTED_STUDY: "the study was granted",
    Reason.GRANTED_PATIENT: "the patient was granted",
    Reason.GRANTED_REFERRER: "the studies of its referring physician were granted",
    Reason.GRANTED_INSTITUTION: "the studies of its institution were granted",
}


@dataclass(frozen=True)
class Because:
    """One way in which studies may be open: whether it opens, how many, and the grants or ties that do it."""

    reason: Reason
    opens: bool
    studies: int
    by: tuple[dict[str, Any], ...] = ()

    @property
    def words(self) -> str:
        """In words, for a person."""
        return WORDS[self.reason]


@dataclass(frozen=True)
class Explanation:
    """What is open to somebody: of one study, or altogether."""

    user: User
    acts: tuple[str, ...]
    sees: bool
    studies: int
    because: tuple[Because, ...]


def explain_study(user: User, study: Study) -> Explanation:
    """Whether this study is open to the person, and by what; a way that does not open it is told as well."""
    actor = actor_for_user(user)
    sees = Study.objects.filter(studies_open_to(actor, one=True), pk=study.pk).exists()
    if actor.reach.breadth is Breadth.EVERYTHING:
        because: tuple[Because, ...] = (Because(Reason.EVERYTHING, opens=True, studies=1),)
    else:
        because = tuple(_because(way, study, actor) for way in ways_of(actor))
    return Explanation(user, _acts(actor), sees, int(sees), because)


def explain(user: User) -> Explanation:
    """What is open to the person altogether, and by what."""
    actor = actor_for_user(user)
    count = visible_studies(actor).count()
    if actor.reach.breadth is Breadth.EVERYTHING:
        because: tuple[Because, ...] = (Because(Reason.EVERYTHING, opens=count > 0, studies=count),)
    else:
        because = tuple(_because(way, None, actor) for way in ways_of(actor))
    return Explanation(user, _acts(actor), count > 0, count, because)


def _because(way: Way, study: Study | None, actor: Actor) -> Because:
    rows = way.rows if study is None else way.rows_for(study)
    opened = Study.objects.filter(way.opens(""))
    count = (opened if study is None else opened.filter(pk=study.pk)).count()
    if way.reason is Reason.INSTITUTION and actor.reach.has_all:
        # There is but one institution: nothing is kept apart.
        count = 1 if study is not None else visible_studies(actor).count()
    return Because(way.reason, count > 0, count, tuple(_told(row) for row in rows[:MOST_ROWS]))


def _told(row: Any) -> dict[str, Any]:
    """What opens, as administrators are told it; of the account itself there is nothing more to tell."""
    if isinstance(row, Grant):
        return {"kind": "grant", **grants.to_told(row)}
    if isinstance(row, PatientTie):
        patient = row.patient
        return {
            "kind": "tie",
            "patient": {"patient_id": patient.patient_id, "issuer": patient.issuer_of_patient_id},
            "made_at": row.made_at.isoformat(),
        }
    if isinstance(row, BreakGlass):
        return {"kind": "break-glass", "number": row.pk, "expires_at": row.ends_at.isoformat()}
    return {"kind": "account"}


def _acts(actor: Actor) -> tuple[str, ...]:
    return tuple(str(act) for act in Act if may(actor, act))
