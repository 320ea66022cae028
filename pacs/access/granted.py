"""What opens studies beyond what a role does: groups of people, and grants to people, groups and institutions.

Part of pacs.access.models, by which name everybody else takes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from django.conf import settings
from django.db import models

from pacs.catalog.models import Institution, Patient, Study

# A grant is held by one of these, and opens what one of those names.
HOLDERS = ("user", "group", "to_institution")
OPENED = ("study", "patient", "referring_physician_key", "institution")


def _one_of(names: Sequence[str]) -> models.Q:
    """The condition that one of these columns is told, and no other."""
    alone = models.Q()
    for name in names:
        alone |= models.Q(**{f"{other}__isnull": other != name for other in names})
    return alone


class PeopleGroup(models.Model):
    """Some people to whom studies are opened together, as a practice or a tumour board."""

    name = models.CharField(max_length=128, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """That an account is in a group."""

    group = models.ForeignKey(PeopleGroup, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "group"], name="once_in_a_group")]

    def __str__(self) -> str:
        return f"membership {self.pk}"


class Grant(models.Model):
    """Studies opened to an account, a group or an institution's staff, until a moment or for good.

    Either one study, or all of a patient, all that name a referrer, all of an institution: those of today, and those
    that are to come.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="grants", db_index=False
    )
    group = models.ForeignKey(
        PeopleGroup, null=True, on_delete=models.CASCADE, related_name="grants", db_index=False
    )
    to_institution = models.ForeignKey(
        Institution,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    study = models.ForeignKey(Study, null=True, on_delete=models.CASCADE, related_name="grants")
    patient = models.ForeignKey(Patient, null=True, on_delete=models.CASCADE, related_name="grants")
    referring_physician_key = models.CharField(max_length=800, null=True)  # noqa: DJ001  # of four one is told
    institution = models.ForeignKey(
        Institution, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_one_of(HOLDERS), name="one_holder_of_a_grant"),
            models.CheckConstraint(condition=_one_of(OPENED), name="one_thing_opened_by_a_grant"),
            # Also the indexes that every decision is made by: what is open to one holder, a kind at a time.
            *(
                models.UniqueConstraint(
                    fields=[holder, opened],
                    name="one_grant_per_study"
                    if (holder, opened) == ("user", "study")
                    else f"one_{holder[:5]}_grant_by_{opened[:9]}",
                )
                for holder, opened in product(HOLDERS, OPENED)
            ),
        ]
        # The same once more for what most grants open, with what else a decision asks of them: their rows are not read.
        indexes = [
            models.Index(
                fields=[holder, opened, "expires_at"],
                condition=models.Q(**{f"{opened}__isnull": False}),
                name=f"{holder[:5]}_grants_by_{opened}",
            )
            for holder, opened in product(HOLDERS, ("study", "patient"))
        ]

    def __str__(self) -> str:
        return f"grant {self.pk}"


class BreakGlass(models.Model):
    """That somebody opened a study that was not open to them, for a while and for a reason; looked at afterwards.

    It stays when the study goes: what was done is still to be looked at.
    """

    class Finding(models.TextChoices):
        """What whoever looked at it found."""

        JUSTIFIED = "justified"
        NOT_JUSTIFIED = "not_justified"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="glass_breaks", db_index=False
    )
    study = models.ForeignKey(Study, null=True, on_delete=models.SET_NULL, related_name="glass_breaks")
    study_instance_uid = models.CharField(max_length=64)
    reason = models.CharField(max_length=500)
    # By the database's clock: several servers, or one whose clock was set, agree on when it ends.
    began_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True)
    finding = models.CharField(max_length=16, choices=Finding.choices, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "study", "ends_at"], name="glass_broken_by"),
            models.Index(fields=["reviewed_at", "-id"], name="glass_to_review"),
        ]

    def __str__(self) -> str:
        return f"break-glass {self.pk}"


class RoleTemplate(models.Model):
    """What accounts of a role may do, where that is not as it is shipped: see access.roles."""

    role = models.CharField(max_length=16, unique=True)
    rights = models.JSONField()
    breadth = models.CharField(max_length=16)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"template of {self.role}"
