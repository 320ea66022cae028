"""What was refused and kept aside, what guests sent in, and uploads under way."""

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
    # Whose it is; of what a guest sends, who made the link.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads")
    link = models.ForeignKey("access.GuestLink", null=True, on_delete=models.CASCADE, related_name="uploads")
    stay = models.CharField(max_length=64, blank=True)  # of a guest: by which of the link's browsers
    name = models.CharField(max_length=255)  # for the sender's eyes only, never a path
    size_bytes = models.BigIntegerField()
    received_bytes = models.BigIntegerField(default=0)
    state = models.CharField(max_length=16, default="receiving")  # receiving, reading, done
    verdicts = models.JSONField(default=list)
    made_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"upload {self.pk}"  # never its name: this may end in a log line


class ReceivedStudy(models.Model):
    """What came of one study by one upload link: it waits until somebody says whose it is.

    Files of one study that name two patients are two of these: who is asked sees what all files of one say.
    """

    class State(models.TextChoices):
        """What is being done with it."""

        WAITING = "waiting"
        TAKING_IN = "taking_in"
        DONE = "done"  # some of its objects were refused; a study without such goes away

    link = models.ForeignKey(
        "access.GuestLink", null=True, on_delete=models.SET_NULL, related_name="received"
    )
    study_instance_uid = models.CharField(max_length=64)
    said = models.CharField(max_length=64)  # catalog.patients.said_digest
    # What its files say, for the eyes of who decides; never in a log.
    patient_name = models.CharField(max_length=400, blank=True)
    patient_id = models.CharField(max_length=64, blank=True)
    birth_date = models.DateField(null=True)
    sex = models.CharField(max_length=16, blank=True)
    study_description = models.CharField(max_length=256, blank=True)
    study_date = models.DateField(null=True)
    modalities = models.CharField(max_length=256, blank=True)  # as catalog.models.Study.modalities_in_study
    number_of_objects = models.PositiveIntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)
    received_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    refused = models.PositiveIntegerField(default=0)  # of its objects, when it was taken in
    problem = models.CharField(max_length=32, blank=True)  # the code of what stopped it
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["link", "study_instance_uid", "said"], name="received_of_a_link")]

    def __str__(self) -> str:
        return f"received study {self.pk}"  # never the name


class ReceivedObject(models.Model):
    """A whole and readable file of a received study; its bytes lie in the quarantine."""

    study = models.ForeignKey(ReceivedStudy, on_delete=models.CASCADE, related_name="objects_sent")
    blob = models.CharField(max_length=64, db_index=True)
    size_bytes = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "blob"], name="one_received_object")]

    def __str__(self) -> str:
        return f"received object {self.pk}"
