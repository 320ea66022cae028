"""What was refused and kept aside, and uploads under way."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class QuarantinedObject(models.Model):
    """A received file that was not taken into the catalogue, kept beside with the reason (P3, P4)."""

    blob = models.CharField(max_length=64, unique=True)  # SHA-256; the file lies in the quarantine area
    size_bytes = models.BigIntegerField()
    reason = models.CharField(max_length=64, db_index=True)  # receipts.Reason
    sop_instance_uid = models.CharField(max_length=64, blank=True)
    origin = models.CharField(max_length=64)
    received_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"quarantined object {self.pk}"


class Upload(models.Model):
    """A file on its way in from a browser: how much has come, and what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads")
    name = models.CharField(max_length=255)  # for the sender's eyes only, never a path
    size_bytes = models.BigIntegerField()
    received_bytes = models.BigIntegerField(default=0)
    state = models.CharField(max_length=16, default="receiving")  # receiving, reading, done
    verdicts = models.JSONField(default=list)
    made_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"upload {self.pk}"  # never its name: this may end in a log line
