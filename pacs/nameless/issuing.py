"""A link without names is made: looked at first, then issued, then its copy is prepared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pacs.access.models import LinkCopy
from pacs.access.permit import access_study, visible_instances
from pacs.access.share_links import Issued, Shown, Terms, issue_share_link, parts_of, revoke_link
from pacs.catalog.kept_objects import kept_objects
from pacs.errors import BadRequest, Conflict
from pacs.media.deidentified import Judged, Wishes, judged, unseen
from pacs.nameless.copying import CHOICES, begin_copying, copy_now

if TYPE_CHECKING:
    from pacs.access.actors import Actor

AT_ONCE_OBJECTS = 64
AT_ONCE_BYTES = 128 << 20
NOTHING_LEFT = "Of this nothing can be shown without names: documents and raw data cannot be de-identified."


@dataclass(frozen=True)
class Looked:
    """What the sender looked at, by SOP Instance UIDs, and what they blacked out (media.looking.edits_of)."""

    seen: Sequence[str] = ()
    edits: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


class NotLookedAt(Conflict):
    """Somebody has to look at these images first: names may be burned into them."""

    def __init__(self, found: Sequence[Judged]) -> None:
        super().__init__(reason="Somebody has to look at these images first.")
        self.found = found


def issue_nameless_link(shown: Shown, terms: Terms, looked: Looked, *, actor: Actor) -> Issued:
    """A link whose guests see a copy without names. Of few objects it is made when this returns, of many it is begun.

    Raises as issue_share_link; NotLookedAt; BadRequest where nothing can be de-identified; StorageFull, Overloaded.
    """
    found = _judged(shown, actor)
    missing = unseen(found, Wishes(CHOICES, b"", seen=frozenset(looked.seen)))
    if missing:
        raise NotLookedAt(missing)
    copied = [one for one in found if not one.left_out]
    if not copied:
        raise BadRequest(parameter="deidentified", reason=NOTHING_LEFT)
    copy = LinkCopy(total=len(found), wanted=_wanted(found, looked))
    issued = issue_share_link(shown, terms, actor=actor, copy=copy)
    if len(copied) > AT_ONCE_OBJECTS or sum(one.one.size_bytes for one in copied) > AT_ONCE_BYTES:
        begin_copying(copy.pk)
        return issued
    try:
        _copy_at_once(copy)
    except Exception:
        revoke_link(issued.link, actor=actor)  # nobody is told its address: nobody can open it
        raise
    issued.link.copy = copy
    return issued


def _copy_at_once(copy: LinkCopy) -> None:
    """Raises BadRequest, StorageFull, Overloaded where it cannot be made."""
    copy_now(copy.pk)
    copy.refresh_from_db()
    if copy.state == LinkCopy.State.FAILED:
        raise BadRequest(parameter="deidentified", reason=NOTHING_LEFT)


def _judged(shown: Shown, actor: Actor) -> list[Judged]:
    """All that would be shown. Raises NotFound for what is not open to the actor."""
    study = access_study(actor, shown.study)
    series, instances = parts_of(actor, study, shown)
    rows = visible_instances(actor).filter(series__study=study)
    if series:
        rows = rows.filter(series__in=series)
    if instances:
        rows = rows.filter(pk__in=[one.pk for one in instances])
    return list(judged(kept_objects(rows)))


def _wanted(found: Sequence[Judged], looked: Looked) -> dict[str, Any]:
    """What is asked for of this link alone."""
    here = {one.one.sop_instance_uid for one in found}
    return {"seen": sorted(here & set(looked.seen)), "edits": [dict(one) for one in looked.edits]}
