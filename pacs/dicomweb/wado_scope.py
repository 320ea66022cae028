"""Whose objects a path of WADO-RS names, and whether they are open to whoever asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pacs.access.permit import (
    Act,
    access_series,
    access_study,
    refuse,
    require,
    visible_instances,
)
from pacs.access.standing import actor_and_instance, actor_for_scope
from pacs.catalog.kept_objects import KeptObject, kept_object, kept_objects
from pacs.errors import NotFound

if TYPE_CHECKING:
    from pacs.access.actors import Actor
    from pacs.catalog.models import Study
    from pacs.http.requests import DoorRequest


def accessed(request: DoorRequest, act: Act = Act.VIEW) -> tuple[Actor, Study, list[KeptObject]]:
    """Who asks, the study that the path is about, and the objects that it names of those open to the actor.

    Raises NotSignedIn, NotAllowed, NotFound.
    """
    named = request.arguments
    if "instance" in named:
        actor, visible = actor_and_instance(request.scope, named["instance"], act)
        request.require_named(study=visible.study_instance_uid, series=visible.series_instance_uid)
        return actor, visible.instance.series.study, [kept_object(visible.instance)]
    actor = actor_for_scope(request.scope)
    require(actor, act)
    study = accessed_study(actor, named)
    objects = objects_of(actor, named)
    if not objects:
        raise NotFound
    return actor, study, objects


def accessed_study(actor: Actor, named: Mapping[str, str]) -> Study:
    """The study, if all that the path names is open to the actor and lies within one another. Raises NotFound."""
    study, series = named["study"], named.get("series", "")
    if not series:
        return access_study(actor, study)
    within = access_series(actor, series)
    if within.study.study_instance_uid != study:
        refuse(actor, study=study, series=series)
    return within.study


def objects_of(actor: Actor, named: Mapping[str, str]) -> list[KeptObject]:
    """The objects that a path of study or series names, of those open to the actor."""
    return kept_objects(
        visible_instances(actor),
        study_instance_uid=named["study"],
        series_instance_uid=named.get("series", ""),
    )
