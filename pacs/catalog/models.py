"""What we know of what we keep: Patient, Study, Series, Instance, in the standard's words (PS3.3 A.1.2).

The rows are derived from the files and can be made again from them (promise P5). Only
pacs.catalog.register and pacs.catalog.unregister write here.
"""

from __future__ import annotations

import secrets

from django.db import models

UID_LENGTH = 64
OWN_INSTITUTION = 0  # before every number that a database gives
NOBODYS = -1  # no institution: of what is shown to the guests of one link, and to nobody else (access.policy)


def new_archive() -> str:
    """A name for a catalogue from its first row on: one that is made anew has another."""
    return secrets.token_hex(4)


class Institution(models.Model):
    """A house whose studies are kept apart from those of the others: see catalog.institutions."""

    name = models.CharField(max_length=128, unique=True)

    def __str__(self) -> str:
        return self.name


class InstitutionName(models.Model):
    """What an institution is called in files (Institution Name), folded: by it what a gateway sends is told apart."""

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=256)
    key = models.CharField(max_length=256, unique=True)

    def __str__(self) -> str:
        return self.name


class Patient(models.Model):
    """One person or animal, as named by an issuer (PS3.3 C.7.1.1)."""

    # Issuer and ID together; where a file has no Patient ID, its study stands in, so that
    # two nameless patients are never taken for one.
    identity_key = models.CharField(max_length=256, unique=True)
    patient_id = models.CharField(max_length=64, blank=True, db_index=True)
    issuer_of_patient_id = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=400, blank=True)  # PN, three component groups joined by '='
    name_key = models.CharField(max_length=800, blank=True, db_index=True)  # folded, see catalog.names
    birth_date = models.DateField(null=True)
    sex = models.CharField(max_length=16, blank=True)

    def __str__(self) -> str:
        return f"patient {self.pk}"  # never the name: this may end in a log line


class SaidOtherwise(models.Model):
    """Somebody's word that what a study says of its patient means another patient of ours.

    Not derived from the files: after `rebuild_catalog` on a lost database such studies are whose their files say.
    """

    study_instance_uid = models.CharField(max_length=UID_LENGTH)
    said = models.CharField(max_length=64)  # catalog.patients.said_digest of what its files say
    identity_key = models.CharField(max_length=256)  # of the patient whom it means

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study_instance_uid", "said"], name="one_word_on_a_study")
        ]

    def __str__(self) -> str:
        return f"word {self.pk} on whose a study is"


class Study(models.Model):
    """One study (PS3.3 C.7.2.1), with the counts and modalities that lists need, kept at ingest."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="studies")
    study_instance_uid = models.CharField(max_length=UID_LENGTH, unique=True)
    study_id = models.CharField(max_length=64, blank=True)
    study_date = models.DateField(null=True)
    study_time = models.TimeField(null=True)
    accession_number = models.CharField(max_length=64, blank=True, db_index=True)
    study_description = models.CharField(max_length=256, blank=True)
    referring_physician_name = models.CharField(max_length=400, blank=True)
    referring_physician_key = models.CharField(max_length=800, blank=True, db_index=True)
    institution_name = models.CharField(max_length=256, blank=True)
    # Whose it is, as opposed to where it was made: see catalog.institutions. The own one needs no row.
    institution = models.ForeignKey(  # type: ignore[misc]  # told as one that is always there
        Institution,
        null=True,  # never is: so that joins take rows in whose institution, the own one, has none yet
        on_delete=models.PROTECT,
        related_name="+",
        default=OWN_INSTITUTION,
        db_default=OWN_INSTITUTION,
        db_constraint=False,
    )
    patient_age = models.CharField(max_length=16, blank=True)  # AS, as acquired
    timezone_offset = models.CharField(max_length=16, blank=True)  # +HHMM or -HHMM
    modalities_in_study = models.CharField(
        max_length=256, blank=True
    )  # '\\'-separated and enclosed: '\\CT\\SR\\'
    number_of_series = models.PositiveIntegerField(default=0)
    number_of_instances = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField(auto_now_add=True)
    # Rises by one with every instance that comes or goes anywhere: the cursor that a live work list follows. A study
    # has the number of its last.
    arrival = models.BigIntegerField(default=0, db_index=True)
    # Date and time as the number YYYYMMDDHHMMSS, 0 where the file does not say: one index to sort and to
    # range over, which every database orders alike (they differ on where NULL comes).
    study_moment = models.BigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "studies"
        indexes = [
            models.Index(fields=["-study_moment", "-id"], name="study_newest"),
        ]

    def __str__(self) -> str:
        return f"study {self.pk}"


class StudyWord(models.Model):
    """A word that a study is found by (catalog.names.search_words): the index behind search as you type."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="words", db_index=False)
    word = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "word"], name="one_word_once_per_study")]
        indexes = [
            # Covers the question "which studies have a word that begins so"; the operator class lets
            # PostgreSQL use it whatever the language of the database is (SQLite has none and ignores it).
            models.Index(
                fields=["word", "study"], name="word_prefix", opclasses=["varchar_pattern_ops", "int8_ops"]
            ),
        ]

    def __str__(self) -> str:
        return f"word {self.pk}"


