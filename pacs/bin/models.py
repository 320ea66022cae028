"""What was deleted and may come back: who deleted what, and which blobs of the store hold it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class Deletion(models.Model):
    """One act of deleting: a study, a series or an instance, by its UIDs; those of lower levels are empty."""

    class State(models.TextChoices):
        """What is being done with it."""

        BINNED = "binned"
        RESTORING = "restoring"
        ERASING = "erasing"

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)  # names its manifest
    level = models.CharField(max_length=16)
    study_instance_uid = models.CharField(max_length=64, db_index=True)
    series_instance_uid = models.CharField(max_length=64, blank=True)
    sop_instance_uid = models.CharField(max_length=64, blank=True)
    patient = models.ForeignKey("catalog.Patient", null=True, on_delete=models.SET_NULL, related_name="+")
    told = models.JSONField(default=dict)  # what people know it by: see bin.throwing_away
    number_of_instances = models.PositiveIntegerField()
    size_bytes = models.BigIntegerField()
    deleted_at = models.DateTimeField(default=timezone.now, db_index=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    deleted_by_label = models.CharField(max_length=150, blank=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.BINNED, db_index=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )  # whoever wants it restored
    trouble = models.CharField(max_length=32, blank=True)  # why it was not restored, or not all of it

    def __str__(self) -> str:
        return f"deletion {self.pk}"


class BinnedObject(models.Model):
    """One object in the bin. Its blob stays where it is in the store; no row of the catalogue leads to it."""

    deletion = models.ForeignKey(Deletion, on_delete=models.CASCADE, related_name="binned")
    blob = models.CharField(max_length=64, unique=True)
    size_bytes = models.BigIntegerField()
    series_instance_uid = models.CharField(max_length=64)
    sop_instance_uid = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"binned object {self.pk}"
