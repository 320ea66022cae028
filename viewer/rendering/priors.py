"""The other studies of the same patient, as many as are open to who asks, the best to compare with first."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from viewer.hanging.priors import Described, rank, regions_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from pacs.catalog.models import Series, Study

# A patient with more studies than this is compared with the newest of them.
MOST_STUDIES = 200


def priors_of(
    study: Study, studies: QuerySet[Study, Any], series: QuerySet[Series, Any]
) -> list[dict[str, Any]]:
    """Every other study among `studies` of this study's patient. `studies` and `series` are those open to who asks."""
    same_patient = studies.filter(patient=study.patient_id).exclude(pk=study.pk)
    others = list(same_patient.order_by("-study_moment", "-pk")[:MOST_STUDIES])
    parts = _body_parts(series.filter(study__in=[study.pk, *(other.pk for other in others)]))
    known = {other.study_instance_uid: other for other in others}
    ranked = rank(_described(study, parts[study.pk]), [_described(one, parts[one.pk]) for one in others])
    return [
        {
            **_told(known[prior.uid]),
            "same_body_part": prior.same_body_part,
            "same_modality": prior.same_modality,
        }
        for prior in ranked
    ]


def _body_parts(series: QuerySet[Series, Any]) -> defaultdict[int, set[str]]:
    parts: defaultdict[int, set[str]] = defaultdict(set)
    for study, part in series.values_list("study_id", "body_part_examined").distinct():
        parts[study].add(part)
    return parts


def _described(study: Study, body_parts: Iterable[str]) -> Described:
    return Described(
        study.study_instance_uid,
        study.study_date,
        frozenset(modalities_of(study)),
        regions_of(body_parts, study.study_description),
    )


def modalities_of(study: Study) -> list[str]:
    """The modalities that it holds."""
    return [modality for modality in study.modalities_in_study.split("\\") if modality]


def _told(study: Study) -> dict[str, Any]:
    return {
        "uid": study.study_instance_uid,
        "description": study.study_description,
        "date": study.study_date.isoformat() if study.study_date else None,
        "time": study.study_time.strftime("%H:%M:%S") if study.study_time else None,
        "modalities": modalities_of(study),
        "number_of_instances": study.number_of_instances,
        "thumbnail": f"/view/studies/{study.study_instance_uid}/thumbnail?v={study.arrival}",
    }
