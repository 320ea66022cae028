"""Who may see what, and who did: accounts, ties, grants, keys and the trail.

Only pacs.access writes here.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models

from pacs.access.granted import BreakGlass as BreakGlass
from pacs.access.granted import Grant as Grant
from pacs.access.granted import GroupMember as GroupMember
from pacs.access.granted import PeopleGroup as PeopleGroup
from pacs.access.granted import RoleTemplate as RoleTemplate
from pacs.catalog.models import OWN_INSTITUTION, Instance, Institution, Patient, Series, Study


class Role(models.TextChoices):
    """What an account is for. Roles open kinds of acts; studies are opened by policy (access.policy)."""

    ADMINISTRATOR = "administrator"
    CLINICIAN = "clinician"
    REFERRER = "referrer"
    TECHNOLOGIST = "technologist"
    PATIENT = "patient"


class AccountManager(UserManager["User"]):
    """Makes accounts. Django's own manager would set flags that here follow the role."""

    def create_user(
        self, username: str, email: str | None = None, password: str | None = None, **fields: Any
    ) -> User:
        """An account; without a password nobody can sign in to it by one."""
        user: User = self.model(
            username=User.normalize_username(username), email=self.normalize_email(email), **fields
        )
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **fields: Any
    ) -> User:
        """An administrator: what `manage.py createsuperuser` makes."""
        return self.create_user(username, email, password, **{**fields, "role": Role.ADMINISTRATOR})


class User(AbstractUser):
    """An account. Its role alone says what it may do: Django's own flags, groups and permissions follow it."""

    objects: ClassVar[AccountManager] = AccountManager()
    role = models.CharField(max_length=16, choices=Role.choices)
    display_name = models.CharField(max_length=128, blank=True)
    # A referrer is named on studies by this text, folded as catalog.names folds (PS3.3 (0008,0090)).
    referring_physician_key = models.CharField(max_length=400, blank=True)
    # Until when staff may work without a second factor; None before they first sign in (access.second_factors).
    second_factor_due_at = models.DateTimeField(null=True, blank=True)
    # By which name single sign-on knows its person (access.single_sign_on), as accounts.folded_sso_name has it.
    sso_name = models.CharField(max_length=254, blank=True)
    # Whose studies are open to who sees a whole house.
    institution = models.ForeignKey(  # type: ignore[misc]  # told as one that is always there
        Institution,
        null=True,  # never is: so that joins take rows in whose institution, the own one, has none yet
        on_delete=models.PROTECT,
        related_name="+",
        default=OWN_INSTITUTION,
        db_default=OWN_INSTITUTION,
        db_constraint=False,
    )
    REQUIRED_FIELDS = ["role"]

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["sso_name"], condition=~models.Q(sso_name=""), name="one_account_of_an_sso_name"
            )
        ]

    @property
    def is_staff(self) -> bool:  # type: ignore[override]  # a column in Django: here it follows the role
        """Whether Django's admin opens."""
        return self.role == Role.ADMINISTRATOR

    @property
    def is_superuser(self) -> bool:  # type: ignore[override]  # a column there
        """Whether every permission of Django's admin is held."""
        return self.role == Role.ADMINISTRATOR


class PatientTie(models.Model):
    """An administrator's word that this account is this patient (or a carer of theirs)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="ties")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="ties")
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "patient"], name="one_tie_per_patient")]

    def __str__(self) -> str:
        return f"tie {self.pk}"


class Scope(models.TextChoices):
    """What a key may be bounded to."""

    READ = "read"  # search, list, view and download what is open to its account
    STORE = "store"  # send objects in


class ApiKey(models.Model):
    """A Bearer key of an outside client; only its SHA-256 is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=128)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.CharField(
        max_length=64, blank=True
    )  # Scope, with spaces between; none: all its account may do
    made_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)  # to some minutes
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Purpose(models.TextChoices):
    """What a link is for."""

    SHOW = "show"  # its guest sees what was shared
    RECEIVE = "receive"  # its guest sends studies in, and sees nothing


class Challenge(models.TextChoices):
    """What a guest has to know beside the link."""

    PIN = "pin"
    BIRTH_DATE = "birth_date"
    EMAIL = "email"  # a code that is sent to the address the sender named


class Extent(models.TextChoices):
    """How much of its study a link shows."""

    STUDY = "study"
    SERIES = "series"
    INSTANCES = "instances"


class GuestLink(models.Model):
    """/s/<public_id>#<secret>: whoever has the address and knows the answer is its guest until it ends (P15).

    Of the secret its SHA-256 is kept (256 random bits: there is nothing to guess), of the answer an argon2 hash.
    """

    public_id = models.CharField(max_length=32, unique=True)
    secret_digest = models.CharField(max_length=64)
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    made_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="guest_links")
    made_at = models.DateTimeField(auto_now_add=True)
    recipient = models.CharField(max_length=128, blank=True)  # whom it is for, in the sender's words
    not_before = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    # --- what it shows
    study = models.ForeignKey(Study, null=True, on_delete=models.CASCADE, related_name="guest_links")
    extent = models.CharField(max_length=16, choices=Extent.choices, default=Extent.STUDY)
    may_download = models.BooleanField(default=False)
    is_deidentified = models.BooleanField(default=False)
    # --- how much it takes in
    quota_bytes = models.BigIntegerField(default=0)
    quota_objects = models.PositiveIntegerField(default=0)
    sent_bytes = models.BigIntegerField(default=0)  # of the files as they are sent: archives are packed
    taken_bytes = models.BigIntegerField(default=0)  # of the objects in them
    taken_objects = models.PositiveIntegerField(default=0)
    # --- who is let in
    challenge = models.CharField(max_length=16, choices=Challenge.choices)
    answer_hash = models.CharField(max_length=256, blank=True)
    answer_ends_at = models.DateTimeField(null=True)  # of a code that was sent
    email = models.EmailField(blank=True)
    codes_left = models.PositiveSmallIntegerField(default=0)
    tries_left = models.PositiveSmallIntegerField()
    most_openings = models.PositiveIntegerField(null=True)  # None: any number
    openings = models.PositiveIntegerField(default=0)
    last_opened_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"link {self.public_id}"


