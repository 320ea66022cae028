"""How far an account sees: by its role, its institution and its groups, as they are when its holder comes."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from pacs.access.acts import Act
from pacs.access.models import GroupMember, LinkCopy, User
from pacs.access.roles import Breadth as Breadth
from pacs.access.roles import template_of
from pacs.catalog.models import NOBODYS, OWN_INSTITUTION

# Of whom studies may be granted to; a patient's are opened by ties alone.
GRANTED_TO = frozenset({Breadth.INSTITUTION, Breadth.NAMED})


@dataclass(frozen=True)
class Reach:
    """What decides what an actor may do and which studies are open, but for the rows read with each decision."""

    rights: frozenset[Act] = frozenset()
    breadth: Breadth = Breadth.NOTHING
    institution: int = OWN_INSTITUTION
    groups: tuple[int, ...] = ()
    has_all: bool = False  # there is nothing beside what is open but copies that links without names show
    has_copies: bool = True  # there may be some


@dataclass(frozen=True)
class Beside:
    """What there may be beside the own institution's studies: another's, and copies that links without names show."""

    others: bool = True
    copies: bool = True


# Of a copy it is told before its first row is there, and until the last is gone.
BESIDE = """SELECT EXISTS (SELECT 1 FROM catalog_institution WHERE id <> %s),
    EXISTS (SELECT 1 FROM access_linkcopy WHERE state <> %s)
    OR EXISTS (SELECT 1 FROM catalog_study WHERE institution_id = %s)"""
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
        has_all = breadth is Breadth.EVERYTHING
        return Reach(template.rights, breadth, has_all=has_all, has_copies=not has_all or _beside().copies)
    groups = GroupMember.objects.filter(user_id=user.pk).order_by("group_id")
    beside = _beside() if breadth is Breadth.INSTITUTION else Beside()
    return Reach(
        template.rights,
        breadth,
        user.institution_id or OWN_INSTITUTION,
        tuple(groups.values_list("group_id", flat=True)),
        has_all=not beside.others,
        has_copies=beside.copies,
    )


def _beside() -> Beside:
    with connection.cursor() as cursor:  # asked for each who comes: see catalog.statements
        cursor.execute(BESIDE, [OWN_INSTITUTION, LinkCopy.State.ERASED, NOBODYS])
        others, copies = cursor.fetchone()
    return Beside(bool(others), bool(copies))
