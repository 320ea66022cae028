"""Changing what a role may do: by administrators, within the limits of the role."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from pacs.access import audit
from pacs.access.actors import Actor
from pacs.access.models import RoleTemplate
from pacs.access.roles import LIMITS, SHIPPED, Limits, Template, template_of
from pacs.errors import BadRequest, NotFound


def change_template(
    role: str, *, actor: Actor, rights: Iterable[str] | None = None, breadth: str | None = None
) -> Template:
    """Other rights, or another breadth, for all accounts of a role, from their next request on.

    Raises NotFound for a role that is none; BadRequest for what goes beyond the limits, or takes what has to stay.
    """
    if role not in SHIPPED:
        raise NotFound
    before = template_of(role)
    told = frozenset(before.rights if rights is None else rights)
    narrow = before.breadth if breadth is None else breadth
    _require_within(LIMITS[role], told, narrow)
    with transaction.atomic():
        RoleTemplate.objects.update_or_create(
            role=role, defaults={"rights": sorted(told), "breadth": narrow, "changed_by_id": actor.user_id}
        )
        audit.record(actor, "role changed", role=role, rights=", ".join(sorted(told)), breadth=str(narrow))
    return template_of(role)


def restore_template(role: str, *, actor: Actor) -> Template:
    """As it is shipped. Raises NotFound."""
    if role not in SHIPPED:
        raise NotFound
    with transaction.atomic():
        RoleTemplate.objects.filter(role=role).delete()
        audit.record(actor, "role changed", role=role, shipped=True)
    return SHIPPED[role]


def _require_within(limits: Limits, rights: frozenset[str], breadth: str) -> None:
    if missing := sorted(limits.least - rights):
        raise BadRequest(
            parameter="rights", reason=f"This cannot be taken from the role: {', '.join(missing)}."
        )
    if beyond := sorted(rights - limits.most):
        raise BadRequest(parameter="rights", reason=f"This is never for the role: {', '.join(beyond)}.")
    if breadth not in limits.breadths:
        raise BadRequest(parameter="breadth", reason="The role cannot see so far.")
