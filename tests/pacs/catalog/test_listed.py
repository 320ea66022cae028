"""A page of studies by one statement holds what the ORM would read, field for field."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model

from pacs.catalog.listed import BEFORE_ALL, Listed, first_of, page_of
from pacs.catalog.models import Study
from pacs.catalog.search import Named, Place, StudyFilter, list_studies, place_of
from tests.pacs.catalog.kept import study

pytestmark = pytest.mark.django_db

PEOPLE: tuple[dict[str, Any], ...] = (
    {"PatientName": "Doe^Jane", "PatientID": "A", "PatientBirthDate": "19700102", "StudyTime": "235959.25"},
    {"PatientName": "山田^太郎", "PatientID": "B", "StudyDate": "20240105", "TimezoneOffsetFromUTC": "+0900"},
    {"PatientName": "", "PatientID": "", "StudyDate": "", "StudyTime": ""},
)


def told(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def first(after: Place = BEFORE_ALL, most: int = 51) -> Listed:
    named, parameters = Study.objects.values_list(*Named._fields).query.sql_with_params()
    listed = first_of(named, parameters, after, most, len(PEOPLE))
    assert listed is not None
    return listed


@pytest.fixture
def studies() -> list[Study]:
    for one in PEOPLE:
        study(**one)
    return list(list_studies(Study.objects.all(), StudyFilter()))


def test_rows_are_as_the_orm_reads_them(studies: list[Study]) -> None:
    every = Study.objects.all()
    for listed in (first(), page_of(list_studies(every, StudyFilter()), every)):
        assert [told(one) for one in listed.studies] == [told(one) for one in studies]
        assert [told(one.patient) for one in listed.studies] == [told(one.patient) for one in studies]
        assert [type(one.received_at) for one in listed.studies] == [type(one.received_at) for one in studies]
        assert not any(one._state.adding for one in listed.studies)


def test_patients_come_with_the_page(studies: list[Study], django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert {one.patient.patient_id for one in first().studies} == {"A", "B", ""}


def test_pages_follow_each_other_and_tell_of_all(studies: list[Study]) -> None:
    newest = max(one.arrival for one in studies)
    after = BEFORE_ALL
    for one in studies:
        page = first(after, 1)
        assert page == Listed([one], newest)
        after = place_of(page.studies[0])
    assert first(after, 1) == Listed([], newest)


def test_where_there_is_nothing_nothing_has_arrived() -> None:
    assert first() == Listed([], 0)
    assert page_of(Study.objects.all(), Study.objects.all()) == Listed([], 0)


def test_a_page_of_none_tells_what_arrived(studies: list[Study]) -> None:
    newest = max(one.arrival for one in studies)
    assert page_of(Study.objects.none(), Study.objects.all()) == Listed([], newest)
    assert page_of(Study.objects.none(), Study.objects.none()) == Listed([], 0)


def test_more_than_may_be_named_are_none(studies: list[Study]) -> None:
    study(PatientID="D")
    named, parameters = Study.objects.values_list(*Named._fields).query.sql_with_params()
    assert first_of(named, parameters, BEFORE_ALL, 1, len(PEOPLE)) is None
    assert first_of(named, parameters, BEFORE_ALL, 1, len(PEOPLE) + 1) is not None
