"""The institutions that share this archive: each study is of one, and what is of one is not open to the others.

Number OWN is whoever runs the archive; where nobody names others, everything is of it and nothing is told apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pacs.catalog.models import NOBODYS, Institution, InstitutionName
from pacs.catalog.models import OWN_INSTITUTION as OWN
from pacs.catalog.names import name_key
from pacs.catalog.statements import ask
from pacs.errors import NotFound

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True)
class Whose:
    """Whose a new study is, and to whose known ones the same sender may add; None: to any institution's."""

    institution: int = OWN
    may_add_to: frozenset[int] | None = None

    def may_add(self, institution: int) -> bool:
        """Whether an object of a known study of this institution is taken from the sender."""
        if self.may_add_to is None:
            return institution != NOBODYS
        return institution in self.may_add_to


ANY = Whose()
FOR_A_LINK = Whose(NOBODYS, frozenset({NOBODYS}))
ANOTHER = "SELECT 1 FROM catalog_institution WHERE id <> %s LIMIT 1"
OWN_NAME = "This institution"
LONGEST_KEY = 256


def institutions() -> QuerySet[Institution]:
    """All of them, the own one first."""
    own_institution()
    return Institution.objects.order_by("pk").prefetch_related("names")


def own_institution() -> Institution:
    """Whoever runs the archive."""
    return Institution.objects.get_or_create(pk=OWN, defaults={"name": OWN_NAME})[0]


def institution_numbered(number: int) -> Institution:
    """The institution of this number. Raises NotFound."""
    found = own_institution() if number == OWN else Institution.objects.filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def has_others() -> bool:
    """Whether there is any beside the own one."""
    return ask(ANOTHER, [OWN]) is not None


def institution_called(institution_name: str) -> int:
    """Whose studies bear this Institution Name (PS3.3 C.7.5.1, (0008,0080)); OWN where nobody said."""
    key = key_of_name(institution_name)
    if not key:
        return OWN
    found = InstitutionName.objects.filter(key=key).values_list("institution_id", flat=True).first()
    return OWN if found is None else found


def key_of_name(institution_name: str) -> str:
    """An Institution Name as it is compared: folded, as names of people are."""
    return name_key(institution_name)[:LONGEST_KEY] if institution_name.strip() else ""
