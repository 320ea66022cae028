"""The bin as those who may delete see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacs.access.audit import record
from pacs.access.permit import Act, require
from pacs.access.policy import sees_everything
from pacs.bin.models import Deletion
from pacs.errors import NotFound

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from pacs.access.actors import Actor


def visible_deletions(actor: Actor) -> QuerySet[Deletion]:
    """What is in the bin, newest first; their own deletions to those who do not see everything.

    Raises NotSignedIn, NotAllowed.
    """
    require(actor, Act.DELETE)
    rows = Deletion.objects.exclude(state=Deletion.State.ERASING).order_by("-pk")
    return rows if sees_everything(actor) else rows.filter(deleted_by_id=actor.user_id)


def access_deletion(actor: Actor, number: int) -> Deletion:
    """One entry. Raises NotSignedIn, NotAllowed; NotFound, audited."""
    found = visible_deletions(actor).filter(pk=number).first()
    if found is None:
        record(actor, "refused", outcome="refused", deletion=str(number))
        raise NotFound
    return found
