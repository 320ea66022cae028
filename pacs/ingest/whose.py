"""Whose study it is that comes in: the sender's institution, or what its file says where a gateway sends for many.

See docs/decisions: a study belongs to one institution from its first object on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacs.access.reach import Breadth
from pacs.catalog.changes import last_institution_of
from pacs.catalog.institutions import ANY, FOR_A_LINK, Whose, institution_called
from pacs.catalog.models import OWN_INSTITUTION as OWN

if TYPE_CHECKING:
    from pacs.access.actors import Actor
    from pacs.catalog.identity import Header
    from pacs.catalog.turn import Turn
    from pacs.ingest.arrival import Origin


def whose(origin: Origin, header: Header, turn: Turn) -> Whose:
    """Whose a new study is, and to whose known ones this sender may add.

    People's studies are their institution's. What a gateway (a key) of the own institution, or Lightbox itself, brings
    is told apart by Institution Name (PS3.3 C.7.5.1), as administrators named them; what nobody named is the own one's.
    """
    if origin.kind == "copy":
        return FOR_A_LINK
    if not turn.has_others():
        return ANY
    if origin.kind == "bin":
        return Whose(last_institution_of(header.study_instance_uid))
    if origin.house is not None:
        return Whose(origin.house, frozenset({origin.house}))
    sender = _who_answers(origin.actor)
    named = institution_called(header.study.institution_name)
    if sender.kind != "person":
        return Whose(named)
    if sender.reach.breadth is Breadth.EVERYTHING:
        return Whose(named if sender.api_key is not None else OWN)
    own = sender.reach.institution
    if own == OWN and sender.api_key is not None:
        return Whose(named, frozenset({OWN, named}))
    return Whose(own, frozenset({own}))


def _who_answers(actor: Actor) -> Actor:
    """What comes in by a link is its maker's."""
    return actor.guest.sender if actor.guest is not None else actor
