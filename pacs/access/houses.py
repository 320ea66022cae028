"""Institutions that share this archive: made, named and given studies by administrators."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from pacs.access import audit
from pacs.access.actors import Actor
from pacs.catalog.institutions import institution_numbered, key_of_name
from pacs.catalog.models import Institution, InstitutionName, Study
from pacs.errors import BadRequest


def make_institution(name: str, called: Sequence[str], *, actor: Actor) -> Institution:
    """A new institution: from now on the own staff sees what is its own. Raises BadRequest for names that are taken."""
    with transaction.atomic():
        made = Institution(name=name)
        _save(made)
        _call(made, called)
        audit.record(actor, "institution changed", institution=made.pk, made=True)
    return made


def change_institution(
    institution: Institution, *, actor: Actor, name: str | None = None, called: Sequence[str] | None = None
) -> Institution:
    """Another name, or other Institution Names by which its studies are known when they come. Raises BadRequest."""
    with transaction.atomic():
        if name is not None:
            institution.name = name
            _save(institution)
        if called is not None:
            institution.names.all().delete()
            _call(institution, called)
        audit.record(actor, "institution changed", institution=institution.pk)
    return institution_numbered(institution.pk)


def move_study(study: Study, institution: Institution, *, actor: Actor) -> None:
    """The study is of this institution, from the next request on."""
    with transaction.atomic():
        moved = Study.objects.filter(pk=study.pk).exclude(institution=institution)
        moved.update(institution=institution)
        audit.record(actor, "study moved", study=study, to_institution=institution.pk)


def _save(institution: Institution) -> None:
    try:
        with transaction.atomic():
            institution.save()
    except IntegrityError as error:
        raise BadRequest(parameter="name", reason="This name is taken.") from error


def _call(institution: Institution, called: Sequence[str]) -> None:
    keys = {key_of_name(name): name for name in called}
    keys.pop("", None)
    if InstitutionName.objects.filter(key__in=keys).exists():
        raise BadRequest(parameter="called", reason="Another institution is called so.")
    InstitutionName.objects.bulk_create(
        InstitutionName(institution=institution, name=name, key=key) for key, name in keys.items()
    )
