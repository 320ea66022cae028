"""Rows written and read by the statements of receiving are those that the ORM would write and read."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.db import IntegrityError, transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from pacs.catalog.models import Instance, InstanceMetadata, Patient, Series, Study
from pacs.catalog.pixel_source import Layout
from pacs.catalog.statements import Wanted, ask, fetch, fetch_beside, insert, new, update

pytestmark = pytest.mark.django_db


def new_series() -> Series:
    patient = Patient.objects.create(identity_key="p", name="Doe^Jane", birth_date=date(1970, 1, 2))
    study = Study.objects.create(patient=patient, study_instance_uid="1.2.3")
    return Series.objects.create(study=study, series_instance_uid="1.2.3.1", series_time=time(3, 4, 5, 60))


def test_a_row_is_written_with_every_kind_of_column() -> None:
    began = timezone.now()
    row = Instance(
        series=new_series(),
        sop_instance_uid="1.2.3.1.1",
        size_bytes=5 << 40,
        display={"Spacing": [0.5, None], "Text": 'é "%s" \\'},
        position_mm=-0.125,
        frame_table=bytes(range(256)),
    )
    insert(row)
    insert(InstanceMetadata(instance=row, dicom_json=b"\0\xff"))
    read = Instance.objects.select_related("metadata").get(pk=row.pk)
    assert read.display == row.display
    assert (read.size_bytes, read.position_mm, read.instance_number) == (5 << 40, -0.125, None)
    assert bytes(read.frame_table or b"") == row.frame_table
    assert bytes(read.metadata.dicom_json) == b"\0\xff"
    assert began <= read.received_at <= timezone.now()


def test_a_name_is_taken_once() -> None:
    series = new_series()
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Series(study=series.study, series_instance_uid=series.series_instance_uid))


def test_a_row_is_read_as_its_columns_say_and_the_rest_of_it_on_demand() -> None:
    kept = new_series()
    row = fetch(Series, ("series_time", "series_date", "id", "study_id"), series_instance_uid="1.2.3.1")
    assert row is not None
    assert (row.pk, row.study_id, row.series_date, row.series_time) == (
        kept.pk,
        kept.study_id,
        None,
        kept.series_time,
    )
    assert row.get_deferred_fields() >= {"modality", "series_instance_uid"}
    assert row.series_instance_uid == "1.2.3.1"
    patient = fetch(Patient, ("birth_date",), identity_key="p")
    assert patient is not None
    assert patient.birth_date == date(1970, 1, 2)
    assert fetch(Series, ("id",), series_instance_uid="1' OR '1'='1") is None


BESIDE = (
    Wanted(
        Series, ("id", "study_id", "series_date", "series_time", "series_description"), "series_instance_uid"
    ),
    Wanted(Instance, ("id", "blob", "instance_number"), "sop_instance_uid"),
    Wanted(Study, ("id", "study_date", "arrival", "institution_name"), "study_instance_uid"),
    Wanted(Patient, ("id", "name", "birth_date"), "id", of=(Study, "patient_id")),
)


@pytest.mark.parametrize("text", ['"[]"', "é \\ 名 \U0001f9b4", "a\tb\n\x7f", "'; --", "", "null"])
def test_rows_that_are_read_together_are_those_that_the_orm_reads(text: str) -> None:
    kept = new_series()
    Series.objects.filter(pk=kept.pk).update(series_description=text, series_date=date(2024, 2, 29))
    Study.objects.filter(pk=kept.study_id).update(institution_name=text, arrival=1 << 53 | 1)
    Patient.objects.update(name=text)
    series, instance, study, patient = fetch_beside(BESIDE, "1.2.3.1", "1.2.3.1.1", "1.2.3")
    assert instance is None
    for told in (series, study, patient):
        assert told == type(told).objects.get()
    assert (series.series_description, series.series_date, series.series_time) == (
        text,
        date(2024, 2, 29),
        time(3, 4, 5, 60),
    )
    assert (study.institution_name, study.study_date, study.arrival) == (text, None, 1 << 53 | 1)
    assert (patient.name, patient.birth_date) == (text, date(1970, 1, 2))
    assert fetch_beside(BESIDE, "1.2.4", "1.2.5", "1.2.6") == [None] * 4


def test_no_fraction_is_read_beside_others() -> None:
    with pytest.raises(TypeError):
        fetch_beside((Wanted(Instance, ("id", "position_mm"), "sop_instance_uid"),), "1.2.3")


def test_a_row_whose_key_is_another_rows_keeps_it() -> None:
    series = new_series()
    for number in range(3):  # the keys of the two tables are not alike by chance
        row = Instance(series=series, sop_instance_uid=f"1.2.3.1.{number}", size_bytes=1)
        insert(row)
    metadata = InstanceMetadata(instance=row, dicom_json=b"")
    insert(metadata)
    assert metadata.pk == row.pk == Instance.objects.get(sop_instance_uid="1.2.3.1.2").pk


def test_neither_a_moment_nor_json_is_read() -> None:
    with pytest.raises(TypeError):
        fetch(Study, ("received_at",), study_instance_uid="1.2.3")
    with pytest.raises(TypeError):
        fetch(Instance, ("display",), sop_instance_uid="1.2.3")


def test_the_named_columns_of_one_row_are_changed() -> None:
    kept = new_series()
    other = Series.objects.create(study=kept.study, series_instance_uid="1.2.3.2")
    update(kept, series_date=date(2024, 1, 2), number_of_instances=7)
    update(kept)
    assert (kept.series_date, kept.number_of_instances) == (date(2024, 1, 2), 7)
    kept.refresh_from_db()
    assert (kept.series_date, kept.number_of_instances) == (date(2024, 1, 2), 7)
    assert kept.series_time == time(3, 4, 5, 60)
    other.refresh_from_db()
    assert (other.series_date, other.number_of_instances) == (None, 0)


def test_values_of_another_type_than_the_columns_are_made_to_fit() -> None:
    series = new_series()
    row = Instance(series=series, sop_instance_uid="1.2.3.1.2", size_bytes=1, pixel_layout=Layout.NATIVE)
    insert(row)
    update(row, position_mm=3, transfer_syntax_uid=12, frame_table=memoryview(b"\1\2"))
    row.refresh_from_db()
    assert (row.pixel_layout, row.transfer_syntax_uid) == ("native", "12")
    assert (row.position_mm, type(row.position_mm)) == (3.0, float)
    assert bytes(row.frame_table or b"") == b"\1\2"
    read = fetch(Instance, ("id", "pixel_layout", "position_mm"), id=row.pk)
    assert read is not None
    assert (read, read.pixel_layout, read.position_mm) == (row, "native", 3.0)


def test_what_is_asked_is_answered_with_the_first_row() -> None:
    assert ask("SELECT 7, 'a'") == (7, "a")
    assert ask("SELECT id FROM catalog_study WHERE study_instance_uid = %s", ["1.2.9"]) is None
    assert ask("DELETE FROM catalog_study WHERE study_instance_uid = %s", ["1.2.9"]) is None


def test_after_a_fault_nothing_more_is_written_in_the_transaction() -> None:
    series = new_series()
    with transaction.atomic():
        with pytest.raises(IntegrityError), transaction.atomic(savepoint=False):
            insert(Series(study=series.study, series_instance_uid=series.series_instance_uid))
        with pytest.raises(TransactionManagementError):
            update(series, number_of_instances=9)
        transaction.set_rollback(True)


def test_a_row_that_is_made_of_its_columns_is_the_row_that_the_model_makes() -> None:
    series = new_series()
    row = new(Series, **{name: value for name, value in vars(series).items() if name not in ("id", "_state")})
    row.series_instance_uid = "1.2.3.9"
    insert(row)
    assert row.pk not in (None, series.pk)
    assert row.study == series.study
    kept = Series.objects.get(series_instance_uid="1.2.3.9")
    assert (kept.pk, kept.series_time, kept.series_date) == (row.pk, series.series_time, None)
    with pytest.raises(KeyError):
        insert(new(Series, study_id=series.study_id, series_instance_uid="1.2.3.10"))
