"""Groups of people to whom studies are opened together: made, filled, emptied and closed by administrators."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from pacs.access import audit
from pacs.access.actors import Actor
from pacs.access.models import GroupMember, PeopleGroup, User
from pacs.access.reach import GRANTED_TO, breadth_of
from pacs.errors import BadRequest, NotFound


def groups() -> QuerySet[PeopleGroup]:
    """All of them by name, with who is in them. For administrators: ask permit.require first."""
    return PeopleGroup.objects.order_by("name").prefetch_related("members__user")


def group_numbered(number: int) -> PeopleGroup:
    """The group of this number. Raises NotFound."""
    found = groups().filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def make_group(name: str, members: Sequence[User], *, actor: Actor) -> PeopleGroup:
    """A new group. Raises BadRequest for a name that is taken, and for members to whom nothing is granted."""
    with transaction.atomic():
        group = PeopleGroup(name=name)
        _save(group)
        _fill(group, members)
        audit.record(actor, "group changed", group=group.pk, members=len(members))
    return group_numbered(group.pk)


def change_group(
    group: PeopleGroup, *, actor: Actor, name: str | None = None, members: Sequence[User] | None = None
) -> PeopleGroup:
    """Another name, other members; whoever is not named any more is out at the next request. Raises BadRequest."""
    with transaction.atomic():
        if name is not None:
            group.name = name
            _save(group)
        if members is not None:
            group.members.exclude(user__in=members).delete()
            _fill(group, members)
        audit.record(actor, "group changed", group=group.pk, members=group.members.count())
    return group_numbered(group.pk)


def close_group(group: PeopleGroup, *, actor: Actor) -> None:
    """It and what was granted to it are gone, from the next request on."""
    number = group.pk
    with transaction.atomic():
        group.delete()
        audit.record(actor, "group changed", group=number, members=0, closed=True)


def _save(group: PeopleGroup) -> None:
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError as error:
        raise BadRequest(parameter="name", reason="This name is taken.") from error


def _fill(group: PeopleGroup, members: Sequence[User]) -> None:
    if any(breadth_of(user) not in GRANTED_TO for user in members):
        raise BadRequest(parameter="members", reason="Groups are of referrers and of staff.")
    GroupMember.objects.bulk_create(
        [GroupMember(group=group, user=user) for user in members], ignore_conflicts=True
    )
