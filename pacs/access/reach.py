"""How far an account sees: by its role, its institution and its groups, as they are when its holder comes."""

from __future__ import annotations

from dataclasses import dataclass

from pacs.access.acts import Act
from pacs.access.models import GroupMember, User
from pacs.access.roles import Breadth as Breadth
from pacs.access.roles import template_of
from pacs.catalog.institutions import has_others
from pacs.catalog.models import OWN_INSTITUTION

# Of whom studies may be granted to; a patient's are opened by ties alone.
GRANTED_TO = frozenset({Breadth.INSTITUTION, Breadth.NAMED})


@dataclass(frozen=True)
class Reach:
    """What decides what an actor may do and which studies are open, but for the rows read with each decision."""

    rights: frozenset[Act] = frozenset()
    breadth: Breadth = Breadth.NOTHING
    institution: int = OWN_INSTITUTION
    groups: tuple[int, ...] = ()
    has_all: bool = False  # there is nothing beside what is open


NO_REACH = Reach()
FULL_REACH = Reach(breadth=Breadth.EVERYTHING, has_all=True)


def breadth_of(user: User) -> Breadth:
    """Which studies are open by themselves to this account's role."""
    return template_of(user.role).breadth


def reach_of(user: User) -> Reach:
    """What this account may do and how far it sees now. Whatever changes it raises the access epoch."""
    template = template_of(user.role)
    breadth = template.breadth
    if breadth not in GRANTED_TO:
        return Reach(template.rights, breadth, has_all=breadth is Breadth.EVERYTHING)
    groups = GroupMember.objects.filter(user_id=user.pk).order_by("group_id")
    return Reach(
        template.rights,
        breadth,
        user.institution_id or OWN_INSTITUTION,
        tuple(groups.values_list("group_id", flat=True)),
        breadth is Breadth.INSTITUTION and not has_others(),
    )
