"""What each role may do and how far it sees: templates as they are shipped, which administrators change within limits.

A role without a row is as it is shipped, so that a new version's own idea of it is followed until somebody had another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pacs.access.acts import Act
from pacs.access.models import Role, RoleTemplate


class Breadth(StrEnum):
    """Which studies are open by themselves."""

    EVERYTHING = "everything"
    INSTITUTION = "institution"  # those of the own one, and what was opened beside them
    NAMED = "named"  # those that name them as referrer, and what was opened beside them
    OWN = "own"  # those of the patients they are tied to
    NOTHING = "nothing"


@dataclass(frozen=True)
class Template:
    """What accounts of a role may do, and which studies are open to them by themselves."""

    rights: frozenset[Act]
    breadth: Breadth


@dataclass(frozen=True)
class Limits:
    """How a template may be changed: never without these rights, never beyond those; which breadths it may have."""

    least: frozenset[Act]
    most: frozenset[Act]
    breadths: frozenset[Breadth]


# Who may not look has no use for an account: such a one is closed.
LOOKS = frozenset({Act.SEARCH, Act.LIST, Act.VIEW})
READS = LOOKS | {Act.DOWNLOAD, Act.SHARE}
NOTHING = Template(frozenset(), Breadth.NOTHING)

SHIPPED: Mapping[str, Template] = {
    # Who runs the archive could open everything to themselves: that it is open is said, not hidden. So they break no
    # glass either.
    Role.ADMINISTRATOR: Template(READS | {Act.STORE, Act.DELETE, Act.ADMINISTER}, Breadth.EVERYTHING),
    Role.CLINICIAN: Template(READS | {Act.STORE, Act.BREAK_GLASS}, Breadth.INSTITUTION),
    # Their keys are what gateways hold, and one of those must not be able to empty an archive: no DELETE as shipped.
    Role.TECHNOLOGIST: Template(READS | {Act.STORE}, Breadth.INSTITUTION),
    Role.REFERRER: Template(READS, Breadth.NAMED),
    Role.PATIENT: Template(READS, Breadth.OWN),
}
_STAFF = Limits(
    LOOKS, READS | {Act.STORE, Act.DELETE, Act.BREAK_GLASS}, frozenset({Breadth.INSTITUTION, Breadth.NAMED})
)
LIMITS: Mapping[str, Limits] = {
    # Some administrator there always is (access.accounts), and what they are for cannot be taken from them.
    Role.ADMINISTRATOR: Limits(
        LOOKS | {Act.ADMINISTER}, SHIPPED[Role.ADMINISTRATOR].rights, frozenset({Breadth.EVERYTHING})
    ),
    Role.CLINICIAN: _STAFF,
    Role.TECHNOLOGIST: _STAFF,
    # Neither breaks a glass, deletes or administers, whoever may think so.
    Role.REFERRER: Limits(LOOKS, READS, frozenset({Breadth.NAMED})),
    Role.PATIENT: Limits(LOOKS, READS, frozenset({Breadth.OWN})),
}


def template_of(role: str) -> Template:
    """What accounts of this role may do now. Whatever is in a row, it is held within the limits."""
    if role not in SHIPPED:
        return NOTHING
    row = RoleTemplate.objects.filter(role=role).values("rights", "breadth").first()
    return SHIPPED[role] if row is None else _within(role, row["rights"], row["breadth"])


def _within(role: str, rights: Iterable[str], breadth: str) -> Template:
    limits = LIMITS[role]
    told = frozenset(act for act in Act if act in rights)
    narrow = Breadth(breadth) if breadth in limits.breadths else SHIPPED[role].breadth
    return Template((told & limits.most) | limits.least, narrow)