class SharedPart(models.Model):
    """A series or an instance that a link of Extent.SERIES or Extent.INSTANCES shows."""

    link = models.ForeignKey(GuestLink, on_delete=models.CASCADE, related_name="parts")
    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="+")
    instance = models.ForeignKey(Instance, null=True, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"part {self.pk} of link {self.link_id}"


class LinkCopy(models.Model):
    """The copy without names that the guests of a link see in place of its study (promise P19).

    It is a study of its own, of no institution (catalog.models.NOBODYS), and open to those guests alone. pacs.nameless
    makes it and erases it.
    """

    class State(models.TextChoices):
        """What is being done with it, or became of it."""

        PREPARING = "preparing"
        READY = "ready"
        FAILED = "failed"  # nothing of it could be made
        OUTDATED = "outdated"  # some of its originals were deleted since
        ERASED = "erased"

    link = models.OneToOneField(GuestLink, on_delete=models.CASCADE, related_name="copy")
    study_instance_uid = models.CharField(
        max_length=64, blank=True, db_index=True
    )  # known before the first row
    copy = models.ForeignKey(Study, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=16, choices=State.choices, default=State.PREPARING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    # Until it is made: at what its maker looked, and what is blacked out (media.deidentified).
    wanted = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"copy {self.pk}"


class HealthLink(models.Model):
    """A share link as a SMART Health Link: one at most, and a new one takes the place of the one before.

    The key to what it hands out is in the link alone, which is told once (access.health_links).
    """

    link = models.OneToOneField(GuestLink, on_delete=models.CASCADE, related_name="health_link")
    manifest_digest = models.CharField(max_length=64, unique=True)  # SHA-256 of what its address ends in
    secret_digest = models.CharField(max_length=64)  # likewise, of the viewer's address in the sealed file
    sealed = models.TextField()  # JWE (RFC 7516), compact
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"SMART Health Link {self.pk}"


class Notice(models.Model):
    """Something that a person is told: of a link, that it was opened, shows their images or has no copy; of a glass."""

    class What(models.TextChoices):
        """What happened."""

        OPENED = "opened"
        SHARED = "shared"
        LOCKED = "locked"
        RECEIVED = "received"
        GLASS = "glass"
        NOT_COPIED = "not_copied"  # the copy of a link without names could not be made

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    link = models.ForeignKey(GuestLink, null=True, on_delete=models.CASCADE, related_name="notices")
    break_glass = models.ForeignKey(BreakGlass, null=True, on_delete=models.CASCADE, related_name="notices")
    what = models.CharField(max_length=16, choices=What.choices)
    said_by = models.CharField(max_length=128, blank=True)  # who a program that opened a link says it is
    at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-at"], name="notices_of_a_person")]

    def __str__(self) -> str:
        return f"notice {self.pk}"


class SetAside(models.Model):
    """A grant, a link or a part of one, of what was deleted: it opens nothing, and comes back with it.

    See access.set_aside.
    """

    study_instance_uid = models.CharField(max_length=64, db_index=True)
    patient = models.ForeignKey(Patient, null=True, on_delete=models.SET_NULL, related_name="+")
    # Of a grant, who held it: they may hear what became of the study (policy.changes_open_to).
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(PeopleGroup, null=True, on_delete=models.CASCADE, related_name="+")
    to_institution = models.ForeignKey(
        Institution, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    model = models.CharField(max_length=32)
    row = models.JSONField()

    def __str__(self) -> str:
        return f"{self.model} set aside {self.pk}"


class AccessEpoch(models.Model):
    """One row: a number that rises whenever anything that decides access changes.

    A cached decision holds exactly as long as the number it was made under (promise P14). Database
    triggers raise it, so that no writer can forget to.
    """

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)


class AuditEvent(models.Model):
    """One act, chained to the one before by its hash (promise P17). The database lets none be changed or removed."""

    at = models.DateTimeField(db_index=True)
    actor_kind = models.CharField(max_length=16)
    actor_user_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=150, blank=True)
    # As it was then: roles change.
    actor_role = models.CharField(max_length=64, blank=True)
    # How they came: by "session", "key" or "link", or a "command" of the server's own; empty where nobody knows.
    means = models.CharField(max_length=16, blank=True)
    api_key = models.BigIntegerField(null=True)
    address = models.CharField(max_length=45, blank=True)
    action = models.CharField(max_length=32, db_index=True)
    outcome = models.CharField(max_length=16)
    study_instance_uid = models.CharField(max_length=64, blank=True, db_index=True)
    patient_pk = models.BigIntegerField(null=True, db_index=True)
    details = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"event {self.pk}: {self.action}"


class TrailCheck(models.Model):
    """One row: what the last check of the trail found, and up to where it was whole the last time."""

    checked_at = models.DateTimeField()
    events = models.BigIntegerField()
    # Of the last check that found it whole: a later one that misses this event was cut off, or replaced.
    last_hash = models.CharField(max_length=64, blank=True)
    is_cut = models.BooleanField()
    is_guarded = models.BooleanField()
    broken = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"check of {self.events} events"


class TrailForwarding(models.Model):
    """One row: up to which event the trail was sent to the collector."""

    sent = models.BigIntegerField()

    def __str__(self) -> str:
        return f"sent up to event {self.sent}"
