"""The only writer of what leaves the catalogue: the rows of a study, a series or an instance, counts and all.

What the files that went said of their study and patient stays said until another file says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pacs.catalog.arrivals import next_arrival
from pacs.catalog.levels import Level
from pacs.catalog.models import Change, Instance, InstanceMetadata, Series, Study
from pacs.catalog.register import with_modality

if TYPE_CHECKING:
    from django.db.models import QuerySet

DELETED, RESTORED = "deleted", "restored"


@dataclass(frozen=True)
class Scope:
    """A study, a series of it, or an instance of that, by their UIDs."""

    study: str
    series: str = ""
    instance: str = ""

    @property
    def level(self) -> Level:
        """What it is."""
        return Level.INSTANCE if self.instance else Level.SERIES if self.series else Level.STUDY

    def within(self, rows: QuerySet[Instance]) -> QuerySet[Instance]:
        """Those of these instances that it holds."""
        named = {
            "series__study__study_instance_uid": self.study,
            "series__series_instance_uid": self.series,
            "sop_instance_uid": self.instance,
        }
        return rows.filter(**{path: uid for path, uid in named.items() if uid})


def unregister(study: Study, scope: Scope) -> int:
    """Take the rows of what the scope holds of this study out; the number of this change.

    Series and studies that are empty then go too, patients stay. Whoever calls it has taken the turn.
    """
    number = write_change(DELETED, study, scope)
    gone = scope.within(Instance.objects.all())
    series = list(Series.objects.filter(instances__in=gone).distinct())
    # Level by level, not row by row: a cascade would bring every row into memory first.
    InstanceMetadata.objects.filter(instance__in=gone).delete()
    gone.only("pk").delete()
    for one in series:
        _recount_series(one, number)
    _recount_study(study, number)
    return number


def write_change(kind: str, study: Study, scope: Scope) -> int:
    """Write down that something went or came back, and who may know of it; its number. In the caller's turn."""
    number = next_arrival()
    Change.objects.create(
        number=number,
        kind=kind,
        level=scope.level.name.lower(),
        study_instance_uid=scope.study,
        series_instance_uid=scope.series,
        sop_instance_uid=scope.instance,
        patient_id=study.patient_id,
        referring_physician_key=study.referring_physician_key,
        institution_id=study.institution_id,
    )
    return number


def _recount_series(series: Series, number: int) -> None:
    left = series.instances.count()
    if not left:
        series.delete()
        return
    Series.objects.filter(pk=series.pk).update(number_of_instances=left, arrival=number)


def _recount_study(study: Study, number: int) -> None:
    left = list(study.series.values_list("modality", "number_of_instances"))
    if not left:
        study.delete()
        return
    modalities = ""
    for modality, _ in left:
        modalities = with_modality(modalities, modality)
    Study.objects.filter(pk=study.pk).update(
        modalities_in_study=modalities,
        number_of_series=len(left),
        number_of_instances=sum(count for _, count in left),
        arrival=number,
    )
