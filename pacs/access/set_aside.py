"""What hangs on a study and goes with it (grants, links, what belongs to links), kept so that it can come back with it.

Kept rows open nothing. They come back when the study is restored, and only if it is the same patient's still: a study
that was sent anew under a known UID is nobody's business but the sender's.
"""

from __future__ import annotations

from typing import Any

from django.core import serializers
from django.db.models import ForeignKey, Model, Q, QuerySet
from django.utils import timezone

from pacs.access.granted import HOLDERS
from pacs.access.link_copies import ALIVE
from pacs.access.models import Extent, Grant, GuestLink, HealthLink, LinkCopy, Notice, SetAside, SharedPart
from pacs.catalog.models import Instance, Series, Study
from pacs.catalog.unregister import Scope

# In the order in which they come back: a part needs its link.
OF_A_STUDY: dict[type[Model], str] = {
    Grant: "study",
    GuestLink: "study",
    LinkCopy: "link__study",
    HealthLink: "link__study",
    Notice: "link__study",
}
WITH_PARTS = SharedPart


def set_aside(study: Study, scope: Scope, *, is_whole: bool) -> None:
    """Keep what the database takes away with the rows that go: of the whole study, or of the scope within it."""
    kept = (
        [row for model, path in OF_A_STUDY.items() for row in _rows(model, path, study)] if is_whole else []
    )
    gone = scope.within(Instance.objects.all())
    emptied = Series.objects.filter(study=study).exclude(
        instances__in=Instance.objects.filter(series__study=study).exclude(pk__in=gone)
    )
    parts = Q(instance__in=gone) | Q(series__in=emptied)
    kept += list(WITH_PARTS.objects.filter(parts).select_related("series", "instance"))
    SetAside.objects.bulk_create([_kept(row, study) for row in kept])
    if not is_whole:
        _close_copies(study, gone)


def _close_copies(study: Study, gone: QuerySet[Instance]) -> None:
    """A link without names that shows a copy of what goes shows nothing more: which image is which nobody kept."""
    shows = (
        Q(link__extent=Extent.STUDY)
        | Q(link__extent=Extent.SERIES, link__parts__series__in=gone.values("series"))
        | Q(link__parts__instance__in=gone)
    )
    shown = LinkCopy.objects.filter(shows, link__study=study, state__in=ALIVE).values_list("pk", flat=True)
    LinkCopy.objects.filter(pk__in=list(shown)).update(state=LinkCopy.State.OUTDATED)


def bring_back(study: Study) -> None:
    """Give back what was set aside of this study, as far as what it speaks of is here again."""
    aside = SetAside.objects.filter(study_instance_uid=study.study_instance_uid, patient=study.patient_id)
    models: list[type[Model]] = [*OF_A_STUDY, WITH_PARTS]
    order = [model._meta.label_lower for model in models]
    for one in sorted(aside, key=lambda row: (order.index(row.model), row.pk)):
        if _came_back(one, study):
            one.delete()


def forget(study_instance_uid: str) -> None:
    """Nothing comes back any more. That a grant was is still known: its holder may hear what became of the study."""
    of_nobody = {holder: None for holder in HOLDERS}
    SetAside.objects.filter(study_instance_uid=study_instance_uid, **of_nobody).delete()


def _rows(model: type[Model], path: str, study: Study) -> QuerySet[Any]:
    return model._default_manager.filter(**{path: study})


def _kept(row: Model, study: Study) -> SetAside:
    (told,) = serializers.serialize("python", [row])
    said: dict[str, Any] = {"pk": row.pk, **told["fields"]}
    if isinstance(row, SharedPart):
        said["series_instance_uid"] = row.series.series_instance_uid
        said["sop_instance_uid"] = row.instance.sop_instance_uid if row.instance else ""
    return SetAside(
        study_instance_uid=study.study_instance_uid,
        patient_id=study.patient_id,
        **_holder(row),
        model=row._meta.label_lower,
        row=_plain(said),
    )


def _holder(row: Model) -> dict[str, Any]:
    """Who may hear what became of the study: whoever it was granted to when it went."""
    if not isinstance(row, Grant) or (row.expires_at is not None and row.expires_at <= timezone.now()):
        return {}
    return {f"{holder}_id": getattr(row, f"{holder}_id") for holder in HOLDERS}


def _plain(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in said.items()}


def _came_back(one: SetAside, study: Study) -> bool:
    said = dict(one.row)
    if one.model == WITH_PARTS._meta.label_lower and not _finds_its_images(said, study):
        return False
    if "study" in said:
        said["study"] = study.pk
    (made,) = serializers.deserialize("python", [{"model": one.model, "pk": said.pop("pk"), "fields": said}])
    row = made.object
    if _stands(row) and not type(row)._default_manager.filter(_same(row)).exists():
        made.save(force_insert=True)
    return True


def _finds_its_images(said: dict[str, Any], study: Study) -> bool:
    """Turn the UIDs of a part into rows; whether they are here."""
    series = study.series.filter(series_instance_uid=said.pop("series_instance_uid")).first()
    uid = said.pop("sop_instance_uid")
    instance = (
        Instance.objects.filter(series=series, sop_instance_uid=uid).first() if series and uid else None
    )
    said["series"] = series.pk if series else None
    said["instance"] = instance.pk if instance else None
    return series is not None and (instance is not None or not uid)


def _stands(row: Model) -> bool:
    """Whether all that the row speaks of is still there: accounts may have gone meanwhile."""
    for field in row._meta.concrete_fields:
        key = getattr(row, field.attname)
        if isinstance(field, ForeignKey) and key is not None:
            others = field.related_model._default_manager
            if not others.filter(pk=key).exists():
                return False
    return True


def _same(row: Model) -> Q:
    """The row itself, or one that was made anew in its place."""
    same = Q(pk=row.pk)
    if not isinstance(row, Grant):
        return same
    held = {f"{holder}_id": getattr(row, f"{holder}_id") for holder in HOLDERS}
    return same | Q(study_id=row.study_id, **held)