class Series(models.Model):
    """One series (PS3.3 C.7.3.1)."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="series")
    series_instance_uid = models.CharField(max_length=UID_LENGTH, unique=True)
    modality = models.CharField(max_length=16, blank=True)
    series_number = models.BigIntegerField(null=True)
    series_description = models.CharField(max_length=256, blank=True)
    body_part_examined = models.CharField(max_length=64, blank=True)
    laterality = models.CharField(max_length=16, blank=True)
    series_date = models.DateField(null=True)
    series_time = models.TimeField(null=True)
    performed_procedure_step_start_date = models.DateField(null=True)
    performed_procedure_step_start_time = models.TimeField(null=True)
    frame_of_reference_uid = models.CharField(max_length=UID_LENGTH, blank=True)
    number_of_instances = models.PositiveIntegerField(default=0)
    # Of the last instance that came or went: what is made of the whole series is made anew with another number.
    arrival = models.BigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return f"series {self.pk}"


class SeriesRequest(models.Model):
    """An item of a series' Request Attributes Sequence (PS3.3 10.6): see catalog.requests."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="requests")
    scheduled_procedure_step_id = models.CharField(max_length=64, blank=True, db_index=True)
    requested_procedure_id = models.CharField(max_length=64, blank=True, db_index=True)

    def __str__(self) -> str:
        return f"request {self.pk}"


class Instance(models.Model):
    """One SOP Instance: where its bytes lie and what a reader must know before the first of them."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="instances")
    sop_instance_uid = models.CharField(max_length=UID_LENGTH, unique=True)
    sop_class_uid = models.CharField(max_length=UID_LENGTH)
    instance_number = models.BigIntegerField(null=True)
    # --- where the bytes lie
    blob = models.CharField(max_length=64, db_index=True)  # SHA-256 of the file, as received
    size_bytes = models.BigIntegerField()
    transfer_syntax_uid = models.CharField(max_length=UID_LENGTH)
    # --- where the pixels lie in them (PS3.5 A.4); see catalog.pixel_source
    pixel_layout = models.CharField(max_length=16)  # pixel_source.Layout
    pixel_offset = models.BigIntegerField(default=0)  # header ends here: the Pixel Data element begins
    frame_offset = models.BigIntegerField(default=0)  # first byte of the first frame's value
    frame_bytes = models.BigIntegerField(
        default=0
    )  # native: bytes of one frame; 1-bit frames may share a byte
    frame_table = models.BinaryField(null=True)  # encapsulated: per frame two uint64 LE, offset and length
    number_of_frames = models.PositiveIntegerField(default=0)  # 0: no pixels
    rows = models.PositiveIntegerField(default=0)
    columns = models.PositiveIntegerField(default=0)
    bits_allocated = models.PositiveSmallIntegerField(default=0)
    # Header attributes by DICOM keyword that the viewer needs to lay out a study: see catalog.display
    display = models.JSONField(default=dict)
    position_mm = models.FloatField(null=True)  # along the slice normal, LPS
    arrival = models.BigIntegerField(
        default=0, db_index=True
    )  # its number in the order of all that came and went
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["series", "instance_number"], name="instance_in_series")]

    def __str__(self) -> str:
        return f"instance {self.pk}"


class InstanceMetadata(models.Model):
    """The instance's header as DICOM JSON (PS3.18 F.2), made at ingest, deflated (zlib)."""

    instance = models.OneToOneField(
        Instance, on_delete=models.CASCADE, related_name="metadata", primary_key=True
    )
    dicom_json = models.BinaryField()

    def __str__(self) -> str:
        return f"metadata of instance {self.pk}"


class Change(models.Model):
    """That something went, or came back. What came has its number itself (Instance.arrival)."""

    number = models.BigIntegerField(unique=True)
    kind = models.CharField(max_length=16)  # deleted, restored
    level = models.CharField(max_length=16)  # study, series, instance: UIDs below it are empty
    study_instance_uid = models.CharField(max_length=UID_LENGTH)
    series_instance_uid = models.CharField(max_length=UID_LENGTH, blank=True)
    sop_instance_uid = models.CharField(max_length=UID_LENGTH, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    # Who may know of it, when the study itself is gone: see access.policy.
    patient = models.ForeignKey(Patient, null=True, on_delete=models.SET_NULL, related_name="+")
    referring_physician_key = models.CharField(max_length=800, blank=True)
    institution = models.ForeignKey(  # type: ignore[misc]  # told as one that is always there
        Institution,
        null=True,  # never is: so that joins take rows in whose institution, the own one, has none yet
        on_delete=models.PROTECT,
        related_name="+",
        default=OWN_INSTITUTION,
        db_default=OWN_INSTITUTION,
        db_constraint=False,
        db_index=False,
    )

    def __str__(self) -> str:
        return f"change {self.number}"


class Arrival(models.Model):
    """One row: the number of the last that came or went, taken inside the transaction that writes it."""

    number = models.BigIntegerField(default=0)
    archive = models.CharField(max_length=16, default=new_archive)  # numbers of another one mean nothing here

    def __str__(self) -> str:
        return str(self.number)
