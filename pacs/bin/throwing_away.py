"""Deleting: the rows leave the catalogue at once, the bytes stay where they are, and the bin remembers both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from pacs.access.audit import record
from pacs.access.permit import Act, refuse, require, visible_instances
from pacs.access.set_aside import set_aside
from pacs.bin.manifests import unlink_manifest, write_manifest
from pacs.bin.models import BinnedObject, Deletion
from pacs.catalog.arrivals import take_turn
from pacs.catalog.database import telling_full
from pacs.catalog.kept_objects import KeptObject, kept_objects
from pacs.catalog.levels import Level
from pacs.catalog.models import Series, Study
from pacs.catalog.unregister import unregister
from pacs.errors import NotFound
from pacs.uids import is_uid

if TYPE_CHECKING:
    from pacs.access.actors import Actor
    from pacs.catalog.unregister import Scope

DELETED = {Level.STUDY: "study deleted", Level.SERIES: "series deleted", Level.INSTANCE: "instance deleted"}
ROWS_AT_ONCE = 500


def delete(scope: Scope, *, actor: Actor) -> Deletion:
    """Put what the scope names into the bin; nobody finds it from the next request on.

    Raises NotSignedIn, NotAllowed; NotFound, audited, for what is not there or not open to the actor; StorageFull.
    """
    require(actor, Act.DELETE)
    uids = {"study": scope.study, "series": scope.series, "instance": scope.instance}
    is_named = all(is_uid(uid) for uid in uids.values() if uid)
    if not is_named or not scope.within(visible_instances(actor)).exists():
        refuse(actor, **uids)
    deletion = Deletion(**_who(actor))
    try:
        with telling_full(), transaction.atomic():
            take_turn()
            _delete(deletion, scope, actor)
    except BaseException:
        unlink_manifest(deletion.key)
        raise
    return deletion


def _delete(deletion: Deletion, scope: Scope, actor: Actor) -> None:
    kept = kept_objects(scope.within(visible_instances(actor)))
    if not kept:
        raise NotFound  # somebody else was quicker
    study = Study.objects.select_related("patient").get(study_instance_uid=kept[0].study_instance_uid)
    _describe(deletion, scope, study, kept)
    deletion.save(force_insert=True)
    objects = [_binned(deletion, one) for one in kept]
    BinnedObject.objects.bulk_create(objects, batch_size=ROWS_AT_ONCE)
    set_aside(study, scope, is_whole=len(kept) == study.number_of_instances)
    unregister(study, scope)
    # The last but the trail, whose chain is not held meanwhile: see bin.manifests.
    write_manifest(deletion, objects)
    record(
        actor,
        DELETED[scope.level],
        study=study,
        series=scope.series,
        instance=scope.instance,
        objects=len(kept),
    )


def _who(actor: Actor) -> dict[str, Any]:
    return {"deleted_by_id": actor.user_id, "deleted_by_label": actor.label}


def _describe(deletion: Deletion, scope: Scope, study: Study, kept: list[KeptObject]) -> None:
    deletion.level = scope.level.name.lower()
    deletion.study_instance_uid, deletion.series_instance_uid = scope.study, scope.series
    deletion.sop_instance_uid = scope.instance
    deletion.patient = study.patient
    deletion.number_of_instances = len(kept)
    deletion.size_bytes = sum(one.size_bytes for one in kept)
    series = Series.objects.filter(study=study, series_instance_uid=scope.series).first()
    deletion.told = {
        "patient_name": study.patient.name,
        "patient_id": study.patient.patient_id,
        "date": study.study_date.isoformat() if study.study_date else None,
        "time": study.study_time.strftime("%H:%M:%S") if study.study_time else None,
        "description": study.study_description,
        "modalities": _modalities(study, series),
        "series_number": series.series_number if series else None,
        "series_description": series.series_description if series else "",
    }


def _modalities(study: Study, series: Series | None) -> list[str]:
    if series is not None:
        return [series.modality] if series.modality else []
    return [one for one in study.modalities_in_study.split("\\") if one]


def _binned(deletion: Deletion, one: KeptObject) -> BinnedObject:
    return BinnedObject(
        deletion=deletion,
        blob=one.blob,
        size_bytes=one.size_bytes,
        series_instance_uid=one.series_instance_uid,
        sop_instance_uid=one.sop_instance_uid,
    )
