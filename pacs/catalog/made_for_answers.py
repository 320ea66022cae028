"""Attributes of the query models that no object has (PS3.4 C.3.4), counted when they are asked for."""

from __future__ import annotations

from django.db.models import Count, QuerySet, Sum

from pacs.catalog.models import Instance, Study


def sop_classes_of(studies: set[int]) -> dict[int, list[str]]:
    """The SOP Classes of the instances of each study."""
    rows = Instance.objects.filter(series__study_id__in=studies)
    found: dict[int, list[str]] = {}
    for study, uid in (
        rows.values_list("series__study_id", "sop_class_uid").distinct().order_by("sop_class_uid")
    ):
        found.setdefault(study, []).append(uid)
    return found


def patient_counts(studies: QuerySet[Study], patients: set[int]) -> dict[int, tuple[int, int, int]]:
    """For each patient the number of their studies, series and instances, among these studies alone."""
    rows = studies.filter(patient_id__in=patients).values("patient_id").order_by("patient_id")
    counted = rows.annotate(
        of_studies=Count("pk"), of_series=Sum("number_of_series"), of_instances=Sum("number_of_instances")
    )
    return {one["patient_id"]: (one["of_studies"], one["of_series"], one["of_instances"]) for one in counted}
