"""Break-glass: in an emergency a clinician opens a locked study for an hour, and somebody looks at it after.

For people who are here and showed who they are: never for a key, a referrer, a patient or the guest of a link.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from pacs.access import audit
from pacs.access.actors import Actor
from pacs.access.models import BreakGlass, Notice, Role, User
from pacs.access.permit import Act, may, refuse, require, visible_studies
from pacs.access.policy import sees_everything
from pacs.access.step_up import require_fresh
from pacs.catalog.institutions import institution_numbered
from pacs.catalog.models import NOBODYS, OWN_INSTITUTION, Study
from pacs.errors import BadRequest, Conflict, NotAllowed, NotFound
from pacs.uids import is_uid

LASTS = timedelta(minutes=60)
SHORTEST_REASON = 10  # characters: a word alone tells nobody what happened
MOST_FOUND = 20


def require_may_break(actor: Actor) -> None:
    """Nothing for a person with the right, in a session of their own. Raises NotSignedIn, NotAllowed (audited)."""
    require(actor, Act.BREAK_GLASS)
    if actor.kind != "person" or actor.session_key is None:  # the system, and keys
        audit.record(actor, "refused", outcome="refused", act=str(Act.BREAK_GLASS))
        raise NotAllowed(act=str(Act.BREAK_GLASS))


def has_glass_to_break(actor: Actor) -> bool:
    """Whether anything may be locked to them that they could open so: in an archive of one institution nothing is."""
    return may(actor, Act.BREAK_GLASS) and not sees_everything(actor)


def lasting_breaks(actor: Actor) -> list[BreakGlass]:
    """What the actor opened so and is open still, what ends first first."""
    lasting = BreakGlass.objects.filter(user_id=actor.user_id or 0, ends_at__gt=Now(), study__isnull=False)
    return list(lasting.order_by("ends_at", "pk"))


def locked_studies(actor: Actor, *, patient_id: str = "", accession_number: str = "") -> QuerySet[Study]:
    """The studies of exactly this Patient ID or Accession Number that are not open to the actor, the newest first.

    Written down each time, without what was asked. Raises as require_may_break; BadRequest for nothing asked, or both.
    """
    require_may_break(actor)
    if bool(patient_id) == bool(accession_number):
        raise BadRequest(parameter="patient_id", reason="Of patient_id and accession_number, tell one.")
    by = "patient_id" if patient_id else "accession_number"
    audit.record(actor, "locked studies searched", by=by)
    asked = {"patient__patient_id": patient_id} if patient_id else {"accession_number": accession_number}
    rows = _of_institutions().filter(**asked).exclude(pk__in=visible_studies(actor).values("pk"))
    return rows.select_related("patient").order_by("-study_moment", "-pk")[:MOST_FOUND]


def _of_institutions() -> QuerySet[Study]:
    """All that a glass may stand before: the copies of links without names are nobody's."""
    return Study.objects.exclude(institution_id=NOBODYS)


def break_glass(actor: Actor, uid: str, reason: str) -> BreakGlass:
    """Open a locked study to the actor for LASTS, and tell every administrator.

    Raises as require_may_break and require_fresh; BadRequest for a reason that tells nothing; Conflict for a study
    that is open already; NotFound, audited.
    """
    require_may_break(actor)
    require_fresh(actor)
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise BadRequest(parameter="reason", reason="Say in some words why it has to be opened now.")
    study = _of_institutions().filter(study_instance_uid=uid).first() if is_uid(uid) else None
    if study is None:
        refuse(actor, study=uid)
    if visible_studies(actor).filter(pk=study.pk).exists():
        raise Conflict(study=uid)
    with transaction.atomic():
        broken = BreakGlass.objects.create(
            user_id=actor.user_id or 0,  # a person has one
            study=study,
            study_instance_uid=uid,
            reason=reason,
            began_at=Now(),
            ends_at=Now() + LASTS,
        )
        broken.refresh_from_db()
        _tell_administrators(broken)
        audit.record(actor, "glass broken", study=study, number=broken.pk, until=broken.ends_at.isoformat())
    return broken


def _tell_administrators(broken: BreakGlass) -> None:
    administrators = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True)
    Notice.objects.bulk_create(
        Notice(user=one, break_glass=broken, what=Notice.What.GLASS) for one in administrators
    )


def breaks_to_review() -> QuerySet[BreakGlass]:
    """All of them, with what they name; what nobody looked at yet comes first. Ask permit.require first."""
    rows = BreakGlass.objects.select_related("user", "study__patient", "reviewed_by")
    return rows.order_by(F("reviewed_at").desc(nulls_first=True), "-pk")


def institution_of(study: Study) -> str:
    """The name of whose study it is."""
    return institution_numbered(study.institution_id or OWN_INSTITUTION).name


def count_to_review() -> int:
    """How many nobody looked at yet."""
    return BreakGlass.objects.filter(reviewed_at=None).count()


def review(number: int, *, finding: str, note: str, actor: Actor) -> BreakGlass:
    """What an administrator found. The first finding stands: a later one is a Conflict. Raises NotFound, BadRequest.

    Nobody looks at what they did themselves (NotAllowed).
    """
    if finding not in BreakGlass.Finding.values:
        raise BadRequest(parameter="finding", reason="It was justified, or not_justified.")
    with transaction.atomic():
        broken = breaks_to_review().filter(pk=number).first()
        if broken is None:
            raise NotFound
        if broken.user_id == actor.user_id:
            audit.record(actor, "refused", outcome="refused", act="review of their own")
            raise NotAllowed(act="review")
        changed = BreakGlass.objects.filter(pk=number, reviewed_at=None).update(
            finding=finding, note=note, reviewed_by_id=actor.user_id, reviewed_at=timezone.now()
        )
        if not changed:
            raise Conflict(finding=broken.finding)
        audit.record(
            actor,
            "glass break reviewed",
            study=broken.study or broken.study_instance_uid,
            number=number,
            finding=finding,
        )
    return breaks_to_review().get(pk=number)
